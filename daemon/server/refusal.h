/* SPDX-License-Identifier: ISC */
/*
 * Turned-away connections for the log: one line per source and second, with a count, however many
 * there were.  Pure: the time comes from outside.  Used by the acceptor.
 */
#ifndef OPDESK_DAEMON_SERVER_REFUSAL_H
#define OPDESK_DAEMON_SERVER_REFUSAL_H

#include <stddef.h>
#include <stdint.h>
#include "lib/netaddr.h"

#define REFUSAL_SOURCES 16
#define REFUSAL_PERIOD_MS 1000

struct refusal {
	struct netaddr source;
	const char *reason; /* static */
	unsigned count;     /* 0: free */
	int64_t due_ms;
};

struct refusals {
	struct refusal items[REFUSAL_SOURCES];
};

/* Count one.  When all places are taken by others the oldest goes into *displaced (count 0
 * otherwise): log it now. */
void refusals_add(struct refusals *r, const struct netaddr *source, const char *reason,
    int64_t now_ms, struct refusal *displaced);

/* Take out one that is due; its count is 0 when there is none. */
struct refusal refusals_take(struct refusals *r, int64_t now_ms);

int64_t refusals_next_ms(const struct refusals *r); /* INT64_MAX when none */

#endif
