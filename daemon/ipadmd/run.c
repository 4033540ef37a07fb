/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/err.h"

#define PAUSE_MS 5

/* Signals as a program expects them, and a group of its own. */
static int
set_attributes(posix_spawnattr_t *a)
{
	sigset_t all, none;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_setsigdefault(a, &all);
	posix_spawnattr_setsigmask(a, &none);
	posix_spawnattr_setpgroup(a, 0);
	return posix_spawnattr_setflags(
	    a, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
}

static int
spawn(char *const argv[], int out_fd, pid_t *pid)
{
	static char *const environment[] = {
	    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
	    "HOME=/", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int err;

	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	set_attributes(&attributes);
	err = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, out_fd, 2);
	if (!err)
		err = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
	if (!err)
		err = posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	errno = err;
	return err ? OP_SYSTEM : OP_OK;
}

/* Past the limit it is read and dropped, so that the program is not held up.  false: its end. */
static bool
take(int fd, struct buf *output)
{
	char bytes[4096];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0 && buf_len(output) < RUN_OUTPUT_MAX)
		(void)buf_append(output, bytes, (size_t)n);
	return n > 0 || (n == -1 && (errno == EINTR || errno == EAGAIN));
}

/* Its output, until that ends or the time is over. */
static void
listen_to(int fd, int64_t until_ms, struct buf *output)
{
	bool more = true;

	while (more) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = until_ms - clock_boot_ms();

		if (left <= 0)
			return;
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			more = take(fd, output);
		else if (n == -1 && errno != EINTR)
			return;
	}
}

/* A program may close its output long before it ends. */
static int
wait_for(pid_t pid, int64_t until_ms, int *status)
{
	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);

		if (got == pid)
			return OP_OK;
		if (got == -1 && errno != EINTR)
			return OP_SYSTEM;
		if (clock_boot_ms() >= until_ms)
			break;
		poll(NULL, 0, PAUSE_MS);
	}
	kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) == -1 && errno == EINTR)
		;
	return OP_TIMEOUT;
}

int
run_program(char *const argv[], int64_t limit_ms, struct buf *output, int *status)
{
	const int64_t until_ms = clock_boot_ms() + limit_ms;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return OP_SYSTEM;
	int err = spawn(argv, fds[1], &pid);
	int saved = errno;

	close(fds[1]);
	if (err == OP_OK) {
		listen_to(fds[0], until_ms, output);
		err = wait_for(pid, until_ms, status);
		saved = errno;
		/* What it has left behind goes with it. */
		kill(-pid, SIGKILL);
	}
	close(fds[0]);
	errno = saved;
	return err;
}
