/* SPDX-License-Identifier: ISC */
/*
 * ipadmh: the desk's helper.  The GUI starts it with pipes as standard input and output and sends
 * frames; it keeps the connections to the daemons, so that the GUI's loop never waits for a
 * network. It ends when its standard input ends.
 */
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "helper/relay.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/output.h"

#define EXIT_USAGE 64
#define EXIT_INTERNAL 70

static int status;

static void
on_ended(int err, void *arg)
{
	if (err != OP_OK)
		status = EXIT_INTERNAL;
	ev_break(arg, EVBREAK_ALL);
}

static int
run(void)
{
	struct ev_loop *loop = ev_default_loop(EVFLAG_AUTO);

	if (!loop) {
		log_error("loop: cannot be made");
		return EXIT_INTERNAL;
	}
	struct relay *relay =
	    relay_new(loop, transport_pipes(STDIN_FILENO, STDOUT_FILENO), on_ended, loop);

	if (!relay) {
		log_error("start: %s", op_strerror(OP_NO_MEMORY));
		return EXIT_INTERNAL;
	}
	ev_run(loop, 0);
	relay_free(relay);
	ev_loop_destroy(loop); /* with what is still ending in it: ssh */
	return status;
}

static int
printed(void)
{
	return output_flush("ipadmh") == OP_OK ? 0 : EXIT_INTERNAL;
}

static int
print_help(void)
{
	printf("usage: ipadmh [--help | --version]\n\n"
	       "Carry messages between opdesk, at the other end of standard input and output, and\n"
	       "the daemons.  opdesk starts it by itself; docs/protocol.md has the format.\n\n"
	       "  -h, --help     print this and end\n"
	       "  -V, --version  print the version and end\n\n"
	       "exit status: 0 standard input has ended   64 usage   70 the pipes are of no more "
	       "use\n");
	return printed();
}

int
main(int argc, char **argv)
{
	log_ident("ipadmh", NULL);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 1)
		return run();
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return print_help();
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("ipadmh %s\n", OPDESK_VERSION);
		return printed();
	}
	fprintf(stderr, "ipadmh: unexpected argument: %s\nipadmh: try ipadmh --help\n", argv[1]);
	return EXIT_USAGE;
}
