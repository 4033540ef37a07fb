/* SPDX-License-Identifier: ISC */
/*
 * Arrays of rows in the order of a name (strcmp), each name once: found by halving, some hundreds
 * or thousands of them.  The array is the caller's, allocated here, freed with free(); how much
 * room it has follows from the count.  A row moves with every row that enters or leaves before it.
 */
#ifndef OPDESK_LIB_BYNAME_H
#define OPDESK_LIB_BYNAME_H

#include <stddef.h>

/* A kind of row. */
struct byname {
	size_t size;                             /* of one, bytes */
	const char *(*name_of)(const void *row); /* borrowed from the row */
};

/* NULL: no row has this name. */
void *byname_find(const struct byname *k, const void *rows, size_t count, const char *name);
/* The index that the row of this name has, or would have.  A name after all others costs one
 * comparison. */
size_t byname_place(const struct byname *k, const void *rows, size_t count, const char *name);

/* Room for one more row at index `at` <= count: returns the array, which may have moved, with that
 * row all zero, for the caller to fill and to count.  NULL: no memory, nothing has changed.  `rows`
 * is NULL or came from here. */
void *byname_insert(const struct byname *k, void *rows, size_t count, size_t at);
/* The row at index `at` < count leaves; the caller has released what it owns, and counts. */
void byname_remove(const struct byname *k, void *rows, size_t count, size_t at);

#endif
