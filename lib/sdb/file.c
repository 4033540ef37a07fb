/* SPDX-License-Identifier: ISC */
/*
 * Reading and writing a subnet file.  The bytes are copied once; the lines of the slab point into
 * that copy until an edit gives one a text of its own.
 */
#include "lib/sdb/file.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"

static size_t
count_lines(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	size_t n = 0;

	for (const char *p = bytes; p < end; n++) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		p = lf ? lf + 1 : end;
	}
	return n;
}

/* Fill one line of the slab; returns where the next begins. */
static const char *
take_line(struct sdb_line *line, const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	size_t len = (size_t)((lf ? lf : end) - p);

	line->text = p;
	line->eol = lf ? SDB_EOL_LF : SDB_EOL_NONE;
	if (lf && len && p[len - 1] == '\r') {
		line->eol = SDB_EOL_CRLF;
		len--;
	}
	line->len = (uint32_t)len;
	return lf ? lf + 1 : end;
}

static void
take_lines(struct sdb_file *f, size_t len)
{
	const char *p = f->bytes, *end = f->bytes + len;

	for (size_t i = 0; i < f->lines; i++) {
		struct sdb_line *line = &f->slab[i];

		p = take_line(line, p, end);
		line->prev = i ? line - 1 : NULL;
		line->next = i + 1 < f->lines ? line + 1 : NULL;
	}
	f->first = f->lines ? f->slab : NULL;
	f->last = f->lines ? f->slab + f->lines - 1 : NULL;
}

int
sdb_file_parse(const void *bytes, size_t len, struct sdb_file **out)
{
	struct sdb_file *f;

	if (len > SDB_MAX_BYTES)
		return OP_TOO_LARGE;
	f = calloc(1, sizeof(*f));
	if (!f)
		return OP_NO_MEMORY;
	f->lines = len ? count_lines(bytes, len) : 0;
	f->bytes = malloc(len + 1);
	f->slab = calloc(f->lines + 1, sizeof(*f->slab));
	if (!f->bytes || !f->slab) {
		sdb_file_free(f);
		return OP_NO_MEMORY;
	}
	if (len)
		memcpy(f->bytes, bytes, len);
	take_lines(f, len);
	sdb_file_classify(f);
	*out = f;
	return OP_OK;
}

void
sdb_file_free(struct sdb_file *f)
{
	if (!f)
		return;
	for (struct sdb_line *line = f->first, *next; line; line = next) {
		next = line->next;
		sdb_line_free(line);
	}
	free(f->slab);
	free(f->bytes);
	free(f);
}

int
sdb_file_write(const struct sdb_file *f, struct buf *out)
{
	static const char *const ends[] = {"", "\n", "\r\n"};
	const size_t before = buf_len(out);
	size_t total = 0;
	unsigned char *room;
	int err;

	for (const struct sdb_line *line = f->first; line; line = line->next)
		total += line->len + 2;
	err = total ? buf_reserve(out, total, &room) : OP_OK;
	if (err)
		return err;
	for (const struct sdb_line *line = f->first; line && !err; line = line->next) {
		err = buf_append(out, line->text, line->len);
		if (!err)
			err = buf_append(out, ends[line->eol], line->eol);
	}
	if (err)
		buf_truncate(out, before);
	return err;
}

const struct sdb_line *
sdb_file_first(const struct sdb_file *f)
{
	return f->first;
}

const struct sdb_line *
sdb_file_last(const struct sdb_file *f)
{
	return f->last;
}

size_t
sdb_file_lines(const struct sdb_file *f)
{
	return f->lines;
}

size_t
sdb_file_nodes(const struct sdb_file *f)
{
	return f->nodes;
}

unsigned
sdb_file_format(const struct sdb_file *f)
{
	return f->format;
}

const struct sdb_line *
sdb_file_line(const struct sdb_file *f, size_t n)
{
	const struct sdb_line *line = f->first;

	if (n == 0 || n > f->lines)
		return NULL;
	while (--n)
		line = line->next;
	return line;
}

const struct sdb_line *
sdb_file_by_address(const struct sdb_file *f, const struct netaddr *a)
{
	const struct sdb_line *line = f->first;

	while (line && !(line->kind == SDB_NODE && a->family && netaddr_equal(&line->address, a)))
		line = line->next;
	return line;
}

const struct sdb_line *
sdb_file_by_name(const struct sdb_file *f, struct sdb_text name)
{
	const struct sdb_line *line = f->first;

	while (line && !(line->kind == SDB_NODE &&
			   sdb_text_same_letters(sdb_node_field(line, SDB_NAME), name)))
		line = line->next;
	return line;
}
