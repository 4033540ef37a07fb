/* SPDX-License-Identifier: ISC */
/* Inside lib/exchange/ only: what the two halves of the plan share: plan_find.c knows subnets by
 * address and nodes by key, plan.c makes the edits. */
#ifndef OPDESK_LIB_EXCHANGE_PLAN_INT_H
#define OPDESK_LIB_EXCHANGE_PLAN_INT_H

#include "lib/exchange/plan.h"
#include "lib/exchange/verify.h"
#include "lib/sdb/header.h"
#include "lib/sdb/host.h"
#include "lib/sdb/range.h"
#include "lib/sdb/table.h"

struct place { /* a subnet with a network */
	struct sdb_range range;
	uint8_t family;
	uint32_t subnet;
};

struct known { /* a node that is there */
	const struct sdb_line *line;
	uint32_t subnet;
};

struct key {
	struct netaddr address; /* family 0: none */
	struct sdb_fqdn name;   /* empty: none */
	uint8_t mac[6];
	bool has_mac;
	uint8_t family; /* by name and by MAC: a host may have one of each family; 0: not known */
};

struct key_rule {
	bool (*applies)(const struct key *k);
	uint32_t (*hash)(const struct key *k);
	sdb_same *same;
	const char *word;
};

struct plan {
	struct exchange *x;
	struct plan_subnet *subnets;
	size_t n;
	const struct key_rule *rule;
	struct sdb_header *headers;
	struct place *places; /* sorted by family and first address */
	size_t place_count;
	struct known *nodes;
	struct key *keys; /* of nodes */
	size_t node_count;
	struct sdb_table table;  /* nodes by key */
	struct key *source_keys; /* of x->nodes */
	struct sdb_table sources;
	struct verify_touched *touched;
	size_t touched_count;
	struct plan_totals *totals;
};

extern const struct key_rule plan_rules[]; /* by enum plan_key */

/* Fill places and headers; nodes, keys and table.  OP_NO_MEMORY. */
int plan_find_places(struct plan *p);
int plan_find_nodes(struct plan *p);

/* The subnet that has the address, or SDB_NOBODY. */
uint32_t plan_subnet_of(const struct plan *p, const struct netaddr *a);

/* The node with this key, or SDB_NOBODY.  is_short: the name has no domain, that of any subnet will
 * do. */
uint32_t plan_find_known(const struct plan *p, struct key k, bool is_short);

#endif
