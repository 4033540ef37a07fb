/* SPDX-License-Identifier: ISC */
/*
 * Connections that wait: hold_clients ENDPOINT COUNT [again].  Connects COUNT times, sends a
 * question on each, or "again" and reads its answer, prints `held`, and keeps them all until its
 * standard input ends.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "bench/common.h"

int
main(int argc, char **argv)
{
	char byte, answer[16];
	bool again = argc == 4 && strcmp(argv[3], "again") == 0;

	if (argc != 3 && !again)
		errx(64, "usage: hold_clients ENDPOINT COUNT [again]");
	bench_many_files();
	for (int i = 0, count = bench_count(argv[2]); i < count; i++) {
		int fd = bench_connect(argv[1]);

		if (!again)
			dprintf(fd, "Please insert volume %d of the nightly backup of alpha\n", i);
		else if (write(fd, "again\n", 6) != 6 || read(fd, answer, sizeof(answer)) != 3)
			errx(1, "connection %d: no Ok", i);
	}
	puts("held");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	return 0;
}
