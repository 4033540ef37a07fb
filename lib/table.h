/* SPDX-License-Identifier: ISC */
/*
 * A hash table of nodes that live inside the caller's structs.  It owns its slots, never the nodes;
 * a node is in at most one table.  Grows by doubling; what is in it is found by hash first, then by
 * the caller's comparison.  Out of memory: the table stays as it is and only gets slower.
 */
#ifndef OPDESK_LIB_TABLE_H
#define OPDESK_LIB_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table_node {
	struct table_node *next;
	uint64_t hash;
};

struct table {
	struct table_node **slots;
	size_t size; /* a power of two, or 0 before the first insertion */
	size_t count;
};

typedef bool table_is_fn(const struct table_node *node, const void *key);

void table_fini(struct table *t);

/* OP_NO_MEMORY only at the first insertion. */
int table_add(struct table *t, struct table_node *node, uint64_t hash);
void table_remove(struct table *t, struct table_node *node);
struct table_node *table_find(
    const struct table *t, uint64_t hash, table_is_fn *is, const void *key);
/* Any node, NULL when empty: for taking a table down. */
struct table_node *table_any(const struct table *t);

/* FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), 64 bits, continued from `hash`. */
#define TABLE_HASH_START 14695981039346656037ull
uint64_t table_hash(uint64_t hash, const void *bytes, size_t len);

#endif
