/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

void
known_fini(struct known *n)
{
	free(n->list);
	*n = (struct known){.catalog = n->catalog};
}

/* Where it is, or belongs. */
static size_t
place_of(const struct known *n, const char *file)
{
	size_t low = 0, high = n->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(n->list[middle].file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct known_file *
known_find(const struct known *n, const char *file)
{
	size_t i = place_of(n, file);

	return i < n->count && strcmp(n->list[i].file, file) == 0 ? &n->list[i] : NULL;
}

static void
drop(struct known *n, const char *file)
{
	size_t i = place_of(n, file);

	if (i == n->count || strcmp(n->list[i].file, file) != 0)
		return;
	n->count--;
	memmove(&n->list[i], &n->list[i + 1], (n->count - i) * sizeof(*n->list));
}

static int
make_room(struct known *n)
{
	size_t room = n->room ? n->room * 2 : 64;
	struct known_file *list;

	if (n->count < n->room)
		return OP_OK;
	list = reallocarray(n->list, room, sizeof(*list));
	if (!list)
		return OP_NO_MEMORY;
	n->list = list;
	n->room = room;
	return OP_OK;
}

static int
set(const char *file, const char *version, void *arg)
{
	struct known *n = arg;
	size_t i = place_of(n, file);

	if (!catalog_has(n->catalog, file))
		return OP_OK; /* not made by us, or not in the configuration any more */
	if (i == n->count || strcmp(n->list[i].file, file) != 0) {
		if (make_room(n))
			return OP_NO_MEMORY;
		memmove(&n->list[i + 1], &n->list[i], (n->count - i) * sizeof(*n->list));
		n->count++;
		snprintf(n->list[i].file, FILE_TEXT, "%s", file);
	}
	snprintf(n->list[i].version, COMMIT_TEXT, "%s", version);
	return OP_OK;
}

int
known_update(struct known *n, struct history *h)
{
	char head[COMMIT_TEXT];
	int err = history_head(h, head);

	if (err == OP_OK && strcmp(head, n->head) == 0)
		return OP_OK;
	n->count = 0;
	n->head[0] = '\0';
	if (err == OP_OK)
		err = history_files(h, head, false, set, n);
	else if (err == OP_NOT_FOUND)
		return OP_OK;
	if (err == OP_OK)
		memcpy(n->head, head, sizeof(head));
	return err;
}

void
known_note(struct known *n, const struct history_entry *e, const char *commit)
{
	int err = OP_OK;

	for (size_t i = 0; i < e->count && err == OP_OK; i++) {
		const struct history_blob *f = &e->files[i];
		char version[COMMIT_TEXT];

		if (f->bytes) {
			history_version(buf_bytes(f->bytes), buf_len(f->bytes), version);
			err = set(f->file, version, n);
		} else {
			drop(n, f->file);
		}
	}
	snprintf(n->head, sizeof(n->head), "%s", err == OP_OK ? commit : "");
}
