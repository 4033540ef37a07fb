/* SPDX-License-Identifier: ISC */
/*
 * Decisions on their way to the disk, what follows when they have arrived or were lost, and reading
 * the store.  An entry has at most one write or look-up on the way (book.flight, in order of ops).
 */
#include "daemon/mediachanged/book_int.h"

#include <assert.h>
#include <string.h>

#include "lib/err.h"
#include "lib/log.h"

static void
take_off(struct book *b, struct entry *e, struct call *cause)
{
	e->cause = cause;
	e->op = ++b->last_op;
	if (TAILQ_EMPTY(&b->flight))
		b->moved_at = b->ms;
	TAILQ_INSERT_TAIL(&b->flight, e, flight);
	book_unschedule(b, e);
}

static struct entry *
land(struct book *b, uint64_t op)
{
	struct entry *e;

	TAILQ_FOREACH(e, &b->flight, flight)
	{
		if (e->op == op)
			break;
	}
	if (!e)
		return NULL;
	TAILQ_REMOVE(&b->flight, e, flight);
	e->op = 0;
	doubt_moved(b);
	return e;
}

struct alert *
book_revise(const struct entry *e)
{
	return must(alert_copy(e->alert));
}

void
book_end(
    const struct book *b, struct alert *next, enum alert_state state, const struct book_now *now)
{
	next->state = state;
	next->boot_id = b->boot_id;
	next->boot_ms = now->ms;
	next->closed_at = now->wall > next->created_at ? now->wall : next->created_at;
}

void
book_end_answered(const struct book *b, const struct entry *e, struct alert *next,
    enum alert_state state, const struct book_now *now)
{
	book_end(b, next, state, now);
	next->confirmed = !next->wait && !next->line && !e->awaited;
}

void
book_decide(
    struct book *b, struct entry *e, struct alert *next, struct call *cause, struct book_life life)
{
	assert(b->ready && !e->op);
	next->version = e->alert ? e->alert->version + 1 : 1;
	e->next = next;
	take_off(b, e, cause);
	struct book_action *action = book_do(b, BOOK_STORE, next);

	action->op = e->op;
	action->life = life;
}

/* call: whose id it is, or NULL. */
static void
look_up(struct book *b, struct entry *e, const struct call *call)
{
	take_off(b, e, NULL);
	struct book_action *action = book_do(b, BOOK_LOOKUP, NULL);

	action->op = e->op;
	action->id = e->id;
	if (call && call->type == CALL_ASK) {
		action->who = call->who;
		action->key = call->arg->key;
	}
}

void
book_lookup(struct book *b, struct call *call)
{
	struct entry *e = book_entry(b, call->id);

	if (!e)
		e = book_entry_new(b, call->id);
	call_enlist(call, e, &e->deferred);
	look_up(b, e, call);
}

/* Everybody who waited for the end of the question gets it. */
static void
deliver(struct book *b, struct entry *e)
{
	struct call *call;

	e->deadline = e->lease_end = e->orphan_end = e->claim_end = e->snooze_end = BOOK_NEVER;
	e->orphaned = e->refused = false;
	while ((call = TAILQ_FIRST(&e->waiting))) {
		if (call->no_desk && e->alert->state == ALERT_WITHDRAWN)
			call_fail(b, call, OP_UNAVAILABLE, "no desk shows it", NULL);
		else
			call_reply(b, call, e->alert);
	}
}

/* The entry is at rest again with a new state: act on it, then let the calls have their turn. */
static void
settle(struct book *b, struct entry *e, const struct book_now *now)
{
	bool is_pending = e->alert && e->alert->state == ALERT_PENDING;

	if (e->alert && !is_pending)
		deliver(b, e);
	if (is_pending)
		doubt_turned_up(b, e);
	if (is_pending && b->stopping && e->alert->line)
		book_end_by_daemon(b, e, "daemon stopped", now);
	else if (is_pending)
		ask_no_desk(b, e, now);
	if (e->alert && !e->op)
		escalate_settle(b, e);
	if (is_pending && !e->op)
		book_tie_quiet(b, e);
	if (e->alert && !e->op)
		book_schedule(b, e);
	call_dispatch_list(b, &e->deferred, now);
	book_tidy(b, e);
}

static void
become(struct book *b, struct entry *e, struct alert *row)
{
	book_bury_alert(b, e->alert);
	e->alert = row;
	book_place(b, e);
}

