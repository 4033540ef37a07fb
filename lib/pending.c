/* SPDX-License-Identifier: ISC */
/*
 * The table of waiting calls.  A call is in three orders at once: by id in a hash (ids count up, so
 * the low bits spread them evenly), by deadline in a binary heap, by age in a list.  Invariants:
 * heap[c->at] == c for every call; the heap, the list and the chains hold the same calls; there are
 * as many chains as places in the heap.  Typically a handful of calls, thousands under load.
 */
#include "lib/pending.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "lib/err.h"

#define FIRST_CAP 8u

struct call {
	uint32_t id;
	size_t at; /* in the heap */
	int64_t deadline_ms;
	void *arg;
	struct call *chain;
	TAILQ_ENTRY(call) by_age;
};

struct pending {
	uint64_t next_id; /* past UINT32_MAX: used up */
	size_t max_calls;
	size_t count, cap; /* cap: a power of two, or 0 */
	struct call **heap;
	struct call **chains;
	TAILQ_HEAD(, call) by_age;
};

struct pending *
pending_new(uint32_t first_id, size_t max_calls)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->next_id = first_id;
	p->max_calls = max_calls;
	TAILQ_INIT(&p->by_age);
	return p;
}

void
pending_free(struct pending *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		free(p->heap[i]);
	free(p->heap);
	free(p->chains);
	free(p);
}

/* --- the heap --- */

static void
place(struct pending *p, size_t at, struct call *c)
{
	p->heap[at] = c;
	c->at = at;
}

static void
sift_up(struct pending *p, struct call *c)
{
	size_t at = c->at;

	while (at > 0 && c->deadline_ms < p->heap[(at - 1) / 2]->deadline_ms) {
		place(p, at, p->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	place(p, at, c);
}

static void
sift_down(struct pending *p, struct call *c)
{
	size_t at = c->at;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < p->count &&
		    p->heap[child + 1]->deadline_ms < p->heap[child]->deadline_ms)
			child++;
		if (child >= p->count || p->heap[child]->deadline_ms >= c->deadline_ms)
			break;
		place(p, at, p->heap[child]);
		at = child;
	}
	place(p, at, c);
}

/* --- the chains --- */

static struct call **
chain_of(const struct pending *p, uint32_t id)
{
	return &p->chains[id & (p->cap - 1)];
}

static void
chain_in(struct pending *p, struct call *c)
{
	struct call **chain = chain_of(p, c->id);

	c->chain = *chain;
	*chain = c;
}

static void
chain_out(struct pending *p, struct call *c)
{
	struct call **link = chain_of(p, c->id);

	while (*link != c)
		link = &(*link)->chain;
	*link = c->chain;
}

/* --- both --- */

static int
grow(struct pending *p)
{
	size_t cap = p->cap ? 2 * p->cap : FIRST_CAP;
	struct call **chains = calloc(cap, sizeof(struct call *));
	struct call **heap = realloc(p->heap, cap * sizeof(struct call *));

	if (heap)
		p->heap = heap;
	if (!heap || !chains) {
		free(chains);
		return OP_NO_MEMORY;
	}
	free(p->chains);
	p->chains = chains;
	p->cap = cap;
	for (size_t i = 0; i < p->count; i++)
		chain_in(p, p->heap[i]);
	return OP_OK;
}

int
pending_add(struct pending *p, int64_t deadline_ms, void *arg, uint32_t *msgid)
{
	struct call *c;

	if (p->count == p->max_calls || p->next_id > UINT32_MAX)
		return OP_UNAVAILABLE;
	if (p->count == p->cap && grow(p) != OP_OK)
		return OP_NO_MEMORY;
	c = malloc(sizeof(*c));
	if (!c)
		return OP_NO_MEMORY;
	*c = (struct call){.id = (uint32_t)p->next_id++, .deadline_ms = deadline_ms, .arg = arg};
	c->at = p->count++;
	chain_in(p, c);
	sift_up(p, c);
	TAILQ_INSERT_TAIL(&p->by_age, c, by_age);
	*msgid = c->id;
	return OP_OK;
}

static void
take(struct pending *p, struct call *c, void **arg)
{
	struct call *last = p->heap[--p->count];

	if (last != c) {
		last->at = c->at;
		sift_up(p, last);
		sift_down(p, last);
	}
	chain_out(p, c);
	TAILQ_REMOVE(&p->by_age, c, by_age);
	*arg = c->arg;
	free(c);
}

int
pending_take(struct pending *p, uint32_t msgid, void **arg)
{
	struct call *c = p->count ? *chain_of(p, msgid) : NULL;

	while (c && c->id != msgid)
		c = c->chain;
	if (!c)
		return OP_NOT_FOUND;
	take(p, c, arg);
	return OP_OK;
}

bool
pending_take_expired(struct pending *p, int64_t now_ms, uint32_t *msgid, void **arg)
{
	if (p->count == 0 || p->heap[0]->deadline_ms == PENDING_FOREVER ||
	    p->heap[0]->deadline_ms > now_ms)
		return false;
	*msgid = p->heap[0]->id;
	take(p, p->heap[0], arg);
	return true;
}

bool
pending_take_any(struct pending *p, uint32_t *msgid, void **arg)
{
	struct call *c = TAILQ_FIRST(&p->by_age);

	if (!c)
		return false;
	*msgid = c->id;
	take(p, c, arg);
	return true;
}

int64_t
pending_next_deadline(const struct pending *p)
{
	return p->count ? p->heap[0]->deadline_ms : PENDING_FOREVER;
}

size_t
pending_count(const struct pending *p)
{
	return p->count;
}
