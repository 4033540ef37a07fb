/* SPDX-License-Identifier: ISC */
/*
 * The pipe to the parent carries one byte 0 when ready, else the text of the failure up to end of
 * file.  Only the acceptor runs this, before it has forked anything else.
 */
#include "daemon/server/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/paths.h"

static void
write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return;
		}
	}
}

static void __attribute__((noreturn)) wait_for_outcome(int fd, const char *program)
{
	char text[1024];
	size_t len = 0;

	while (len < sizeof(text)) {
		ssize_t n = read(fd, text + len, sizeof(text) - len);

		if (n > 0)
			len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (len > 0 && text[0] == '\0')
		_exit(EXIT_SUCCESS);
	if (len > 0)
		fprintf(stderr, "%s: %.*s\n", program, (int)len, text);
	else
		fprintf(stderr, "%s: ended before it was ready\n", program);
	_exit(EXIT_FAILURE);
}

static int
detach(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null == -1 || setsid() == (pid_t)-1)
		return OP_SYSTEM;
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(null, fd) == -1)
			return OP_SYSTEM;
	if (null > 2)
		close(null);
	return OP_OK;
}

int
background_start(const char *program)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return OP_SYSTEM;
	pid = fork();
	if (pid > 0) {
		close(fds[1]);
		wait_for_outcome(fds[0], program);
	}
	close(fds[0]);
	if (pid == -1 || detach()) {
		close(fds[1]);
		return OP_SYSTEM;
	}
	return fds[1];
}

void
background_ready(int fd)
{
	write_all(fd, "", 1);
	close(fd);
}

void
background_failed(int fd, const char *why)
{
	write_all(fd, why, strlen(why));
	close(fd);
}

static int
refuse(int fd, const char *path, char *why, size_t why_size)
{
	char text[32] = "";
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	snprintf(why, why_size, "%s: already running as process %s", path,
	    n > 0 ? strtok(text, "\n") : "?");
	return OP_CONFLICT;
}

int
pid_file_open(const char *path, char *why, size_t why_size)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int err = paths_make_parent(path);
	int fd;

	if (err) {
		snprintf(why, why_size, "%s: %s", path, op_strerror(err));
		return err;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1) {
		snprintf(why, why_size, "%s: %s", path, strerror(errno));
		return OP_SYSTEM;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == -1)
		return refuse(fd, path, why, why_size);
	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)len, 0) != len) {
		snprintf(why, why_size, "%s: %s", path, strerror(errno));
		close(fd);
		return OP_SYSTEM;
	}
	return fd;
}

void
pid_file_remove(const char *path, int fd)
{
	if (fd >= 0)
		unlink(path);
}
