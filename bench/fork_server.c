/* SPDX-License-Identifier: ISC */
/*
 * The peer for connections and for memory: a bare server that forks a child for each connection,
 * which reads a line, answers Ok and closes, or reads on if the line began with "again"; with
 * --hold it waits for the end of the connection. Prints `listening ENDPOINT`.
 */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"

static void
child(int fd, bool hold)
{
	char line[8192];
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, line + have, sizeof line - have)) > 0) {
		have += (size_t)n;
		if (hold || !memchr(line, '\n', have))
			continue;
		if (memcmp(line, "again", 5) != 0)
			break;
		bench_write(fd, "Ok\n", 3);
		have = 0;
	}
	if (n >= 0)
		bench_write(fd, "Ok\n", 3);
	_exit(0);
}

int
main(int argc, char **argv)
{
	bool hold = argc == 2 && strcmp(argv[1], "--hold") == 0;
	int fd = bench_listen(0);

	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int connection = accept(fd, NULL, NULL);
		pid_t pid;

		if (connection < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (connection < 0 || (pid = fork()) < 0)
			err(1, "accept or fork");
		if (pid == 0)
			child(connection, hold);
		close(connection);
	}
}
