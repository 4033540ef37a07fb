/* SPDX-License-Identifier: ISC */
#include "examples/wrap/fill.h"

#include <stdbool.h>
#include <string.h>
#include "lib/err.h"
#include "lib/text.h"

struct filler {
	size_t columns, column; /* column 0: the line is empty */
	bool has_text;          /* something was written before this paragraph */
	struct buf *out;
};

static size_t
width(const char *word, size_t len)
{
	size_t columns = 0;

	for (size_t i = 0; i < len; columns++) {
		uint32_t cp;
		size_t n = text_next(word + i, len - i, &cp);

		i += n ? n : 1;
	}
	return columns;
}

static int
put_word(struct filler *f, const char *word, size_t len, bool begins)
{
	size_t wide = width(word, len);
	const char *before = "";

	if (f->column > 0 && !begins && f->column + 1 + wide <= f->columns)
		before = " ";
	else if (f->has_text)
		before = begins ? "\n\n" : "\n";
	int err = buf_append(f->out, before, strlen(before));

	f->column = *before == ' ' ? f->column + 1 + wide : wide;
	f->has_text = true;
	return err ? err : buf_append(f->out, word, len);
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int
fill(const char *text, size_t len, size_t columns, struct buf *out)
{
	struct filler f = {.columns = columns, .out = out};
	int err = OP_OK, newlines = 0;

	for (size_t i = 0; i < len && err == OP_OK;) {
		size_t from = i;

		while (i < len && !is_blank(text[i]))
			i++;
		if (i > from) {
			err = put_word(&f, text + from, i - from, f.has_text && newlines > 1);
			newlines = 0;
		} else {
			newlines += text[i++] == '\n';
		}
	}
	return err == OP_OK && f.has_text ? buf_append(out, "\n", 1) : err;
}
