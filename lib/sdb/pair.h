/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/ only: a file as a row of items, for comparing versions.  An item is a header
 * line, the marker, a node, or the end; the comments, blank lines and whatever else stands before
 * it are its lead.  Two files' items are paired one to one.
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
	const struct sdb_line *lead; /* the first of its lead lines */
	uint32_t lead_count;
};

struct sdb_items {
	struct sdb_item *list; /* owned */
	size_t count;          /* at least 1 */
};

int sdb_items_make(const struct sdb_file *f, struct sdb_items *out);
void sdb_items_fini(struct sdb_items *items);

/* Both arrays are allocated and hold, per item, its partner's index or SDB_NOBODY. */
int sdb_pair(
    const struct sdb_items *a, const struct sdb_items *b, uint32_t **a_to_b, uint32_t **b_to_a);

/* An array of SDB_NOBODYs; NULL: no memory. */
uint32_t *sdb_nobodies(size_t count);

bool sdb_same_line(const struct sdb_line *a, const struct sdb_line *b); /* whatever their ends */
bool sdb_same_lead(const struct sdb_item *a, const struct sdb_item *b);
bool sdb_same_bytes(const struct sdb_file *a, const struct sdb_file *b);
/* Do the partners stand in another order? */
bool sdb_reordered(const uint32_t *partner, size_t count);

/* Keys of lines: by header key, by address, by name.  A key that does not apply to the line (no
 * valid address, say) is nobody's. */
struct sdb_key_rule {
	bool (*applies)(const struct sdb_line *line);
	uint64_t (*hash)(const struct sdb_line *line);
	bool (*same)(const struct sdb_line *a, const struct sdb_line *b);
};

extern const struct sdb_key_rule sdb_by_key, sdb_by_address, sdb_by_name;

#endif
