/* SPDX-License-Identifier: ISC */
/*
 * A roll call (lib/rollcall.h) on a loop: beacons come as datagrams, and whoever has fallen silent
 * is noticed in time.  The socket is the caller's.
 */
#ifndef OPDESK_LIB_EV_BEACONS_H
#define OPDESK_LIB_EV_BEACONS_H

#include <ev.h>
#include "lib/ev/udp.h"
#include "lib/rollcall.h"

struct beacons { /* embedded in its owner */
	struct ev_loop *loop;
	struct rollcall *hosts;
	ev_timer tick;
	int64_t at_ms; /* of the tick, by clock_boot_ms() */
};

/* `event` as rollcall_new() has it, called from beacons_hear() and from the loop.  OP_NO_MEMORY. */
int beacons_start(struct beacons *b, struct ev_loop *loop, const struct rollcall_options *o,
    rollcall_fn *event, void *arg);
/* One that was not started, all zero, too. */
void beacons_stop(struct beacons *b);

/* False: the datagram is no beacon. */
bool beacons_hear(struct beacons *b, const struct udp_datagram *d);

#endif
