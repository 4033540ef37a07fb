/* SPDX-License-Identifier: ISC */
/*
 * localtimed: a datagram with the name of a time zone is answered with the time there.  The kernel
 * says who asks, for the log; a client that does not read its answers is not waited for.
 */
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include "examples/localtime/zone.h"
#include "lib/err.h"
#include "lib/ev/local.h"
#include "lib/log.h"

static volatile sig_atomic_t stopped;

static void
on_stop(int signo)
{
	(void)signo;
	stopped = 1;
}

static void
log_answer(const struct local_peer *from, const char *text, int err)
{
	const struct passwd *user = getpwuid(from->uid);
	char number[24];

	snprintf(number, sizeof(number), "uid %u", (unsigned)from->uid);
	log_info("answer: for %s (pid %d): %s%s%s", user ? user->pw_name : number, (int)from->pid,
	    text, err ? ": not sent: " : "", err ? op_strerror(err) : "");
}

static void
answer(struct local *l)
{
	char name[ZONE_NAME_MAX], text[5 * ZONE_NAME_MAX];
	struct local_peer from;
	size_t len = 0;
	int err = local_receive(l, name, sizeof(name), &len, &from);

	if (err != OP_OK && err != OP_TOO_LARGE)
		return;
	if (err == OP_TOO_LARGE)
		snprintf(text, sizeof(text), "longer than %d bytes", ZONE_NAME_MAX);
	else
		zone_time(name, len, time(NULL), text, sizeof(text));
	log_answer(&from, text, local_send(l, text, strlen(text), &from));
}

static int
run(const char *path)
{
	struct sigaction act = {.sa_handler = on_stop};
	sigset_t block, waiting;
	struct local l;
	char why[300];

	log_ident("localtimed", NULL);
	if (local_open_server(&l, path,
		&(struct listen_options){.mode = 0666, .owner = (uid_t)-1, .group = (gid_t)-1}, why,
		sizeof(why)) != OP_OK) {
		fprintf(stderr, "localtimed: cannot listen at %s: %s\n", path, why);
		return 1;
	}
	sigemptyset(&act.sa_mask);
	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGINT);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigprocmask(SIG_BLOCK, &block, &waiting);
	printf("listening unix:%s\n", path);
	fflush(stdout);
	while (!stopped) {
		struct pollfd p = {.fd = l.fd, .events = POLLIN};

		if (ppoll(&p, 1, NULL, &waiting) == 1)
			answer(&l);
	}
	local_close(&l);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *path = argc > 1 ? argv[1] : "/tmp/localtime";
	bool help = argc == 2 && strcmp(path, "--help") == 0;

	if (argc == 1 || (argc == 2 && *path != '-'))
		return run(path);
	fprintf(help ? stdout : stderr,
	    "usage: localtimed [PATH]\n\nTell the time in time zones to datagrams at the UNIX "
	    "socket "
	    "PATH\n(/tmp/localtime unless given).  Everybody on this host may ask.\n");
	return help ? 0 : 64;
}