static void
ring_if_loud(struct book *b, struct entry *e)
{
	if (!book_is_quiet(e))
		book_do(b, BOOK_RING, e->alert);
}

/* A claim or a snooze is on disk: it counts from now, or has ended. */
static void
quieten(struct book *b, struct entry *e, const struct call *call, const struct book_now *now)
{
	int64_t *end = call->type == CALL_CLAIM ? &e->claim_end : &e->snooze_end;

	*end = call->for_ms > 0 ? now->ms + call->for_ms : BOOK_NEVER;
	e->is_quietened |= e->is_by_wall;
	if (call->for_ms == 0)
		ring_if_loud(b, e);
}

static bool
has_no_result(const struct call *call)
{
	return call->type == CALL_CONFIRM || call->type == CALL_SHOWN;
}

static void
finish_cause(struct book *b, struct entry *e, struct call *cause, const struct book_now *now)
{
	if (cause->type == CALL_SHOWN)
		shown_stored(e, cause);
	if (cause->type == CALL_CLAIM || cause->type == CALL_SNOOZE)
		quieten(b, e, cause, now);
	if (cause->type == CALL_ASK)
		ask_stored(b, cause, e, now);
	else
		call_reply(b, cause, has_no_result(cause) ? NULL : e->alert);
}

/* The store knew better: go on from its row, the cause has its turn again. */
static void
overtaken(struct book *b, struct entry *e, struct alert *current, const struct book_now *now)
{
	struct call *cause = e->cause;

	if (!e->alert) {
		assert(cause && cause->type == CALL_ASK && !cause->arg);
		cause->arg = e->next;
		book_unopen(b, e);
		book_key_release(b, e);
	} else {
		book_bury_alert(b, e->next);
	}
	e->next = NULL;
	e->cause = NULL;
	become(b, e, current);
	if (current->state == ALERT_PENDING)
		book_arm(b, e, now);
	book_do(b, BOOK_CHANGED, e->alert);
	if (cause) {
		call_enlist(cause, e, &e->deferred);
		TAILQ_REMOVE(&e->deferred, cause, link);
		TAILQ_INSERT_HEAD(&e->deferred, cause, link);
	}
	settle(b, e, now);
}

void
book_stored(struct book *b, uint64_t op, struct alert *current, const struct book_now *now)
{
	book_enter(b, now);
	struct entry *e = land(b, op);

	if (!e) {
		alert_free(current);
		return;
	}
	if (current) {
		overtaken(b, e, current, now);
		return;
	}
	struct call *cause = e->cause;
	struct alert *next = e->next;
	/* Confirmed, or a command has ended after the question. */
	bool is_quiet =
	    cause ? cause->type == CALL_CONFIRM : e->alert && e->alert->state != ALERT_PENDING;

	e->cause = NULL;
	e->next = NULL;
	become(b, e, next);
	if (cause)
		finish_cause(b, e, cause, now);
	if (!is_quiet)
		book_do(b, BOOK_CHANGED, e->alert);
	settle(b, e, now);
}

/* It was on disk and is not any more: somebody has tampered with the store. */
static void
vanish(struct book *b, struct entry *e, const struct book_now *now)
{
	struct call_list calls = TAILQ_HEAD_INITIALIZER(calls);
	struct call *call;

	while ((call = TAILQ_FIRST(&e->waiting)))
		call_fail(b, call, OP_NOT_FOUND, "the question has vanished from the store", NULL);
	while ((call = TAILQ_FIRST(&e->deferred))) {
		call_delist(call);
		call_enlist(call, NULL, &calls);
	}
	book_forget(b, e);
	call_dispatch_list(b, &calls, now);
}

/* The id of `e` had joined another question: what became of that is for the asks under it. */
static void
found_joined(struct book *b, struct entry *e, struct alert *row, const struct book_now *now)
{
	struct entry *host = book_entry(b, row->id);
	struct call *call;
	char id[UUID_SIZE];

	memcpy(id, row->id, UUID_SIZE);
	TAILQ_FOREACH(call, &e->deferred, link)
	memcpy(call->host, id, UUID_SIZE);
	if (host && host->alert) {
		alert_free(row);
	} else if (host && host->op) {
		alert_free(row); /* it is asked for again when that has landed */
	} else {
		if (!host)
			host = book_entry_new(b, id);
		become(b, host, row);
		if (row->state == ALERT_PENDING)
			book_arm(b, host, now);
		else
			book_age(b, host, now);
	}
	settle(b, e, now);
	if ((host = book_entry(b, id)))
		book_tidy(b, host);
}

