/* SPDX-License-Identifier: ISC */
/*
 * What both begin and end with goes first, as comparing bytes is cheapest; the lines in between are
 * counted in a table.  An end of line is not part of the line: CRLF and LF are the same there.
 */
#include "lib/sdb/excerpt.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/file.h"
#include "lib/sdb/table.h"

struct entry {
	struct sdb_text line;
	uint32_t count; /* how many of the old ones are not in the new file yet */
	uint32_t both;  /* how many both have */
};

struct counted {
	struct entry *list;
	uint32_t count;
	uint32_t *entries; /* by old line: its entry */
	struct sdb_table table;
};

/* The line at *at, without its end; *at becomes the beginning of the next one. */
static struct sdb_text
take_line(struct sdb_text t, size_t *at)
{
	const char *start = t.s + *at, *end = memchr(start, '\n', t.len - *at);
	size_t len = end ? (size_t)(end - start) : t.len - *at;

	*at += len + (end ? 1 : 0);
	if (len > 0 && start[len - 1] == '\r' && end)
		len--;
	return (struct sdb_text){start, len};
}

/* Where the nodes begin; 0: there is no marker. */
static size_t
body_of(struct sdb_text t)
{
	size_t at = 0;

	while (at < t.len)
		if (sdb_text_equal(take_line(t, &at), SDB_TEXT(SDB_MARKER)))
			return at;
	return 0;
}

static size_t
same_front(struct sdb_text a, struct sdb_text b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;

	while (n < most && a.s[n] == b.s[n])
		n++;
	while (n > 0 && a.s[n - 1] != '\n')
		n--;
	return n;
}

static size_t
same_back(struct sdb_text a, struct sdb_text b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;

	while (n < most && a.s[a.len - 1 - n] == b.s[b.len - 1 - n])
		n++;
	while (n > 0 && ((a.len > n && a.s[a.len - 1 - n] != '\n') ||
			    (b.len > n && b.s[b.len - 1 - n] != '\n')))
		n--;
	return n;
}

/* --- lines in between --- */

static bool
same_line(const void *key, const void *list, uint32_t id)
{
	return sdb_text_equal(*(const struct sdb_text *)key, ((const struct entry *)list)[id].line);
}

static uint32_t
hash_of(struct sdb_text line)
{
	return sdb_hash_finish(sdb_hash_words(SDB_HASH_START, line.s, line.len));
}

static size_t
lines_in(struct sdb_text t)
{
	size_t n = 0, at = 0;

	for (; at < t.len; n++)
		take_line(t, &at);
	return n;
}

static int
count_lines(struct counted *c, struct sdb_text old)
{
	size_t n = lines_in(old), at = 0;

	c->list = calloc(n + 1, sizeof(*c->list));
	c->entries = calloc(n + 1, sizeof(*c->entries));
	if (!c->list || !c->entries || sdb_table_init(&c->table, n + 1))
		return OP_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		struct sdb_text line = take_line(old, &at);
		uint32_t id =
		    sdb_table_enter(&c->table, hash_of(line), same_line, &line, c->list, c->count);

		if (id == c->count)
			c->list[c->count++].line = line;
		c->list[id].count++;
		c->entries[i] = id;
	}
	return OP_OK;
}

/* A line whole with its end, `from` where it begins. */
static int
put(struct buf *out, struct sdb_text t, size_t from, size_t to)
{
	return buf_append(out, t.s + from, to - from);
}

/* Those of the new file that the old one has not. */
static int
put_new(struct counted *c, struct sdb_text new, struct buf *out)
{
	size_t at = 0;
	int err = OP_OK;

	while (at < new.len && !err) {
		size_t from = at;
		struct sdb_text line = take_line(new, &at);
		uint32_t id = sdb_table_find(&c->table, hash_of(line), same_line, &line, c->list);

		if (id == SDB_NOBODY || c->list[id].count == 0) {
			err = put(out, new, from, at);
			continue;
		}
		c->list[id].count--;
		c->list[id].both++;
	}
	return err;
}

/* The first ones of equal lines are those that the new file has. */
static int
put_old(struct counted *c, struct sdb_text old, struct buf *out)
{
	size_t at = 0;
	int err = OP_OK;

	for (size_t i = 0; at < old.len && !err; i++) {
		struct entry *e = &c->list[c->entries[i]];
		size_t from = at;

		take_line(old, &at);
		if (e->both > 0)
			e->both--;
		else
			err = put(out, old, from, at);
	}
	return err;
}

static int
put_between(struct sdb_text old, struct sdb_text new, struct buf *old_out, struct buf *new_out)
{
	struct counted c = {0};
	int err = count_lines(&c, old);

	if (!err)
		err = put_new(&c, new, new_out);
	if (!err)
		err = put_old(&c, old, old_out);
	sdb_table_fini(&c.table);
	free(c.entries);
	free(c.list);
	return err;
}

int
sdb_excerpt(struct sdb_text old, struct sdb_text new, struct buf *old_out, struct buf *new_out)
{
	size_t a = body_of(old), b = body_of(new), front, back;
	bool whole = a == 0 || b == 0;
	int err = put(old_out, old, 0, whole ? old.len : a);

	if (!err)
		err = put(new_out, new, 0, whole ? new.len : b);
	if (err || whole)
		return err;
	old = (struct sdb_text){old.s + a, old.len - a};
	new = (struct sdb_text){new.s + b, new.len - b};
	front = same_front(old, new);
	old = (struct sdb_text){old.s + front, old.len - front};
	new = (struct sdb_text){new.s + front, new.len - front};
	back = same_back(old, new);
	old.len -= back;
	new.len -= back;
	return put_between(old, new, old_out, new_out);
}
