/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/err.h"

void
tree_init(struct tree *t, const struct catalog *catalog, size_t max_bytes, int64_t trust_ms)
{
	*t = (struct tree){.catalog = catalog,
	    .max_bytes = max_bytes,
	    .trust_ms = trust_ms,
	    .rest_ms = STAMP_REST_MS};
}

void
tree_fini(struct tree *t)
{
	sdb_index_free(t->index);
	for (size_t i = 0; i < t->count; i++)
		tree_file_fini(&t->files[i]);
	free(t->files);
}

void
tree_distrust(struct tree *t)
{
	t->read_ms = 0;
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
		size_t room = l->room * 2;
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

/* --- the refresh --- */

/* All files that there are now, without what is in them. */
static int
list_files(struct listing *l, const struct catalog *c)
{
	l->list = reallocarray(NULL, l->room, sizeof(*l->list));
	int err = l->list ? add_subnets(l, c) : OP_NO_MEMORY;

	if (err == OP_OK)
		err = add_others(l, c);
	if (err == OP_OK && l->count)
		qsort(l->list, l->count, sizeof(*l->list), by_place);
	return err;
}

static size_t
nodes_of(const struct tree_file *f)
{
	return f->file ? sdb_file_nodes(f->file) + 1 : 0;
}

static void
note_change(struct tree *t, size_t nodes)
{
	t->changed += nodes;
	t->is_tallied = t->is_tallied && nodes == 0;
}

/* The index forgets it at once; if it cannot, it is made anew. */
static void
lose(struct tree *t, struct tree_file *old)
{
	note_change(t, nodes_of(old));
	if (!t->index || old->id == SDB_NO_ID || !sdb_index_replace(t->index, &old->id, NULL))
		return;
	sdb_index_free(t->index);
	t->index = NULL;
}

/* It is another than it was: the index knows the old one still. */
static void
exchange(struct tree *t, struct tree_file *f, struct tree_file *old)
{
	note_change(t, nodes_of(f) + nodes_of(old));
	f->id = old->id;
	f->indexed = old->indexed;
	if (old->file == old->indexed)
		old->file = NULL;
	old->indexed = NULL;
}

/* Each new one with its old self; both lists have one order. */
static void
read_files(struct tree *t, const struct listing *l, bool trust)
{
	struct tree_file none = {.id = SDB_NO_ID};
	size_t at = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct tree_file *f = &l->list[i], *old = &none;

		for (; at < t->count && by_place(&t->files[at], f) < 0; at++)
			lose(t, &t->files[at]);
		if (at < t->count && by_place(&t->files[at], f) == 0)
			old = &t->files[at++];
		if (!tree_read(t, f, old == &none ? NULL : old, trust))
			exchange(t, f, old);
	}
	for (; at < t->count; at++)
		lose(t, &t->files[at]);
}

int
tree_refresh(struct tree *t)
{
	const int64_t now = clock_boot_ms();
	const bool trust = t->read_ms && now - t->read_ms < t->trust_ms;
	struct listing l = {.room = t->count + 16};
	int err = list_files(&l, t->catalog);

	if (err) {
		free(l.list);
		return err;
	}
	read_files(t, &l, trust);
	for (size_t i = 0; i < t->count; i++)
		tree_file_fini(&t->files[i]);
	free(t->files);
	t->files = l.list;
	t->count = l.count;
	if (!trust)
		t->read_ms = now;
	return OP_OK;
}
