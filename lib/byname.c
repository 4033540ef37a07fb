/* SPDX-License-Identifier: ISC */
/* There is room for the next power of two, so that the count alone tells when to grow. */
#include "lib/byname.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static char *
row_at(const struct byname *k, const void *rows, size_t i)
{
	return (char *)(uintptr_t)rows + i * k->size;
}

static int
compare(const struct byname *k, const void *rows, size_t i, const char *name)
{
	return strcmp(k->name_of(row_at(k, rows, i)), name);
}

size_t
byname_place(const struct byname *k, const void *rows, size_t count, const char *name)
{
	size_t low = 0, high = count;

	if (count && compare(k, rows, count - 1, name) < 0)
		return count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(k, rows, middle, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void *
byname_find(const struct byname *k, const void *rows, size_t count, const char *name)
{
	size_t i = byname_place(k, rows, count, name);

	return i < count && compare(k, rows, i, name) == 0 ? row_at(k, rows, i) : NULL;
}

void *
byname_insert(const struct byname *k, void *rows, size_t count, size_t at)
{
	if ((count & (count - 1)) == 0) {
		rows = reallocarray(rows, count ? count * 2 : 1, k->size);
		if (!rows)
			return NULL;
	}
	memmove(row_at(k, rows, at + 1), row_at(k, rows, at), (count - at) * k->size);
	memset(row_at(k, rows, at), 0, k->size);
	return rows;
}

void
byname_remove(const struct byname *k, void *rows, size_t count, size_t at)
{
	memmove(row_at(k, rows, at), row_at(k, rows, at + 1), (count - at - 1) * k->size);
}
