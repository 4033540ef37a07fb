/* SPDX-License-Identifier: ISC */
/* Columns: all cells are made first, because the widest decides.  Characters are counted, not
 * bytes; each is taken to be one column wide. */
#include "client/common/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "lib/err.h"

#define GAP 2u

/* Bytes of the first `chars` characters of a UTF-8 text, and how many characters those are. */
static size_t
take_chars(const struct buf *b, size_t chars, size_t *counted)
{
	const unsigned char *bytes = buf_bytes(b);
	size_t i = 0, n = 0;

	for (; i < buf_len(b); i++) {
		bool begins = (bytes[i] & 0xc0) != 0x80;

		if (begins && n == chars)
			break;
		n += begins;
	}
	*counted = n;
	return i;
}

static size_t
count_chars(const struct buf *b)
{
	size_t n;

	take_chars(b, SIZE_MAX, &n);
	return n;
}

struct grid {
	const struct table_column *titles;
	struct buf *cells; /* rows × columns; row 0 has the titles */
	size_t rows, columns;
	size_t widths[TABLE_COLUMNS_MAX];
};

static int
fill_cell(struct grid *g, size_t row, size_t column, const struct table_column *c,
    const msgpack_object *item)
{
	struct buf *cell = &g->cells[row * g->columns + column];
	int err = row == 0 ? buf_printf(cell, "%s", c->title) : c->cell(cell, item);
	size_t n = count_chars(cell);

	if (n > g->widths[column])
		g->widths[column] = n;
	return err;
}

static int
fill(struct grid *g, const msgpack_object_array *items, const struct table_column *columns)
{
	int err = OP_OK;

	for (size_t row = 0; row < g->rows; row++)
		for (size_t i = 0; i < g->columns && err == OP_OK; i++)
			err = fill_cell(
			    g, row, i, &columns[i], row == 0 ? NULL : &items->ptr[row - 1]);
	return err;
}

/* The last column takes what is left of the width and is cut there. */
static int
write_last(struct buf *out, const struct buf *cell, size_t room)
{
	size_t counted;
	size_t bytes = take_chars(cell, room, &counted);

	if (bytes == buf_len(cell))
		return buf_append(out, buf_bytes(cell), bytes);
	bytes = take_chars(cell, room - 1, &counted);
	int err = buf_append(out, buf_bytes(cell), bytes);

	return err == OP_OK ? buf_append(out, "…", strlen("…")) : err;
}

static int
write_cell(struct buf *out, const struct buf *cell, size_t width, bool is_number)
{
	size_t pad = width - count_chars(cell);
	int err = is_number ? buf_printf(out, "%*s", (int)pad, "") : OP_OK;

	if (err == OP_OK)
		err = buf_append(out, buf_bytes(cell), buf_len(cell));
	return err == OP_OK ? buf_printf(out, "%*s", (int)((is_number ? 0 : pad) + GAP), "") : err;
}

static int
write_row(struct buf *out, const struct grid *g, size_t row, size_t width)
{
	const struct buf *cells = &g->cells[row * g->columns];
	size_t used = 0;
	int err = OP_OK;

	for (size_t i = 0; i + 1 < g->columns && err == OP_OK; i++) {
		err = write_cell(out, &cells[i], g->widths[i], g->titles[i].is_number);
		used += g->widths[i] + GAP;
	}
	if (err != OP_OK)
		return err;
	err = write_last(out, &cells[g->columns - 1], width > used + 10 ? width - used : SIZE_MAX);
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

int
table_format(struct buf *out, const msgpack_object_array *items, const struct table_column *columns,
    size_t width)
{
	struct grid g = {.titles = columns, .rows = (size_t)items->size + 1};

	while (columns[g.columns].title)
		g.columns++;
	g.cells = calloc(g.rows * g.columns, sizeof(*g.cells));
	if (!g.cells)
		return OP_NO_MEMORY;
	int err = fill(&g, items, columns);

	for (size_t row = 0; row < g.rows && err == OP_OK; row++)
		err = write_row(out, &g, row, width);
	for (size_t i = 0; i < g.rows * g.columns; i++)
		buf_fini(&g.cells[i]);
	free(g.cells);
	return err;
}

int
table_print(const msgpack_object_array *items, const struct table_column *columns)
{
	struct winsize screen = {0};
	struct buf out;

	buf_init(&out);
	if (isatty(STDOUT_FILENO))
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen);
	int err = table_format(&out, items, columns, screen.ws_col);

	if (err == OP_OK)
		fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
	buf_fini(&out);
	return err;
}

void
table_say_empty(const char *what)
{
	if (isatty(STDOUT_FILENO))
		fprintf(stderr, "%s\n", what);
}
