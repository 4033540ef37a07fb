/* SPDX-License-Identifier: ISC */
/*
 * Begins a program for a test (job.tcl): in a session of its own, so that all of it can be ended at
 * once, and killed when the test is.  One small program, as `env setsid setpriv` take longer to
 * start than most of what they start. begin [-C FOLDER] [NAME=VALUE...] PROGRAM [ARG...]
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	char **rest = argv + 1;

	if (argc > 2 && strcmp(argv[1], "-C") == 0) {
		if (chdir(argv[2]) < 0)
			err(125, "%s", argv[2]);
		rest += 2;
	}
	for (; *rest && strchr(*rest, '='); rest++)
		putenv(*rest);
	if (!*rest)
		errx(125, "no program");
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		err(125, "prctl");
	execvp(*rest, rest);
	err(127, "%s", *rest);
}
