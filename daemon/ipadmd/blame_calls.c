/* SPDX-License-Identifier: ISC */
/*
 * Who gave each node's line its present form: from the newest commit backwards, the lines that a
 * commit's parent does not have are that commit's.  In the reader.
 */
#include "daemon/ipadmd/past.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/pack.h"
#include "lib/err.h"
#include "lib/sdb/node.h"

struct blamed {
	const struct sdb_line *line; /* of the file as it is in the newest commit */
	char commit[COMMIT_TEXT];    /* "": not found yet */
};

struct blame {
	struct clerk *k;
	struct blamed *nodes;
	size_t count, open;
};

static int
by_text(const void *a, const void *b)
{
	const struct sdb_line *x = *(const struct sdb_line *const *)a;
	const struct sdb_line *y = *(const struct sdb_line *const *)b;
	size_t len = x->len < y->len ? x->len : y->len;
	int order = len ? memcmp(x->text, y->text, len) : 0;

	return order ? order : (x->len > y->len) - (x->len < y->len);
}

/* The nodes of a file, sorted by their text; NULL: no memory. */
static const struct sdb_line **
sorted_nodes(const struct sdb_file *f)
{
	const struct sdb_line **list = calloc(sdb_file_nodes(f) + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return NULL;
	for (const struct sdb_line *l = sdb_file_first(f); l; l = l->next)
		if (l->kind == SDB_NODE)
			list[n++] = l;
	qsort(list, n, sizeof(*list), by_text);
	return list;
}

/* Lines that the commit's parent does not have are this commit's. */
static int
blame_commit(struct blame *b, const struct history_commit *c)
{
	struct sdb_file *before;
	int err = past_parse(b->k, c->parent, &before);

	if (err)
		return err;
	const struct sdb_line **lines = sorted_nodes(before);

	for (size_t i = 0; lines && i < b->count; i++) {
		struct blamed *n = &b->nodes[i];

		if (*n->commit ||
		    bsearch(&n->line, lines, sdb_file_nodes(before), sizeof(*lines), by_text))
			continue;
		memcpy(n->commit, c->id, COMMIT_TEXT);
		b->open--;
	}
	if (!lines)
		err = OP_NO_MEMORY;
	free(lines);
	sdb_file_free(before);
	return err;
}

static int
blame_walk(struct blame *b, char id[COMMIT_TEXT])
{
	int err = OP_OK;

	while (err == OP_OK && *id && b->open > 0) {
		struct history_commit c;
		bool wanted;

		if (clerk_is_cancelled(b->k))
			return OP_CANCELLED;
		if ((err = history_read(b->k->history, id, &c)))
			break;
		err = past_touches(b->k, &c, &wanted);
		if (err == OP_OK && wanted)
			err = blame_commit(b, &c);
		memcpy(id, c.parent, COMMIT_TEXT);
		history_commit_fini(&c);
	}
	return err;
}

static int
pack_blamed(struct clerk *k, const struct blamed *n)
{
	struct history_commit c;
	int err = history_read(k->history, n->commit, &c);

	if (err)
		return err;
	mp_map(&k->o, PACK_COMMIT_KEYS + 2);
	mp_str(&k->o, "name");
	pack_text(&k->o, sdb_node_field(n->line, SDB_NAME));
	mp_str(&k->o, "address");
	pack_text(&k->o, sdb_node_field(n->line, SDB_ADDRESS));
	pack_commit(&k->o, &c);
	history_commit_fini(&c);
	return OP_OK;
}

static int
blame_file(struct blame *b, const struct sdb_file *file, const struct past_which *w, char *head)
{
	int err;

	b->nodes = calloc(sdb_file_nodes(file) + 1, sizeof(*b->nodes));
	if (!b->nodes)
		return OP_NO_MEMORY;
	for (const struct sdb_line *l = sdb_file_first(file); l; l = l->next)
		if (past_is_it(w, l))
			b->nodes[b->count++].line = l;
	if (!w->any && b->count == 0)
		return clerk_fail(b->k, OP_NOT_FOUND, "%s: no such node: %.*s", b->k->file,
		    (int)w->text.len, w->text.s);
	b->open = b->count;
	err = blame_walk(b, head);
	if (err)
		return err;
	mp_map(&b->k->o, 1);
	mp_str(&b->k->o, "nodes");
	mp_array(&b->k->o, b->count);
	for (size_t i = 0; err == OP_OK && i < b->count; i++)
		err = pack_blamed(b->k, &b->nodes[i]);
	return err;
}

/* --- other files: by lines --- */

struct line_blame {
	struct clerk *k;
	struct buf lines;
	struct mp_out o;
	size_t count;
};

static int
pack_lines(size_t line, size_t count, const char *commit, void *arg)
{
	struct line_blame *b = arg;
	struct history_commit c;
	int err = history_read(b->k->history, commit, &c);

	if (err)
		return err;
	mp_map(&b->o, PACK_COMMIT_KEYS + 2);
	mp_kint(&b->o, "line", (int64_t)line);
	mp_kint(&b->o, "count", (int64_t)count);
	pack_commit(&b->o, &c);
	history_commit_fini(&c);
	b->count++;
	return OP_OK;
}

static int
blame_lines(struct clerk *k, const char *head)
{
	struct line_blame b = {.k = k};

	buf_init(&b.lines);
	mp_out_init(&b.o, &b.lines);
	int err = history_blame(k->history, head, k->file, pack_lines, &b);

	if (err == OP_OK) {
		mp_map(&k->o, 1);
		mp_str(&k->o, "lines");
		mp_array(&k->o, b.count);
		mp_raw(&k->o, buf_bytes(&b.lines), buf_len(&b.lines));
		err = b.o.err;
	}
	buf_fini(&b.lines);
	return err;
}

int
call_blame(struct clerk *k, const msgpack_object *params)
{
	struct blame b = {.k = k};
	struct past_which w = past_which(params);
	char head[COMMIT_TEXT], version[COMMIT_TEXT];
	struct sdb_file *file = NULL;
	int err = clerk_file(k, params);

	if (err == OP_OK)
		err = history_head(k->history, head);
	if (err == OP_OK)
		err = history_file(k->history, head, k->file, NULL, version);
	if (err == OP_NOT_FOUND)
		clerk_fail(k, err, "%s: not in the history", k->file);
	if (err == OP_OK && k->place.flat)
		return w.any ? blame_lines(k, head)
			     : clerk_fail(k, OP_BAD_REQUEST, "node: %s is not a subnet", k->file);
	if (err == OP_OK)
		err = past_parse(k, head, &file);
	if (err == OP_OK)
		err = blame_file(&b, file, &w, head);
	sdb_file_free(file);
	free(b.nodes);
	return err;
}
