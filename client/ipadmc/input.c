/* SPDX-License-Identifier: ISC */
/* Reading a whole file, of any kind, within a bound. */
#include "client/ipadmc/input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "lib/err.h"

#define CHUNK 65536u

int
input_read_fd(int fd, struct buf *out)
{
	for (;;) {
		unsigned char *room;

		if (buf_reserve(out, CHUNK, &room) != OP_OK)
			return OP_NO_MEMORY;
		ssize_t n = read(fd, room, CHUNK);

		if (n == 0)
			return OP_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return OP_SYSTEM;
		buf_commit(out, (size_t)n);
		if (buf_len(out) > INPUT_MAX)
			return OP_TOO_LARGE;
	}
}

int
input_read(const struct query *q, const char *path, struct buf *out)
{
	bool is_standard = strcmp(path, "-") == 0;
	int fd = is_standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int err = fd < 0 ? OP_SYSTEM : input_read_fd(fd, out);
	const char *why = err == OP_SYSTEM ? strerror(errno) : op_strerror(err);

	if (fd >= 0 && !is_standard)
		close(fd);
	if (err == OP_OK)
		return OP_OK;
	return query_complain(q, err == OP_SYSTEM ? IPADMC_UNREADABLE : err, "%s: %s",
	    is_standard ? "standard input" : path, why);
}
