/* SPDX-License-Identifier: ISC */
/* Inside lib/exchange/ only: what the two halves of the zone reader share: zone.c reads records,
 * zone_relate.c gives nodes their aliases, exchangers and PTR names. */
#ifndef OPDESK_LIB_EXCHANGE_ZONE_INT_H
#define OPDESK_LIB_EXCHANGE_ZONE_INT_H

#include "lib/exchange/exchange.h"

#define NAME_MAX_BYTES 254u

struct name {
	char text[NAME_MAX_BYTES + 1]; /* complete where an origin is known; no final dot */
	size_t len;
};

/* A CNAME, MX or PTR: `owner` and `target` in the arena. */
struct relation {
	struct sdb_text owner, target;
	uint32_t line, column, preference;
};

struct relations {
	struct relation *list;
	size_t count, room;
};

struct zone {
	struct exchange *out;
	struct name origin; /* empty: none */
	struct name owner;  /* of the last record; empty: none yet */
	struct relations aliases, exchangers, pointers;
	char passed[32][12]; /* types that were named as passed over */
	size_t passed_count;
};

/* At the end, as what belongs to a node may stand before it.  OP_NO_MEMORY. */
int zone_relate(struct zone *z);

#endif
