/* SPDX-License-Identifier: ISC */
/*
 * The lines of a file: what each is, and how they are linked, replaced and dropped.
 */
#include "lib/sdb/line.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/header.h"

static bool
is_header(struct sdb_line *line)
{
	const char *sign = memchr(line->text, '=', line->len);

	if (!sign)
		return false;
	line->cut[0] = (uint32_t)(sign - line->text);
	return sdb_header_key(line).len > 0;
}

static enum sdb_line_kind
kind_of(struct sdb_line *line, bool in_nodes)
{
	struct sdb_text text = sdb_line_text(line);

	if (sdb_text_trim(text).len == 0)
		return SDB_BLANK;
	if (text.s[0] == '#')
		return SDB_COMMENT;
	if (sdb_text_equal(text, SDB_TEXT(SDB_MARKER)))
		return SDB_MARK;
	if (in_nodes)
		return SDB_NODE;
	return is_header(line) ? SDB_HEADER : SDB_JUNK;
}

void
sdb_line_classify(struct sdb_line *line, bool in_nodes, unsigned format)
{
	line->kind = (uint8_t)kind_of(line, in_nodes);
	line->fields = 0;
	line->address = (struct netaddr){0};
	line->has_mac = 0;
	if (line->kind == SDB_NODE)
		sdb_node_split(line, format);
}

void
sdb_file_classify(struct sdb_file *f)
{
	bool in_nodes = false, has_format = false;

	f->nodes = 0;
	f->format = 1;
	for (struct sdb_line *line = f->first; line; line = line->next) {
		sdb_line_classify(line, in_nodes, f->format);
		f->nodes += line->kind == SDB_NODE;
		in_nodes = in_nodes || line->kind == SDB_MARK;
		if (line->kind != SDB_HEADER || has_format ||
		    sdb_key_of(sdb_header_key(line)) != SDB_KEY_FORMAT)
			continue;
		has_format = true;
		f->format = sdb_text_equal(sdb_header_value(line), SDB_TEXT("1")) ? 1 : 2;
	}
}

struct sdb_line *
sdb_line_new(struct sdb_text text)
{
	struct sdb_line *line = calloc(1, sizeof(*line) + text.len + 1);
	char *copy;

	if (!line)
		return NULL;
	copy = (char *)(line + 1);
	if (text.len)
		memcpy(copy, text.s, text.len);
	line->text = copy;
	line->len = (uint32_t)text.len;
	line->owned = SDB_OWNS_LINE;
	return line;
}

/* A new line ends as a neighbour does that has an end. */
static enum sdb_eol
fitting_end(const struct sdb_line *after, const struct sdb_line *next)
{
	const struct sdb_line *model[] = {next, after, after ? after->prev : NULL};

	for (size_t i = 0; i < sizeof(model) / sizeof(model[0]); i++)
		if (model[i] && model[i]->eol != SDB_EOL_NONE)
			return (enum sdb_eol)model[i]->eol;
	return SDB_EOL_LF;
}

/* A line without a byte and without an end would not be there. */
static void
end_if_empty(struct sdb_line *line)
{
	if (line->len == 0 && line->eol == SDB_EOL_NONE)
		line->eol = (uint8_t)fitting_end(line->prev, line->next);
}

int
sdb_line_set_text(struct sdb_line *line, struct sdb_text text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		return OP_NO_MEMORY;
	if (text.len)
		memcpy(copy, text.s, text.len);
	if (line->owned & SDB_OWNS_TEXT)
		free((char *)line->text);
	line->owned |= SDB_OWNS_TEXT;
	line->text = copy;
	line->len = (uint32_t)text.len;
	end_if_empty(line);
	return OP_OK;
}

void
sdb_line_free(struct sdb_line *line)
{
	if (line->owned & SDB_OWNS_TEXT)
		free((char *)line->text);
	if (line->owned & SDB_OWNS_LINE)
		free(line);
}

void
sdb_line_link(struct sdb_file *f, struct sdb_line *after, struct sdb_line *line)
{
	struct sdb_line *next = after ? after->next : f->first;

	line->eol = (uint8_t)sdb_line_safe_end(line, fitting_end(after, next));
	/* A newline that is missing at the end stays missing. */
	if (!next && after && after->eol == SDB_EOL_NONE) {
		after->eol = (uint8_t)sdb_line_safe_end(after, fitting_end(after, NULL));
		line->eol = SDB_EOL_NONE;
	}
	line->prev = after;
	line->next = next;
	*(after ? &after->next : &f->first) = line;
	*(next ? &next->prev : &f->last) = line;
	end_if_empty(line);
	f->lines++;
	f->nodes += line->kind == SDB_NODE;
}

void
sdb_line_unlink(struct sdb_file *f, struct sdb_line *line)
{
	*(line->prev ? &line->prev->next : &f->first) = line->next;
	*(line->next ? &line->next->prev : &f->last) = line->prev;
	f->lines--;
	f->nodes -= line->kind == SDB_NODE;
}
