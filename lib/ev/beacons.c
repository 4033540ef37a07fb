/* SPDX-License-Identifier: ISC */
/* The timer runs while somebody may fall silent. */
#include "lib/ev/beacons.h"

#include <time.h>
#include "lib/clock.h"
#include "lib/err.h"

static void
look_at(struct beacons *b, int64_t at_ms, int64_t now_ms)
{
	ev_timer_stop(b->loop, &b->tick);
	b->at_ms = at_ms;
	if (at_ms == ROLLCALL_FOREVER)
		return;
	ev_now_update(b->loop);
	ev_timer_set(&b->tick, at_ms > now_ms ? (double)(at_ms - now_ms) / 1e3 : 0., 0.);
	ev_timer_start(b->loop, &b->tick);
}

static void
on_tick(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct beacons *b = t->data;
	int64_t now_ms = clock_boot_ms();

	(void)loop;
	(void)revents;
	look_at(b, rollcall_tick(b->hosts, now_ms), now_ms);
}

int
beacons_start(struct beacons *b, struct ev_loop *loop, const struct rollcall_options *o,
    rollcall_fn *event, void *arg)
{
	*b = (struct beacons){
	    .loop = loop, .hosts = rollcall_new(o, event, arg), .at_ms = ROLLCALL_FOREVER};
	ev_timer_init(&b->tick, on_tick, 0., 0.);
	b->tick.data = b;
	return b->hosts != NULL ? OP_OK : OP_NO_MEMORY;
}

void
beacons_stop(struct beacons *b)
{
	if (b->hosts == NULL)
		return;
	ev_timer_stop(b->loop, &b->tick);
	rollcall_free(b->hosts);
	b->hosts = NULL;
}

bool
beacons_hear(struct beacons *b, const struct udp_datagram *d)
{
	int64_t wall_ms = clock_wall_ms(), now_ms = clock_boot_ms();
	time_t wall_s = wall_ms / 1000;
	struct netaddr from;
	struct beacon said;
	struct tm tm = {0};
	uint16_t port;

	if (d->truncated || beacon_parse(d->bytes, d->len, &said) != OP_OK)
		return false;
	(void)localtime_r(&wall_s, &tm);
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &from, &port);
	int64_t silent_ms =
	    rollcall_beacon(b->hosts, &said, &from, now_ms, wall_ms, (int)(tm.tm_gmtoff / 60));

	if (silent_ms < b->at_ms) /* its period is shorter than that of who was waited for */
		look_at(b, silent_ms, now_ms);
	return true;
}
