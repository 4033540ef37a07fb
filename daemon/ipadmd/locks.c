/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/locks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"

#define MUTEX "single_thread.lock"
#define SUFFIX "-lock"
#define PAUSE_MS 10
#define LONGEST_MS 3000
#define LINK_TEXT 256

int
locks_open(struct locks *l, const char *directory, bool writes)
{
	int mutex_fd = -1;

	if (mkdir(directory, 0755) == -1 && errno != EEXIST)
		return OP_SYSTEM;
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return OP_SYSTEM;
	if (writes)
		mutex_fd = openat(fd, MUTEX, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (writes && mutex_fd == -1) {
		close(fd);
		return OP_SYSTEM;
	}
	*l = (struct locks){fd, mutex_fd};
	return OP_OK;
}

void
locks_fini(struct locks *l)
{
	close(l->dir_fd);
	if (l->mutex_fd != -1)
		close(l->mutex_fd);
}

/* Other programs hold it for a moment only; one that hangs must not hang us. */
static int
hold(const struct locks *l)
{
	for (int waited_ms = 0; flock(l->mutex_fd, LOCK_EX | LOCK_NB) == -1;
	     waited_ms += PAUSE_MS) {
		if (errno != EINTR && errno != EWOULDBLOCK)
			return OP_SYSTEM;
		if (waited_ms >= LONGEST_MS)
			return OP_TIMEOUT;
		poll(NULL, 0, PAUSE_MS);
	}
	return OP_OK;
}

static void
let_go(const struct locks *l)
{
	flock(l->mutex_fd, LOCK_UN);
}

static const char *
link_name(char dst[LINK_TEXT], const char *file)
{
	snprintf(dst, LINK_TEXT, "%s%s", file, SUFFIX);
	return dst;
}

int
locks_read(const struct locks *l, const char *file, struct lease *out)
{
	char name[LINK_TEXT], target[LEASE_TEXT];
	struct lease lease;
	struct stat st;

	link_name(name, file);
	ssize_t n = readlinkat(l->dir_fd, name, target, sizeof(target));

	if (n == -1 || fstatat(l->dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? OP_NOT_FOUND : OP_SYSTEM;
	target[n < LEASE_TEXT ? n : LEASE_TEXT - 1] = '\0';
	if (lease_parse(target, &lease)) {
		/* Somebody's lock all the same. */
		lease = (struct lease){0};
		snprintf(lease.owner, sizeof(lease.owner), "%.*s", LEASE_OWNER - 1, target);
	}
	lease.since_ms = (int64_t)st.st_ctim.tv_sec * 1000 + st.st_ctim.tv_nsec / 1000000;
	*out = lease;
	return OP_OK;
}

static bool
is_same(const struct lease *a, const struct lease *b)
{
	char x[LEASE_TEXT], y[LEASE_TEXT];

	return a->since_ms == b->since_ms && strcmp(lease_format(x, a), lease_format(y, b)) == 0;
}

static int
make_link(const struct locks *l, const char *file, struct lease *lease)
{
	char name[LINK_TEXT], target[LEASE_TEXT];

	link_name(name, file);
	if ((unlinkat(l->dir_fd, name, 0) == -1 && errno != ENOENT) ||
	    symlinkat(lease_format(target, lease), l->dir_fd, name) == -1 || fsync(l->dir_fd) == -1)
		return OP_SYSTEM;
	return locks_read(l, file, lease);
}

static int
take(const struct locks *l, const char *file, struct lease *now, int64_t now_ms,
    int64_t guaranteed_ms, struct lease *before)
{
	struct lease there = {0};
	int err = locks_read(l, file, &there);

	if (err && err != OP_NOT_FOUND)
		return err;
	*before = there;
	if (lease_decide(err ? NULL : &there, now, now_ms, guaranteed_ms) == LEASE_REFUSE)
		return OP_LOCKED;
	return make_link(l, file, now);
}

int
locks_take(const struct locks *l, const char *file, struct lease *now, int64_t now_ms,
    int64_t guaranteed_ms, struct lease *before)
{
	int err = hold(l);

	if (err == OP_OK)
		err = take(l, file, now, now_ms, guaranteed_ms, before);
	let_go(l);
	return err;
}

int
locks_free(const struct locks *l, const char *file, const struct lease *seen)
{
	char name[LINK_TEXT];
	struct lease there;
	int err = hold(l);

	if (err == OP_OK)
		err = locks_read(l, file, &there);
	if (err == OP_OK && !is_same(&there, seen))
		err = OP_NOT_FOUND;
	if (err == OP_OK && unlinkat(l->dir_fd, link_name(name, file), 0) == -1)
		err = OP_SYSTEM;
	let_go(l);
	return err;
}

int
locks_walk(const struct locks *l,
    void (*fn)(const char *file, const struct lease *lease, void *arg), void *arg)
{
	int fd = openat(l->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd != -1)
			close(fd);
		return OP_SYSTEM;
	}
	while ((entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name), suffix = strlen(SUFFIX);
		struct lease lease;

		if (len <= suffix || strcmp(entry->d_name + len - suffix, SUFFIX) != 0)
			continue;
		entry->d_name[len - suffix] = '\0';
		if (locks_read(l, entry->d_name, &lease) == OP_OK)
			fn(entry->d_name, &lease, arg);
	}
	closedir(dir);
	return OP_OK;
}
