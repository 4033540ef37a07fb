/* SPDX-License-Identifier: ISC */
/*
 * Addresses on offer: held for an Ethernet address for some minutes, so that nobody else is given
 * them before the node is written down.  One per file and Ethernet address; a restart forgets them.
 * Pure; in the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_OFFER_H
#define OPDESK_DAEMON_IPADMD_OFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/netaddr.h"
#include "lib/sdb/name.h"

#define OFFERS_MAX 10000

struct offer {
	struct sdb_name file;
	uint8_t mac[6];
	struct netaddr address;
	int64_t until_ms; /* CLOCK_BOOTTIME */
};

struct offers {
	struct offer *list; /* owned */
	size_t count, room;
};

void offers_fini(struct offers *o);

/* Forget those whose time is over. */
void offers_expire(struct offers *o, int64_t now_ms);
/* NULL: none.  Borrowed until the next call that changes the list. */
const struct offer *offers_find(
    const struct offers *o, const struct sdb_name *file, const uint8_t mac[6]);
/* Add it, or put it in the place of the one with its file and Ethernet address.  OP_UNAVAILABLE:
 * OFFERS_MAX are on offer; OP_NO_MEMORY. */
int offers_hold(struct offers *o, const struct offer *offer);
void offers_drop(struct offers *o, const struct sdb_name *file, const uint8_t mac[6]);

#endif
