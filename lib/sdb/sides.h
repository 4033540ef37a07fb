/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/ only: what the two halves of the merge share: merge.c finds the conflicts,
 * merge_write.c writes the result when there are none.
 */
#ifndef OPDESK_LIB_SDB_SIDES_H
#define OPDESK_LIB_SDB_SIDES_H

#include "lib/sdb/merge.h"
#include "lib/sdb/pair.h"

struct sdb_side {
	const struct sdb_file *file;
	struct sdb_items items;
	uint32_t *from_base; /* per item of base; SDB_NOBODY: removed here */
	uint32_t *to_base;   /* per item of this side; SDB_NOBODY: added here */
	uint32_t *met;       /* per item: the item of the other side that was added with it as one,
			      * or is in conflict with it; SDB_NOBODY: none */
};

struct sdb_sides {
	const struct sdb_file *base_file;
	struct sdb_items base;
	struct sdb_side mine;
	struct sdb_side theirs;
};

/* Both sides added it: that of theirs is written. */
static inline bool
sdb_is_twin(const struct sdb_sides *s, const struct sdb_side *side, size_t item)
{
	return side == &s->mine && side->met[item] != SDB_NOBODY;
}

int sdb_merge_write(const struct sdb_sides *s, struct buf *out);

#endif
