/* SPDX-License-Identifier: ISC */
/*
 * The pipe to the parent carries one byte, the exit status: 0 when ready, else followed by the text
 * of the failure up to end of file.  Only the acceptor runs this, before it has forked anything
 * else.
 */
#include "daemon/server/background.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/paths.h"
#include "lib/units.h"

#define LOCK_STEP_MS 20

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

/* Is there more to read before the time is over? */
static bool
has_more(int fd, int64_t end_ms)
{
	struct pollfd outcome = {.fd = fd, .events = POLLIN};
	int64_t left_ms;

	while ((left_ms = end_ms - clock_boot_ms()) > 0) {
		int n = poll(&outcome, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);

		if (n == 1 || (n == -1 && errno != EINTR))
			return true;
	}
	return false;
}

static void __attribute__((noreturn)) give_up(pid_t daemon, const char *program, int64_t limit_ms)
{
	char time[40];

	kill(daemon, SIGTERM);
	fprintf(stderr, "%s: not ready in %s (start_limit): told to stop; does a disk hang?\n",
	    program, units_format_ms(time, sizeof(time), limit_ms));
	_exit(EX_TEMPFAIL);
}

static void __attribute__((noreturn))
wait_for_outcome(int fd, pid_t daemon, const char *program, int64_t limit_ms)
{
	int64_t end_ms = clock_boot_ms() + limit_ms;
	char text[1024];
	size_t len = 0;

	while (len < sizeof(text)) {
		if (!has_more(fd, end_ms))
			give_up(daemon, program, limit_ms);
		ssize_t n = read(fd, text + len, sizeof(text) - len);

		if (n > 0)
			len += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (len == 0)
		fprintf(stderr, "%s: ended before it was ready\n", program);
	else if (text[0] != EXIT_SUCCESS)
		fprintf(stderr, "%s: %.*s\n", program, (int)len - 1, text + 1);
	_exit(len == 0 ? EX_SOFTWARE : (unsigned char)text[0]);
}

/* What the caller has left open is not ours: who reads the other end would wait for us. */
static int
detach(int outcome_fd)
{
	int null;

	descriptors_keep(&outcome_fd, 1);
	null = open("/dev/null", O_RDWR);
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
background_start(const char *program, int64_t limit_ms)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return OP_SYSTEM;
	pid = fork();
	if (pid > 0) {
		close(fds[1]);
		wait_for_outcome(fds[0], pid, program, limit_ms);
	}
	close(fds[0]);
	if (pid == -1 || detach(fds[1])) {
		close(fds[1]);
		return OP_SYSTEM;
	}
	return fds[1];
}

void
background_ready(int fd)
{
	write_all(fd, &(char){EXIT_SUCCESS}, 1);
	close(fd);
}

void
background_failed(int fd, int status, const char *why)
{
	write_all(fd, &(char){(char)status}, 1);
	write_all(fd, why, strlen(why));
	close(fd);
}

/* --- the pid file --- */

/* The program of a process, or "". */
static void
program_of(const char *pid, char *dst, size_t size)
{
	char path[64];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		n = read(fd, dst, size - 1);
		close(fd);
	}
	dst[n > 0 ? n : 0] = '\0';
	dst[strcspn(dst, "\n")] = '\0';
}

static int
refuse(int fd, const char *path, char *why, size_t why_size)
{
	char text[32] = "", program[32], own[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? strspn(text, "0123456789") : 0] = '\0';
	program_of(text, program, sizeof(program));
	program_of("self", own, sizeof(own));
	if (!*program || strcmp(program, own) == 0)
		snprintf(why, why_size, "%s: already running as process %s", path,
		    *text ? text : "(unknown)");
	else
		snprintf(why, why_size, "%s: it is the pid file of %s, process %s: choose another",
		    path, program, text);
	return OP_CONFLICT;
}

static int
make_place(const char *path, char *why, size_t why_size)
{
	const char *base = strrchr(path, '/');
	char own[PATH_MAX], problem[PATH_MAX + 100];
	bool is_runtime =
	    base && paths_runtime(own, sizeof(own), base + 1) == OP_OK && strcmp(own, path) == 0;
	int err = is_runtime ? paths_make_parent(path) : paths_check_parent(path);

	if (err)
		snprintf(why, why_size, "pid_file: %s: %s; %s", path,
		    paths_explain(problem, sizeof(problem), path, err),
		    is_runtime ? PATHS_REMEDY : "make it so, or choose another one");
	return err;
}

/* Whether the file is still the one at the path. */
static bool
is_at(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && lstat(path, &there) == 0 && mine.st_dev == there.st_dev &&
	       mine.st_ino == there.st_ino;
}

/* OP_AGAIN: its owner is about to end, or has just done so. */
static int
try_lock(const char *path, char *why, size_t why_size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	int err = OP_SYSTEM;

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		if (is_at(fd, path))
			return fd;
		err = OP_AGAIN;
	} else if (fd != -1 && errno == EWOULDBLOCK) {
		err = flock(fd, LOCK_SH | LOCK_NB) == 0 ? OP_AGAIN : OP_CONFLICT;
	}
	if (err == OP_SYSTEM)
		snprintf(why, why_size, "pid_file: %s: %s", path, strerror(errno));
	else
		refuse(fd, path, why, why_size);
	if (fd != -1)
		close(fd);
	return err;
}

int
pid_file_open(const char *path, char *why, size_t why_size)
{
	int64_t end = clock_boot_ms() + PID_FILE_WAIT_MS;
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	int fd = make_place(path, why, why_size);

	if (fd)
		return fd;
	while ((fd = try_lock(path, why, why_size)) == OP_AGAIN && clock_boot_ms() < end)
		poll(NULL, 0, LOCK_STEP_MS);
	if (fd < 0)
		return fd == OP_AGAIN ? OP_CONFLICT : fd;
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len)
		return fd;
	snprintf(why, why_size, "pid_file: %s: %s", path, strerror(errno));
	pid_file_remove(path, fd);
	close(fd);
	return OP_SYSTEM;
}

void
pid_file_stopping(int fd)
{
	if (fd != -1)
		flock(fd, LOCK_SH | LOCK_NB);
}

void
pid_file_remove(const char *path, int fd)
{
	/* Between its two locks, above, another one may have taken it. */
	if (fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == -1 || !is_at(fd, path))
		return;
	/* A daemon that has become another user may not remove it where root has put it: then at
	 * least it names nobody. */
	if (unlink(path) == -1 && ftruncate(fd, 0) == -1)
		return;
}
