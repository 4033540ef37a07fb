/* SPDX-License-Identifier: ISC */
/*
 * Levels of escalation (book.h).  A level goes through three stages: the row is written that says
 * that it is begun (entry.starting), its command runs (entry.running), its result is written
 * (entry.result). Slots bound the commands that run at a time.
 */
#include "daemon/mediachanged/book_int.h"

#include <stdio.h>
#include <string.h>

static int64_t
later(int64_t a, int64_t b)
{
	return b != BOOK_NEVER && b > a ? b : a;
}

int64_t
escalate_moment(const struct book *b, const struct entry *e)
{
	const struct alert *a = e->alert;

	if (b->stopping || a->state != ALERT_PENDING || a->escalating || e->queued || e->orphaned ||
	    (size_t)a->escalated >= b->limits.levels)
		return BOOK_NEVER;
	int64_t moment = e->asked + b->limits.escalate_after_ms[a->escalated];

	if (e->is_by_wall)
		moment = later(moment, b->clock_grace);
	return later(later(moment, e->claim_end), e->snooze_end);
}

static void
begin(struct book *b, struct entry *e)
{
	struct alert *next = book_revise(e);

	next->escalated++;
	next->escalating = true;
	e->starting = true;
	b->escalations++;
	book_decide(b, e, next, NULL, (struct book_life){0});
}

static bool
has_slot(const struct book *b)
{
	return b->escalations < b->limits.max_escalations;
}

void
escalate_due(struct book *b, struct entry *e)
{
	if (has_slot(b) && TAILQ_EMPTY(&b->escalate_queue)) {
		begin(b, e);
		return;
	}
	e->queued = true;
	TAILQ_INSERT_TAIL(&b->escalate_queue, e, escalate);
}

static void
leave_queue(struct book *b, struct entry *e)
{
	if (e->queued)
		TAILQ_REMOVE(&b->escalate_queue, e, escalate);
	e->queued = false;
}

bool
escalate_can_go_on(const struct book *b)
{
	return has_slot(b) && !TAILQ_EMPTY(&b->escalate_queue);
}

void
escalate_go_on(struct book *b)
{
	while (b->ready && escalate_can_go_on(b)) {
		struct entry *e = TAILQ_FIRST(&b->escalate_queue);

		/* It may have been answered or claimed meanwhile. */
		leave_queue(b, e);
		if (e->op)
			continue; /* is scheduled when that has landed */
		if (escalate_moment(b, e) <= b->ms)
			begin(b, e);
		else
			book_schedule(b, e);
	}
}

/* --- results --- */

static void
set_result(struct entry *e, bool has_failed, const char *note)
{
	e->has_failed = has_failed;
	e->result = must(strdup(note));
}

static void
write_result(struct book *b, struct entry *e)
{
	struct alert *next = book_revise(e);

	next->escalating = false;
	if (alert_set(&next->escalation_error, e->has_failed ? e->result : NULL) < 0)
		abort();
	snprintf(e->level, sizeof(e->level), "level %d", (int)next->escalated);
	book_decide(b, e, next, NULL, (struct book_life){"escalated", e->level, e->result});
}

/* The write that begins a level has landed, or was lost. */
static void
begun(struct book *b, struct entry *e)
{
	e->starting = false;
	e->running = e->alert->escalating && e->alert->state == ALERT_PENDING;
	if (e->running)
		book_do(b, BOOK_ESCALATE, e->alert);
	else
		b->escalations--;
}

void
escalate_settle(struct book *b, struct entry *e)
{
	bool is_pending = e->alert->state == ALERT_PENDING;

	if (e->starting)
		begun(b, e);
	if (e->alert->escalating && !e->running && !e->result && is_pending)
		set_result(e, true, "result unknown: the daemon ended while it ran");
	if (e->result && e->alert->escalating) {
		write_result(b, e);
	} else {
		free(e->result);
		e->result = NULL;
	}
}

void
book_escalated(
    struct book *b, const char *id, bool has_failed, const char *note, const struct book_now *now)
{
	struct entry *e = book_entry(b, id);

	book_enter(b, now);
	b->escalations--;
	if (e && e->running) {
		e->running = false;
		set_result(e, has_failed, note);
		if (b->ready && !e->op)
			write_result(b, e);
	}
	escalate_go_on(b);
}

void
escalate_forget(struct book *b, struct entry *e)
{
	leave_queue(b, e);
	b->escalations -= e->starting;
	e->starting = false;
	free(e->result);
	e->result = NULL;
}
