/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/history.h"
#include "lib/err.h"

#define READ_BYTES (64 * 1024)

void
tree_init(struct tree *t, const struct catalog *catalog, size_t max_bytes)
{
	*t = (struct tree){.catalog = catalog, .max_bytes = max_bytes};
	sdb_findings_init(&t->findings, SDB_MAX_FINDINGS);
}

static void
file_fini(struct tree_file *f)
{
	sdb_file_free(f->file);
	flat_findings_fini(&f->findings);
	buf_fini(&f->bytes);
}

void
tree_fini(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++)
		file_fini(&t->files[i]);
	free(t->files);
	sdb_findings_fini(&t->findings);
}

/* --- one file --- */

static int
fail(struct tree_file *f, int err, const char *why)
{
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	return err;
}

static int
read_all(int fd, size_t max_bytes, struct tree_file *f)
{
	for (;;) {
		unsigned char *room;

		if (buf_reserve(&f->bytes, READ_BYTES, &room))
			return fail(f, OP_NO_MEMORY, "out of memory");
		ssize_t n = read(fd, room, READ_BYTES);

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
	int fd =
	    openat(f->place.dir_fd, f->place.base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return fail(f, OP_SYSTEM, errno == ELOOP ? "a symbolic link" : strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		fail(f, OP_SYSTEM, "not a regular file");
	else if ((uint64_t)st.st_size > t->max_bytes)
		fail(f, OP_TOO_LARGE, "larger than max_file");
	else
		read_all(fd, t->max_bytes, f);
	f->owner = st.st_uid;
	close(fd);
	return f->err;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return buf_len(a) == buf_len(b) &&
	       (buf_len(a) == 0 || memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)) == 0);
}

/* What has been made of the bytes, which are the same, moves over. */
static void
inherit(struct tree_file *f, struct tree_file *old)
{
	f->file = old->file;
	f->use = old->use;
	f->findings = old->findings;
	f->lines = old->lines;
	f->entries = old->entries;
	memcpy(f->version, old->version, sizeof(f->version));
	old->file = NULL;
	old->findings = (struct flat_findings){0};
}

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

/* Read it; what is parsed already moves over from `old`. */
static void
load(struct tree *t, struct tree_file *f, struct tree_file *old)
{
	bool subnet = !f->place.flat;

	buf_init(&f->bytes);
	if (read_file(t, f)) {
		buf_clear(&f->bytes);
		if (subnet)
			t->is_checked = t->is_checked && old && !old->file;
		return;
	}
	if (old && !old->err && same_bytes(&f->bytes, &old->bytes)) {
		inherit(f, old);
		return;
	}
	if (subnet)
		t->is_checked = false;
	history_version(buf_bytes(&f->bytes), buf_len(&f->bytes), f->version);
	int err = subnet ? parse_subnet(f) : parse_flat(f);

	if (err)
		fail(f, err, op_strerror(err));
}

/* --- which there are --- */

static int
by_place(const void *a, const void *b)
{
	const struct tree_file *x = a, *y = b;

	return place_compare(&x->place, &y->place);
}

struct tree_file *
tree_find(const struct tree *t, const char *name)
{
	struct tree_file key;

	if (!t->count || catalog_find(t->catalog, name, strlen(name), &key.place))
		return NULL;
	return bsearch(&key, t->files, t->count, sizeof(key), by_place);
}

struct listing {
	struct tree_file *list;
	size_t count, room;
};

static int
add(struct listing *l, const struct place *p)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct tree_file *list = reallocarray(l->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
		l->room = room;
	}
	l->list[l->count++] = (struct tree_file){.place = *p};
	return OP_OK;
}

static int
add_subnet(struct listing *l, const struct catalog *c, const char *text)
{
	struct sdb_name name;
	struct place p;

	/* The whole name: what people may leave out is not left out on disk. */
	if (sdb_name_parse(text, strlen(text), &name) || catalog_find(c, text, strlen(text), &p))
		return OP_OK;
	return add(l, &p);
}

static int
add_subnets(struct listing *l, const struct catalog *c)
{
	int fd = openat(c->subnets_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = OP_OK;
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd != -1)
			close(fd);
		return OP_SYSTEM;
	}
	while (err == OP_OK && (errno = 0, entry = readdir(dir)) != NULL)
		err = add_subnet(l, c, entry->d_name);
	if (err == OP_OK && errno)
		err = OP_SYSTEM;
	closedir(dir);
	return err;
}

static int
add_others(struct listing *l, const struct catalog *c)
{
	struct stat st;
	int err = OP_OK;

	for (size_t i = 0; i < c->count && err == OP_OK; i++) {
		const struct place *p = &c->others[i];

		if (fstatat(p->dir_fd, p->base, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
			err = add(l, p);
	}
	return err;
}

int
tree_refresh(struct tree *t)
{
	struct listing l = {0};
	int err = add_subnets(&l, t->catalog);

	if (err == OP_OK)
		err = add_others(&l, t->catalog);
	if (err) {
		free(l.list);
		return err;
	}
	if (l.count)
		qsort(l.list, l.count, sizeof(*l.list), by_place);
	if (l.count != t->count)
		t->is_checked = false;
	for (size_t i = 0; i < l.count; i++) {
		struct tree_file *old = tree_find(t, l.list[i].place.name);

		if (!old)
			t->is_checked = false;
		load(t, &l.list[i], old);
	}
	for (size_t i = 0; i < t->count; i++)
		file_fini(&t->files[i]);
	free(t->files);
	t->files = l.list;
	t->count = l.count;
	return OP_OK;
}

/* --- the check --- */

static const struct sdb_input *
find_input(const struct sdb_input *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

/* In the same order: which of two equal addresses is found to be the second one must not depend on
 * which file is replaced. */
struct sdb_input *
tree_inputs(const struct tree *t, const struct sdb_input *replace, size_t n, size_t *count)
{
	struct sdb_input *in = calloc(t->count + n + 1, sizeof(*in));
	size_t used = 0;

	if (!in)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		const struct tree_file *f = &t->files[i];
		const struct sdb_input *other = find_input(replace, n, f->place.name);

		if (other && other->file)
			in[used++] = *other;
		else if (!other && f->file)
			in[used++] = (struct sdb_input){f->place.name, f->file};
	}
	for (size_t i = 0; i < n; i++)
		if (replace[i].file && !tree_find(t, replace[i].name))
			in[used++] = replace[i];
	*count = used;
	return in;
}

const struct sdb_findings *
tree_check(struct tree *t)
{
	size_t count;

	if (t->is_checked)
		return &t->findings;
	struct sdb_input *in = tree_inputs(t, NULL, 0, &count);

	if (!in)
		return NULL;
	sdb_findings_fini(&t->findings);
	sdb_findings_init(&t->findings, SDB_MAX_FINDINGS);
	t->is_checked = sdb_check(in, count, &t->findings) == OP_OK;
	free(in);
	return t->is_checked ? &t->findings : NULL;
}
