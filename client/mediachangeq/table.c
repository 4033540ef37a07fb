/* SPDX-License-Identifier: ISC */
/* Columns: all cells are made first, because the widest decides.  Characters are counted, not
 * bytes; each is taken to be one column wide. */
#include "client/mediachangeq/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/text.h"
#include "lib/units.h"

#define GAP 2u
#define ID_CHARS 8u /* of an id in a table: enough to be unique among what is waiting */

/* --- cells --- */

int
cell_text(struct buf *out, const msgpack_object *alert, const char *key)
{
	struct mp_text t;

	return mp_get_text(alert, key, &t) == OP_OK ? text_plain(out, t.s, t.len, false) : OP_OK;
}

int
cell_time(struct buf *out, int64_t at_ms)
{
	time_t seconds = (time_t)(at_ms / 1000);
	struct tm tm;
	char text[32];

	if (!localtime_r(&seconds, &tm))
		return OP_OK;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	return buf_printf(out, "%s", text);
}

int
cell_id(struct buf *out, const msgpack_object *alert)
{
	struct mp_text t;

	if (mp_get_text(alert, "id", &t) != OP_OK)
		return OP_OK;
	return text_plain(out, t.s, t.len < ID_CHARS ? t.len : ID_CHARS, false);
}

static int
add_duration(struct buf *out, const msgpack_object *alert, const char *lead, const char *key)
{
	char text[40];
	int64_t ms;

	if (mp_get_int(alert, key, &ms) != OP_OK || ms <= 0)
		return OP_OK;
	return buf_printf(out, "%s%s", lead, units_format_ms(text, sizeof(text), ms));
}

int
cell_age(struct buf *out, const msgpack_object *alert)
{
	return add_duration(out, alert, "", "age_ms");
}

int
cell_asked(struct buf *out, const msgpack_object *alert)
{
	int64_t at_ms;

	return mp_get_int(alert, "created_at", &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

int
cell_severity(struct buf *out, const msgpack_object *alert)
{
	return cell_text(out, alert, "severity");
}

int
cell_from(struct buf *out, const msgpack_object *alert)
{
	return cell_text(out, alert, "from");
}

static int
state_closed(struct buf *out, const msgpack_object *alert)
{
	struct mp_text by;
	int err = cell_text(out, alert, mp_get(alert, "answer") ? "answer" : "state");

	if (err != OP_OK || mp_get_text(alert, "by", &by) != OP_OK)
		return err;
	err = buf_append(out, " by ", 4);
	return err == OP_OK ? text_plain(out, by.s, by.len, false) : err;
}

static int
state_pending(struct buf *out, const msgpack_object *alert)
{
	bool is_orphaned = false;
	struct mp_text t;
	int64_t attempt;
	int err;

	mp_get_bool(alert, "orphaned", &is_orphaned);
	if (mp_get_text(alert, "claimed_by", &t) == OP_OK) {
		err = buf_printf(out, "claimed by ");
		if (err == OP_OK)
			err = text_plain(out, t.s, t.len, false);
	} else {
		err = buf_printf(out, is_orphaned ? "job is gone" : "waiting");
	}
	if (err == OP_OK && mp_get_int(alert, "attempt", &attempt) == OP_OK && attempt > 1)
		err = buf_printf(out, ", attempt %d", (int)attempt);
	if (err == OP_OK)
		err = add_duration(out, alert, ", silent ", "ring_in_ms");
	return err == OP_OK ? add_duration(out, alert, ", time left ", "left_ms") : err;
}

int
cell_state(struct buf *out, const msgpack_object *alert)
{
	struct mp_text state = {"", 0};

	mp_get_text(alert, "state", &state);
	return mp_text_is(state, "pending") ? state_pending(out, alert) : state_closed(out, alert);
}

/* A question of several lines becomes one. */
static int
add_one_line(struct buf *out, struct mp_text t)
{
	int err = OP_OK;

	while (t.len > 0 && err == OP_OK) {
		const char *end = memchr(t.s, '\n', t.len);
		size_t len = end ? (size_t)(end - t.s) : t.len;

		err = text_plain(out, t.s, len, false);
		if (end && err == OP_OK)
			err = buf_append(out, " ", 1);
		len += end != NULL;
		t.s += len;
		t.len -= len;
	}
	return err;
}

int
cell_question(struct buf *out, const msgpack_object *alert)
{
	struct mp_text t;
	int err = OP_OK;

	if (mp_get_text(alert, "title", &t) == OP_OK && t.len > 0) {
		err = text_plain(out, t.s, t.len, false);
		if (err == OP_OK)
			err = buf_append(out, ": ", 2);
	}
	if (err == OP_OK && mp_get_text(alert, "text", &t) == OP_OK)
		err = add_one_line(out, t);
	return err;
}

/* --- the table --- */

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
	struct buf *cells; /* rows × columns; row 0 has the titles */
	size_t rows, columns;
	size_t widths[TABLE_COLUMNS_MAX];
};

static int
fill_cell(struct grid *g, size_t row, size_t column, const struct table_column *c,
    const msgpack_object *alert)
{
	struct buf *cell = &g->cells[row * g->columns + column];
	int err = row == 0 ? buf_printf(cell, "%s", c->title) : c->cell(cell, alert);
	size_t n = count_chars(cell);

	if (n > g->widths[column])
		g->widths[column] = n;
	return err;
}

static int
fill(struct grid *g, const msgpack_object_array *alerts, const struct table_column *columns)
{
	int err = OP_OK;

	for (size_t row = 0; row < g->rows; row++)
		for (size_t i = 0; i < g->columns && err == OP_OK; i++)
			err = fill_cell(
			    g, row, i, &columns[i], row == 0 ? NULL : &alerts->ptr[row - 1]);
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
write_row(struct buf *out, const struct grid *g, size_t row, size_t width)
{
	const struct buf *cells = &g->cells[row * g->columns];
	size_t used = 0;
	int err = OP_OK;

	for (size_t i = 0; i + 1 < g->columns && err == OP_OK; i++) {
		size_t pad = g->widths[i] + GAP - count_chars(&cells[i]);

		err = buf_append(out, buf_bytes(&cells[i]), buf_len(&cells[i]));
		if (err == OP_OK)
			err = buf_printf(out, "%*s", (int)pad, "");
		used += g->widths[i] + GAP;
	}
	if (err != OP_OK)
		return err;
	err = write_last(out, &cells[g->columns - 1], width > used + 10 ? width - used : SIZE_MAX);
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

int
table_format(struct buf *out, const msgpack_object_array *alerts,
    const struct table_column *columns, size_t width)
{
	struct grid g = {.rows = (size_t)alerts->size + 1};

	while (columns[g.columns].title)
		g.columns++;
	g.cells = calloc(g.rows * g.columns, sizeof(*g.cells));
	if (!g.cells)
		return OP_NO_MEMORY;
	int err = fill(&g, alerts, columns);

	for (size_t row = 0; row < g.rows && err == OP_OK; row++)
		err = write_row(out, &g, row, width);
	for (size_t i = 0; i < g.rows * g.columns; i++)
		buf_fini(&g.cells[i]);
	free(g.cells);
	return err;
}

int
table_print(const msgpack_object_array *alerts, const struct table_column *columns)
{
	struct winsize screen = {0};
	struct buf out;

	buf_init(&out);
	if (isatty(STDOUT_FILENO))
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &screen);
	int err = table_format(&out, alerts, columns, screen.ws_col);

	if (err == OP_OK)
		fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
	buf_fini(&out);
	return err;
}
