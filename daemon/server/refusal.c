/* SPDX-License-Identifier: ISC */
/* A handful of sources is enough: a flood comes from few, and a displaced one is logged early. */
#include "daemon/server/refusal.h"

#include <string.h>

static struct refusal *
find(struct refusals *r, const struct netaddr *source, const char *reason)
{
	for (size_t i = 0; i < REFUSAL_SOURCES; i++) {
		struct refusal *e = &r->items[i];

		if (e->count && netaddr_equal(&e->source, source) && strcmp(e->reason, reason) == 0)
			return e;
	}
	return NULL;
}

static struct refusal *
oldest(struct refusals *r)
{
	struct refusal *best = &r->items[0];

	for (size_t i = 0; i < REFUSAL_SOURCES; i++) {
		if (r->items[i].count == 0)
			return &r->items[i];
		if (r->items[i].due_ms < best->due_ms)
			best = &r->items[i];
	}
	return best;
}

void
refusals_add(struct refusals *r, const struct netaddr *source, const char *reason, int64_t now_ms,
    struct refusal *displaced)
{
	struct refusal *e = find(r, source, reason);

	displaced->count = 0;
	if (!e) {
		e = oldest(r);
		*displaced = *e;
		*e = (struct refusal){*source, reason, 0, now_ms + REFUSAL_PERIOD_MS};
	}
	e->count++;
}

struct refusal
refusals_take(struct refusals *r, int64_t now_ms)
{
	for (size_t i = 0; i < REFUSAL_SOURCES; i++) {
		struct refusal e = r->items[i];

		if (e.count && e.due_ms <= now_ms) {
			r->items[i].count = 0;
			return e;
		}
	}
	return (struct refusal){.count = 0};
}

int64_t
refusals_next_ms(const struct refusals *r)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < REFUSAL_SOURCES; i++)
		if (r->items[i].count && r->items[i].due_ms < next)
			next = r->items[i].due_ms;
	return next;
}
