/* SPDX-License-Identifier: ISC */
/* Alerts as aligned columns for a terminal: every text made plain, the last column cut to the width
 * of the screen when standard output is one. */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_TABLE_H
#define OPDESK_CLIENT_MEDIACHANGEQ_TABLE_H

#include <stddef.h>
#include "lib/buf.h"
#include "lib/mp.h"

/* Append what stands in the cell.  OP_OK or OP_NO_MEMORY. */
typedef int table_cell_fn(struct buf *out, const msgpack_object *alert);

struct table_column {
	const char *title; /* NULL ends the columns */
	table_cell_fn *cell;
};

#define TABLE_COLUMNS_MAX 8

/* width: of the screen in characters; 0: do not cut.  OP_NO_MEMORY. */
int table_format(struct buf *out, const msgpack_object_array *alerts,
    const struct table_column *columns, size_t width);

/* The same on standard output, with the width of the terminal. */
int table_print(const msgpack_object_array *alerts, const struct table_column *columns);

/* The cells. */
table_cell_fn cell_id, cell_age, cell_asked, cell_severity, cell_from, cell_state, cell_question;

/* Append a string of the alert made plain, or nothing when it has none. */
int cell_text(struct buf *out, const msgpack_object *alert, const char *key);

/* Local time, "2026-11-20 11:22"; ms since 1970. */
int cell_time(struct buf *out, int64_t at_ms);

#endif
