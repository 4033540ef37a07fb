/* SPDX-License-Identifier: ISC */
#include "lib/flat/flat.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/table.h"

/* --- fields --- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct sdb_text
skip_blanks(struct sdb_text t)
{
	while (t.len && is_blank(*t.s)) {
		t.s++;
		t.len--;
	}
	return t;
}

/* The piece up to the next separator; *rest is what follows, NULL when nothing does. */
static struct sdb_text
cut(struct sdb_text t, char separator, struct sdb_text *rest)
{
	size_t n = 0;

	if (separator)
		return sdb_text_until(t, separator, rest);
	t = skip_blanks(t);
	while (n < t.len && !is_blank(t.s[n]))
		n++;
	*rest = skip_blanks((struct sdb_text){t.s + n, t.len - n});
	if (rest->len == 0)
		rest->s = NULL;
	return (struct sdb_text){t.s, n};
}

/* What counts of the line of a hosts file. */
static struct sdb_text
without_remark(const struct flat_format *format, struct sdb_text line)
{
	const char *sign =
	    format->kind == FLAT_HOSTS && line.len ? memchr(line.s, '#', line.len) : NULL;

	if (sign)
		line.len = (size_t)(sign - line.s);
	return sdb_text_trim(line);
}

static char
separator_of(const struct flat_format *format)
{
	return format->kind == FLAT_TABLE ? format->separator : '\0';
}

struct sdb_text
flat_field(const struct flat_format *format, struct sdb_text line, size_t n)
{
	struct sdb_text rest = without_remark(format, line), field = rest;

	for (size_t i = 0; i <= n; i++) {
		if (!rest.s)
			return SDB_TEXT("");
		field = rest;
		/* The last column of a table holds what is left. */
		if (format->kind == FLAT_TABLE && i + 1 == format->column_count)
			return i == n ? sdb_text_trim(field) : SDB_TEXT("");
		field = cut(rest, separator_of(format), &rest);
	}
	return sdb_text_trim(field);
}

size_t
flat_fields(const struct flat_format *format, struct sdb_text line)
{
	struct sdb_text rest = without_remark(format, line);
	size_t n = 0;

	while (rest.s && rest.len && !(format->kind == FLAT_TABLE && n == format->column_count)) {
		cut(rest, separator_of(format), &rest);
		n++;
	}
	return rest.s && !rest.len && n < format->column_count ? n + 1 : n;
}

/* --- lines --- */

static void
classify(const struct flat_format *format, struct flat_line *l)
{
	char sign = format->kind == FLAT_HOSTS ? '#' : format->comment;
	struct sdb_text t = sdb_text_trim(l->text);

	l->key = l->text;
	if (format->kind == FLAT_TEXT)
		l->kind = FLAT_ENTRY;
	else if (t.len == 0)
		l->kind = FLAT_BLANK;
	else if (sign && *t.s == sign)
		l->kind = FLAT_COMMENT;
	else
		l->kind = FLAT_ENTRY;
	if (l->kind == FLAT_ENTRY && format->kind != FLAT_TEXT)
		l->key = flat_field(format, l->text, format->kind == FLAT_TABLE ? format->key : 0);
}

static const char *
take_line(struct flat_line *l, const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	size_t len = (size_t)((lf ? lf : end) - p);

	l->end = lf ? 1 : 0;
	if (lf && len && p[len - 1] == '\r') {
		l->end = 2;
		len--;
	}
	l->text = (struct sdb_text){p, len};
	return lf ? lf + 1 : end;
}

static size_t
count_lines(struct sdb_text t)
{
	size_t n = 0;

	for (const char *p = t.s, *end = t.s + t.len; t.len && p && p < end; n++) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : end;
	}
	return n;
}

/* --- which are the same --- */

struct flat_index {
	const struct flat_file *file;
	struct sdb_table table;
};

static uint32_t
hash_of(const struct flat_line *l)
{
	uint64_t hash = sdb_hash_bytes(SDB_HASH_START, &l->kind, sizeof(l->kind), false);

	hash = sdb_hash_bytes(hash, &l->nth, sizeof(l->nth), false);
	return sdb_hash_finish(sdb_hash_bytes(hash, l->key.s, l->key.len, true));
}

static bool
same_identity(const void *key, const void *list, uint32_t id)
{
	const struct flat_line *a = key, *b = (const struct flat_line *)list + id;

	return a->kind == b->kind && a->nth == b->nth && sdb_text_same_letters(a->key, b->key);
}

int
flat_index_new(const struct flat_file *f, struct flat_index **out)
{
	struct flat_index *x = calloc(1, sizeof(*x));

	if (!x || sdb_table_init(&x->table, f->count)) {
		free(x);
		return OP_NO_MEMORY;
	}
	x->file = f;
	for (size_t i = 0; i < f->count; i++)
		sdb_table_enter(&x->table, hash_of(&f->lines[i]), same_identity, &f->lines[i],
		    f->lines, (uint32_t)i);
	*out = x;
	return OP_OK;
}

void
flat_index_free(struct flat_index *x)
{
	if (!x)
		return;
	sdb_table_fini(&x->table);
	free(x);
}

const struct flat_line *
flat_index_find(const struct flat_index *x, const struct flat_line *like)
{
	uint32_t id = sdb_table_find(&x->table, hash_of(like), same_identity, like, x->file->lines);

	return id == SDB_NOBODY ? NULL : &x->file->lines[id];
}

/* The same key again gets the next number.  One count per key and kind: the first line with it. */
static int
number_lines(struct flat_file *f)
{
	uint32_t *counts = calloc(f->count + 1, sizeof(*counts));
	struct sdb_table seen;

	if (!counts || sdb_table_init(&seen, f->count)) {
		free(counts);
		return OP_NO_MEMORY;
	}
	for (size_t i = 0; i < f->count; i++) {
		struct flat_line *l = &f->lines[i];
		uint32_t first =
		    sdb_table_enter(&seen, hash_of(l), same_identity, l, f->lines, (uint32_t)i);

		l->nth = counts[first]++;
	}
	sdb_table_fini(&seen);
	free(counts);
	return OP_OK;
}

int
flat_parse(const struct flat_format *format, struct sdb_text text, struct flat_file *out)
{
	struct flat_file f = {.format = format, .count = count_lines(text)};
	const char *p = text.s, *end = text.len ? text.s + text.len : text.s;

	f.lines = calloc(f.count + 1, sizeof(*f.lines));
	if (!f.lines)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < f.count; i++) {
		p = take_line(&f.lines[i], p, end);
		classify(format, &f.lines[i]);
		f.entries += f.lines[i].kind == FLAT_ENTRY;
	}
	if (number_lines(&f)) {
		flat_fini(&f);
		return OP_NO_MEMORY;
	}
	*out = f;
	return OP_OK;
}

void
flat_fini(struct flat_file *f)
{
	free(f->lines);
	*f = (struct flat_file){0};
}
