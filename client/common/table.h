/* SPDX-License-Identifier: ISC */
/* Maps as aligned columns, the last one cut to the width of the screen when there is one. */
#ifndef OPDESK_CLIENT_COMMON_TABLE_H
#define OPDESK_CLIENT_COMMON_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include "client/common/cells.h"

struct table_column {
	const char *title; /* NULL ends the columns */
	cell_fn *cell;
	bool is_number; /* at the right of its column; not for the last one */
};

#define TABLE_COLUMNS_MAX 10

/* width: of the screen in characters; 0: do not cut.  OP_NO_MEMORY. */
int table_format(struct buf *out, const msgpack_object_array *items,
    const struct table_column *columns, size_t width);

/* The same on standard output, with the width of the terminal. */
int table_print(const msgpack_object_array *items, const struct table_column *columns);

/* In place of an empty table, on standard error and only for people. */
void table_say_empty(const char *what);

#endif
