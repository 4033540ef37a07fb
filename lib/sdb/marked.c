/* SPDX-License-Identifier: ISC */
/*
 * Conflicts are settled for theirs in a copy of mine, and the merge is done again, until there are
 * none; what was given up stands beside its line in the result.  Settling one conflict may bring up
 * another (a renamed node), so there are rounds; past ROUNDS the whole difference is marked.
 */
#include "lib/sdb/marked.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/header.h"
#include "lib/sdb/merge.h"

#define ROUNDS 8

#define MARK_YOURS "<<<<<<< yours"
#define MARK_BETWEEN "======="
#define MARK_THEIRS ">>>>>>> theirs"

/* What was given up, and for what. */
struct given_up {
	char *theirs; /* owned; NULL: they have removed it */
	char *mine;   /* owned; NULL: removed here */
	bool is_node;
	bool is_written;
};

struct marked {
	struct sdb_file *base, *mine, *theirs;
	struct given_up *list;
	size_t count, room;
	const struct sdb_line **drop; /* lines of mine to remove after a round */
	size_t drop_count;
};

static char *
copy_line(const struct sdb_line *line)
{
	return line ? strndup(line->text, line->len) : NULL;
}

static int
note(struct marked *m, const struct sdb_conflict *c)
{
	const struct sdb_line *any = c->theirs ? c->theirs : c->mine;

	if (m->count == m->room) {
		size_t room = m->room ? m->room * 2 : 16;
		struct given_up *grown = reallocarray(m->list, room, sizeof(*grown));

		if (!grown)
			return OP_NO_MEMORY;
		m->list = grown;
		m->room = room;
	}
	struct given_up *g = &m->list[m->count++];

	*g = (struct given_up){.theirs = copy_line(c->theirs),
	    .mine = copy_line(c->mine),
	    .is_node = any && any->kind == SDB_NODE};
	bool is_copied = (!c->theirs || g->theirs) && (!c->mine || g->mine);

	return is_copied ? OP_OK : OP_NO_MEMORY;
}

/* Where a node of theirs belongs in mine: behind the nearest one before it that both have. */
static const struct sdb_line *
place_of(const struct marked *m, const struct sdb_line *theirs)
{
	const struct sdb_line *at = NULL;

	for (const struct sdb_line *l = theirs->prev; l && l->kind != SDB_MARK && !at; l = l->prev)
		if (l->kind == SDB_NODE && l->address.family)
			at = sdb_file_by_address(m->mine, &l->address);
	if (at)
		return at;
	for (at = sdb_file_first(m->mine); at && at->kind != SDB_MARK; at = at->next)
		;
	return at;
}

static int
add_theirs(struct marked *m, const struct sdb_line *theirs)
{
	struct sdb_node node;

	if (theirs->kind == SDB_HEADER)
		return sdb_edit_header(m->mine, sdb_header_key(theirs), sdb_header_value(theirs));
	sdb_node_read(theirs, &node);
	return sdb_edit_add(m->mine, &node, place_of(m, theirs), NULL);
}

static int
settle(struct marked *m, const struct sdb_conflict *c)
{
	if (c->mine && c->theirs)
		return sdb_edit_text(
		    m->mine, c->mine, (struct sdb_text){c->theirs->text, c->theirs->len});
	if (c->theirs)
		return add_theirs(m, c->theirs);
	if (c->mine) /* only once in a round: it is not there for an address or a name */
		m->drop[m->drop_count++] = c->mine;
	return OP_OK;
}

/* A line of mine may be in two conflicts of one round, by its address and by its name; the second
 * would note as mine what the first has put there.  It comes up again in the next round if need be.
 */
static bool
is_settled(const struct sdb_conflict *list, size_t i)
{
	return i > 0 && list[i].mine && list[i - 1].mine == list[i].mine;
}

static int
settle_all(struct marked *m, const struct sdb_merge *merge)
{
	int err = OP_OK;

	m->drop = calloc(merge->count, sizeof(*m->drop));
	m->drop_count = 0;
	if (!m->drop)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < merge->count && err == OP_OK; i++) {
		if (is_settled(merge->list, i))
			continue;
		err = note(m, &merge->list[i]);
		if (err == OP_OK)
			err = settle(m, &merge->list[i]);
	}
	for (size_t i = 0; i < m->drop_count; i++)
		sdb_edit_remove(m->mine, m->drop[i]);
	free(m->drop);
	m->drop = NULL;
	return err;
}

