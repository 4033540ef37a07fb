/* SPDX-License-Identifier: ISC */
/* Private copies for an editor. */
#include "client/ipadmc/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "client/ipadmc/input.h"
#include "lib/err.h"

static const char *
folder(void)
{
	const char *where = getenv("TMPDIR");

	return where && *where == '/' ? where : "/var/tmp";
}

bool
draft_find_kept(const char *name, char path[PATH_MAX])
{
	char pattern[PATH_MAX];
	bool is_found = false;
	glob_t found;

	int n = snprintf(pattern, sizeof(pattern), "%s/ipadmc-*/%s", folder(), name);

	if (n < 0 || (size_t)n >= sizeof(pattern) || glob(pattern, 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc && !is_found; i++) {
		struct stat st;

		is_found = lstat(found.gl_pathv[i], &st) == 0 && S_ISREG(st.st_mode) &&
			   st.st_uid == geteuid();
		if (is_found)
			snprintf(path, PATH_MAX, "%s", found.gl_pathv[i]);
	}
	globfree(&found);
	return is_found;
}

int
draft_new(struct draft *d, const char *name)
{
	d->path[0] = '\0';
	int n = snprintf(d->dir, sizeof(d->dir), "%s/ipadmc-XXXXXX", folder());

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
