/* SPDX-License-Identifier: ISC */
/*
 * The addresses of one subnet: which are taken, which are free, how full it is.  Not usable: the
 * network's own address and, in IPv4, broadcast; all are usable in /31 and /32 (RFC 3021), /127
 * (RFC 6164) and /128.  Taken: nodes, the gateway, and what sdb_space_take() adds.  IPv6 is never
 * enumerated.  Made from a file in one pass and a sort; it does not follow later edits.  Pure.
 */
#ifndef OPDESK_LIB_SDB_SPACE_H
#define OPDESK_LIB_SDB_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/netaddr.h"
#include "lib/sdb/file.h"

#define SDB_COUNTED_MAX (UINT64_C(1) << 32) /* above that a share means nothing */

struct sdb_space;

struct sdb_usage {
	uint64_t used;     /* taken addresses in the subnet, each once, the gateway included */
	uint64_t usable;   /* UINT64_MAX when there are more */
	uint64_t free;     /* likewise */
	bool counted;      /* usable is at most SDB_COUNTED_MAX: the share below means something */
	uint32_t permille; /* used of usable, 0 when not counted */
};

/* OP_BAD_REQUEST: the header names no subnet; OP_NO_MEMORY. */
int sdb_space_new(const struct sdb_file *f, struct sdb_space **out);
void sdb_space_free(struct sdb_space *s);

void sdb_space_usage(const struct sdb_space *s, struct sdb_usage *out);

/* Count one more as taken (an address on offer).  Outside or taken already: nothing happens. */
int sdb_space_take(struct sdb_space *s, const struct netaddr *a);
bool sdb_space_is_free(const struct sdb_space *s, const struct netaddr *a);

/* The first of `n` free ones in a row, at or after `from` (NULL: from the start).  OP_NOT_FOUND. */
int sdb_space_find(
    const struct sdb_space *s, uint64_t n, const struct netaddr *from, struct netaddr *out);

/* Write up to `max` free addresses, in order, from `from` on (NULL: the start); how many. */
size_t sdb_space_list(
    const struct sdb_space *s, const struct netaddr *from, struct netaddr *out, size_t max);

#endif
