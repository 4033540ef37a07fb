/* SPDX-License-Identifier: ISC */
/* flock(2) cannot wait with a limit, so it is asked again every LOCK_STEP_MS.  Blocking: called
 * before the engine's loop. */
#include "daemon/server/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/paths.h"

#define LOCK_STEP_MS 20

static int
open_lock(const char *dir, char *path, size_t size, char *why, size_t why_size)
{
	int fd, err;

	if ((size_t)snprintf(path, size, "%s/lock", dir) >= size) {
		snprintf(why, why_size, "%s: path too long", dir);
		return OP_TOO_LARGE;
	}
	err = paths_make_parent(path);
	if (err) {
		paths_explain(why, why_size, path, err);
		return err;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		snprintf(why, why_size, "%s: %s", path, strerror(errno));
		return OP_SYSTEM;
	}
	return fd;
}

/* To stop: by the end of file, or by SIGTERM, which the engine still has blocked. */
static bool
is_told(int stop_fd)
{
	struct pollfd stop = {.fd = stop_fd, .events = POLLIN};
	sigset_t pending;

	sigemptyset(&pending);
	return poll(&stop, 1, LOCK_STEP_MS) == 1 ||
	       (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1);
}

static int
wait_for_lock(int fd, int64_t wait_ms, int stop_fd)
{
	int64_t end = clock_boot_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return OP_SYSTEM;
		if (clock_boot_ms() >= end)
			return OP_LOCKED;
		if (is_told(stop_fd))
			return OP_CANCELLED;
	}
	return OP_OK;
}

static void
tell_holder(int fd, const char *dir, char *why, size_t why_size)
{
	char text[32] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	text[n > 0 ? strcspn(text, "\n") : 0] = '\0';
	snprintf(why, why_size, "%s: in use by the daemon with process id %s", dir,
	    *text ? text : "(unknown)");
}

int
lock_state(const char *dir, pid_t owner, int64_t wait_ms, int stop_fd, char *why, size_t why_size)
{
	char path[4096], text[32];
	int fd = open_lock(dir, path, sizeof(path), why, why_size);
	int len = snprintf(text, sizeof(text), "%ld\n", (long)owner);
	int err;

	if (fd < 0)
		return fd;
	err = wait_for_lock(fd, wait_ms, stop_fd);
	if (!err && (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)len, 0) != len))
		err = OP_SYSTEM;
	if (!err)
		return fd;
	if (err == OP_LOCKED)
		tell_holder(fd, dir, why, why_size);
	else
		snprintf(why, why_size, "%s: %s", path,
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
	close(fd);
	return err;
}