void
book_found(struct book *b, uint64_t op, struct alert *row, const struct book_now *now)
{
	struct call *call;

	book_enter(b, now);
	struct entry *e = land(b, op);

	if (!e) {
		alert_free(row);
		return;
	}
	TAILQ_FOREACH(call, &e->deferred, link)
	call->looked = true;
	bool was_pending = e->alert != NULL;

	if (row && strcmp(row->id, e->id) != 0) {
		found_joined(b, e, row, now);
		return;
	}
	if (row) {
		become(b, e, row);
		if (row->state == ALERT_PENDING)
			book_arm(b, e, now);
		else if (!was_pending)
			book_age(b, e, now);
		if (was_pending)
			book_do(b, BOOK_CHANGED, e->alert);
	} else if (was_pending) {
		log_error("store: a pending question has vanished: %s", e->id);
		vanish(b, e, now);
		return;
	}
	settle(b, e, now);
}

/* --- loss and reading again --- */

static void
lose(struct book *b, struct entry *e, const struct book_now *now)
{
	struct call *call = e->cause;

	TAILQ_REMOVE(&b->flight, e, flight);
	e->op = 0;
	e->cause = NULL;
	if (call && !call->arg) { /* a new question, given away to be written */
		call->arg = e->next;
		e->next = NULL;
	}
	if (call && call->told) {
		call_free(b, call);
	} else if (call) {
		call->losses++;
		call_hold(b, call, now);
	}
	while ((call = TAILQ_FIRST(&e->deferred))) {
		call_delist(call);
		call_hold(b, call, now);
	}
	book_bury_alert(b, e->next);
	e->next = NULL;
	if (!e->alert)
		book_forget(b, e);
}

void
book_store_lost(struct book *b, const char *why, const struct book_now *now)
{
	struct entry *e;

	book_enter(b, now);
	doubt_because(b, why);
	if (b->ready)
		b->hold_until = now->ms + HOLD_MS;
	b->ready = b->stalled = false;
	while ((e = TAILQ_FIRST(&b->flight)))
		lose(b, e, now);
	TAILQ_FOREACH(e, &b->pending, order)
	e->stale = true;
	TAILQ_FOREACH(e, &b->closed, order)
	e->stale = true;
}

void
book_load(struct book *b, struct alert *a, const struct book_now *now)
{
	book_enter(b, now);
	assert(!b->ready);
	struct entry *e = book_entry(b, a->id);
	bool is_known = e != NULL;
	int64_t version = is_known ? e->alert->version : 0;

	if (!is_known)
		e = book_entry_new(b, a->id);
	e->stale = false;
	become(b, e, a);
	if (is_known ? version != a->version : a->state == ALERT_PENDING)
		book_do(b, BOOK_CHANGED, a);
	if (a->state != ALERT_PENDING && !is_known)
		book_age(b, e, now);
	if (a->state != ALERT_PENDING)
		return;
	if (is_known)
		book_arm_quiet(b, e, now);
	else
		book_arm(b, e, now);
}

static void
end_load_of(struct book *b, struct entry_list *list, const struct book_now *now)
{
	struct entry *next;

	for (struct entry *e = TAILQ_FIRST(list); e; e = next) {
		next = TAILQ_NEXT(e, order);
		if (!e->stale) {
			settle(b, e, now);
			continue;
		}
		/* Closed and confirmed by a write whose outcome was unknown, most likely. */
		e->stale = false;
		if (e->alert->state == ALERT_PENDING)
			look_up(b, e, NULL);
		else
			book_forget(b, e);
	}
}

void
book_end_load(struct book *b, int64_t last_seq, const struct book_now *now)
{
	book_enter(b, now);
	b->ready = true;
	if (b->last_seq < last_seq)
		b->last_seq = last_seq;
	end_load_of(b, &b->pending, now);
	end_load_of(b, &b->closed, now);
	call_dispatch_list(b, &b->held, now);
}

void
book_stop(struct book *b, const struct book_now *now)
{
	struct entry *e;

	book_enter(b, now);
	b->stopping = true;
	if (!b->ready)
		return;
	TAILQ_FOREACH(e, &b->pending, order)
	{
		if (e->alert->line && !e->op)
			book_end_by_daemon(b, e, "daemon stopped", now);
	}
}
