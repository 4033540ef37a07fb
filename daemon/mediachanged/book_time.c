/* SPDX-License-Identifier: ISC */
/*
 * Time in the book: each pending entry has up to seven moments on the boot clock; a binary heap by
 * the earliest one says who is next.  An entry with a write on the way is not in the heap: what is
 * due happens when the write has arrived.
 */
#include "daemon/mediachanged/book_int.h"

#include <assert.h>
#include <stdlib.h>

static int64_t
earliest(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void
put(struct book *b, size_t slot, struct entry *e)
{
	b->heap[slot] = e;
	e->heap_slot = slot;
}

static void
sift_up(struct book *b, size_t slot, struct entry *e)
{
	while (slot > 1 && b->heap[slot / 2]->due > e->due) {
		put(b, slot, b->heap[slot / 2]);
		slot /= 2;
	}
	put(b, slot, e);
}

static void
sift_down(struct book *b, size_t slot, struct entry *e)
{
	for (;;) {
		size_t child = slot * 2;

		if (child + 1 <= b->heap_count && b->heap[child + 1]->due < b->heap[child]->due)
			child++;
		if (child > b->heap_count || b->heap[child]->due >= e->due)
			break;
		put(b, slot, b->heap[child]);
		slot = child;
	}
	put(b, slot, e);
}

void
book_unschedule(struct book *b, struct entry *e)
{
	size_t slot = e->heap_slot;

	if (slot == 0)
		return;
	e->heap_slot = 0;
	struct entry *last = b->heap[b->heap_count--];

	if (last == e)
		return;
	if (slot > 1 && b->heap[slot / 2]->due > last->due)
		sift_up(b, slot, last);
	else
		sift_down(b, slot, last);
}

void
book_schedule(struct book *b, struct entry *e)
{
	book_unschedule(b, e);
	if (e->alert->state != ALERT_PENDING)
		return;
	e->due = earliest(earliest(e->is_by_wall ? b->clock_grace : e->deadline, e->lease_end),
	    earliest(e->orphan_end, earliest(e->claim_end, e->snooze_end)));
	e->due = earliest(e->due, escalate_moment(b, e));
	if (e->due == BOOK_NEVER)
		return;
	if (b->heap_count + 2 > b->heap_size) {
		b->heap_size = b->heap_size ? b->heap_size * 2 : 64;
		b->heap = must(realloc(b->heap, b->heap_size * sizeof(struct entry *)));
	}
	sift_up(b, ++b->heap_count, e);
}

/* --- clocks --- */

static int64_t
moment_of(int64_t at, const struct book_now *now)
{
	return now->ms - (now->wall > at ? now->wall - at : 0);
}

/* A clock that has gone back is another one: that of a machine which was put back to an image. */
static bool
is_of_this_boot(const struct book *b, const struct alert *a, const struct book_now *now)
{
	return b->boot_id && a->boot_id == b->boot_id && a->boot_ms <= now->ms;
}

/* The moment that the row tells, by its boot or by the wall clock, which says `at`. */
static int64_t
read_moment(struct book *b, struct entry *e, int64_t at, const struct book_now *now)
{
	bool is_of_boot = is_of_this_boot(b, e->alert, now);

	if (!is_of_boot && b->clock_grace == 0)
		b->clock_grace = now->ms + BOOK_CLOCK_GRACE_MS;
	e->is_by_wall = !is_of_boot && now->ms < b->clock_grace;
	return is_of_boot ? e->alert->boot_ms : moment_of(at, now);
}

void
book_age(struct book *b, struct entry *e, const struct book_now *now)
{
	e->closed = read_moment(b, e, e->alert->closed_at, now);
}

int64_t
book_until(const struct entry *e, int64_t moment)
{
	return moment == BOOK_NEVER ? 0 : e->alert->created_at + (moment - e->asked);
}

void
book_tie(const struct book *b, const struct entry *e, struct alert *next)
{
	if (e->is_by_wall)
		return;
	next->boot_id = b->boot_id;
	next->boot_ms = e->asked;
}

static int64_t
quiet_end(const struct entry *e, int64_t until, const struct book_now *now)
{
	int64_t end = e->asked + (until - e->alert->created_at);

	return until && end > now->ms ? earliest(end, now->ms + QUIET_MAX_MS) : BOOK_NEVER;
}

/* What was claimed in the grace and is not yet written as of this boot: the row knows less. */
static bool
is_untied(const struct book *b, const struct entry *e)
{
	return e->is_quietened && !e->is_by_wall && e->alert->boot_id != b->boot_id;
}

void
book_arm_quiet(const struct book *b, struct entry *e, const struct book_now *now)
{
	if (is_untied(b, e))
		return;
	e->claim_end = quiet_end(e, e->alert->claimed_until, now);
	e->snooze_end = quiet_end(e, e->alert->snoozed_until, now);
}

void
book_tie_quiet(struct book *b, struct entry *e)
{
	if (!is_untied(b, e))
		return;
	struct alert *next = book_revise(e);

	book_tie(b, e, next);
	next->claimed_until = book_until(e, e->claim_end);
	next->snoozed_until = book_until(e, e->snooze_end);
	book_decide(b, e, next, NULL, (struct book_life){0});
}

static void
reckon(struct book *b, struct entry *e, const struct book_now *now)
{
	const struct alert *a = e->alert;

	e->asked = read_moment(b, e, a->created_at, now);
	e->deadline = a->timeout_ms ? e->asked + a->timeout_ms : BOOK_NEVER;
	book_arm_quiet(b, e, now);
}

void
book_arm(struct book *b, struct entry *e, const struct book_now *now)
{
	const struct alert *a = e->alert;

	reckon(b, e, now);
	if ((a->wait || a->line) && e->waiters == 0)
		e->lease_end = now->ms + b->limits.lease_ms;
}

int64_t
book_left(const struct entry *e, const struct book_now *now)
{
	return e->deadline == BOOK_NEVER || e->deadline < now->ms ? 0 : e->deadline - now->ms;
}

/* --- what is due --- */

static void
expire(struct book *b, struct entry *e, const struct book_now *now)
{
	struct alert *next = book_revise(e);

	book_end_answered(b, e, next, ALERT_EXPIRED, now);
	if (alert_set(&next->answer, next->default_label) < 0)
		abort();
	book_decide(b, e, next, NULL, (struct book_life){0});
}

static void
end_lease(struct book *b, struct entry *e, const struct book_now *now)
{
	/* Moments that lead to a decision stay until it is on disk: it may be lost. */
	if (e->alert->line) {
		book_end_by_daemon(b, e, "the asker's connection has ended", now);
		return;
	}
	e->lease_end = BOOK_NEVER;
	e->orphaned = true;
	e->orphan_end = now->ms + b->limits.orphan_keep_ms;
	book_do(b, BOOK_CHANGED, e->alert);
}

static void
end_quiet(struct book *b, struct entry *e, const struct book_now *now)
{
	if (e->claim_end <= now->ms)
		e->claim_end = BOOK_NEVER;
	if (e->snooze_end <= now->ms)
		e->snooze_end = BOOK_NEVER;
	book_do(b, BOOK_CHANGED, e->alert);
	if (!book_is_quiet(e))
		book_do(b, BOOK_RING, e->alert);
}

#define STEP_MS 1000 /* less is no step: the two clocks are read one after the other */

/* The grace is over: the wall clock is as good as it will be. */
static void
end_grace(struct book *b, struct entry *e, const struct book_now *now)
{
	int64_t asked = e->asked;
	bool was_quiet = book_is_quiet(e);

	reckon(b, e, now);
	if (llabs(e->asked - asked) >= STEP_MS)
		book_do(b, BOOK_CHANGED, e->alert);
	if (was_quiet && !book_is_quiet(e))
		book_do(b, BOOK_RING, e->alert);
	book_tie_quiet(b, e);
}

static void
fire(struct book *b, struct entry *e, const struct book_now *now)
{
	assert(e->alert->state == ALERT_PENDING);
	if (e->is_by_wall && b->clock_grace <= now->ms)
		end_grace(b, e, now);
	else if (e->deadline <= now->ms && !e->is_by_wall)
		expire(b, e, now);
	else if (e->lease_end <= now->ms)
		end_lease(b, e, now);
	else if (e->orphan_end <= now->ms)
		book_end_by_daemon(b, e,
		    e->refused ? "its asker was told that it could not be kept"
			       : "nobody came back for the answer",
		    now);
	else if (e->claim_end <= now->ms || e->snooze_end <= now->ms)
		end_quiet(b, e, now);
	else
		escalate_due(b, e);
	if (!e->op)
		book_schedule(b, e);
}

static void
forget_old(struct book *b, const struct book_now *now)
{
	struct entry *next;

	for (struct entry *e = TAILQ_FIRST(&b->closed); e; e = next) {
		next = TAILQ_NEXT(e, order);
		if (e->is_by_wall && b->clock_grace <= now->ms)
			book_age(b, e, now);
		if (e->is_by_wall || e->closed > now->ms - b->limits.unconfirmed_ms)
			break;
		if (!book_is_needed(e))
			book_forget(b, e);
	}
}

void
book_tick(struct book *b, const struct book_now *now)
{
	book_enter(b, now);
	if (!b->ready) {
		if (b->hold_until <= now->ms)
			call_end_hold(b);
		return;
	}
	if (doubt_is_stalling(b))
		doubt_stall(b);
	ask_grace_over(b, now);
	while (b->heap_count > 0 && b->heap[1]->due <= now->ms)
		fire(b, b->heap[1], now);
	escalate_go_on(b);
	forget_old(b, now);
}

int64_t
book_next_timer(const struct book *b)
{
	int64_t next = BOOK_NEVER;
	const struct call *call = TAILQ_FIRST(&b->graced);

	if (!b->ready)
		return TAILQ_EMPTY(&b->held) ? BOOK_NEVER : b->hold_until;
	if (b->heap_count > 0)
		next = b->heap[1]->due;
	if (escalate_can_go_on(b))
		next = b->ms;
	if (!TAILQ_EMPTY(&b->flight) && !b->stalled)
		next = earliest(next, b->moved_at + HOLD_MS);
	return call ? earliest(next, call->grace) : next;
}
