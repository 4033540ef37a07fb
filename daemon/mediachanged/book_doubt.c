/* SPDX-License-Identifier: ISC */
/*
 * Doubt: callers that were told that the store does not work, while what they wanted may be on disk
 * or arrive there yet.  Their questions are remembered by id, so that one that turns up is not
 * shown for a day as if somebody waited for it.
 */
#include "daemon/mediachanged/book_int.h"

#include <stdio.h>
#include <string.h>

#include "lib/log.h"

/* --- questions that were refused --- */

static bool
refusal_is(const struct table_node *node, const void *id)
{
	return strcmp(((const struct refusal *)node)->id, id) == 0;
}

static uint64_t
refusal_hash(const char *id)
{
	return table_hash(TABLE_HASH_START, id, strlen(id));
}

static struct refusal *
refusal_find(const struct book *b, const char *id)
{
	return (struct refusal *)table_find(&b->refused, refusal_hash(id), refusal_is, id);
}

static void
forget(struct book *b, struct refusal *r)
{
	if (!r)
		return;
	TAILQ_REMOVE(&b->refusals, r, order);
	table_remove(&b->refused, &r->node);
	free(r->who);
	free(r);
}

static void
remember(struct book *b, const struct call *call)
{
	struct refusal *r = refusal_find(b, call->id);

	if (r || b->limits.max_refused == 0)
		return;
	while (b->refused.count >= b->limits.max_refused)
		forget(b, TAILQ_FIRST(&b->refusals));
	r = must(calloc(1, sizeof(*r)));
	memcpy(r->id, call->id, UUID_SIZE);
	r->who = must(strdup(call->who));
	if (table_add(&b->refused, &r->node, refusal_hash(r->id)) < 0)
		abort();
	TAILQ_INSERT_TAIL(&b->refusals, r, order);
}

void
doubt_fini(struct book *b)
{
	while (!TAILQ_EMPTY(&b->refusals))
		forget(b, TAILQ_FIRST(&b->refusals));
	table_fini(&b->refused);
	free(b->trouble);
}

void
doubt_because(struct book *b, const char *why)
{
	free(b->trouble);
	b->trouble = NULL;
	if (why && asprintf(&b->trouble,
		       "it cannot be written to disk: %s; make room or mend that disk", why) == -1)
		abort();
}

/* Of a question that is not known to be on disk; one that is keeps its asker's lease, and so does
 * one whose asker hears nothing.  Whoever withdraws need not hear that it failed. */
static void
remember_question(struct book *b, const struct call *call)
{
	const struct entry *e = book_entry(b, call->id);
	bool is_over = call->type == CALL_WITHDRAW || (call->type == CALL_ASK && call->client);

	if (is_over && !(e && e->alert))
		remember(b, call);
}

void
doubt_fail(struct book *b, struct call *call)
{
	remember_question(b, call);
	call_tell_trouble(b, call);
	call_free(b, call);
}

void
doubt_turned_up(struct book *b, struct entry *e)
{
	struct refusal *r = refusal_find(b, e->id);
	bool is_own = r && strcmp(r->who, e->alert->asker) == 0;

	forget(b, r);
	/* A one-line client cannot come back: its lease ends the question anyway. */
	if (!is_own || e->waiters > 0 || e->alert->line)
		return;
	log_notice("question %s: on disk after all: withdrawn unless its asker comes back", e->id);
	e->refused = e->orphaned = true;
	e->lease_end = BOOK_NEVER;
	e->orphan_end = b->ms + b->limits.lease_ms;
	book_do(b, BOOK_CHANGED, e->alert);
}

void
doubt_over(struct book *b, struct entry *e)
{
	forget(b, refusal_find(b, e->id));
	if (!e->refused)
		return;
	e->refused = e->orphaned = false;
	e->orphan_end = BOOK_NEVER;
	if (e->alert->wait && e->alert->state == ALERT_PENDING)
		e->lease_end = b->ms + b->limits.lease_ms;
}

/* --- a store that answers nothing --- */

const char *
book_trouble(const struct book *b)
{
	if (b->ready && !b->stalled)
		return NULL;
	return b->trouble ? b->trouble : DOUBT_NO_REASON;
}

bool
doubt_is_stalling(const struct book *b)
{
	return !b->stalled && !TAILQ_EMPTY(&b->flight) && b->ms - b->moved_at >= HOLD_MS;
}

/* The write goes on: what it decides counts when it arrives. */
static void
tell_cause(struct book *b, struct call *call)
{
	remember_question(b, call);
	call_tell_trouble(b, call);
	call_leave(b, call);
	call->told = true;
}

void
doubt_stall(struct book *b)
{
	struct entry *e;

	log_warn(
	    "store: no answer for %d s: what needs it is refused until it answers", HOLD_MS / 1000);
	b->stalled = true;
	doubt_because(b, "the disk of its host does not answer");
	TAILQ_FOREACH(e, &b->flight, flight)
	{
		if (e->cause)
			tell_cause(b, e->cause);
		while (!TAILQ_EMPTY(&e->deferred))
			doubt_fail(b, TAILQ_FIRST(&e->deferred));
	}
}

void
doubt_moved(struct book *b)
{
	b->moved_at = b->ms;
	if (b->stalled)
		log_notice("store: it answers again");
	b->stalled = false;
}

/* An asker that comes back to a question on disk waits on. */
bool
doubt_blocks(const struct book *b, const struct call *call, const struct entry *e)
{
	return b->stalled && !(call->type == CALL_ASK && e && e->alert && !e->op);
}
