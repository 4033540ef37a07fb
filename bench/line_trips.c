/* SPDX-License-Identifier: ISC */
/*
 * Round trips of a line on held connections: line_trips ENDPOINT CLIENTS SECONDS.  One process
 * holds CLIENTS connections with a line in flight on each: "again" and its answer.  Prints `trips
 * N` per second.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "bench/common.h"

static void
ask(int fd)
{
	bench_write(fd, "again\n", 6);
}

static void
take_answer(int fd)
{
	char answer[16];
	ssize_t n = read(fd, answer, sizeof answer);

	if (n != 3)
		errx(1, "no Ok but %zd bytes", n);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[64];
	long trips = 0;

	if (argc != 4)
		errx(64, "usage: line_trips ENDPOINT CLIENTS SECONDS");
	bench_many_files();
	int loop = epoll_create1(EPOLL_CLOEXEC), clients = bench_count(argv[2]);

	for (int i = 0; i < clients; i++) {
		struct epoll_event e = {.events = EPOLLIN, .data.fd = bench_connect(argv[1])};

		if (epoll_ctl(loop, EPOLL_CTL_ADD, e.data.fd, &e) < 0)
			err(1, "epoll_ctl");
		/* Each is served before time counts. */
		ask(e.data.fd);
		take_answer(e.data.fd);
		ask(e.data.fd);
	}
	double began = bench_now(), end = began + bench_seconds(argv[3]);

	while (bench_now() < end) {
		int n = epoll_wait(loop, events, 64, -1);

		if (n < 0 && errno != EINTR)
			err(1, "epoll_wait");
		for (int i = 0; i < n; i++, trips++) {
			take_answer(events[i].data.fd);
			ask(events[i].data.fd);
		}
	}
	printf("trips %.1f\n", (double)trips / (bench_now() - began));
	return 0;
}
