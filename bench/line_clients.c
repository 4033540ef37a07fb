/* SPDX-License-Identifier: ISC */
/*
 * One-line questions per second: line_clients ENDPOINT CLIENTS SECONDS.  Each of CLIENTS processes
 * connects, sends a line, reads the answer to the end and closes, again and again.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "bench/common.h"

static const char line[] = "Please insert volume 7 of the nightly backup of alpha\n";

static void
question(const char *endpoint)
{
	char answer[64];
	size_t have = 0;
	ssize_t n;
	int fd = bench_connect(endpoint);

	bench_write(fd, line, sizeof line - 1);
	while ((n = read(fd, answer + have, sizeof answer - have)) > 0)
		have += (size_t)n;
	if (have != 3 || memcmp(answer, "Ok\n", 3) != 0)
		errx(1, "no Ok but %zu bytes", have);
	close(fd);
}

int
main(int argc, char **argv)
{
	long all = 0;
	int status, failed = 0;

	if (argc != 4)
		errx(64, "usage: line_clients ENDPOINT CLIENTS SECONDS");
	int clients = bench_count(argv[2]);
	long *done = mmap(NULL, (size_t)clients * sizeof *done, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		err(1, "mmap");
	double began = bench_now(), end = began + bench_seconds(argv[3]);
	for (int i = 0; i < clients; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (pid > 0)
			continue;
		while (bench_now() < end) {
			question(argv[1]);
			done[i]++;
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		failed += status != 0;
	if (failed)
		errx(1, "%d clients failed", failed);
	for (int i = 0; i < clients; i++)
		all += done[i];
	printf("connections %.1f\n", (double)all / (bench_now() - began));
	return 0;
}