/* OP_CONFLICT: not in so many rounds. */
static int
merge_rounds(struct marked *m, struct buf *merged)
{
	int err = OP_OK;

	for (int round = 0; round < ROUNDS && err == OP_OK; round++) {
		struct sdb_merge merge;

		err = sdb_merge(m->base, m->mine, m->theirs, &merge);
		if (err != OP_OK)
			return err;
		bool is_whole = merge.count == 0;

		err = is_whole ? buf_append(merged, buf_bytes(&merge.bytes), buf_len(&merge.bytes))
			       : settle_all(m, &merge);
		sdb_merge_fini(&merge);
		if (is_whole)
			return err;
	}
	return err == OP_OK ? OP_CONFLICT : err;
}

/* --- writing --- */

static int
put_line(struct buf *out, const char *text, size_t len, const char *end)
{
	int err = len ? buf_append(out, text, len) : OP_OK;

	return err == OP_OK ? buf_append(out, end, strlen(end)) : err;
}

static int
put_marks(struct buf *out, const struct given_up *g, const char *end)
{
	int err = put_line(out, MARK_YOURS, strlen(MARK_YOURS), end);

	if (err == OP_OK && g->mine)
		err = put_line(out, g->mine, strlen(g->mine), end);
	if (err == OP_OK)
		err = put_line(out, MARK_BETWEEN, strlen(MARK_BETWEEN), end);
	if (err == OP_OK && g->theirs)
		err = put_line(out, g->theirs, strlen(g->theirs), end);
	return err == OP_OK ? put_line(out, MARK_THEIRS, strlen(MARK_THEIRS), end) : err;
}

/* Lines that have no place: before the marker those of the header, at the end those of nodes. */
static int
put_homeless(struct buf *out, struct marked *m, bool nodes, const char *end)
{
	int err = OP_OK;

	for (size_t i = 0; i < m->count && err == OP_OK; i++) {
		struct given_up *g = &m->list[i];

		if (g->is_written || g->is_node != nodes)
			continue;
		g->is_written = true;
		err = put_marks(out, g, end);
	}
	return err;
}

static int
by_theirs(const void *a, const void *b)
{
	const char *x = ((const struct given_up *)a)->theirs;
	const char *y = ((const struct given_up *)b)->theirs;

	return strcmp(x ? x : "", y ? y : "");
}

static struct given_up *
find(struct marked *m, const struct sdb_line *line)
{
	char *text = strndup(line->text, line->len);
	struct given_up key = {.theirs = text};
	struct given_up *g = NULL;

	if (text && *text && m->count > 0)
		g = bsearch(&key, m->list, m->count, sizeof(*m->list), by_theirs);
	free(text);
	return g && g->theirs && !g->is_written ? g : NULL;
}

static int
put_merged(struct buf *out, struct marked *m, const struct sdb_file *merged)
{
	const char *end = "\n";
	int err = OP_OK;

	if (m->count > 0)
		qsort(m->list, m->count, sizeof(*m->list), by_theirs);
	for (const struct sdb_line *l = sdb_file_first(merged); l && err == OP_OK; l = l->next) {
		struct given_up *g = find(m, l);

		end = l->eol == SDB_EOL_CRLF ? "\r\n" : "\n";
		if (l->kind == SDB_MARK)
			err = put_homeless(out, m, false, end);
		if (err == OP_OK && g) {
			g->is_written = true;
			err = put_marks(out, g, end);
		} else if (err == OP_OK) {
			/* A file without a last newline gets one when marks may follow. */
			bool is_bare = l->eol == SDB_EOL_NONE && m->count == 0;

			err = put_line(out, l->text, l->len, is_bare ? "" : end);
		}
	}
	if (err == OP_OK)
		err = put_homeless(out, m, false, end);
	return err == OP_OK ? put_homeless(out, m, true, end) : err;
}

/* --- whole differences --- */

