/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/err.h"

#define READ_BYTES (64 * 1024)

static int
write_all(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return OP_SYSTEM;
		}
	}
	return OP_OK;
}

int
disk_write(int dir_fd, const char *name, const struct buf *bytes, const struct stat *like)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd == -1)
		return OP_SYSTEM;
	int err = write_all(fd, buf_bytes(bytes), buf_len(bytes));

	if (err == OP_OK && like) {
		/* As others had it; whoever runs us may not be able to give files away. */
		if (fchown(fd, like->st_uid, like->st_gid) == -1 && errno != EPERM)
			err = OP_SYSTEM;
		if (fchmod(fd, like->st_mode & 07777) == -1)
			err = OP_SYSTEM;
	}
	if (err == OP_OK && fsync(fd) == -1)
		err = OP_SYSTEM;
	if (close(fd) == -1)
		err = OP_SYSTEM;
	if (err) {
		int saved = errno;

		unlinkat(dir_fd, name, 0);
		errno = saved;
	}
	return err;
}

/* A regular file: another kind might never end, or not even begin. */
static int
open_regular(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd != -1 && (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))) {
		close(fd);
		errno = EINVAL;
		return -1;
	}
	return fd;
}

int
disk_read(int dir_fd, const char *name, struct buf *out)
{
	int err = OP_AGAIN, fd = open_regular(dir_fd, name);

	if (fd == -1)
		return errno == ENOENT ? OP_NOT_FOUND : OP_SYSTEM;
	while (err == OP_AGAIN) {
		unsigned char *room;

		if (buf_reserve(out, READ_BYTES, &room)) {
			err = OP_NO_MEMORY;
			break;
		}
		ssize_t n = read(fd, room, READ_BYTES);

		if (n > 0)
			buf_commit(out, (size_t)n);
		else if (n == 0)
			err = OP_OK;
		else if (errno != EINTR)
			err = OP_SYSTEM;
	}
	close(fd);
	return err;
}

bool
disk_same(const struct buf *a, const struct buf *b)
{
	return buf_len(a) == buf_len(b) &&
	       (buf_len(a) == 0 || memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)) == 0);
}

int
disk_version(int dir_fd, const char *name, char out[COMMIT_TEXT])
{
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = disk_read(dir_fd, name, &bytes);
	if (err == OP_OK)
		history_version(buf_bytes(&bytes), buf_len(&bytes), out);
	else if (err == OP_NOT_FOUND)
		out[0] = '\0';
	buf_fini(&bytes);
	return err == OP_NOT_FOUND ? OP_OK : err;
}
