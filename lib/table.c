/* SPDX-License-Identifier: ISC */
/*
 * Hash table with chains through the caller's nodes.  Sizes: from the one open call of each of
 * 10,000 connections to some tens of thousands of questions.
 */
#include "lib/table.h"

#include <stdlib.h>

#include "lib/err.h"

#define FIRST_SIZE 8

void
table_fini(struct table *t)
{
	free(t->slots);
	*t = (struct table){0};
}

static struct table_node **
slot_of(const struct table *t, uint64_t hash)
{
	return &t->slots[hash & (t->size - 1)];
}

static int
grow(struct table *t)
{
	struct table old = *t;
	size_t size = old.size ? old.size * 2 : FIRST_SIZE;
	struct table_node **slots = calloc(size, sizeof(struct table_node *));

	if (!slots)
		return OP_NO_MEMORY;
	t->slots = slots;
	t->size = size;
	for (size_t i = 0; i < old.size; i++) {
		struct table_node *node = old.slots[i];

		while (node) {
			struct table_node *next = node->next;
			struct table_node **slot = slot_of(t, node->hash);

			node->next = *slot;
			*slot = node;
			node = next;
		}
	}
	free(old.slots);
	return OP_OK;
}

int
table_add(struct table *t, struct table_node *node, uint64_t hash)
{
	if (t->count >= t->size && grow(t) < 0 && t->size == 0)
		return OP_NO_MEMORY;
	struct table_node **slot = slot_of(t, hash);

	node->hash = hash;
	node->next = *slot;
	*slot = node;
	t->count++;
	return OP_OK;
}

void
table_remove(struct table *t, struct table_node *node)
{
	struct table_node **at = slot_of(t, node->hash);

	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	t->count--;
}

struct table_node *
table_find(const struct table *t, uint64_t hash, table_is_fn *is, const void *key)
{
	if (t->size == 0)
		return NULL;
	for (struct table_node *node = *slot_of(t, hash); node; node = node->next) {
		if (node->hash == hash && is(node, key))
			return node;
	}
	return NULL;
}

struct table_node *
table_any(const struct table *t)
{
	for (size_t i = 0; i < t->size; i++) {
		if (t->slots[i])
			return t->slots[i];
	}
	return NULL;
}

uint64_t
table_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 1099511628211ull;
	return hash;
}
