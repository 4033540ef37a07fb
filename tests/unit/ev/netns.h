/* SPDX-License-Identifier: ISC */
/*
 * Network namespaces of a test's own: `here`, which the test process moves into for good, and
 * `there`, joined by two veth pairs (v0–v0 10.9.0.1/24 and 10.9.0.2, fd09::1 and ::2; v1–v1
 * 10.9.1.1/24 and 10.9.1.2).  A socket stays in the namespace that it was opened in.
 */
#ifndef OPDESK_TESTS_UNIT_EV_NETNS_H
#define OPDESK_TESTS_UNIT_EV_NETNS_H

#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static int netns_here = -1, netns_there = -1;

static inline void
netns_go(int ns)
{
	assert_int_equal(setns(ns, CLONE_NEWNET), 0);
}

/* `ip` with the words of one line. */
static inline void
netns_ip(const char *line)
{
	char copy[200], *argv[24] = {"ip"}, *rest = copy;
	int n = 1, status = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *word; (word = strsep(&rest, " ")) != NULL && n < 23;)
		argv[n++] = word;
	pid_t pid = fork();

	if (pid == 0) {
		execvp("ip", argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (status != 0)
		fail_msg("ip %s: status %d", line, status);
}

static inline bool
netns_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

static inline int
netns_new(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		return -1;
	/* no seconds without addresses of the link, in which their owner is looked for */
	netns_write("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
	netns_write("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

/* An unprivileged user gets a user namespace in which he is root. */
static inline bool
netns_become_root(void)
{
	char map[40];

	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	return unshare(CLONE_NEWUSER) == 0 && netns_write("/proc/self/setgroups", "deny") &&
	       netns_write("/proc/self/uid_map", map);
}

/* False, with the reason on standard output: this machine does not let us. */
static inline bool
netns_make(void)
{
	if (geteuid() != 0 && !netns_become_root()) {
		printf("skipped: no user namespace to be had\n");
		return false;
	}
	netns_there = netns_new();
	netns_here = netns_there >= 0 ? netns_new() : -1;
	if (netns_here < 0) {
		printf("skipped: no network namespace to be had\n");
		return false;
	}
	char line[120];

	for (int i = 0; i < 2; i++) {
		snprintf(line, sizeof(line),
		    "link add v%d type veth peer name v%d netns /proc/self/fd/%d", i, i,
		    netns_there);
		/* the descriptor must live in `ip`, too */
		fcntl(netns_there, F_SETFD, 0);
		netns_ip(line);
	}
	for (int side = 1; side <= 2; side++) {
		netns_go(side == 1 ? netns_here : netns_there);
		netns_ip("link set lo up");
		for (int i = 0; i < 2; i++) {
			snprintf(
			    line, sizeof(line), "addr add 10.9.%d.%d/24 brd + dev v%d", i, side, i);
			netns_ip(line);
			snprintf(line, sizeof(line), "link set v%d up", i);
			netns_ip(line);
		}
		snprintf(line, sizeof(line), "addr add fd09::%d/64 dev v0 nodad", side);
		netns_ip(line);
	}
	netns_go(netns_here);
	return true;
}

#endif
