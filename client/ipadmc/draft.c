/* SPDX-License-Identifier: ISC */
/* Private copies for an editor. */
#include "client/ipadmc/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "client/ipadmc/input.h"
#include "lib/err.h"

int
draft_new(struct draft *d, const char *name)
{
	const char *where = getenv("TMPDIR");

	if (!where || *where != '/')
		where = "/var/tmp";
	d->path[0] = '\0';
	int n = snprintf(d->dir, sizeof(d->dir), "%s/ipadmc-XXXXXX", where);

	if (n < 0 || (size_t)n + strlen(name) + 2 > sizeof(d->path))
		return OP_TOO_LARGE;
	if (!mkdtemp(d->dir))
		return OP_SYSTEM;
	memcpy(d->path, d->dir, (size_t)n);
	snprintf(d->path + n, sizeof(d->path) - (size_t)n, "/%s", name);
	return OP_OK;
}

static int
write_all(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return OP_SYSTEM;
		bytes += n;
		len -= (size_t)n;
	}
	return OP_OK;
}

int
draft_write(const struct draft *d, const struct buf *text)
{
	int fd = open(d->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return OP_SYSTEM;
	int err = write_all(fd, buf_bytes(text), buf_len(text));
	int saved = errno;

	if (close(fd) != 0 && err == OP_OK)
		return OP_SYSTEM;
	errno = saved;
	return err;
}

int
draft_read(const struct draft *d, struct buf *text)
{
	int fd = open(d->path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return OP_SYSTEM;
	buf_clear(text);
	int err = input_read_fd(fd, text);
	int saved = errno;

	close(fd);
	errno = saved;
	return err;
}

void
draft_remove(struct draft *d)
{
	if (!*d->path)
		return;
	unlink(d->path);
	rmdir(d->dir);
	d->path[0] = '\0';
}
