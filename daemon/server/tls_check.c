/* SPDX-License-Identifier: ISC */
#include "daemon/server/tls_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/err.h"

static void __attribute__((noreturn)) look(const struct tls_files *files, int out)
{
	char why[300];
	struct tls *t;
	int err = tls_server_new(files, &t, why, sizeof(why));

	/* Nothing written is a yes. */
	_exit(err && write(out, why, strlen(why)) < 0 ? 1 : 0);
}

/* Until the child has closed its end. */
static size_t
read_all(int fd, char *dst, size_t size)
{
	size_t got = 0;
	ssize_t n;

	do {
		n = read(fd, dst + got, size - 1 - got);
		got += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n == -1 && errno == EINTR));
	dst[got] = '\0';
	return got;
}

int
tls_check(const struct tls_files *files, char *why, size_t size)
{
	int fds[2], status = 0;
	char said[300];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return OP_SYSTEM;
	pid = fork();
	if (pid == 0)
		look(files, fds[1]);
	close(fds[1]);
	size_t len = pid == -1 ? 0 : read_all(fds[0], said, sizeof(said));

	close(fds[0]);
	if (pid == -1)
		return OP_SYSTEM;
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	if (len > 0)
		snprintf(why, size, "%s", said);
	else if (status != 0)
		snprintf(why, size, "the files cannot be tried");
	return len > 0 || status != 0 ? OP_BAD_REQUEST : OP_OK;
}
