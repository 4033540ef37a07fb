/* SPDX-License-Identifier: ISC */
/*
 * The hash table of the checks and of the comparison of versions.
 */
#include "lib/sdb/table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/text.h"

int
sdb_table_init(struct sdb_table *t, size_t max)
{
	size_t size = 16;

	while (size < max * 2)
		size *= 2;
	t->slots = malloc(size * sizeof(*t->slots));
	if (!t->slots)
		return OP_NO_MEMORY;
	memset(t->slots, 0xff, size * sizeof(*t->slots)); /* all SDB_NOBODY */
	t->mask = size - 1;
	return OP_OK;
}

void
sdb_table_fini(struct sdb_table *t)
{
	free(t->slots);
	t->slots = NULL;
}

static struct sdb_slot *
probe(const struct sdb_table *t, uint32_t hash, sdb_same *same, const void *key, const void *list)
{
	size_t i = hash & t->mask;

	while (t->slots[i].id != SDB_NOBODY &&
	       !(t->slots[i].hash == hash && same(key, list, t->slots[i].id)))
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

uint32_t
sdb_table_find(
    const struct sdb_table *t, uint32_t hash, sdb_same *same, const void *key, const void *list)
{
	return probe(t, hash, same, key, list)->id;
}

uint32_t
sdb_table_enter(struct sdb_table *t, uint32_t hash, sdb_same *same, const void *key,
    const void *list, uint32_t id)
{
	struct sdb_slot *slot = probe(t, hash, same, key, list);

	if (slot->id == SDB_NOBODY)
		*slot = (struct sdb_slot){hash, id};
	return slot->id;
}

uint64_t
sdb_hash_bytes(uint64_t hash, const void *bytes, size_t len, bool fold)
{
	const char *s = bytes;

	for (size_t i = 0; i < len; i++) {
		hash ^= (unsigned char)(fold ? sdb_lower(s[i]) : s[i]);
		hash *= UINT64_C(0x100000001b3);
	}
	return hash;
}

uint64_t
sdb_hash_words(uint64_t hash, const void *bytes, size_t len)
{
	const char *s = bytes;

	for (; len >= sizeof(uint64_t); s += sizeof(uint64_t), len -= sizeof(uint64_t)) {
		uint64_t word;

		memcpy(&word, s, sizeof(word));
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	return sdb_hash_bytes(hash, s, len, false);
}

uint32_t
sdb_hash_finish(uint64_t hash)
{
	hash ^= hash >> 32;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash >> 32);
}
