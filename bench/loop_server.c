/* SPDX-License-Identifier: ISC */
/*
 * The peer for many connections in one process: a bare epoll loop that answers every line with Ok
 * and ends a connection after its first line, unless that begins with "again".  It keeps nothing
 * for a connection but its descriptor: lines must come whole.  Prints `listening ENDPOINT`.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"

static int loop;

static void
watch(int fd)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};

	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e) < 0)
		err(1, "epoll_ctl");
}

static void
take(int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		watch(fd);
	if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		err(1, "accept");
}

static void
serve(int fd)
{
	char line[8192];
	ssize_t n = read(fd, line, sizeof line);

	if (n > 0 && (line[n - 1] != '\n' || write(fd, "Ok\n", 3) != 3))
		n = 0;
	if (n < 5 || memcmp(line, "again", 5) != 0)
		close(fd);
}

int
main(void)
{
	int listener = bench_listen(SOCK_NONBLOCK);
	struct epoll_event events[64];

	bench_many_files();
	loop = epoll_create1(EPOLL_CLOEXEC);
	watch(listener);
	for (;;) {
		int n = epoll_wait(loop, events, 64, -1);

		for (int i = 0; i < n; i++)
			if (events[i].data.fd == listener)
				take(listener);
			else
				serve(events[i].data.fd);
	}
}
