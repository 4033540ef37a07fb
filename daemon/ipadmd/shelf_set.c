/* SPDX-License-Identifier: ISC */
/* Making a set, walking over one, and reading the serials out of one. */
#include "daemon/ipadmd/shelf_int.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/publish/soa.h"

static int
write_all(int fd, const struct buf *bytes)
{
	const unsigned char *at = buf_bytes(bytes);
	size_t left = buf_len(bytes);

	while (left > 0) {
		ssize_t n = write(fd, at, left);

		if (n > 0) {
			at += n;
			left -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return OP_SYSTEM;
		}
	}
	return OP_OK;
}

/* Synced later, all together. */
static int
write_file(const char *name, const struct buf *bytes)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd == -1)
		return OP_SYSTEM;
	int err = write_all(fd, bytes), saved = errno;

	if (close(fd) == -1 && err == OP_OK) {
		err = OP_SYSTEM;
		saved = errno;
	}
	errno = saved;
	return err;
}

/* --- making a set --- */

static void
find_highest(const struct shelf *s, unsigned long number, void *arg)
{
	unsigned long *highest = arg;

	(void)s;
	if (number > *highest)
		*highest = number;
}

int
shelf_stage(const struct shelf *s, char set[SHELF_SET])
{
	unsigned long highest = 0;
	char name[SHELF_NAME];
	int err = shelf_each_set(s, find_highest, &highest);

	if (err)
		return err;
	snprintf(set, SHELF_SET, "set-%lu", highest + 1);
	return mkdir(shelf_name(name, s->path, set, NULL), 0755) == -1 ? OP_SYSTEM : OP_OK;
}

/* The folders between the set and the file. */
static int
make_folders(const struct shelf *s, const char *set, const char *file)
{
	char name[SHELF_NAME];
	size_t start = strlen(shelf_name(name, s->path, set, NULL)) + 1;

	shelf_name(name, s->path, set, file);
	for (char *slash = strchr(name + start, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(name, 0755) == -1 && errno != EEXIST)
			return OP_SYSTEM;
		*slash = '/';
	}
	return OP_OK;
}

int
shelf_write(const struct shelf *s, const char *set, const char *file, const struct buf *bytes)
{
	char name[SHELF_NAME];
	int err = make_folders(s, set, file);

	return err ? err : write_file(shelf_name(name, s->path, set, file), bytes);
}

int
shelf_keep(const struct shelf *s, const char *set, const char *file)
{
	char from[SHELF_NAME], to[SHELF_NAME];
	int err = make_folders(s, set, file);

	if (err)
		return err;
	shelf_name(from, s->path, s->current, file);
	return link(from, shelf_name(to, s->path, set, file)) == -1 ? OP_SYSTEM : OP_OK;
}

/* fn for each file and folder; folders after what is in them. */
static int
walk(const char *root, int (*fn)(const char *path, bool is_folder, void *arg), void *arg)
{
	char *const roots[] = {(char *)(uintptr_t)root, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	FTSENT *entry;
	int err = OP_OK, saved;

	if (!fts)
		return OP_SYSTEM;
	while (err == OP_OK && (errno = 0, entry = fts_read(fts)) != NULL) {
		errno = entry->fts_errno;
		if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR ||
		    entry->fts_info == FTS_NS)
			err = OP_SYSTEM;
		else if (entry->fts_info != FTS_D)
			err = fn(entry->fts_path, entry->fts_info == FTS_DP, arg);
	}
	saved = errno;
	if (err == OP_OK && saved)
		err = OP_SYSTEM;
	fts_close(fts);
	errno = saved;
	return err;
}

struct each {
	size_t root_len;
	int (*fn)(const char *file, void *arg);
	void *arg;
};

static int
each_file(const char *path, bool is_folder, void *arg)
{
	const struct each *e = arg;
	const char *file = path + e->root_len + 1;
	struct stat st;

	if (is_folder || strcmp(file, RECORD) == 0)
		return OP_OK;
	if (lstat(path, &st) == -1)
		return OP_SYSTEM;
	return S_ISREG(st.st_mode) ? e->fn(file, e->arg) : OP_OK;
}

int
shelf_each(
    const struct shelf *s, const char *set, int (*fn)(const char *file, void *arg), void *arg)
{
	char root[SHELF_NAME];
	struct each e = {strlen(shelf_name(root, s->path, set, NULL)), fn, arg};

	return walk(root, each_file, &e);
}

static int
sync_one(const char *path, bool is_folder, void *arg)
{
	struct stat st;

	(void)arg;
	if (!is_folder && (lstat(path, &st) == -1 || !S_ISREG(st.st_mode)))
		return OP_OK;
	return shelf_sync(path);
}

int
shelf_seal(const struct shelf *s, const char *set, const struct publish_record *record)
{
	char root[SHELF_NAME];
	struct buf text;
	int err;

	buf_init(&text);
	err = publish_record_write(record, &text);
	if (err == OP_OK)
		err = shelf_write(s, set, RECORD, &text);
	buf_fini(&text);
	if (err == OP_OK)
		err = walk(shelf_name(root, s->path, set, NULL), sync_one, NULL);
	return err == OP_OK ? shelf_sync(s->path) : err;
}

static int
remove_one(const char *path, bool is_folder, void *arg)
{
	(void)arg;
	return (is_folder ? rmdir(path) : unlink(path)) == -1 ? OP_SYSTEM : OP_OK;
}

int
shelf_drop(const struct shelf *s, const char *set)
{
	char root[SHELF_NAME];

	return walk(shelf_name(root, s->path, set, NULL), remove_one, NULL);
}

/* --- a record that is lost --- */

struct salvage {
	const struct shelf *shelf;
	const char *set;
	struct publish_record *out;
};

static int
salvage_file(const char *file, void *arg)
{
	struct salvage *v = arg;
	struct publish_previous f = {.path = file};
	struct publish_soa soa;
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = shelf_read(v->shelf, v->set, file, &bytes);
	if (err == OP_OK && publish_path_is_good(file) &&
	    publish_soa_find(buf_bytes(&bytes), buf_len(&bytes), &soa) == OP_OK) {
		f.serial = soa.serial;
		err = publish_record_set(v->out, &f);
	}
	buf_fini(&bytes);
	return err;
}

int
shelf_salvage(const struct shelf *s, const char *set, struct publish_record *out)
{
	struct publish_record r = {0};
	struct salvage v = {s, set, &r};
	int err = shelf_each(s, set, salvage_file, &v);

	if (err)
		publish_record_fini(&r);
	else
		*out = r;
	return err;
}
