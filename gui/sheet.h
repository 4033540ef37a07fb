/* SPDX-License-Identifier: ISC */
/*
 * A subnet file as the editor holds it: the parsed file, its bytes, its nodes by number (from 0, in
 * the order of the file) and the rows that are shown: nodes filtered and sorted.  65,536 nodes are
 * an ordinary size: only the rows on the screen ever go to Tcl.  Every edit gives the splice that
 * makes the old bytes into the new ones; the other way round it is the undo.  Pure; knows no Tcl.
 */
#ifndef OPDESK_GUI_SHEET_H
#define OPDESK_GUI_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/sdb/file.h"
#include "lib/sdb/finding.h"
#include "lib/sdb/node.h"
#include "lib/sdb/text.h"

#define SHEET_NONE UINT32_MAX
#define SHEET_FILE_ORDER SDB_FIELDS /* a "field" to sort by */
#define SHEET_MAX_WORDS 16

/* To be read only. */
struct sheet {
	struct sdb_file *file;
	struct buf bytes;              /* what the file says now */
	const struct sdb_line **nodes; /* by number */
	uint32_t *lines;               /* their line numbers, from 1 */
	uint32_t count;
	uint32_t *rows; /* numbers of nodes, as they are shown */
	uint32_t shown;
	struct sheet_place *places; /* sheet_cells.c: nodes by address; NULL: not gathered yet */
	uint32_t placed;
};

/* `old` at `offset` became `new`. */
struct sheet_splice {
	size_t offset;
	struct buf old, new;
};

/* OP_TOO_LARGE, OP_NO_MEMORY. */
int sheet_new(const void *bytes, size_t len, struct sheet **out);
void sheet_free(struct sheet *s);
void sheet_splice_fini(struct sheet_splice *splice);

/* Edits (lib/sdb/edit.h has the errors).  On failure nothing has changed, on success `out` holds
 * what did; the rows are all nodes in the order of the file until sheet_show(). */
int sheet_set(
    struct sheet *s, struct sdb_text key, struct sdb_text value, struct sheet_splice *out);
int sheet_drop(struct sheet *s, struct sdb_text key, struct sheet_splice *out);
/* One or many new nodes behind node `after` (SHEET_NONE: the last), all or none of them. */
int sheet_add(struct sheet *s, const struct sdb_node *nodes, size_t n, uint32_t after,
    struct sheet_splice *out);
int sheet_change(
    struct sheet *s, uint32_t number, const struct sdb_node *node, struct sheet_splice *out);
/* Numbers in any order; each once. */
int sheet_remove(struct sheet *s, const uint32_t *numbers, size_t n, struct sheet_splice *out);
int sheet_fix(struct sheet *s, const struct sdb_fix *fix, struct sheet_splice *out);
/* The undo of a splice, or its repetition.  OP_BAD_REQUEST: these bytes are not there. */
int sheet_splice(struct sheet *s, size_t offset, struct sdb_text old, struct sdb_text new);

/* Show the nodes whose line has all the words (letters of either case), sorted by a field; the
 * order of the file otherwise, and among equals.  Addresses sort by number, other fields as people
 * count (host2 before host10). */
int sheet_show(
    struct sheet *s, const struct sdb_text *words, size_t n, unsigned field, bool descending);

/* The first node, from `from` on and round, whose field holds the text, the beginnings of fields
 * before other places; SHEET_NONE. */
uint32_t sheet_find(const struct sheet *s, unsigned field, struct sdb_text text, uint32_t from);
/* The number of a node by the line it is on; SHEET_NONE. */
uint32_t sheet_at_line(const struct sheet *s, uint32_t line);
/* The row that shows a node; SHEET_NONE. */
uint32_t sheet_row_of(const struct sheet *s, uint32_t number);

/* --- addresses --- */

enum sheet_cell {
	SHEET_FREE,
	SHEET_USED,
	SHEET_GATEWAY,
	SHEET_SHARED,   /* more than one may hold it, and says so */
	SHEET_CONFLICT, /* two nodes, or a node and the gateway, have it, or a node must not */
	SHEET_NETWORK,  /* the subnet's own address */
	SHEET_BROADCAST,
};

struct sheet_seen {
	enum sheet_cell cell;
	uint32_t number; /* of the first node that has the address; SHEET_NONE */
	struct netaddr address;
};

/* `n` addresses of the subnet from the one at `from` on (0: its base), fewer at its end; *got is
 * how many.  OP_BAD_REQUEST: the header names no subnet.  OP_NO_MEMORY. */
int sheet_cells(struct sheet *s, uint64_t from, size_t n, struct sheet_seen *out, size_t *got);
/* The subnet in portions of `step` addresses, over 0: where those begin, from its base, in which
 * not every address is free.  What that costs depends on the nodes and not on the addresses.  *out
 * is the caller's, sorted, freed with free().  OP_BAD_REQUEST: the header names no subnet. */
int sheet_used(struct sheet *s, uint64_t step, uint64_t **out, size_t *n);
/* Where in the subnet an address is, from its base.  OP_NOT_FOUND: outside, or over 2^63. */
int sheet_offset(const struct sheet *s, const struct netaddr *a, uint64_t *out);
/* The first node with the address; SHEET_NONE. */
uint32_t sheet_at_address(struct sheet *s, const struct netaddr *a);

/* For the parts of this module: what is known about addresses is not true any more. */
void sheet_forget_places(struct sheet *s);

#endif
