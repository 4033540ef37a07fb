/* SPDX-License-Identifier: ISC */
/*
 * Linear probing.  What is removed leaves no mark: the pairs behind it move up.
 */
#include "lib/sdb/multi.h"

#include <stdlib.h>

#include "lib/err.h"

void
sdb_multi_fini(struct sdb_multi *m)
{
	free(m->slots);
	*m = (struct sdb_multi){0};
}

static void
put(struct sdb_slot *slots, size_t mask, struct sdb_slot pair)
{
	size_t i = pair.hash & mask;

	while (slots[i].id != SDB_NOBODY)
		i = (i + 1) & mask;
	slots[i] = pair;
}

int
sdb_multi_reserve(struct sdb_multi *m, size_t more)
{
	size_t size = m->slots ? m->mask + 1 : 16;
	struct sdb_slot *slots;

	while (size < (m->count + more) * 2)
		size *= 2;
	if (m->slots && size == m->mask + 1)
		return OP_OK;
	slots = reallocarray(NULL, size, sizeof(*slots));
	if (!slots)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < size; i++)
		slots[i].id = SDB_NOBODY;
	for (size_t i = 0; m->slots && i <= m->mask; i++)
		if (m->slots[i].id != SDB_NOBODY)
			put(slots, size - 1, m->slots[i]);
	free(m->slots);
	m->slots = slots;
	m->mask = size - 1;
	return OP_OK;
}

/* Where the pair is, or would be. */
static size_t
find(const struct sdb_multi *m, uint32_t hash, uint32_t id)
{
	size_t i = hash & m->mask;

	while (m->slots[i].id != SDB_NOBODY && !(m->slots[i].hash == hash && m->slots[i].id == id))
		i = (i + 1) & m->mask;
	return i;
}

void
sdb_multi_add(struct sdb_multi *m, uint32_t hash, uint32_t id)
{
	struct sdb_slot *slot = &m->slots[find(m, hash, id)];

	if (slot->id != SDB_NOBODY)
		return;
	*slot = (struct sdb_slot){hash, id};
	m->count++;
}

void
sdb_multi_remove(struct sdb_multi *m, uint32_t hash, uint32_t id)
{
	if (!m->slots)
		return;
	size_t hole = find(m, hash, id);

	if (m->slots[hole].id == SDB_NOBODY)
		return;
	for (size_t i = (hole + 1) & m->mask; m->slots[i].id != SDB_NOBODY; i = (i + 1) & m->mask) {
		size_t from_home = (i - m->slots[i].hash) & m->mask;

		if (from_home < ((i - hole) & m->mask))
			continue; /* it would stand before its home */
		m->slots[hole] = m->slots[i];
		hole = i;
	}
	m->slots[hole].id = SDB_NOBODY;
	m->count--;
}

size_t
sdb_multi_start(const struct sdb_multi *m, uint32_t hash)
{
	return hash & m->mask;
}

uint32_t
sdb_multi_next(const struct sdb_multi *m, uint32_t hash, size_t *at)
{
	while (m->slots && m->slots[*at].id != SDB_NOBODY) {
		const struct sdb_slot *slot = &m->slots[*at];

		*at = (*at + 1) & m->mask;
		if (slot->hash == hash)
			return slot->id;
	}
	return SDB_NOBODY;
}
