/* SPDX-License-Identifier: ISC */
/*
 * What each address of the subnet is.  The nodes by address are gathered when they are first asked
 * for after an edit: one pass and a sort.
 */
#include "gui/sheet.h"

#include <stdlib.h>
#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/node.h"
#include "lib/sdb/range.h"

struct sheet_place {
	sdb_u128 address;
	uint32_t number;
};

void
sheet_forget_places(struct sheet *s)
{
	free(s->places);
	s->places = NULL;
	s->placed = 0;
}

static int
compare(const void *pa, const void *pb)
{
	const struct sheet_place *a = pa, *b = pb;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

/* Those of the family of the subnet. */
static int
gather(struct sheet *s, uint8_t family)
{
	if (s->places)
		return OP_OK;
	/* aligned for 128 bits by the type; calloc of nothing is NULL at times */
	s->places = calloc((size_t)s->count + 1, sizeof(*s->places));
	if (!s->places)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct netaddr *a = &s->nodes[i]->address;

		if (a->family == family)
			s->places[s->placed++] = (struct sheet_place){sdb_address_number(a), i};
	}
	qsort(s->places, s->placed, sizeof(*s->places), compare);
	return OP_OK;
}

/* The first place at or after an address. */
static uint32_t
seek(const struct sheet *s, sdb_u128 address)
{
	uint32_t low = 0, high = s->placed;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->places[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static enum sheet_cell
kind_of(const struct sdb_header *h, const struct sdb_range *r, sdb_u128 address,
    const struct netaddr *a, uint32_t holders)
{
	bool gateway = netaddr_equal(&h->gateway, a);

	if (address < r->first || address > r->last) {
		if (holders || gateway)
			return SHEET_CONFLICT;
		return address < r->first ? SHEET_NETWORK : SHEET_BROADCAST;
	}
	if (sdb_header_shares(h, a))
		return SHEET_SHARED;
	if (holders + gateway > 1)
		return SHEET_CONFLICT;
	return gateway ? SHEET_GATEWAY : holders ? SHEET_USED : SHEET_FREE;
}

int
sheet_cells(struct sheet *s, uint64_t from, size_t n, struct sheet_seen *out, size_t *got)
{
	struct sdb_header h;
	struct sdb_range r;
	uint32_t at;
	size_t i;
	int err;

	sdb_header_read(s->file, &h);
	if (!h.has_net)
		return OP_BAD_REQUEST;
	r = sdb_range_of(&h.net);
	err = gather(s, h.net.base.family);
	if (err)
		return err;
	at = seek(s, r.low + from);
	for (i = 0; i < n && r.low + from + i <= r.high && from + i >= from; i++) {
		sdb_u128 address = r.low + from + i;
		uint32_t first = at;

		while (at < s->placed && s->places[at].address == address)
			at++;
		out[i].address = sdb_number_address(address, h.net.base.family);
		out[i].cell = kind_of(&h, &r, address, &out[i].address, at - first);
		out[i].number = at > first ? s->places[first].number : SHEET_NONE;
	}
	*got = i;
	return OP_OK;
}

static int
compare_offsets(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

/* An address of the header, unless it is no more than the network's or the broadcast address. */
static size_t
put_from_header(struct sheet *s, const struct netaddr *a, uint64_t *out)
{
	struct sheet_seen seen;
	size_t got;

	if (sheet_offset(s, a, out) || sheet_cells(s, *out, 1, &seen, &got) || got == 0)
		return 0;
	return seen.cell != SHEET_NETWORK && seen.cell != SHEET_BROADCAST;
}

/* Offsets of all addresses that are not free, in no order, some of them more than once. */
static size_t
put_used(struct sheet *s, const struct sdb_header *h, uint64_t *out)
{
	struct sdb_range r = sdb_range_of(&h->net);
	struct sdb_text rest = h->value[SDB_KEY_SHARED], one;
	struct netaddr shared;
	size_t n = 0;

	for (uint32_t i = seek(s, r.low); i < s->placed && s->places[i].address <= r.high; i++)
		if (s->places[i].address - r.low <= INT64_MAX)
			out[n++] = (uint64_t)(s->places[i].address - r.low);
	n += put_from_header(s, &h->gateway, &out[n]);
	for (int i = 0; i < SDB_MAX_SHARED && sdb_shared_next(&rest, &one); i++)
		if (sdb_address_parse(one, h->format, &shared) == OP_OK &&
		    sdb_header_shares(h, &shared))
			n += put_from_header(s, &shared, &out[n]);
	return n;
}

int
sheet_used(struct sheet *s, uint64_t step, uint64_t **out, size_t *n)
{
	struct sdb_header h;
	uint64_t *list;
	size_t all, kept = 0;
	int err;

	sdb_header_read(s->file, &h);
	if (!h.has_net || step == 0)
		return OP_BAD_REQUEST;
	err = gather(s, h.net.base.family);
	if (err)
		return err;
	list = calloc((size_t)s->placed + 1 + SDB_MAX_SHARED, sizeof(*list));
	if (!list)
		return OP_NO_MEMORY;
	all = put_used(s, &h, list);
	qsort(list, all, sizeof(*list), compare_offsets);
	for (size_t i = 0; i < all; i++) {
		uint64_t begin = list[i] - list[i] % step;

		if (kept == 0 || list[kept - 1] != begin)
			list[kept++] = begin;
	}
	*out = list;
	*n = kept;
	return OP_OK;
}

int
sheet_offset(const struct sheet *s, const struct netaddr *a, uint64_t *out)
{
	struct sdb_header h;
	sdb_u128 offset;

	sdb_header_read(s->file, &h);
	if (!h.has_net || !network_has(&h.net, a))
		return OP_NOT_FOUND;
	offset = sdb_address_number(a) - sdb_range_of(&h.net).low;
	if (offset > INT64_MAX)
		return OP_NOT_FOUND;
	*out = (uint64_t)offset;
	return OP_OK;
}

uint32_t
sheet_at_address(struct sheet *s, const struct netaddr *a)
{
	struct sdb_header h;
	uint32_t at;

	sdb_header_read(s->file, &h);
	if (!h.has_net || a->family != h.net.base.family || gather(s, a->family))
		return SHEET_NONE;
	at = seek(s, sdb_address_number(a));
	return at < s->placed && s->places[at].address == sdb_address_number(a)
		   ? s->places[at].number
		   : SHEET_NONE;
}
