/* SPDX-License-Identifier: ISC */
/*
 * The peer for connections and for memory: a bare server that forks a child for each connection,
 * which reads a line, answers Ok and closes; with --hold it waits for the end of the connection.
 * Prints `listening ENDPOINT`.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"

static int
listen_loopback(void)
{
	struct sockaddr_in addr = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 ||
	    listen(fd, SOMAXCONN) < 0 || getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		err(1, "listen");
	printf("listening tcp:127.0.0.1:%d\n", ntohs(addr.sin_port));
	fflush(stdout);
	return fd;
}

static void
child(int fd, bool hold)
{
	char line[8192];
	size_t have = 0;
	ssize_t n;

	while ((n = read(fd, line + have, sizeof line - have)) > 0) {
		have += (size_t)n;
		if (!hold && memchr(line, '\n', have))
			break;
	}
	if (n >= 0)
		bench_write(fd, "Ok\n", 3);
	_exit(0);
}

int
main(int argc, char **argv)
{
	bool hold = argc == 2 && strcmp(argv[1], "--hold") == 0;
	int fd = listen_loopback();

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
