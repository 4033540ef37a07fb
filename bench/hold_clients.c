/* SPDX-License-Identifier: ISC */
/*
 * Waiting questions: hold_clients ENDPOINT COUNT.  Connects COUNT times, sends a line on each,
 * prints `held`, and keeps them all until its standard input ends.
 */
#include <err.h>
#include <stdio.h>
#include <unistd.h>
#include "bench/common.h"

int
main(int argc, char **argv)
{
	char byte;

	if (argc != 3)
		errx(64, "usage: hold_clients ENDPOINT COUNT");
	bench_many_files();
	for (int i = 0, count = bench_count(argv[2]); i < count; i++) {
		int fd = bench_connect(argv[1]);

		dprintf(fd, "Please insert volume %d of the nightly backup of alpha\n", i);
	}
	puts("held");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return 0;
}
