/* SPDX-License-Identifier: ISC */
/*
 * Flat files that are no subnets: `hosts` (hosts(5)), `table` (fields parted by a sign, one of them
 * the key) and `text`.  A file is a row of lines; a line of the first two is an entry with a key, a
 * comment, or blank.  Any bytes are a file; what is wrong with them is said by lib/flat/check.h.
 * Thousands of lines are an ordinary size.  Pure; used by ipadmd.
 */
#ifndef OPDESK_LIB_FLAT_FLAT_H
#define OPDESK_LIB_FLAT_FLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/sdb/text.h"

enum flat_kind { FLAT_HOSTS, FLAT_TABLE, FLAT_TEXT };

/* How a file is read.  Borrowed texts. */
struct flat_format {
	enum flat_kind kind;
	char separator; /* table: 0 = runs of blanks and tabs */
	char comment;   /* table: begins a comment line; 0: none does.  Of hosts it is '#' */
	const char *const *columns; /* table: their names */
	size_t column_count;        /* at least 1; the last column holds what is left */
	size_t key;                 /* the column that is the key */
};

enum flat_line_kind { FLAT_BLANK, FLAT_COMMENT, FLAT_ENTRY };

struct flat_line {
	struct sdb_text text; /* without the line's end */
	struct sdb_text key;  /* of an entry; of others their text */
	uint32_t nth;         /* how many lines of this kind with this key stand before it */
	uint8_t kind;         /* enum flat_line_kind */
	uint8_t end;          /* bytes of the line's end: 0, 1 (LF), 2 (CRLF) */
};

/* Lines borrow the text.  All lines of a FLAT_TEXT are entries without keys. */
struct flat_file {
	const struct flat_format *format;
	struct flat_line *lines; /* owned */
	size_t count, entries;
};

/* OP_NO_MEMORY. */
int flat_parse(const struct flat_format *format, struct sdb_text text, struct flat_file *out);
void flat_fini(struct flat_file *f);

/* The n-th field of an entry, blanks at both ends left out; empty when there are fewer.  Fields of
 * hosts are address and names, parted by blanks; a comment behind them is none. */
struct sdb_text flat_field(const struct flat_format *format, struct sdb_text line, size_t n);

/* Fields of a line: those there are, at most one more than columns for a table. */
size_t flat_fields(const struct flat_format *format, struct sdb_text line);

/* The line of `f` that has the identity (kind, key, nth) of `like`; NULL.  By a table made once. */
struct flat_index;
int flat_index_new(const struct flat_file *f, struct flat_index **out); /* OP_NO_MEMORY */
void flat_index_free(struct flat_index *x);
const struct flat_line *flat_index_find(const struct flat_index *x, const struct flat_line *like);

#endif
