/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/log.h"
#include "lib/publish/serial.h"
#include "lib/publish/soa.h"

#define NAME_TEXT (SHELF_PATH + PUBLISH_PATH_MAX + SHELF_SET)
#define CURRENT "current"
#define RECORD "record"
#define UNPROVEN "unproven"
#define BURNT "burnt"
#define NEW ".new"
#define READ_BYTES (64 * 1024)

const char *
shelf_name(char dst[NAME_TEXT], const char *path, const char *set, const char *file)
{
	bool has_set = set && *set, has_file = file && *file;

	snprintf(dst, NAME_TEXT, "%s%s%s%s%s", path, has_set ? "/" : "", has_set ? set : "",
	    has_file ? "/" : "", has_file ? file : "");
	return dst;
}

/* --- files --- */

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

static int
write_file(const char *name, const struct buf *bytes, bool sync)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd == -1)
		return OP_SYSTEM;
	int err = write_all(fd, bytes), saved = errno;

	if (err == OP_OK && sync && fsync(fd) == -1) {
		err = OP_SYSTEM;
		saved = errno;
	}
	if (close(fd) == -1 && err == OP_OK) {
		err = OP_SYSTEM;
		saved = errno;
	}
	errno = saved;
	return err;
}

static int
sync_path(const char *name)
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
	char name[NAME_TEXT], new[NAME_TEXT + sizeof(NEW)];
	int err;

	shelf_name(name, path, set, file);
	snprintf(new, sizeof(new), "%s" NEW, name);
	err = write_file(new, bytes, true);
	if (err == OP_OK && rename(new, name) == -1)
		err = OP_SYSTEM;
	if (err) {
		int saved = errno;

		unlink(new);
		errno = saved;
		return err;
	}
	return sync_path(shelf_name(name, path, set, NULL));
}

static int
remove_file(const struct shelf *s, const char *file)
{
	char name[NAME_TEXT];

	if (unlink(shelf_name(name, s->path, NULL, file)) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	return sync_path(s->path);
}

static int
read_file(const char *name, struct buf *out)
{
	int err = OP_AGAIN, fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT || errno == ENOTDIR ? OP_NOT_FOUND : OP_SYSTEM;
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
	int saved = errno;

	close(fd);
	errno = saved;
	return err;
}

int
shelf_read(const struct shelf *s, const char *set, const char *file, struct buf *out)
{
	char name[NAME_TEXT];

	return read_file(shelf_name(name, s->path, set, file), out);
}

static int
read_record(const char *path, const char *set, const char *file, struct publish_record *out)
{
	char name[NAME_TEXT];
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = read_file(shelf_name(name, path, set, file), &bytes);
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

static bool
is_set(const char *name, unsigned long *number)
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
	char name[NAME_TEXT];
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
	if (is_set(target, &number) && stat(shelf_name(name, s->path, target, NULL), &st) == 0)
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

/* fn for each set's number; 0 to go on. */
static int
each_set(const struct shelf *s, void (*fn)(const struct shelf *s, unsigned long number, void *arg),
    void *arg)
{
	DIR *dir = opendir(s->path);
	struct dirent *entry;
	unsigned long number;

	if (!dir)
		return OP_SYSTEM;
	while ((entry = readdir(dir)) != NULL)
		if (is_set(entry->d_name, &number))
			fn(s, number, arg);
	closedir(dir);
	return OP_OK;
}

static void
find_highest(const struct shelf *s, unsigned long number, void *arg)
{
	unsigned long *highest = arg;

	(void)s;
	if (number > *highest)
		*highest = number;
}

/* --- making a set --- */

int
shelf_stage(const struct shelf *s, char set[SHELF_SET])
{
	unsigned long highest = 0;
	char name[NAME_TEXT];
	int err = each_set(s, find_highest, &highest);

	if (err)
		return err;
	snprintf(set, SHELF_SET, "set-%lu", highest + 1);
	return mkdir(shelf_name(name, s->path, set, NULL), 0755) == -1 ? OP_SYSTEM : OP_OK;
}

/* The folders between the set and the file. */
static int
make_folders(const struct shelf *s, const char *set, const char *file)
{
	char name[NAME_TEXT];
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
	char name[NAME_TEXT];
	int err = make_folders(s, set, file);

	return err ? err : write_file(shelf_name(name, s->path, set, file), bytes, false);
}

int
shelf_keep(const struct shelf *s, const char *set, const char *file)
{
	char from[NAME_TEXT], to[NAME_TEXT];
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
	char root[NAME_TEXT];
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
	return sync_path(path);
}

int
shelf_seal(const struct shelf *s, const char *set, const struct publish_record *record)
{
	char root[NAME_TEXT];
	struct buf text;
	int err;

	buf_init(&text);
	err = publish_record_write(record, &text);
	if (err == OP_OK)
		err = shelf_write(s, set, RECORD, &text);
	buf_fini(&text);
	if (err == OP_OK)
		err = walk(shelf_name(root, s->path, set, NULL), sync_one, NULL);
	return err == OP_OK ? sync_path(s->path) : err;
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
	char root[NAME_TEXT];

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

/* --- switching --- */

int
shelf_switch(struct shelf *s, const char *set)
{
	char name[NAME_TEXT], new[NAME_TEXT];

	shelf_name(name, s->path, NULL, CURRENT);
	shelf_name(new, s->path, NULL, CURRENT NEW);
	if (unlink(new) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	if (symlink(set, new) == -1 || rename(new, name) == -1)
		return OP_SYSTEM;
	snprintf(s->current, sizeof(s->current), "%s", set);
	return sync_path(s->path);
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
	if (!is_set(u.before, &number))
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
	each_set(s, find_before, &t);
	each_set(s, drop_old, &t);
}
