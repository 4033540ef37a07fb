/* SPDX-License-Identifier: ISC */
/*
 * Life and edits.  An edit is made on the parsed file and written out; what differs from the bytes
 * before is the splice.  A failed edit reads the old bytes again.
 */
#include "gui/sheet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/edit.h"

static void
drop_index(struct sheet *s)
{
	free(s->nodes);
	free(s->lines);
	free(s->rows);
	s->nodes = NULL;
	s->lines = s->rows = NULL;
	s->count = s->shown = 0;
	sheet_forget_places(s);
}

static int
index_nodes(struct sheet *s)
{
	size_t n = sdb_file_nodes(s->file);
	uint32_t number = 0;

	drop_index(s);
	s->nodes = calloc(n + 1, sizeof(*s->nodes));
	s->lines = calloc(n + 1, sizeof(*s->lines));
	s->rows = calloc(n + 1, sizeof(*s->rows));
	if (!s->nodes || !s->lines || !s->rows)
		return OP_NO_MEMORY;
	for (const struct sdb_line *l = sdb_file_first(s->file); l; l = l->next) {
		number++;
		if (l->kind != SDB_NODE)
			continue;
		s->nodes[s->count] = l;
		s->lines[s->count] = number;
		s->rows[s->count] = s->count;
		s->count++;
	}
	s->shown = s->count;
	return OP_OK;
}

static int
read_bytes(struct sheet *s)
{
	struct sdb_file *file;
	int err = sdb_file_parse(buf_bytes(&s->bytes), buf_len(&s->bytes), &file);

	if (err)
		return err;
	sdb_file_free(s->file);
	s->file = file;
	return index_nodes(s);
}

int
sheet_new(const void *bytes, size_t len, struct sheet **out)
{
	struct sheet *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return OP_NO_MEMORY;
	buf_init(&s->bytes);
	err = buf_append(&s->bytes, bytes, len);
	if (!err)
		err = read_bytes(s);
	if (err) {
		sheet_free(s);
		return err;
	}
	*out = s;
	return OP_OK;
}

void
sheet_free(struct sheet *s)
{
	if (!s)
		return;
	drop_index(s);
	sdb_file_free(s->file);
	buf_fini(&s->bytes);
	free(s);
}

void
sheet_splice_fini(struct sheet_splice *splice)
{
	buf_fini(&splice->old);
	buf_fini(&splice->new);
}

/* --- edits --- */

static int
find_splice(const struct buf *old, const struct buf *new, struct sheet_splice *out)
{
	const unsigned char *a = buf_bytes(old), *b = buf_bytes(new);
	size_t na = buf_len(old), nb = buf_len(new), head = 0, tail = 0;
	int err;

	while (head < na && head < nb && a[head] == b[head])
		head++;
	while (tail < na - head && tail < nb - head && a[na - 1 - tail] == b[nb - 1 - tail])
		tail++;
	out->offset = head;
	buf_init(&out->old);
	buf_init(&out->new);
	err = buf_append(&out->old, na ? a + head : NULL, na - head - tail);
	if (!err)
		err = buf_append(&out->new, nb ? b + head : NULL, nb - head - tail);
	if (err)
		sheet_splice_fini(out);
	return err;
}

/* After the edit of s->file that ended with `err`: keep it, or read the old bytes again. */
static int
finish(struct sheet *s, int err, struct sheet_splice *out)
{
	struct sheet_splice splice;
	struct buf new;
	int again;

	buf_init(&new);
	if (!err)
		err = sdb_file_write(s->file, &new);
	if (!err)
		err = find_splice(&s->bytes, &new, &splice);
	if (!err) {
		err = index_nodes(s);
		if (err)
			sheet_splice_fini(&splice);
	}
	if (!err) {
		buf_fini(&s->bytes);
		s->bytes = new;
		*out = splice;
		return OP_OK;
	}
	buf_fini(&new);
	again = read_bytes(s);
	return again ? again : err;
}

int
sheet_set(struct sheet *s, struct sdb_text key, struct sdb_text value, struct sheet_splice *out)
{
	return finish(s, sdb_edit_header(s->file, key, value), out);
}

int
sheet_drop(struct sheet *s, struct sdb_text key, struct sheet_splice *out)
{
	return finish(s, sdb_edit_drop_header(s->file, key), out);
}

int
sheet_add(struct sheet *s, const struct sdb_node *nodes, size_t n, uint32_t after,
    struct sheet_splice *out)
{
	const struct sdb_line *line = after < s->count ? s->nodes[after] : NULL;
	int err = OP_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = sdb_edit_add(s->file, &nodes[i], line, &line);
	return finish(s, err, out);
}

int
sheet_change(
    struct sheet *s, uint32_t number, const struct sdb_node *node, struct sheet_splice *out)
{
	if (number >= s->count)
		return OP_NOT_FOUND;
	return finish(s, sdb_edit_change(s->file, s->nodes[number], node), out);
}

int
sheet_remove(struct sheet *s, const uint32_t *numbers, size_t n, struct sheet_splice *out)
{
	for (size_t i = 0; i < n; i++)
		if (numbers[i] >= s->count)
			return OP_NOT_FOUND;
	for (size_t i = 0; i < n; i++) {
		const struct sdb_line *line = s->nodes[numbers[i]];

		s->nodes[numbers[i]] = NULL;
		if (line)
			sdb_edit_remove(s->file, line);
	}
	return finish(s, OP_OK, out);
}

int
sheet_fix(struct sheet *s, const struct sdb_fix *fix, struct sheet_splice *out)
{
	return finish(s, sdb_fix_apply(s->file, fix), out);
}

int
sheet_splice(struct sheet *s, size_t offset, struct sdb_text old, struct sdb_text new)
{
	const unsigned char *bytes = buf_bytes(&s->bytes);
	size_t len = buf_len(&s->bytes);
	struct buf kept = s->bytes, b;
	int err;

	if (offset > len || old.len > len - offset ||
	    (old.len && memcmp(bytes + offset, old.s, old.len) != 0))
		return OP_BAD_REQUEST;
	buf_init(&b);
	err = buf_append(&b, bytes, offset);
	if (!err)
		err = buf_append(&b, new.s, new.len);
	if (!err)
		err = buf_append(&b, bytes + offset + old.len, len - offset - old.len);
	if (!err) {
		s->bytes = b;
		err = read_bytes(s);
		b = err ? s->bytes : kept;
		if (err)
			s->bytes = kept;
	}
	buf_fini(&b);
	return err;
}
