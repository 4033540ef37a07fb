/* SPDX-License-Identifier: ISC */
/*
 * A hash table of waiting calls.  `next_ms` is a lower bound of all deadlines: a call that is taken
 * out leaves it as it is, and the pass that finds nothing expired sets it right.
 */
#include "helper/calls.h"

#include <stdlib.h>
#include "lib/err.h"

#define BUCKETS 1024u

struct call {
	struct call *next;
	int64_t link;
	int64_t deadline_ms;
	uint32_t msgid;
};

struct calls {
	struct call *buckets[BUCKETS];
	size_t count;
	int64_t next_ms;
};

struct calls *
calls_new(void)
{
	struct calls *c = calloc(1, sizeof(*c));

	if (c)
		c->next_ms = CALLS_NEVER;
	return c;
}

static bool
is_any(const struct call *call, int64_t unused)
{
	(void)call;
	(void)unused;
	return true;
}

static bool
is_of_link(const struct call *call, int64_t link)
{
	return call->link == link;
}

static bool
is_expired(const struct call *call, int64_t now_ms)
{
	return call->deadline_ms <= now_ms;
}

/* Take out every call that matches, and reckon the lower bound anew. */
static void
take_matching(struct calls *c, bool (*matches)(const struct call *, int64_t), int64_t value,
    calls_fn *taken, void *arg)
{
	c->next_ms = CALLS_NEVER;
	for (size_t i = 0; i < BUCKETS; i++) {
		struct call **at = &c->buckets[i];

		while (*at) {
			struct call *call = *at;

			if (matches(call, value)) {
				*at = call->next;
				c->count--;
				if (taken)
					taken(call->link, call->msgid, arg);
				free(call);
				continue;
			}
			if (call->deadline_ms < c->next_ms)
				c->next_ms = call->deadline_ms;
			at = &call->next;
		}
	}
}

void
calls_free(struct calls *c)
{
	if (!c)
		return;
	take_matching(c, is_any, 0, NULL, NULL);
	free(c);
}

/* Where the call hangs, or where it would. */
static struct call **
find(struct calls *c, int64_t link, uint32_t msgid)
{
	struct call **at = &c->buckets[(msgid + (uint64_t)link * 31) % BUCKETS];

	while (*at && ((*at)->link != link || (*at)->msgid != msgid))
		at = &(*at)->next;
	return at;
}

int
calls_add(struct calls *c, int64_t link, uint32_t msgid, int64_t deadline_ms)
{
	struct call **at = find(c, link, msgid);

	if (*at)
		return OP_CONFLICT;
	if (c->count == CALLS_MAX)
		return OP_UNAVAILABLE;
	struct call *call = malloc(sizeof(*call));

	if (!call)
		return OP_NO_MEMORY;
	*call = (struct call){NULL, link, deadline_ms, msgid};
	*at = call;
	c->count++;
	if (deadline_ms < c->next_ms)
		c->next_ms = deadline_ms;
	return OP_OK;
}

bool
calls_take(struct calls *c, int64_t link, uint32_t msgid)
{
	struct call **at = find(c, link, msgid);
	struct call *call = *at;

	if (!call)
		return false;
	*at = call->next;
	free(call);
	c->count--;
	if (c->count == 0)
		c->next_ms = CALLS_NEVER;
	return true;
}

void
calls_take_link(struct calls *c, int64_t link, calls_fn *taken, void *arg)
{
	take_matching(c, is_of_link, link, taken, arg);
}

void
calls_take_expired(struct calls *c, int64_t now_ms, calls_fn *taken, void *arg)
{
	take_matching(c, is_expired, now_ms, taken, arg);
}

int64_t
calls_next_deadline(const struct calls *c)
{
	return c->next_ms;
}

size_t
calls_count(const struct calls *c)
{
	return c->count;
}
