/* SPDX-License-Identifier: ISC */
/*
 * How much is answered to senders who have not shown that they receive: a token bucket per source
 * and one for all, in bounded memory.  A source is an IPv4 address or an IPv6 /64 (RFC 4291, 2.5.4:
 * one interface has the rest to itself).  Pure: the time is an argument.
 */
#ifndef OPDESK_LIB_LIMITER_H
#define OPDESK_LIB_LIMITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/netaddr.h"

struct limiter_options {
	double per_second;     /* of one source, sustained; 0: no limit */
	double burst;          /* at once, >= 1 */
	double all_per_second; /* of all together; 0: no limit */
	double all_burst;
	size_t sources; /* remembered; past that the one silent longest is forgotten; 0 = 4096 */
	uint64_t seed;  /* something that senders cannot guess: places in the table depend on it */
};

struct limiter;

struct limiter *limiter_new(const struct limiter_options *o); /* NULL: no memory */
void limiter_free(struct limiter *l);                         /* NULL is fine */

/* May this source have an answer now?  now_ms never goes back.  Loopback may always. */
bool limiter_allows(struct limiter *l, const struct netaddr *source, int64_t now_ms);

/* How many were refused since the last call of this: for one line of log a second. */
uint64_t limiter_take_refused(struct limiter *l);

#endif
