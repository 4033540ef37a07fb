/* SPDX-License-Identifier: ISC */
/* One file of the tree: read, or known not to need it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/tree.h"
#include "lib/err.h"

#define READ_BYTES (64 * 1024)

void
tree_file_fini(struct tree_file *f)
{
	if (f->indexed != f->file)
		sdb_file_free(f->indexed);
	sdb_file_free(f->file);
	flat_findings_fini(&f->findings);
	buf_fini(&f->bytes);
	buf_fini(&f->row);
}

static int
fail(struct tree_file *f, int err, const char *why)
{
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	return err;
}

/* --- its bytes --- */

/* Most are as large as they say. */
static int
read_all(int fd, size_t size, size_t max_bytes, struct tree_file *f)
{
	for (size_t room_bytes = size + 1;; room_bytes = READ_BYTES) {
		unsigned char *room;

		if (buf_reserve(&f->bytes, room_bytes, &room))
			return fail(f, OP_NO_MEMORY, "out of memory");
		ssize_t n = read(fd, room, room_bytes);

		if (n == 0)
			return OP_OK;
		if (n == -1 && errno != EINTR)
			return fail(f, OP_SYSTEM, strerror(errno));
		if (n > 0)
			buf_commit(&f->bytes, (size_t)n);
		if (buf_len(&f->bytes) > max_bytes)
			return fail(f, OP_TOO_LARGE, "larger than max_file");
	}
}

static int
read_file(const struct tree *t, struct tree_file *f)
{
	struct stat st = {0};
	struct timespec now;
	int fd =
	    openat(f->place.dir_fd, f->place.base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return fail(f, OP_SYSTEM, errno == ELOOP ? "a symbolic link" : strerror(errno));
	clock_gettime(CLOCK_REALTIME, &now);
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		fail(f, OP_SYSTEM, "not a regular file");
	else if ((uint64_t)st.st_size > t->max_bytes)
		fail(f, OP_TOO_LARGE, "larger than max_file");
	else
		read_all(fd, (size_t)st.st_size, t->max_bytes, f);
	f->owner = st.st_uid;
	if (!f->err)
		f->stamp = stamp_of(&st, now, t->rest_ms);
	close(fd);
	return f->err;
}

/* --- what they mean --- */

static int
parse_subnet(struct tree_file *f)
{
	struct sdb_space *space;
	int err = sdb_file_parse(buf_bytes(&f->bytes), buf_len(&f->bytes), &f->file);

	if (err)
		return err;
	err = sdb_space_new(f->file, &space);
	if (err == OP_OK) {
		sdb_space_usage(space, &f->use);
		sdb_space_free(space);
	}
	return err == OP_BAD_REQUEST ? OP_OK : err; /* its header names no subnet */
}

static int
parse_flat(struct tree_file *f)
{
	const struct sdb_text text = {(const char *)buf_bytes(&f->bytes), buf_len(&f->bytes)};
	struct flat_file parsed;
	int err = flat_parse(&f->place.format, text, &parsed);

	if (err)
		return err;
	f->lines = parsed.count;
	f->entries = parsed.entries;
	flat_fini(&parsed);
	return f->place.type->check(&f->place, &f->bytes, &f->findings);
}

static void
parse(struct tree_file *f)
{
	history_version(buf_bytes(&f->bytes), buf_len(&f->bytes), f->version);
	int err = f->place.flat ? parse_flat(f) : parse_subnet(f);

	if (err)
		fail(f, err, op_strerror(err));
}

/* --- one refresh --- */

static void
move(struct tree_file *f, struct tree_file *old)
{
	*f = *old;
	*old = (struct tree_file){.place = old->place, .id = SDB_NO_ID};
}

static bool
is_proved(const struct tree_file *f, const struct tree_file *old)
{
	struct stat st;

	return f->place.has_stamps && !old->err &&
	       fstatat(f->place.dir_fd, f->place.base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       stamp_proves(&old->stamp, &st);
}

bool
tree_read(const struct tree *t, struct tree_file *f, struct tree_file *old, bool trust)
{
	f->id = SDB_NO_ID;
	if (old && trust && is_proved(f, old)) {
		move(f, old);
		return true;
	}
	buf_init(&f->bytes);
	if (read_file(t, f)) {
		buf_clear(&f->bytes);
		return false;
	}
	if (old && !old->err && disk_same(&f->bytes, &old->bytes)) {
		const struct stamp stamp = f->stamp;
		const uid_t owner = f->owner;

		buf_fini(&f->bytes);
		move(f, old);
		f->stamp = stamp;
		f->owner = owner;
		return true;
	}
	parse(f);
	return false;
}
