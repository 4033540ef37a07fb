/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/ only: a file as a row of items, for comparing versions: its lines and, last, its
 * end.  Header lines, the marker and nodes are paired by what they are; minor lines (comments,
 * blank and broken ones) by their text, those before the same line first.
 */
#ifndef OPDESK_LIB_SDB_PAIR_H
#define OPDESK_LIB_SDB_PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/sdb/file.h"
#include "lib/sdb/table.h"

struct sdb_item {
	const struct sdb_line *line; /* NULL: the end, always the last item */
	bool minor;
	uint32_t context; /* while pairing: what it stands before, in terms of the second file */
};

struct sdb_items {
	struct sdb_item *list; /* owned */
	size_t count;          /* at least 1 */
};

int sdb_items_make(const struct sdb_file *f, struct sdb_items *out);
void sdb_items_fini(struct sdb_items *items);

/* Contexts are written into both.  Both arrays are allocated and hold, per item, its partner's
 * index or SDB_NOBODY. */
int sdb_pair(struct sdb_items *a, struct sdb_items *b, uint32_t **a_to_b, uint32_t **b_to_a);

/* An array of SDB_NOBODYs; NULL: no memory. */
uint32_t *sdb_nobodies(size_t count);

bool sdb_same_line(const struct sdb_line *a, const struct sdb_line *b); /* whatever their ends */
bool sdb_same_bytes(const struct sdb_file *a, const struct sdb_file *b);
/* Do the partners stand in another order? */
bool sdb_reordered(const uint32_t *partner, size_t count);

/* Keys of items: by header key, by address, by name, by the text of a comment.  One that does not
 * apply to an item (no valid address, say) is nobody's. */
struct sdb_key_rule {
	bool (*applies)(const struct sdb_item *item);
	uint64_t (*hash)(const struct sdb_item *item);
	bool (*same)(const struct sdb_item *a, const struct sdb_item *b);
};

extern const struct sdb_key_rule sdb_by_key, sdb_by_address, sdb_by_name, sdb_by_comment;

#endif
