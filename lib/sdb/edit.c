/* SPDX-License-Identifier: ISC */
/*
 * Edits.  Every new text is first read back as the parser would read it: what does not come out as
 * it was given is refused, so no field can smuggle in a separator or a line.
 */
#include "lib/sdb/edit.h"

#include <string.h>

#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/line.h"

static struct sdb_text
text_of(const struct buf *b)
{
	return (struct sdb_text){(const char *)buf_bytes(b), buf_len(b)};
}

static bool
fits_a_line(struct sdb_text t)
{
	return t.len == 0 || (!memchr(t.s, '\n', t.len) && !memchr(t.s, '\r', t.len) &&
				 !memchr(t.s, '\0', t.len));
}

static struct sdb_line *
find_key(const struct sdb_file *f, struct sdb_text key)
{
	struct sdb_line *line = f->first;

	for (; line && line->kind != SDB_MARK; line = line->next)
		if (line->kind == SDB_HEADER && sdb_text_equal(sdb_header_key(line), key))
			return line;
	return NULL;
}

/* --- header --- */

static bool
reads_back(struct sdb_text text, struct sdb_text key, struct sdb_text value)
{
	struct sdb_line probe = {.text = text.s, .len = (uint32_t)text.len};

	if (text.len > SDB_MAX_BYTES || !fits_a_line(text))
		return false;
	sdb_line_classify(&probe, false, 1);
	return probe.kind == SDB_HEADER && sdb_text_equal(sdb_header_key(&probe), key) &&
	       sdb_text_equal(sdb_header_value(&probe), value);
}

/* The line with its value exchanged and all blanks kept. */
static int
render_value(struct buf *b, const struct sdb_line *line, struct sdb_text value)
{
	struct sdb_text old = sdb_header_value(line);
	size_t before = (size_t)(old.s - line->text);
	bool tight = before == line->cut[0] + 1u && line->cut[0] > 0 &&
		     line->text[line->cut[0] - 1] == ' ' && old.len == 0;
	int err = buf_append(b, line->text, before);

	if (!err && tight)
		err = buf_append(b, " ", 1);
	if (!err)
		err = buf_append(b, value.s, value.len);
	if (!err)
		err = buf_append(b, old.s + old.len, line->len - before - old.len);
	return err;
}

static int
set_value(struct sdb_line *line, struct sdb_text value)
{
	struct buf b;
	int err;

	if (sdb_text_equal(sdb_header_value(line), value))
		return OP_OK;
	buf_init(&b);
	err = render_value(&b, line, value);
	if (!err && !reads_back(text_of(&b), sdb_header_key(line), value))
		err = OP_BAD_REQUEST;
	if (!err)
		err = sdb_line_set_text(line, text_of(&b));
	buf_fini(&b);
	return err;
}

/* Where a new header line goes: behind the returned one, or first. */
static struct sdb_line *
place_for(const struct sdb_file *f, enum sdb_key key)
{
	struct sdb_line *last = NULL;

	if (key == SDB_KEY_TITLE)
		return NULL;
	if (key == SDB_KEY_FORMAT && f->first && f->first->kind == SDB_HEADER &&
	    sdb_key_of(sdb_header_key(f->first)) == SDB_KEY_TITLE)
		return f->first;
	for (struct sdb_line *line = f->first; line && line->kind != SDB_MARK; line = line->next)
		if (line->kind == SDB_HEADER)
			last = line;
	return last;
}

static int
add_header(struct sdb_file *f, struct sdb_text key, struct sdb_text value)
{
	struct sdb_line *line = NULL;
	struct buf b;
	int err;

	buf_init(&b);
	err = buf_append(&b, key.s, key.len);
	if (!err)
		err = buf_append(&b, " = ", 3);
	if (!err)
		err = buf_append(&b, value.s, value.len);
	if (!err && !reads_back(text_of(&b), key, value))
		err = OP_BAD_REQUEST;
	if (!err && !(line = sdb_line_new(text_of(&b))))
		err = OP_NO_MEMORY;
	if (!err)
		sdb_line_link(f, place_for(f, sdb_key_of(key)), line);
	buf_fini(&b);
	return err;
}

int
sdb_edit_header(struct sdb_file *f, struct sdb_text key, struct sdb_text value)
{
	struct sdb_line *line = find_key(f, key);
	int err = line ? set_value(line, value) : add_header(f, key, value);

	if (!err)
		sdb_file_classify(f);
	return err;
}

int
sdb_edit_drop_header(struct sdb_file *f, struct sdb_text key)
{
	struct sdb_line *line = find_key(f, key);

	if (!line)
		return OP_NOT_FOUND;
	sdb_edit_remove(f, line);
	return OP_OK;
}

/* --- nodes --- */

static bool
same_fields(const struct sdb_line *line, const struct sdb_node *node)
{
	for (enum sdb_field i = SDB_NAME; i < SDB_FIELDS; i++)
		if (!sdb_text_equal(sdb_node_field(line, i), node->field[i]))
			return false;
	return true;
}

