/* SPDX-License-Identifier: ISC */
/*
 * Across files: addresses, Ethernet addresses, gateways and the subnets themselves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/node.h"
#include "lib/sdb/table.h"

static struct sdb_finding
two_places(const struct sdb_owner *at, enum sdb_field field, const struct sdb_owner *other)
{
	return (struct sdb_finding){.file = at->file,
	    .line = at->number,
	    .column = (uint32_t)sdb_node_column(at->line, field),
	    .other_file = other->file,
	    .other_line = other->number};
}

/* --- one address, one node --- */

static uint32_t
hash_address(const struct netaddr *a)
{
	return sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, a, sizeof(*a), false));
}

static bool
same_address(const void *key, const void *list, uint32_t id)
{
	const struct sdb_owner *owners = list;

	return netaddr_equal(key, &owners[id].line->address);
}

static void
address_twice(struct sdb_checker *c, const struct sdb_owner *o, const struct sdb_owner *first)
{
	struct sdb_finding at = two_places(o, SDB_ADDRESS, first);
	char why[SDB_QUOTE_BYTES + 100], quoted[SDB_QUOTE_BYTES];

	if (sdb_header_shares(&c->files[o->file].header, &o->line->address) ||
	    sdb_header_shares(&c->files[first->file].header, &o->line->address))
		return;
	at.code = SDB_CODE_ADDRESS_TWICE;
	snprintf(why, sizeof(why), "is given a second time; %s has it (line %u)",
	    sdb_quote(quoted, sdb_node_field(first->line, SDB_NAME)), (unsigned)first->number);
	sdb_report_unusable(c, o, at, why);
}

static void
check_gateway(struct sdb_checker *c, const struct sdb_table *addresses, uint32_t file)
{
	const struct sdb_checked *f = &c->files[file];
	const struct netaddr *gateway = &f->header.gateway;
	struct sdb_finding at;
	uint32_t id;

	if (gateway->family == 0 || sdb_header_shares(&f->header, gateway))
		return;
	id = sdb_table_find(addresses, hash_address(gateway), same_address, gateway, c->owners);
	if (id == SDB_NOBODY)
		return;
	at = two_places(&c->owners[id], SDB_ADDRESS, &c->owners[id]);
	at.code = SDB_CODE_GATEWAY_TAKEN;
	at.other_file = file;
	at.other_line = f->number[SDB_KEY_GATEWAY];
	sdb_report_unusable(c, &c->owners[id], at, "is the gateway's address");
}

static void
check_addresses(struct sdb_checker *c)
{
	struct sdb_table t;

	if (sdb_table_init(&t, c->owner_count) != OP_OK) {
		c->err = OP_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < c->owner_count; i++) {
		const struct netaddr *a = &c->owners[i].line->address;
		uint32_t first;

		if (a->family == 0)
			continue;
		first = sdb_table_enter(&t, hash_address(a), same_address, a, c->owners, i);
		if (first != i)
			address_twice(c, &c->owners[i], &c->owners[first]);
	}
	for (uint32_t i = 0; i < c->n; i++)
		check_gateway(c, &t, i);
	sdb_table_fini(&t);
}

/* --- one Ethernet address, one node (of each family) --- */

static bool
is_v6(const struct sdb_line *line)
{
	return line->address.family == 6;
}

static bool
same_mac(const void *key, const void *list, uint32_t id)
{
	const struct sdb_line *a = key, *b = ((const struct sdb_owner *)list)[id].line;

	return is_v6(a) == is_v6(b) && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

static void
check_macs(struct sdb_checker *c)
{
	struct sdb_table t;

	if (sdb_table_init(&t, c->owner_count) != OP_OK) {
		c->err = OP_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < c->owner_count; i++) {
		const struct sdb_line *line = c->owners[i].line;
		struct sdb_finding at;
		char quoted[SDB_QUOTE_BYTES];
		uint32_t hash, first;

		if (!line->has_mac)
			continue;
		hash = sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, line->mac, 6, false));
		first = sdb_table_enter(&t, hash, same_mac, line, c->owners, i);
		if (first == i)
			continue;
		at = two_places(&c->owners[i], SDB_MAC, &c->owners[first]);
		at.code = SDB_CODE_MAC_TWICE;
		sdb_quote(quoted, sdb_node_field(c->owners[first].line, SDB_NAME));
		sdb_report(c, &at, "the Ethernet address of %s (line %u)", quoted,
		    (unsigned)at.other_line);
	}
	sdb_table_fini(&t);
}

/* --- subnets apart from each other --- */

struct net {
	struct sdb_range range;
	uint32_t file;
	uint8_t family;
};

static int
by_place(const void *a, const void *b)
{
	const struct net *x = a, *y = b;

	if (x->family != y->family)
		return x->family - y->family;
	if (x->range.low != y->range.low)
		return x->range.low < y->range.low ? -1 : 1;
	if (x->range.high != y->range.high) /* the wider one first */
		return x->range.high > y->range.high ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

static void
report_overlap(struct sdb_checker *c, const struct net *net, const struct net *cover)
{
	const struct sdb_checked *f = &c->files[net->file];
	struct sdb_finding at = {.file = net->file,
	    .code = SDB_CODE_SUBNET_OVERLAP,
	    .line = f->number[SDB_KEY_BASE],
	    .other_file = cover->file,
	    .other_line = c->files[cover->file].number[SDB_KEY_BASE]};
	bool same = net->range.low == cover->range.low && net->range.high == cover->range.high;
	char quoted[SDB_QUOTE_BYTES];

	at.column =
	    (uint32_t)(f->header.value[SDB_KEY_BASE].s - f->header.line[SDB_KEY_BASE]->text) + 1;
	sdb_report(c, &at, "%s %s", same ? "the same subnet as" : "lies within the subnet of",
	    sdb_quote(quoted, sdb_text_of(c->in[cover->file].name)));
}

static void
check_overlaps(struct sdb_checker *c)
{
	struct net *nets = reallocarray(NULL, c->n + 1, sizeof(*nets));
	const struct net *cover = NULL;
	size_t count = 0;

	if (!nets) {
		c->err = OP_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < c->n; i++)
		if (c->files[i].header.has_net)
			nets[count++] =
			    (struct net){c->files[i].range, i, c->files[i].header.base.family};
	if (count)
		qsort(nets, count, sizeof(*nets), by_place);
	for (size_t i = 0; i < count; i++) {
		if (cover && cover->family == nets[i].family &&
		    nets[i].range.low <= cover->range.high)
			report_overlap(c, &nets[i], cover);
		else
			cover = &nets[i];
	}
	free(nets);
}

void
sdb_check_nets(struct sdb_checker *c)
{
	check_overlaps(c);
	check_addresses(c);
	check_macs(c);
}