/* Bytes of the lines that both begin with. */
static size_t
common_head(struct sdb_text a, struct sdb_text b)
{
	size_t line = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.s[i] == b.s[i]; i++)
		if (a.s[i] == '\n')
			line = i + 1;
	return line;
}

static size_t
common_tail(struct sdb_text a, struct sdb_text b)
{
	size_t line = 0;

	for (size_t i = 1; i <= a.len && i <= b.len && a.s[a.len - i] == b.s[b.len - i]; i++)
		if (i == a.len || a.s[a.len - i - 1] == '\n')
			line = i;
	return line;
}

static int
put_block(struct buf *out, struct sdb_text t)
{
	int err = t.len ? buf_append(out, t.s, t.len) : OP_OK;

	return err == OP_OK && t.len && t.s[t.len - 1] != '\n' ? buf_append(out, "\n", 1) : err;
}

static int
mark_whole(struct sdb_text mine, struct sdb_text theirs, struct buf *out)
{
	size_t head = common_head(mine, theirs);
	struct sdb_text a = {mine.s + head, mine.len - head};
	struct sdb_text b = {theirs.s + head, theirs.len - head};
	size_t tail = common_tail(a, b);

	a.len -= tail;
	b.len -= tail;
	int err = head ? buf_append(out, mine.s, head) : OP_OK;

	if (err == OP_OK)
		err = put_line(out, MARK_YOURS, strlen(MARK_YOURS), "\n");
	if (err == OP_OK)
		err = put_block(out, a);
	if (err == OP_OK)
		err = put_line(out, MARK_BETWEEN, strlen(MARK_BETWEEN), "\n");
	if (err == OP_OK)
		err = put_block(out, b);
	if (err == OP_OK)
		err = put_line(out, MARK_THEIRS, strlen(MARK_THEIRS), "\n");
	return err == OP_OK && tail ? buf_append(out, mine.s + mine.len - tail, tail) : err;
}

/* --- all of it --- */

static void
fini(struct marked *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->list[i].theirs);
		free(m->list[i].mine);
	}
	free(m->list);
	sdb_file_free(m->base);
	sdb_file_free(m->mine);
	sdb_file_free(m->theirs);
}

/* OP_CONFLICT: it cannot be done by node. */
static int
merge_nodes(struct marked *m, struct buf *out)
{
	struct sdb_file *file = NULL;
	struct buf merged;

	buf_init(&merged);
	int err = merge_rounds(m, &merged);

	if (err == OP_BAD_REQUEST) /* a line that an edit cannot give back */
		err = OP_CONFLICT;
	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(&merged), buf_len(&merged), &file);
	if (err == OP_OK)
		err = put_merged(out, m, file);
	sdb_file_free(file);
	buf_fini(&merged);
	return err;
}

int
sdb_merge_marked(struct sdb_text base, struct sdb_text mine, struct sdb_text theirs, bool nodes,
    struct buf *out, size_t *count)
{
	struct marked m = {0};
	size_t before = buf_len(out);
	int err = OP_CONFLICT;

	if (nodes) {
		err = sdb_file_parse(base.s, base.len, &m.base);
		if (err == OP_OK)
			err = sdb_file_parse(mine.s, mine.len, &m.mine);
		if (err == OP_OK)
			err = sdb_file_parse(theirs.s, theirs.len, &m.theirs);
		if (err == OP_OK)
			err = merge_nodes(&m, out);
	}
	if (err == OP_OK)
		*count = m.count;
	if (err == OP_CONFLICT) {
		buf_truncate(out, before);
		err = mark_whole(mine, theirs, out);
		if (err == OP_OK)
			*count = 1;
	}
	if (err != OP_OK)
		buf_truncate(out, before);
	fini(&m);
	return err;
}

size_t
sdb_marked_line(struct sdb_text text)
{
	static const char *const marks[] = {MARK_YOURS, MARK_BETWEEN, MARK_THEIRS};
	size_t number = 1;

	while (text.s) {
		struct sdb_text rest;
		struct sdb_text line = sdb_text_until(text, '\n', &rest);

		if (line.len > 0 && line.s[line.len - 1] == '\r')
			line.len--;
		for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
			if (sdb_text_equal(line, sdb_text_of(marks[i])))
				return number;
		text = rest;
		number++;
	}
	return 0;
}
