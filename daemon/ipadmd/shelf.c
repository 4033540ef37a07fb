/* SPDX-License-Identifier: ISC */
/* What is current, in doubt, burnt and old; shelf_set.c makes sets. */
#include "daemon/ipadmd/shelf_int.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/publish/serial.h"

#define CURRENT "current"
#define UNPROVEN "unproven"
#define BURNT "burnt"
#define NEW ".new"

const char *
shelf_name(char dst[SHELF_NAME], const char *path, const char *set, const char *file)
{
	bool has_set = set && *set, has_file = file && *file;

	snprintf(dst, SHELF_NAME, "%s%s%s%s%s", path, has_set ? "/" : "", has_set ? set : "",
	    has_file ? "/" : "", has_file ? file : "");
	return dst;
}

/* --- files --- */

int
shelf_sync(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		return OP_SYSTEM;
	int err = fsync(fd) == -1 ? OP_SYSTEM : OP_OK, saved = errno;

	close(fd);
	errno = saved;
	return err;
}

/* The file of this name is the old one or the new one. */
static int
replace_file(const char *path, const char *set, const char *file, const struct buf *bytes)
{
	char name[SHELF_NAME], new[SHELF_NAME + sizeof(NEW)];
	int err;

	shelf_name(name, path, set, file);
	snprintf(new, sizeof(new), "%s" NEW, name);
	err = disk_write(AT_FDCWD, new, bytes, NULL);
	if (err == OP_OK && rename(new, name) == -1) {
		int saved = errno;

		unlink(new);
		errno = saved;
		err = OP_SYSTEM;
	}
	return err ? err : shelf_sync(shelf_name(name, path, set, NULL));
}

static int
remove_file(const struct shelf *s, const char *file)
{
	char name[SHELF_NAME];

	if (unlink(shelf_name(name, s->path, NULL, file)) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	return shelf_sync(s->path);
}

int
shelf_read(const struct shelf *s, const char *set, const char *file, struct buf *out)
{
	char name[SHELF_NAME];

	return disk_read(AT_FDCWD, shelf_name(name, s->path, set, file), out);
}

static int
read_record(const char *path, const char *set, const char *file, struct publish_record *out)
{
	char name[SHELF_NAME];
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = disk_read(AT_FDCWD, shelf_name(name, path, set, file), &bytes);
	if (err == OP_OK)
		err = publish_record_read(buf_bytes(&bytes), buf_len(&bytes), out);
	buf_fini(&bytes);
	return err;
}

int
shelf_record(const char *path, const char *set, struct publish_record *out)
{
	return read_record(path, set, RECORD, out);
}

/* --- the directory --- */

bool
shelf_is_set(const char *name, unsigned long *number)
{
	char *end;

	if (strncmp(name, "set-", 4) != 0 || strlen(name) >= SHELF_SET || name[4] < '1' ||
	    name[4] > '9')
		return false;
	*number = strtoul(name + 4, &end, 10);
	return *end == '\0';
}

int
shelf_look(struct shelf *s)
{
	char name[SHELF_NAME];
	char target[SHELF_SET];
	unsigned long number;
	struct stat st;
	ssize_t len =
	    readlink(shelf_name(name, s->path, NULL, CURRENT), target, sizeof(target) - 1);

	s->current[0] = '\0';
	if (len == -1)
		return errno == ENOENT || errno == EINVAL ? OP_OK : OP_SYSTEM;
	target[len] = '\0';
	/* A link to nothing is none: somebody has removed the set. */
	if (shelf_is_set(target, &number) &&
	    stat(shelf_name(name, s->path, target, NULL), &st) == 0)
		memcpy(s->current, target, sizeof(target));
	return OP_OK;
}

int
shelf_path(struct shelf *s, const char *configured, const char *state)
{
	bool given = configured && *configured;
	int n;

	*s = (struct shelf){.lock_fd = -1};
	n = snprintf(s->path, sizeof(s->path), "%s%s", given ? configured : state,
	    given ? "" : "/published");
	return n < (int)sizeof(s->path) ? OP_OK : OP_TOO_LARGE;
}

int
shelf_open(struct shelf *s)
{
	if (mkdir(s->path, 0755) == -1 && errno != EEXIST)
		return OP_SYSTEM;
	s->lock_fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->lock_fd == -1)
		return OP_SYSTEM;
	while (flock(s->lock_fd, LOCK_EX) == -1)
		if (errno != EINTR)
			return OP_SYSTEM;
	return shelf_look(s);
}

int
shelf_each_set(const struct shelf *s,
    void (*fn)(const struct shelf *s, unsigned long number, void *arg), void *arg)
{
	DIR *dir = opendir(s->path);
	struct dirent *entry;
	unsigned long number;

	if (!dir)
		return OP_SYSTEM;
	while ((entry = readdir(dir)) != NULL)
		if (shelf_is_set(entry->d_name, &number))
			fn(s, number, arg);
	closedir(dir);
	return OP_OK;
}

/* --- switching --- */

