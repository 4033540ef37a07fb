/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/known.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/byname.h"
#include "lib/err.h"

static const char *
file_of(const void *row)
{
	return ((const struct known_file *)row)->file;
}

static const struct byname BY_FILE = {sizeof(struct known_file), file_of};

void
known_fini(struct known *n)
{
	free(n->list);
	*n = (struct known){.catalog = n->catalog};
}

const struct known_file *
known_find(const struct known *n, const char *file)
{
	return byname_find(&BY_FILE, n->list, n->count, file);
}

static void
drop(struct known *n, const char *file)
{
	const struct known_file *f = known_find(n, file);

	if (f)
		byname_remove(&BY_FILE, n->list, n->count--, (size_t)(f - n->list));
}

static int
set(const char *file, const char *version, void *arg)
{
	struct known *n = arg;
	size_t at = byname_place(&BY_FILE, n->list, n->count, file);

	if (!catalog_has(n->catalog, file))
		return OP_OK; /* not made by us, or not in the configuration any more */
	if (at == n->count || strcmp(n->list[at].file, file) != 0) {
		struct known_file *list = byname_insert(&BY_FILE, n->list, n->count, at);

		if (!list)
			return OP_NO_MEMORY;
		n->list = list;
		n->count++;
		snprintf(n->list[at].file, FILE_TEXT, "%s", file);
	}
	snprintf(n->list[at].version, COMMIT_TEXT, "%s", version);
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
