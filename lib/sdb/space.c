/* SPDX-License-Identifier: ISC */
/*
 * Taken addresses of one subnet as a sorted list of numbers; the free ones are its gaps.
 * Invariant: taken[] is rising without repeats and lies within the usable part.
 */
#include "lib/sdb/space.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/range.h"

struct sdb_space {
	struct sdb_range range;
	sdb_u128 *taken;
	size_t count;
	size_t cap;
	uint8_t family;
};

static bool
usable(const struct sdb_space *s, const struct netaddr *a, sdb_u128 *number)
{
	if (a->family != s->family)
		return false;
	*number = sdb_address_number(a);
	return *number >= s->range.first && *number <= s->range.last;
}

static int
compare(const void *a, const void *b)
{
	sdb_u128 x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void
sort(struct sdb_space *s)
{
	size_t kept = 0;
	bool rising = true;

	for (size_t i = 1; i < s->count && rising; i++)
		rising = s->taken[i - 1] < s->taken[i];
	if (rising)
		return;
	qsort(s->taken, s->count, sizeof(*s->taken), compare);
	for (size_t i = 0; i < s->count; i++)
		if (i == 0 || s->taken[i] != s->taken[kept - 1])
			s->taken[kept++] = s->taken[i];
	s->count = kept;
}

static void
collect(struct sdb_space *s, const struct sdb_file *f, const struct netaddr *gateway)
{
	sdb_u128 n;

	if (usable(s, gateway, &n))
		s->taken[s->count++] = n;
	for (const struct sdb_line *line = sdb_file_first(f); line; line = line->next)
		if (line->kind == SDB_NODE && usable(s, &line->address, &n))
			s->taken[s->count++] = n;
	sort(s);
}

int
sdb_space_new(const struct sdb_file *f, struct sdb_space **out)
{
	struct sdb_header h;
	struct sdb_space *s;

	sdb_header_read(f, &h);
	if (!h.has_net)
		return OP_BAD_REQUEST;
	s = calloc(1, sizeof(*s));
	if (!s)
		return OP_NO_MEMORY;
	s->cap = sdb_file_nodes(f) + 1;
	s->taken = reallocarray(NULL, s->cap, sizeof(*s->taken));
	if (!s->taken) {
		free(s);
		return OP_NO_MEMORY;
	}
	s->family = h.base.family;
	s->range = sdb_range_of(&h.net);
	collect(s, f, &h.gateway);
	*out = s;
	return OP_OK;
}

void
sdb_space_free(struct sdb_space *s)
{
	if (!s)
		return;
	free(s->taken);
	free(s);
}

static uint64_t
saturate(sdb_u128 n)
{
	return n > UINT64_MAX ? UINT64_MAX : (uint64_t)n;
}

void
sdb_space_usage(const struct sdb_space *s, struct sdb_usage *out)
{
	sdb_u128 less_one = s->range.last - s->range.first; /* no overflow for ::/0 */

	*out = (struct sdb_usage){.used = s->count};
	out->usable = saturate(less_one == ~(sdb_u128)0 ? less_one : less_one + 1);
	out->free = saturate(less_one - s->count + 1);
	out->counted = out->usable <= SDB_COUNTED_MAX;
	if (out->counted)
		out->permille = (uint32_t)(out->used * 1000 / out->usable);
}

/* Index of the first taken one at or after n. */
static size_t
at_or_after(const struct sdb_space *s, sdb_u128 n)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (s->taken[middle] < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool
sdb_space_is_free(const struct sdb_space *s, const struct netaddr *a)
{
	sdb_u128 n;
	size_t i;

	if (!usable(s, a, &n))
		return false;
	i = at_or_after(s, n);
	return i == s->count || s->taken[i] != n;
}

int
sdb_space_take(struct sdb_space *s, const struct netaddr *a)
{
	size_t i;

	if (!sdb_space_is_free(s, a))
		return OP_OK;
	if (s->count == s->cap) {
		sdb_u128 *taken = reallocarray(s->taken, s->cap * 2, sizeof(*taken));

		if (!taken)
			return OP_NO_MEMORY;
		s->taken = taken;
		s->cap *= 2;
	}
	i = at_or_after(s, sdb_address_number(a));
	memmove(&s->taken[i + 1], &s->taken[i], (s->count - i) * sizeof(*s->taken));
	s->taken[i] = sdb_address_number(a);
	s->count++;
	return OP_OK;
}

static bool
start_at(const struct sdb_space *s, const struct netaddr *from, sdb_u128 *pos)
{
	*pos = s->range.first;
	if (!from)
		return true;
	if (from->family != s->family || sdb_address_number(from) > s->range.last)
		return false;
	if (sdb_address_number(from) > *pos)
		*pos = sdb_address_number(from);
	return true;
}

int
sdb_space_find(
    const struct sdb_space *s, uint64_t n, const struct netaddr *from, struct netaddr *out)
{
	sdb_u128 pos;

	if (n == 0)
		return OP_BAD_REQUEST;
	if (!start_at(s, from, &pos))
		return OP_NOT_FOUND;
	for (size_t i = at_or_after(s, pos); i < s->count; i++) {
		if (s->taken[i] - pos >= n)
			break;
		if (s->taken[i] == s->range.last)
			return OP_NOT_FOUND;
		pos = s->taken[i] + 1;
	}
	if (s->range.last - pos < n - 1)
		return OP_NOT_FOUND;
	*out = sdb_number_address(pos, s->family);
	return OP_OK;
}

size_t
sdb_space_list(
    const struct sdb_space *s, const struct netaddr *from, struct netaddr *out, size_t max)
{
	size_t count = 0, i;
	sdb_u128 pos;

	if (!start_at(s, from, &pos))
		return 0;
	i = at_or_after(s, pos);
	while (count < max) {
		bool taken = i < s->count && s->taken[i] == pos;

		i += taken;
		if (!taken)
			out[count++] = sdb_number_address(pos, s->family);
		if (pos == s->range.last)
			break;
		pos++;
	}
	return count;
}