int
shelf_switch(struct shelf *s, const char *set)
{
	char name[SHELF_NAME], new[SHELF_NAME];

	shelf_name(name, s->path, NULL, CURRENT);
	shelf_name(new, s->path, NULL, CURRENT NEW);
	if (unlink(new) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	if (symlink(set, new) == -1 || rename(new, name) == -1)
		return OP_SYSTEM;
	snprintf(s->current, sizeof(s->current), "%s", set);
	return shelf_sync(s->path);
}

static int
replace_record(
    const struct shelf *s, const char *set, const char *file, const struct publish_record *record)
{
	struct buf text;
	int err;

	buf_init(&text);
	err = publish_record_write(record, &text);
	if (err == OP_OK)
		err = replace_file(s->path, set, file, &text);
	buf_fini(&text);
	return err;
}

int
shelf_note(const struct shelf *s, const struct publish_record *record)
{
	return replace_record(s, s->current, RECORD, record);
}

int
shelf_unproven(const struct shelf *s, struct shelf_unproven *out)
{
	struct shelf_unproven u = {0};
	unsigned long number;
	struct buf text;
	int err;

	buf_init(&text);
	err = shelf_read(s, NULL, UNPROVEN, &text);
	if (err == OP_OK)
		err = buf_append(&text, "", 1);
	if (err == OP_OK && sscanf((const char *)buf_bytes(&text), "%23[a-z0-9-]\n%23[a-z0-9-]",
				u.set, u.before) != 2)
		err = OP_NOT_FOUND; /* it was never complete */
	buf_fini(&text);
	if (err)
		return err;
	if (!shelf_is_set(u.before, &number))
		u.before[0] = '\0';
	*out = u;
	return OP_OK;
}

int
shelf_doubt(const struct shelf *s, const struct shelf_unproven *u)
{
	struct buf text;
	int err;

	buf_init(&text);
	err = buf_printf(&text, "%s\n%s\n", u->set, *u->before ? u->before : "-");
	if (err == OP_OK)
		err = replace_file(s->path, NULL, UNPROVEN, &text);
	buf_fini(&text);
	return err;
}

int
shelf_trust(const struct shelf *s)
{
	return remove_file(s, UNPROVEN);
}

static int
read_burnt(const struct shelf *s, struct publish_record *out)
{
	int err = read_record(s->path, NULL, BURNT, out);

	if (err == OP_NOT_FOUND || err == OP_PROTOCOL) {
		*out = (struct publish_record){0};
		err = OP_OK;
	}
	return err;
}

int
shelf_burn(const struct shelf *s, const struct publish_record *gone)
{
	struct publish_record burnt;
	int err = read_burnt(s, &burnt);

	for (size_t i = 0; i < gone->count && !err; i++) {
		const struct publish_previous *f = &gone->list[i];
		const struct publish_previous *old = publish_record_find(&burnt, f->path);
		struct publish_previous b = {.path = f->path, .serial = f->serial};

		if (f->serial && (!old || publish_serial_newer(f->serial, old->serial)))
			err = publish_record_set(&burnt, &b);
	}
	if (err == OP_OK)
		err = replace_record(s, NULL, BURNT, &burnt);
	publish_record_fini(&burnt);
	return err;
}

static int
copy_record(struct publish_record *to, const struct publish_record *from)
{
	int err = OP_OK;

	for (size_t i = 0; i < from->count && !err; i++)
		err = publish_record_set(to, &from->list[i]);
	return err;
}

static int
add_burnt(struct publish_record *to, const struct publish_record *burnt)
{
	int err = OP_OK;

	for (size_t i = 0; i < burnt->count && !err; i++) {
		struct publish_previous b = burnt->list[i];
		const struct publish_previous *old = publish_record_find(to, b.path);

		if (old && !publish_serial_newer(b.serial, old->serial))
			continue;
		b.records = old ? old->records : 0;
		b.hash = 0;
		err = publish_record_set(to, &b);
	}
	return err;
}

int
shelf_floor(const struct shelf *s, const struct publish_record *record, struct publish_record *out)
{
	struct publish_record burnt, floor = {0};
	int err = read_burnt(s, &burnt);

	if (err)
		return err;
	err = copy_record(&floor, record);
	if (err == OP_OK)
		err = add_burnt(&floor, &burnt);
	publish_record_fini(&burnt);
	if (err)
		publish_record_fini(&floor);
	else
		*out = floor;
	return err;
}

/* --- old sets --- */

struct tidy {
	unsigned long current, before;
	struct shelf_unproven doubt;
};

static void
find_before(const struct shelf *s, unsigned long number, void *arg)
{
	struct tidy *t = arg;

	(void)s;
	if (number < t->current && number > t->before)
		t->before = number;
}

static void
drop_old(const struct shelf *s, unsigned long number, void *arg)
{
	const struct tidy *t = arg;
	char set[SHELF_SET];

	snprintf(set, sizeof(set), "set-%lu", number);
	if (number == t->current || number == t->before || strcmp(set, t->doubt.set) == 0 ||
	    strcmp(set, t->doubt.before) == 0)
		return;
	if (shelf_drop(s, set))
		log_warn("%s/%s: cannot be removed: %s", s->path, set, strerror(errno));
}

void
shelf_tidy(const struct shelf *s)
{
	struct tidy t = {0};

	if (*s->current)
		t.current = strtoul(s->current + 4, NULL, 10);
	shelf_unproven(s, &t.doubt);
	shelf_each_set(s, find_before, &t);
	shelf_each_set(s, drop_old, &t);
}
