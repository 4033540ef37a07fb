/* SPDX-License-Identifier: ISC */
/* Hosts by name in an array of pointers: some dozens, at most max_hosts. */
#include "lib/rollcall.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/byname.h"

#define GRACE_MS 1000 /* a beacon may be late */
#define SURE 2        /* beacons in a row */

struct rollcall {
	struct rollcall_options o;
	rollcall_fn *event;
	void *arg;
	struct rollcall_host **hosts;
	size_t count;
	bool full_told;
};

static const char *
name_of(const void *row)
{
	return (*(struct rollcall_host *const *)row)->name;
}

static const struct byname BY_NAME = {sizeof(struct rollcall_host *), name_of};

struct rollcall *
rollcall_new(const struct rollcall_options *o, rollcall_fn *event, void *arg)
{
	struct rollcall *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->o = *o;
	r->event = event;
	r->arg = arg;
	return r;
}

void
rollcall_free(struct rollcall *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		free(r->hosts[i]);
	free(r->hosts);
	free(r);
}

const struct rollcall_host *const *
rollcall_hosts(struct rollcall *r, size_t *count)
{
	*count = r->count;
	return (const struct rollcall_host *const *)r->hosts;
}

static struct rollcall_host *
add(struct rollcall *r, const struct beacon *b, const struct netaddr *from)
{
	size_t at = byname_place(&BY_NAME, r->hosts, r->count, b->host);
	struct rollcall_host *h = r->count < r->o.max_hosts ? calloc(1, sizeof(*h)) : NULL;
	struct rollcall_host **hosts = h ? byname_insert(&BY_NAME, r->hosts, r->count, at) : NULL;

	if (!hosts) {
		free(h);
		if (!r->full_told)
			r->event(ROLLCALL_FULL, NULL, NULL, r->arg);
		r->full_told = true;
		return NULL;
	}
	r->hosts = hosts;
	r->hosts[at] = h;
	r->count++;
	snprintf(h->name, sizeof(h->name), "%s", b->host);
	h->from = *from;
	return h;
}

static enum rollcall_clock
judge(const struct rollcall *r, enum beacon_clock kind, int64_t offset_ms)
{
	if (offset_ms > r->o.max_offset_ms || -offset_ms > r->o.max_offset_ms)
		return ROLLCALL_CLOCK_OFF;
	return kind == BEACON_TIME_ZONE ? ROLLCALL_CLOCK_ZONE : ROLLCALL_CLOCK_GOOD;
}

/* The first beacon of a host is believed only when it says that all is well. */
static void
look_at_clock(struct rollcall *r, struct rollcall_host *h, enum rollcall_clock now)
{
	if (now == h->clock) {
		h->suspect = 0;
		return;
	}
	if (++h->suspect < SURE)
		return;
	h->suspect = 0;
	h->clock = now;
	r->event(ROLLCALL_CLOCK, h, NULL, r->arg);
}

static int64_t
silent_at(const struct rollcall *r, const struct rollcall_host *h)
{
	return h->seen_ms + r->o.silent_periods * h->period_ms + GRACE_MS;
}

int64_t
rollcall_beacon(struct rollcall *r, const struct beacon *b, const struct netaddr *from,
    int64_t now_ms, int64_t wall_ms, int zone_min)
{
	struct rollcall_host **known = byname_find(&BY_NAME, r->hosts, r->count, b->host);
	struct rollcall_host *h = known ? *known : add(r, b, from);

	if (h == NULL)
		return ROLLCALL_FOREVER;
	struct netaddr before = h->from;
	bool was_silent = h->silent;
	enum beacon_clock kind = beacon_offset(b, wall_ms, zone_min, &h->offset_ms);

	h->from = *from;
	h->silent = false;
	h->seen_ms = now_ms;
	h->seen_wall_ms = wall_ms;
	h->period_ms = b->period_s > 0 ? b->period_s * 1000LL : r->o.period_ms;
	h->beacons++;
	if (!known)
		r->event(ROLLCALL_NEW, h, NULL, r->arg);
	if (was_silent)
		r->event(ROLLCALL_BACK, h, NULL, r->arg);
	if (!netaddr_equal(&before, from))
		r->event(ROLLCALL_MOVED, h, &before, r->arg);
	look_at_clock(r, h, judge(r, kind, h->offset_ms));
	return silent_at(r, h);
}

int64_t
rollcall_tick(struct rollcall *r, int64_t now_ms)
{
	int64_t next = ROLLCALL_FOREVER;

	for (size_t i = 0; i < r->count; i++) {
		struct rollcall_host *h = r->hosts[i];
		int64_t due = silent_at(r, h);

		if (h->silent)
			continue;
		if (now_ms >= due) {
			h->silent = true;
			r->event(ROLLCALL_SILENT, h, NULL, r->arg);
		} else if (due < next) {
			next = due;
		}
	}
	return next;
}
