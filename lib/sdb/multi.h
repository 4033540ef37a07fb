/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/: which ids go with a hash; several may, and an id with many.  Unlike
 * lib/sdb/table.h it grows, and forgets.  Open addressing, at most half full, so 16 bytes a pair.
 * All zero is empty.
 */
#ifndef OPDESK_LIB_SDB_MULTI_H
#define OPDESK_LIB_SDB_MULTI_H

#include "lib/sdb/table.h"

struct sdb_multi {
	struct sdb_slot *slots; /* owned */
	size_t mask, count;
};

void sdb_multi_fini(struct sdb_multi *m);

/* Room for `more` pairs.  OP_NO_MEMORY. */
int sdb_multi_reserve(struct sdb_multi *m, size_t more);

/* There is room.  A pair that is there already stays alone. */
void sdb_multi_add(struct sdb_multi *m, uint32_t hash, uint32_t id);
/* One that is not there is no error. */
void sdb_multi_remove(struct sdb_multi *m, uint32_t hash, uint32_t id);

/* The ids of a hash, one after the other: *at starts as sdb_multi_start().  SDB_NOBODY: no more. */
size_t sdb_multi_start(const struct sdb_multi *m, uint32_t hash);
uint32_t sdb_multi_next(const struct sdb_multi *m, uint32_t hash, size_t *at);

#endif
