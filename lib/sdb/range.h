/* SPDX-License-Identifier: ISC */
/*
 * For lib/sdb/, lib/publish/, lib/exchange/ and gui/sheet.c: addresses as numbers, and what is
 * usable in a network (lib/sdb/space.h).
 */
#ifndef OPDESK_LIB_SDB_RANGE_H
#define OPDESK_LIB_SDB_RANGE_H

#include "lib/netaddr.h"

typedef unsigned __int128 sdb_u128;

struct sdb_range {
	sdb_u128 low, high;   /* the whole network, both ends included */
	sdb_u128 first, last; /* the usable part */
};

sdb_u128 sdb_address_number(const struct netaddr *a);
struct netaddr sdb_number_address(sdb_u128 number, uint8_t family);
struct sdb_range sdb_range_of(const struct network *net);

#endif
