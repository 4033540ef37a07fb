/* SPDX-License-Identifier: ISC */
/* The three faces of an error number, all from the one list in the header. */
#include "lib/err.h"

#include <string.h>

struct err_row {
	int number;
	const char *name;
	const char *text;
};

static const struct err_row rows[] = {
#define X(number, name, wire, text) {number, wire, text},
    OP_ERRORS(X)
#undef X
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct err_row *
row_of(int err)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].number == err)
			return &rows[i];
	return NULL;
}

const char *
op_strerror(int err)
{
	const struct err_row *row = row_of(err);

	if (err == OP_OK)
		return "no error";
	return row ? row->text : "unknown error";
}

const char *
op_err_name(int err)
{
	const struct err_row *row = row_of(err);

	if (err == OP_OK)
		return "ok";
	return row ? row->name : "internal";
}

int
op_err_from_name(const char *name, size_t len)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strlen(rows[i].name) == len && memcmp(rows[i].name, name, len) == 0)
			return rows[i].number;
	return OP_INTERNAL;
}
