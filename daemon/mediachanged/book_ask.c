/* SPDX-License-Identifier: ISC */
/*
 * The rules for askers: a question is new, known by its id, or joins another one under its key; it
 * is waited for, withdrawn, confirmed; it needs a desk or not.
 */
#include "daemon/mediachanged/book_int.h"

#include <string.h>

#include "lib/err.h"

/* --- waiting --- */

/* Not a one-line client, which could do nothing with it: its worker sleeps on. */
static void
tell_accepted(struct book *b, const struct call *call, const struct entry *e)
{
	if (!call->client || (e->alert->line && !call->joined))
		return;
	struct book_action *action = book_do(b, BOOK_ACCEPTED, e->alert);

	action->client = call->client->id;
	action->id = call->id;
	action->joined = call->joined;
}

static void
wait_for_answer(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	call_enlist(call, e, &e->waiting);
	e->waiters++;
	e->awaited |= call->wait;
	e->lease_end = e->orphan_end = BOOK_NEVER;
	e->orphaned = false;
	if (call->require_desk && b->desks == 0) {
		call->grace = now->ms + b->limits.desk_grace_ms;
		TAILQ_INSERT_TAIL(&b->graced, call, graced);
	}
}

/* The question is on disk: the asker waits for its end, or has it already. */
static void
attach(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (call->client)
		doubt_over(b, e);
	if (e->alert->state != ALERT_PENDING) {
		call_reply(b, call, e->alert);
	} else if (!call->client) {
		call_free(b, call);
		if (e->waiters == 0)
			ask_lease(b, e, now);
	} else {
		tell_accepted(b, call, e);
		if (call->wait || (call->require_desk && b->desks == 0))
			wait_for_answer(b, call, e, now);
		else
			call_reply(b, call, e->alert);
	}
}

/* Asked again: nothing is to be written. */
static void
come_back(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	bool was_alone = e->waiters == 0;

	attach(b, call, e, now);
	if (was_alone && e->waiters > 0)
		book_do(b, BOOK_CHANGED, e->alert);
	book_schedule(b, e);
}

void
ask_lease(struct book *b, struct entry *e, const struct book_now *now)
{
	if (e->alert->state != ALERT_PENDING)
		return;
	if (e->alert->line)
		e->lease_end = now->ms;
	else if (e->alert->wait)
		e->lease_end = now->ms + b->limits.lease_ms;
	if (!e->op)
		book_schedule(b, e);
	book_do(b, BOOK_CHANGED, e->alert);
}

/* A desk shows the question: an asker that waited only for that has its reply. */
static void
desk_shows(struct book *b, struct call *call, const struct book_now *now)
{
	struct entry *e = call->entry;

	call_grace_end(b, call);
	call->no_desk = false;
	if (call->wait)
		return;
	call_reply(b, call, e->alert);
	if (e->waiters == 0)
		ask_lease(b, e, now);
}

void
book_desks(struct book *b, int count, const struct book_now *now)
{
	struct call *call;
	struct entry *e;

	book_enter(b, now);
	bool has_changed = (b->desks == 0) != (count == 0);

	b->desks = count;
	if (!has_changed)
		return;
	TAILQ_FOREACH(e, &b->pending, order)
	{
		TAILQ_FOREACH(call, &e->waiting, link)
		tell_accepted(b, call, e);
	}
	while (count > 0 && (call = TAILQ_FIRST(&b->graced)))
		desk_shows(b, call, now);
}

void
ask_no_desk(struct book *b, struct entry *e, const struct book_now *now)
{
	struct call *next;

	for (struct call *call = TAILQ_FIRST(&e->waiting); call; call = next) {
		next = TAILQ_NEXT(call, link);
		if (!call->no_desk)
			continue;
		if (b->desks > 0) {
			desk_shows(b, call, now);
		} else if (e->waiters > 1) {
			call_fail(b, call, OP_UNAVAILABLE, "no desk shows it", NULL);
		} else {
			book_end_by_daemon(b, e, "no desk showed it", now);
			return;
		}
	}
}

