/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/, lib/publish/ and lib/exchange/: a hash table of indices into a list of the
 * caller's.  Its size is given at the start; nothing is ever removed.  Open addressing, at most
 * half full.
 */
#ifndef OPDESK_LIB_SDB_TABLE_H
#define OPDESK_LIB_SDB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDB_NOBODY UINT32_MAX

struct sdb_slot {
	uint32_t hash;
	uint32_t id; /* SDB_NOBODY: empty */
};

struct sdb_table {
	struct sdb_slot *slots; /* owned */
	size_t mask;
};

/* Does the key that is looked for equal that of entry `id`? */
typedef bool sdb_same(const void *key, const void *list, uint32_t id);

/* Room for `max` entries.  OP_NO_MEMORY. */
int sdb_table_init(struct sdb_table *t, size_t max);
void sdb_table_fini(struct sdb_table *t);

/* The entry with this key, or SDB_NOBODY. */
uint32_t sdb_table_find(
    const struct sdb_table *t, uint32_t hash, sdb_same *same, const void *key, const void *list);

/* The same; when there is none, `id` is entered under the key and returned. */
uint32_t sdb_table_enter(struct sdb_table *t, uint32_t hash, sdb_same *same, const void *key,
    const void *list, uint32_t id);

#define SDB_HASH_START UINT64_C(0xcbf29ce484222325)

/* FNV-1a (public domain), over lower-case letters when `fold`; finish before use.  The ids of Kea's
 * IPv6 subnets and what tells whether a zone has changed are made of it: it stays as it is. */
uint64_t sdb_hash_bytes(uint64_t hash, const void *bytes, size_t len, bool fold);

/* The same for a table of this run: a like step for each eight bytes, as of large files hashing is
 * most of what comparing them costs.  Differs by the order of bytes in a word, and by where bytes
 * are cut in two. */
uint64_t sdb_hash_words(uint64_t hash, const void *bytes, size_t len);
uint32_t sdb_hash_finish(uint64_t hash);

#endif
