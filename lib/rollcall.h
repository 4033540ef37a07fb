/* SPDX-License-Identifier: ISC */
/*
 * Who is alive, by their beacons: which hosts there are, who has fallen silent, whose clock is off.
 * A host is the name in its beacons.  Nothing in a beacon is proof of anything: a bounded number of
 * hosts is kept, and a name that comes from a second address is told.  Pure: `now_ms` is a steady
 * clock, `wall_ms` ours since 1970.
 */
#ifndef OPDESK_LIB_ROLLCALL_H
#define OPDESK_LIB_ROLLCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/datagram/beacon.h"
#include "lib/netaddr.h"

#define ROLLCALL_FOREVER INT64_MAX

enum rollcall_clock { ROLLCALL_CLOCK_GOOD, ROLLCALL_CLOCK_OFF, ROLLCALL_CLOCK_ZONE };

struct rollcall_host {
	char name[BEACON_HOST_MAX];
	struct netaddr from;
	bool silent;
	enum rollcall_clock clock;
	int64_t offset_ms; /* its clock minus ours, by its last beacon */
	int64_t period_ms;
	int64_t seen_ms, seen_wall_ms; /* of its last beacon */
	uint64_t beacons;
	int suspect; /* beacons in a row whose clock says something else than `clock` */
};

enum rollcall_what {
	ROLLCALL_NEW,
	ROLLCALL_SILENT,
	ROLLCALL_BACK,
	ROLLCALL_CLOCK, /* the host's `clock` has changed */
	ROLLCALL_MOVED, /* the same name from another address: from_before */
	ROLLCALL_FULL   /* no room for one more; told once.  host is NULL */
};

typedef void rollcall_fn(enum rollcall_what what, const struct rollcall_host *host,
    const struct netaddr *from_before, void *arg);

struct rollcall_options {
	int64_t period_ms;     /* of beacons that do not tell theirs */
	int silent_periods;    /* without a beacon: silent */
	int64_t max_offset_ms; /* of a clock that is good */
	size_t max_hosts;
};

struct rollcall;

struct rollcall *rollcall_new(const struct rollcall_options *o, rollcall_fn *event, void *arg);
void rollcall_free(struct rollcall *r); /* NULL is fine */

/* zone_min: our local time minus UTC.  A clock counts as off, or good again, with its second beacon
 * in a row: one may have been late on its way.  When the host would fall silent; ROLLCALL_FOREVER:
 * there is no room for it. */
int64_t rollcall_beacon(struct rollcall *r, const struct beacon *b, const struct netaddr *from,
    int64_t now_ms, int64_t wall_ms, int zone_min);

/* Who has fallen silent; then when the next one would, ROLLCALL_FOREVER: nobody could. */
int64_t rollcall_tick(struct rollcall *r, int64_t now_ms);

/* In order of their names, borrowed. */
const struct rollcall_host *const *rollcall_hosts(struct rollcall *r, size_t *count);

#endif