void
ask_grace_over(struct book *b, const struct book_now *now)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&b->graced)) && call->grace <= now->ms) {
		struct entry *e = call->entry;

		call_grace_end(b, call);
		call->no_desk = true;
		if (!e->op)
			ask_no_desk(b, e, now);
	}
}

/* --- asking --- */

static void
insert(
    struct book *b, struct call *call, struct entry *e, struct key *k, const struct book_now *now)
{
	struct alert *a = call->arg;

	if (b->open >= b->limits.max_pending ||
	    book_open_of(b, a->asker) >= b->limits.max_pending_per_asker) {
		call_fail(b, call, OP_UNAVAILABLE, "too many questions are pending", NULL);
		return;
	}
	call->arg = NULL;
	a->seq = ++b->last_seq;
	a->attempt = k && k->newest ? k->newest->alert->attempt + 1 : 1;
	a->created_at = now->wall;
	a->deadline_at = a->timeout_ms ? now->wall + a->timeout_ms : 0;
	a->boot_id = b->boot_id;
	a->boot_ms = now->ms;
	if (!e)
		e = book_entry_new(b, call->id);
	if (a->key) {
		book_key_take(e, k ? k : book_key(b, a->asker, a->key, true));
		e->key->inserting = e;
	}
	e->asked = now->ms;
	if (a->timeout_ms)
		e->deadline = now->ms + a->timeout_ms;
	book_open(b, e, a->asker);
	book_decide(b, e, a, call, (struct book_life){0});
}

static bool
same_buttons(const struct alert *a, const struct alert *b)
{
	return strcmp(a->kind, b->kind) == 0 && strcmp(a->labels, b->labels) == 0;
}

static bool
has_joined(const struct entry *e, const struct call *call)
{
	return alert_list_has(e->alert->joined, call->id);
}

/* Is this ask, which is new, to get the answer of `e`, the newest under its key? */
static bool
belongs_to(const struct entry *e, const struct call *call)
{
	const struct alert *a = e->alert;

	if (a->state == ALERT_PENDING)
		return true;
	return a->answer && !a->confirmed && same_buttons(a, call->arg);
}

#define JOINED_MAX 100 /* asks that may wait under one key; each costs a line in its row */

static void
join(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (!same_buttons(e->alert, call->arg)) {
		call_fail(b, call, OP_CONFLICT,
		    "a question with other buttons is pending under this key", e->alert);
		return;
	}
	call->joined = true;
	if (has_joined(e, call)) {
		come_back(b, call, e, now);
		return;
	}
	size_t len = e->alert->joined ? strlen(e->alert->joined) : 0;

	if (len >= JOINED_MAX * (size_t)UUID_SIZE) {
		call_fail(b, call, OP_UNAVAILABLE, "too many asks wait under this key", NULL);
		return;
	}
	struct alert *next = book_revise(e);

	next->joined = must(realloc(next->joined, len + UUID_SIZE + 1));
	memcpy(next->joined + len, call->id, UUID_SIZE - 1);
	memcpy(next->joined + len + UUID_SIZE - 1, "\n", 2);
	book_decide(b, e, next, call, (struct book_life){"joined", call->who, NULL});
}

/* It had joined this earlier question under its key. */
static void
rejoin(struct book *b, struct call *call, const struct book_now *now)
{
	struct entry *host = book_entry(b, call->host);

	if (host && host->op) {
		call_enlist(call, host, &host->deferred);
	} else if (!host || !host->alert) { /* forgotten while the call waited */
		call->host[0] = '\0';
		book_lookup(b, call);
	} else if (!same_buttons(host->alert, call->arg)) {
		call_fail(b, call, OP_CONFLICT, "another question has this id", NULL);
	} else {
		call->joined = true;
		come_back(b, call, host, now);
	}
}

/* Its id is known: the very same question, or a conflict. */
static void
ask_known(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (!alert_same_body(e->alert, call->arg)) {
		call_fail(b, call, OP_CONFLICT, "another question has this id", NULL);
		return;
	}
	come_back(b, call, e, now);
}

