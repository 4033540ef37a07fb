/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/log.h"
#include "lib/text.h"

#define NAME "audit.log"

static int
open_log(int state_fd)
{
	return openat(state_fd, NAME, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

int
audit_check(int state_fd)
{
	int fd = open_log(state_fd);

	if (fd == -1)
		return OP_SYSTEM;
	close(fd);
	return OP_OK;
}

/* In one write, so that lines stay whole.  Opened each time: it may have been rotated away. */
static int
append(int state_fd, const struct buf *line)
{
	int fd = open_log(state_fd);

	if (fd == -1)
		return OP_SYSTEM;
	ssize_t n = write(fd, buf_bytes(line), buf_len(line));
	int saved = n >= 0 ? ENOSPC : errno;

	close(fd);
	errno = saved;
	return n == (ssize_t)buf_len(line) ? OP_OK : OP_SYSTEM;
}

static void
member(struct buf *line, const char *key, const char *value, size_t len)
{
	buf_printf(line, "%s\"%s\":", buf_len(line) > 0 ? "," : "{", key);
	text_json_string(line, value, len);
}

void
audit_write(struct clerk *k, struct mp_text method, int err)
{
	char at[40];
	time_t now = time(NULL);
	struct buf line;
	struct tm tm;

	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	buf_init(&line);
	member(&line, "at", at, strlen(at));
	member(&line, "who", k->caller.who, strlen(k->caller.who));
	member(&line, "from", k->caller.shown, strlen(k->caller.shown));
	member(&line, "method", method.s, method.len);
	if (*k->file)
		member(&line, "file", k->file, strlen(k->file));
	if (buf_len(&k->files) > 0)
		member(&line, "files", (const char *)buf_bytes(&k->files), buf_len(&k->files));
	member(&line, "result", op_err_name(err), strlen(op_err_name(err)));
	if (err && *k->why)
		member(&line, "why", k->why, strlen(k->why));
	if (*k->used)
		member(&line, "used", k->used, strlen(k->used));
	if (*k->commit)
		member(&line, "commit", k->commit, strlen(k->commit));
	buf_append(&line, "}\n", 2);
	if (append(k->committer.state_fd, &line))
		log_warn(NAME ": a line was lost: %s", strerror(errno));
	buf_fini(&line);
}
