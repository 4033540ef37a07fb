/* SPDX-License-Identifier: ISC */
/*
 * Subnets by address and nodes by key.  A line that is changed later stays the same object, but not
 * its text, so keys hold copies.
 */
#include "lib/exchange/plan_int.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/node.h"

/* --- keys --- */

static bool
has_address(const struct key *k)
{
	return k->address.family != 0;
}

static uint32_t
hash_address(const struct key *k)
{
	size_t len = k->address.family == 4 ? 4 : 16;

	return sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, k->address.bytes, len, false));
}

static bool
same_address(const void *key, const void *list, uint32_t id)
{
	return netaddr_equal(
	    &((const struct key *)key)->address, &((const struct key *)list)[id].address);
}

static bool
has_name(const struct key *k)
{
	return k->name.name.len > 0;
}

static uint32_t
hash_name(const struct key *k)
{
	return sdb_hash_finish(sdb_fqdn_hash(&k->name) + k->family);
}

static bool
same_name(const void *key, const void *list, uint32_t id)
{
	const struct key *a = key, *b = (const struct key *)list + id;

	return a->family == b->family && sdb_fqdn_equal(&a->name, &b->name);
}

static bool
has_mac(const struct key *k)
{
	return k->has_mac;
}

static uint32_t
hash_mac(const struct key *k)
{
	return sdb_hash_finish(
	    sdb_hash_bytes(SDB_HASH_START, k->mac, sizeof(k->mac), false) + k->family);
}

static bool
same_mac(const void *key, const void *list, uint32_t id)
{
	const struct key *a = key, *b = (const struct key *)list + id;

	return a->family == b->family && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

const struct key_rule plan_rules[] = {
    [PLAN_BY_ADDRESS] = {has_address, hash_address, same_address, "address"},
    [PLAN_BY_NAME] = {has_name, hash_name, same_name, "name"},
    [PLAN_BY_MAC] = {has_mac, hash_mac, same_mac, "Ethernet address"},
};

/* --- the subnets --- */

static int
by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return x->range.low < y->range.low ? -1 : x->range.low > y->range.low;
}

int
plan_find_places(struct plan *p)
{
	p->headers = calloc(p->n + 1, sizeof(*p->headers));
	p->places = calloc(p->n + 1, sizeof(*p->places));
	if (!p->headers || !p->places)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < p->n; i++) {
		struct sdb_header *h = &p->headers[i];

		sdb_header_read(p->subnets[i].file, h);
		if (h->has_net)
			p->places[p->place_count++] =
			    (struct place){sdb_range_of(&h->net), h->net.base.family, i};
	}
	qsort(p->places, p->place_count, sizeof(*p->places), by_start);
	return OP_OK;
}

/* The subnet that has the address: the last that begins at or before it; SDB_NOBODY. */
uint32_t
plan_subnet_of(const struct plan *p, const struct netaddr *a)
{
	struct place key = {.family = a->family, .range = {.low = sdb_address_number(a)}};
	size_t low = 0, high = p->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_start(&p->places[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return SDB_NOBODY;
	const struct place *found = &p->places[low - 1];

	return found->family == a->family && key.range.low <= found->range.high ? found->subnet
										: SDB_NOBODY;
}

/* --- the nodes that are there --- */

static int
key_of_line(struct plan *p, const struct sdb_line *line, uint32_t subnet, struct key *out)
{
	struct sdb_text name = sdb_node_field(line, SDB_NAME);
	char *copy = exchange_keep(p->x, name.s, name.len);

	if (!copy)
		return OP_NO_MEMORY;
	*out = (struct key){
	    .address = line->address, .has_mac = line->has_mac, .family = line->address.family};
	memcpy(out->mac, line->mac, sizeof(out->mac));
	if (name.len)
		out->name = sdb_fqdn_of(
		    (struct sdb_text){copy, name.len}, p->headers[subnet].value[SDB_KEY_DOMAIN]);
	return OP_OK;
}

static int
enter_line(struct plan *p, const struct sdb_line *line, uint32_t subnet)
{
	struct key *k = &p->keys[p->node_count];
	int err = key_of_line(p, line, subnet, k);

	if (err != OP_OK)
		return err;
	p->nodes[p->node_count] = (struct known){line, subnet};
	if (p->rule->applies(k))
		sdb_table_enter(&p->table, p->rule->hash(k), p->rule->same, k, p->keys,
		    (uint32_t)p->node_count);
	p->node_count++;
	return OP_OK;
}

int
plan_find_nodes(struct plan *p)
{
	size_t count = 0;
	int err = OP_OK;

	for (size_t i = 0; i < p->n; i++)
		count += sdb_file_nodes(p->subnets[i].file);
	p->nodes = calloc(count + 1, sizeof(*p->nodes));
	p->keys = calloc(count + 1, sizeof(*p->keys));
	if (!p->nodes || !p->keys || sdb_table_init(&p->table, count) != OP_OK)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < p->n; i++)
		for (const struct sdb_line *l = sdb_file_first(p->subnets[i].file);
		     l && err == OP_OK; l = l->next)
			if (l->kind == SDB_NODE)
				err = enter_line(p, l, i);
	return err;
}

/* --- nodes by key --- */

static uint32_t
find_in(const struct plan *p, const struct key *k)
{
	return sdb_table_find(&p->table, p->rule->hash(k), p->rule->same, k, p->keys);
}

/* A short name without an address: the domain of each subnet is tried. */
static uint32_t
find_short(const struct plan *p, struct key *k)
{
	uint32_t id = SDB_NOBODY;

	for (size_t i = 0; i < p->n && id == SDB_NOBODY; i++) {
		k->name.domain = p->headers[i].value[SDB_KEY_DOMAIN];
		id = find_in(p, k);
	}
	return id;
}

/* Without an address the family is not known either: IPv4 first. */
uint32_t
plan_find_known(const struct plan *p, struct key k, bool is_short)
{
	static const uint8_t families[] = {4, 6};
	uint32_t id = SDB_NOBODY;

	if (k.family)
		return find_in(p, &k);
	for (size_t i = 0; i < sizeof(families) && id == SDB_NOBODY; i++) {
		k.family = families[i];
		id = is_short ? find_short(p, &k) : find_in(p, &k);
	}
	return id;
}
