/* SPDX-License-Identifier: ISC */
/*
 * The merge by key.  Every line has an identity: its kind, its key, and how many with that key
 * stand before it; comments and blank lines are their own key.
 */
#include "lib/flat/merge.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

#define NOTHING ((struct sdb_text){NULL, 0})
#define NO_LINE SIZE_MAX

enum side { BASE, MINE, THEIRS, SIDES };

/* The lines that only mine has are lists, one behind each line of theirs and one before the first.
 */
struct merger {
	struct flat_file file[SIDES];
	struct flat_index *index[SIDES];
	size_t *heads, *tails; /* per line of theirs, from 1; 0: before the first */
	size_t *nexts;         /* per line of mine */
	struct flat_merge *out;
};

int
flat_merge_conflict(
    struct flat_merge *m, struct sdb_text base, struct sdb_text mine, struct sdb_text theirs)
{
	struct flat_conflict *list = reallocarray(m->list, m->count + 1, sizeof(*list));

	if (!list)
		return OP_NO_MEMORY;
	m->list = list;
	m->list[m->count++] = (struct flat_conflict){base, mine, theirs};
	return OP_OK;
}

static struct sdb_text
text_of(const struct flat_line *l)
{
	return l ? l->text : NOTHING;
}

static bool
same(const struct flat_line *a, const struct flat_line *b)
{
	return a && b ? sdb_text_equal(a->text, b->text) : a == b;
}

/* Lines get the end that their neighbours have: a last line without one would join the next. */
static int
emit(struct merger *m, const struct flat_line *l)
{
	struct buf *out = &m->out->bytes;
	const char *end = l->end == 2 ? "\r\n" : "\n";
	size_t len = buf_len(out);
	int err = OP_OK;

	if (len && buf_bytes(out)[len - 1] != '\n')
		err = buf_append(out, end, strlen(end));
	if (err == OP_OK)
		err = buf_append(out, l->text.s, l->text.len);
	return err == OP_OK && l->end ? buf_append(out, end, strlen(end)) : err;
}

/* What becomes of a line that theirs has: what one side touched is that side's. */
static int
settle(struct merger *m, const struct flat_line *theirs)
{
	const struct flat_line *base = flat_index_find(m->index[BASE], theirs);
	const struct flat_line *mine = flat_index_find(m->index[MINE], theirs);

	if (same(base, theirs))
		return mine ? emit(m, mine) : OP_OK;
	if (same(base, mine) || same(mine, theirs))
		return emit(m, theirs);
	return flat_merge_conflict(m->out, text_of(base), text_of(mine), text_of(theirs));
}

/* What mine added stands behind the line of theirs that it follows in mine. */
static int
place_additions(struct merger *m)
{
	const struct flat_file *mine = &m->file[MINE];
	size_t after = 0;

	for (size_t i = 0; i < mine->count; i++) {
		const struct flat_line *l = &mine->lines[i];
		const struct flat_line *theirs = flat_index_find(m->index[THEIRS], l);
		const struct flat_line *base = flat_index_find(m->index[BASE], l);

		m->nexts[i] = NO_LINE;
		if (theirs) {
			after = (size_t)(theirs - m->file[THEIRS].lines) + 1;
			continue;
		}
		if (base && same(base, l))
			continue; /* theirs has removed it */
		if (base && flat_merge_conflict(m->out, base->text, l->text, NOTHING))
			return OP_NO_MEMORY;
		if (m->heads[after] == NO_LINE)
			m->heads[after] = i;
		else
			m->nexts[m->tails[after]] = i;
		m->tails[after] = i;
	}
	return OP_OK;
}

static int
emit_additions(struct merger *m, size_t after)
{
	int err = OP_OK;

	for (size_t i = m->heads[after]; i != NO_LINE && err == OP_OK; i = m->nexts[i])
		err = emit(m, &m->file[MINE].lines[i]);
	return err;
}

static int
run(struct merger *m)
{
	size_t count = m->file[THEIRS].count;
	int err = place_additions(m);

	if (err == OP_OK)
		err = emit_additions(m, 0);
	for (size_t i = 0; i < count && err == OP_OK; i++) {
		err = settle(m, &m->file[THEIRS].lines[i]);
		if (err == OP_OK)
			err = emit_additions(m, i + 1);
	}
	return err;
}

static int
prepare(struct merger *m, const struct flat_format *format, const struct sdb_text text[SIDES])
{
	int err = OP_OK;

	for (size_t i = 0; i < SIDES && err == OP_OK; i++) {
		err = flat_parse(format, text[i], &m->file[i]);
		if (err == OP_OK)
			err = flat_index_new(&m->file[i], &m->index[i]);
	}
	if (err)
		return err;
	size_t theirs = m->file[THEIRS].count + 1;

	m->heads = malloc(theirs * sizeof(*m->heads));
	m->tails = calloc(theirs, sizeof(*m->tails));
	m->nexts = calloc(m->file[MINE].count + 1, sizeof(*m->nexts));
	for (size_t i = 0; m->heads && i < theirs; i++)
		m->heads[i] = NO_LINE;
	return m->heads && m->tails && m->nexts ? OP_OK : OP_NO_MEMORY;
}

static int
merge_keys(
    const struct flat_format *format, const struct sdb_text text[SIDES], struct flat_merge *out)
{
	struct merger m = {.out = out};
	int err = prepare(&m, format, text);

	if (err == OP_OK)
		err = run(&m);
	for (size_t i = 0; i < SIDES; i++) {
		flat_index_free(m.index[i]);
		flat_fini(&m.file[i]);
	}
	free(m.heads);
	free(m.tails);
	free(m.nexts);
	return err;
}

int
flat_merge(const struct flat_format *format, struct sdb_text base, struct sdb_text mine,
    struct sdb_text theirs, struct flat_merge *out)
{
	const struct sdb_text text[SIDES] = {base, mine, theirs};
	struct flat_merge m = {0};
	int err;

	buf_init(&m.bytes);
	if (sdb_text_equal(base, theirs) || sdb_text_equal(mine, theirs))
		err = buf_append(&m.bytes, mine.s, mine.len);
	else if (sdb_text_equal(base, mine))
		err = buf_append(&m.bytes, theirs.s, theirs.len);
	else if (format->kind == FLAT_TEXT)
		err = flat_merge_text(base, mine, theirs, &m);
	else
		err = merge_keys(format, text, &m);
	if (m.count)
		buf_clear(&m.bytes);
	if (err)
		flat_merge_fini(&m);
	else
		*out = m;
	return err;
}

void
flat_merge_fini(struct flat_merge *m)
{
	buf_fini(&m->bytes);
	free(m->list);
	free(m->raw);
	*m = (struct flat_merge){0};
}
