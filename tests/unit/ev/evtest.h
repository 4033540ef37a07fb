/* SPDX-License-Identifier: ISC */
/*
 * What the tests of lib/ev/ share: a loop run until something is true, with a deadline; blocking
 * reads and writes of a fake peer; a temporary folder.  Included by every test_*.c of this folder
 * after the cmocka headers are in place, so its functions are static.
 */
#ifndef OPDESK_TESTS_UNIT_EV_EVTEST_H
#define OPDESK_TESTS_UNIT_EV_EVTEST_H

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "tests/unit/failing_malloc.h"

#define DEADLINE_MS 10000
#define SHARED __attribute__((unused)) static

SHARED void
evtest_wake(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)w;
	(void)revents;
}

/* Run the loop until *flag reaches `value`; false past the deadline. */
SHARED bool
reaches(struct ev_loop *loop, const int *flag, int value)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	ev_timer timer;

	ev_timer_init(&timer, evtest_wake, 0.05, 0.05);
	ev_timer_start(loop, &timer);
	while (*flag < value && clock_boot_ms() < until_ms)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &timer);
	return *flag >= value;
}

/* Let the loop live for a while: for "nothing happens" only. */
SHARED void
run_for(struct ev_loop *loop, int ms)
{
	int64_t until_ms = clock_boot_ms() + ms;
	ev_timer timer;

	ev_timer_init(&timer, evtest_wake, 0.005, 0.005);
	ev_timer_start(loop, &timer);
	while (clock_boot_ms() < until_ms)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &timer);
}

SHARED void
turn(struct ev_loop *loop)
{
	ev_run(loop, EVRUN_NOWAIT);
}

/* A stream pair; fds[1] stays blocking, for the fake peer. */
SHARED void
stream_pair(int fds[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
}

SHARED void
put(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}

SHARED void
put_frame(int fd, const void *payload, size_t len)
{
	unsigned char head[4] = {(unsigned char)(len >> 24), (unsigned char)(len >> 16),
	    (unsigned char)(len >> 8), (unsigned char)len};

	put(fd, head, sizeof(head));
	put(fd, payload, len);
}

/* Bytes that wait to be read at fd. */
SHARED int
waiting(int fd)
{
	int n = 0;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return n;
}

/* Run the loop until it has read everything that was written to the other end. */
SHARED void
until_read(struct ev_loop *loop, int our_fd)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;

	while (waiting(our_fd) > 0) {
		assert_true(clock_boot_ms() < until_ms);
		turn(loop);
	}
}

/* One read of the fake peer, with a deadline; 0 at the end. */
SHARED size_t
get_some(int fd, void *bytes, size_t len)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	n = recv(fd, bytes, len, 0);
	assert_true(n >= 0);
	return (size_t)n;
}

SHARED void
get(int fd, void *bytes, size_t len)
{
	char *p = bytes;

	while (len > 0) {
		size_t n = get_some(fd, p, len);

		assert_true(n > 0);
		p += n;
		len -= n;
	}
}

/* A whole frame; its length. */
SHARED size_t
get_frame(int fd, void *bytes, size_t size)
{
	unsigned char head[4];
	size_t len;

	get(fd, head, sizeof(head));
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	assert_true(len <= size);
	get(fd, bytes, len);
	return len;
}

SHARED void
make_folder(char *path, size_t size)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(path, size, "%s/ev-XXXXXX", tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(path));
}

#endif
