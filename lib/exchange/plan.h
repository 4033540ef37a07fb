/* SPDX-License-Identifier: ISC */
/*
 * What imported nodes mean for subnets: each is looked for by its key and changed, or added to the
 * subnet that has its address; fields that the source does not have stay.  The files are edited in
 * memory, the caller writes them if there is no error.  Pure; n log n.
 */
#ifndef OPDESK_LIB_EXCHANGE_PLAN_H
#define OPDESK_LIB_EXCHANGE_PLAN_H

#include "lib/exchange/exchange.h"

enum plan_key { PLAN_BY_ADDRESS, PLAN_BY_NAME, PLAN_BY_MAC };

struct plan_subnet {
	const char *name;      /* borrowed, plain text */
	struct sdb_file *file; /* borrowed; it is edited */
	bool is_changed;
};

struct plan_totals {
	size_t added, changed, moved, same; /* nodes; `moved` to another subnet */
};

/*
 * What stands against a node is an error in x->findings at its place in the source: no subnet has
 * its address, its name is in another domain, its key stands twice, and every error of the check
 * (lib/sdb/check.h) over all the subnets that was not there before.  OP_OK with or without errors;
 * OP_NO_MEMORY.
 */
int plan_import(struct exchange *x, struct plan_subnet *subnets, size_t n, enum plan_key key,
    struct plan_totals *totals);

#endif