void
ask_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	const struct alert *a = call->arg;

	if (e && e->alert) {
		ask_known(b, call, e, now);
		return;
	}
	if (call->host[0]) {
		rejoin(b, call, now);
		return;
	}
	struct key *k = a->key ? book_key(b, a->asker, a->key, false) : NULL;
	struct entry *newest = k ? k->newest : NULL;

	if (k && k->inserting)
		call_enlist(call, k->inserting, &k->inserting->deferred);
	else if (newest && newest->op)
		call_enlist(call, newest, &newest->deferred);
	else if (newest && has_joined(newest, call))
		join(b, call, newest, now);
	else if (newest && !call->looked) /* it may have an answer of its own, from before */
		book_lookup(b, call);
	else if (newest && belongs_to(newest, call))
		join(b, call, newest, now);
	else
		insert(b, call, e, k, now);
}

void
ask_stored(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	attach(b, call, e, now);
}

/* --- confirming and withdrawing --- */

static bool
is_own(const struct entry *e, const struct call *call)
{
	return strcmp(e->alert->asker, call->who) == 0;
}

void
confirm_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	(void)now;
	if (!is_own(e, call)) {
		call_fail(b, call, OP_DENIED, "it was asked by somebody else", NULL);
	} else if (e->alert->state == ALERT_PENDING) {
		call_fail(b, call, OP_CONFLICT, "it is not closed yet", NULL);
	} else if (e->alert->confirmed) {
		call_reply(b, call, NULL);
	} else {
		struct alert *next = book_revise(e);

		next->confirmed = true;
		book_decide(b, e, next, call, (struct book_life){0});
	}
}

/* Is `w` the wait that the withdrawal is to end?  An ask that is named may wait on connections that
 * are lost and have not ended here, and need not wait at all. */
static bool
is_taken_back(const struct call *w, const struct call *call)
{
	return call->ask[0] ? strcmp(w->id, call->ask) == 0 : w->client == call->client;
}

/* Whoever withdraws takes back one asking, for which others wait too.  Without a name that is
 * somebody who waits on this connection, or whose connection has ended meanwhile; all others mean
 * the question itself, an operator above all. */
static bool
is_shared(const struct entry *e, const struct call *call)
{
	bool is_one = call->ask[0] || call->if_alone || (!call->client && is_own(e, call));
	bool has_others = false;
	struct call *w;

	TAILQ_FOREACH(w, &e->waiting, link)
	{
		if (is_taken_back(w, call))
			is_one = true;
		else
			has_others = true;
	}
	return is_one && has_others;
}

/* One of several askers stops waiting: the question stays for the others. */
static void
leave(struct book *b, struct call *call, struct entry *e)
{
	struct call *next;

	for (struct call *w = TAILQ_FIRST(&e->waiting); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (is_taken_back(w, call))
			call_fail(b, w, OP_CANCELLED, "withdrawn; others still wait for the answer",
			    NULL);
	}
	call_reply(b, call, e->alert);
	book_do(b, BOOK_CHANGED, e->alert);
}

static void
withdraw_pending(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (is_shared(e, call)) {
		leave(b, call, e);
		return;
	}
	struct alert *next = book_revise(e);

	book_end(b, next, ALERT_WITHDRAWN, now);
	next->by = must(strdup(call->who));
	if (alert_set(&next->reason, call->arg->reason) < 0)
		abort();
	next->confirmed = is_own(e, call);
	book_decide(b, e, next, call, (struct book_life){0});
}

void
withdraw_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	const struct alert *a = e->alert;

	if (!is_own(e, call) && !call->is_operator)
		call_fail(b, call, OP_DENIED, "it was asked by somebody else", NULL);
	else if (a->state == ALERT_PENDING)
		withdraw_pending(b, call, e, now);
	else if (a->state == ALERT_WITHDRAWN && a->by && strcmp(a->by, call->who) == 0)
		call_reply(b, call, a);
	else
		call_fail(b, call, OP_ALREADY_ANSWERED, NULL, a);
}

void
book_end_by_daemon(struct book *b, struct entry *e, const char *reason, const struct book_now *now)
{
	struct alert *next = book_revise(e);

	book_end(b, next, ALERT_WITHDRAWN, now);
	next->reason = must(strdup(reason));
	next->confirmed = e->alert->line;
	book_decide(b, e, next, NULL, (struct book_life){0});
}
