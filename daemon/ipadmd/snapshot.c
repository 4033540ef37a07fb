/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

struct loading {
	const struct snapshot *old;
	struct history *history;
	const char *commit;
	struct snapshot_file *files;
	size_t count, room;
};

static int
by_name(const void *a, const void *b)
{
	const struct snapshot_file *x = a, *y = b;

	return sdb_name_compare(&x->name, &y->name);
}

static struct snapshot_file *
find(const struct snapshot *s, const struct snapshot_file *key)
{
	return s->count ? bsearch(key, s->files, s->count, sizeof(*key), by_name) : NULL;
}

static int
add(struct loading *l, const struct snapshot_file *f)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct snapshot_file *files = reallocarray(l->files, room, sizeof(*files));

		if (!files)
			return OP_NO_MEMORY;
		l->files = files;
		l->room = room;
	}
	l->files[l->count++] = *f;
	return OP_OK;
}

static int
parse(struct loading *l, struct snapshot_file *f)
{
	char version[COMMIT_TEXT];
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = history_file(l->history, l->commit, f->text, &bytes, version);
	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(&bytes), buf_len(&bytes), &f->file);
	buf_fini(&bytes);
	return err;
}

/* Parsed ones are shared with the old snapshot until all is well. */
static int
load_one(const char *file, const char *version, void *arg)
{
	struct loading *l = arg;
	struct snapshot_file f = {0};

	if (sdb_name_parse(file, strlen(file), &f.name))
		return OP_OK; /* no subnet file */
	sdb_name_format(f.text, &f.name);
	memcpy(f.version, version, sizeof(f.version));
	const struct snapshot_file *old = find(l->old, &f);

	if (old && strcmp(old->version, version) == 0) {
		f.file = old->file;
		return add(l, &f);
	}
	int err = parse(l, &f);

	if (err == OP_TOO_LARGE || err == OP_BAD_REQUEST)
		return OP_OK; /* no model of it: as when it cannot be read */
	if (err == OP_OK && (err = add(l, &f)))
		sdb_file_free(f.file);
	return err;
}

/* Free the files of `list` that are not in `keep`. */
static void
free_others(struct snapshot_file *list, size_t count, const struct snapshot *keep)
{
	for (size_t i = 0; i < count; i++) {
		const struct snapshot_file *same = find(keep, &list[i]);

		if (!same || same->file != list[i].file)
			sdb_file_free(list[i].file);
	}
	free(list);
}

int
snapshot_load(struct snapshot *s, struct history *h, const char *commit)
{
	struct loading l = {.old = s, .history = h, .commit = commit};
	struct snapshot old = *s;
	int err = history_files(h, commit, false, load_one, &l);

	if (l.count)
		qsort(l.files, l.count, sizeof(*l.files), by_name);
	if (err) {
		free_others(l.files, l.count, s);
		return err;
	}
	s->files = l.files;
	s->count = l.count;
	snprintf(s->commit, sizeof(s->commit), "%s", commit);
	free_others(old.files, old.count, s);
	return OP_OK;
}

void
snapshot_fini(struct snapshot *s)
{
	free_others(s->files, s->count, &(struct snapshot){0});
	*s = (struct snapshot){0};
}

struct sdb_input *
snapshot_inputs(const struct snapshot *s)
{
	struct sdb_input *in = calloc(s->count + 1, sizeof(*in));

	for (size_t i = 0; in && i < s->count; i++)
		in[i] = (struct sdb_input){s->files[i].text, s->files[i].file};
	return in;
}

int64_t
snapshot_waits_since(struct history *h, const char *published)
{
	char id[COMMIT_TEXT];
	int64_t at_ms = 0;

	if (history_head(h, id))
		return 0;
	for (int i = 0; i < SNAPSHOT_BACK && *id && strcmp(id, published) != 0; i++) {
		struct history_commit c;

		if (history_read(h, id, &c))
			break;
		at_ms = c.at_ms;
		memcpy(id, c.parent, sizeof(id));
		history_commit_fini(&c);
	}
	return at_ms;
}

size_t
snapshot_recent(struct history *h, const char *commit, char (*out)[COMMIT_TEXT], size_t max)
{
	char id[COMMIT_TEXT];
	size_t n = 0;

	snprintf(id, sizeof(id), "%s", commit);
	while (n < max && *id) {
		struct history_commit c;

		if (history_read(h, id, &c))
			break;
		memcpy(out[n++], id, sizeof(id));
		memcpy(id, c.parent, sizeof(id));
		history_commit_fini(&c);
	}
	return n;
}