static int
render_node(struct buf *b, const struct sdb_node *node, unsigned format)
{
	struct sdb_line probe = {0};
	int err = OP_OK;

	for (enum sdb_field i = SDB_NAME; i < SDB_FIELDS && !err; i++) {
		if (i)
			err = buf_append(b, ":", 1);
		if (!err)
			err = buf_append(b, node->field[i].s, node->field[i].len);
	}
	if (err)
		return err;
	if (buf_len(b) > SDB_MAX_BYTES || !fits_a_line(text_of(b)))
		return OP_BAD_REQUEST;
	probe.text = text_of(b).s;
	probe.len = (uint32_t)buf_len(b);
	sdb_line_classify(&probe, true, format);
	return probe.kind == SDB_NODE && same_fields(&probe, node) ? OP_OK : OP_BAD_REQUEST;
}

/* The last node but `not_this`, else the marker, else NULL. */
static struct sdb_line *
end_of_nodes(const struct sdb_file *f, const struct sdb_line *not_this)
{
	struct sdb_line *line = f->last;

	while (line && (line == not_this || (line->kind != SDB_NODE && line->kind != SDB_MARK)))
		line = line->prev;
	return line;
}

/* *after is where nodes may follow; a marker is put at the end when there is none. */
static int
find_place(struct sdb_file *f, const struct sdb_line *wanted, struct sdb_line **after)
{
	struct sdb_line *place = wanted ? (struct sdb_line *)wanted : end_of_nodes(f, NULL);

	if (!place) {
		place = sdb_line_new(SDB_TEXT(SDB_MARKER));
		if (!place)
			return OP_NO_MEMORY;
		place->kind = SDB_MARK;
		sdb_line_link(f, f->last, place);
	}
	*after = place;
	return OP_OK;
}

int
sdb_edit_add(struct sdb_file *f, const struct sdb_node *node, const struct sdb_line *after,
    const struct sdb_line **out)
{
	struct sdb_line *line = NULL, *place;
	struct buf b;
	int err;

	buf_init(&b);
	err = render_node(&b, node, f->format);
	if (!err && !(line = sdb_line_new(text_of(&b))))
		err = OP_NO_MEMORY;
	if (!err)
		err = find_place(f, after, &place);
	buf_fini(&b);
	if (err) {
		if (line)
			sdb_line_free(line);
		return err;
	}
	sdb_line_classify(line, true, f->format);
	sdb_line_link(f, place, line);
	if (out)
		*out = line;
	return OP_OK;
}

int
sdb_edit_change(struct sdb_file *f, const struct sdb_line *line, const struct sdb_node *node)
{
	struct sdb_line *own = (struct sdb_line *)line;
	struct buf b;
	int err;

	if (line->kind != SDB_NODE)
		return OP_BAD_REQUEST;
	if (same_fields(line, node))
		return OP_OK;
	buf_init(&b);
	err = render_node(&b, node, f->format);
	if (!err)
		err = sdb_line_set_text(own, text_of(&b));
	buf_fini(&b);
	if (!err)
		sdb_line_classify(own, true, f->format);
	return err;
}

int
sdb_edit_move(struct sdb_file *f, const struct sdb_line *line, const struct sdb_line *after)
{
	struct sdb_line *own = (struct sdb_line *)line;
	struct sdb_line *place = after ? (struct sdb_line *)after : end_of_nodes(f, line);

	if (line->kind != SDB_NODE)
		return OP_BAD_REQUEST;
	if (place == own || place == own->prev)
		return OP_OK;
	sdb_line_unlink(f, own);
	sdb_line_link(f, place, own);
	return OP_OK;
}

void
sdb_edit_remove(struct sdb_file *f, const struct sdb_line *line)
{
	bool others_too = !line->prev || line->kind == SDB_HEADER || line->kind == SDB_MARK;

	sdb_line_unlink(f, (struct sdb_line *)line);
	sdb_line_free((struct sdb_line *)line);
	if (others_too)
		sdb_file_classify(f);
}

/* --- any line --- */

int
sdb_edit_text(struct sdb_file *f, const struct sdb_line *line, struct sdb_text text)
{
	struct sdb_line *own = (struct sdb_line *)line;
	int err;

	if (text.len > SDB_MAX_BYTES || !fits_a_line(text))
		return OP_BAD_REQUEST;
	err = sdb_line_set_text(own, text);
	if (err)
		return err;
	/* A node that stays one is nobody else's business: many corrections in a row are cheap. */
	if (line->kind == SDB_NODE)
		sdb_line_classify(own, true, f->format);
	if (line->kind != SDB_NODE)
		sdb_file_classify(f);
	return OP_OK;
}

int
sdb_edit_insert(struct sdb_file *f, const struct sdb_line *before, struct sdb_text text)
{
	struct sdb_line *line;

	if (text.len > SDB_MAX_BYTES || !fits_a_line(text))
		return OP_BAD_REQUEST;
	line = sdb_line_new(text);
	if (!line)
		return OP_NO_MEMORY;
	sdb_line_link(f, before ? before->prev : f->last, line);
	sdb_file_classify(f);
	return OP_OK;
}

int
sdb_edit_to_front(struct sdb_file *f, const struct sdb_line *line)
{
	if (line->prev) {
		sdb_line_unlink(f, (struct sdb_line *)line);
		sdb_line_link(f, NULL, (struct sdb_line *)line);
		sdb_file_classify(f);
	}
	return OP_OK;
}
