/* SPDX-License-Identifier: ISC */
/*
 * The rules for operators.  Whether a caller is one at all is checked before (lib/method.h).
 */
#include "daemon/mediachanged/book_int.h"

#include <string.h>

#include "lib/err.h"

/* What is wrong with this answer, or NULL. */
static const char *
answer_fault(const struct alert *a, const struct alert *arg)
{
	bool is_text = strcmp(a->kind, "text") == 0;

	if (!alert_list_has(a->labels, arg->answer))
		return "label: not one of the buttons of this question";
	if (is_text && strcmp(arg->answer, "Ok") == 0 && !arg->text_answer)
		return "text: missing";
	if (!is_text && arg->text_answer)
		return "text: this question takes a button only";
	return NULL;
}

/* Copied, not moved: a call whose write is lost has its turn again. */
static void
set(char **to, const char *from)
{
	if (alert_set(to, from) < 0)
		abort();
}

static void
answer_pending(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	struct alert *next = book_revise(e);
	const struct alert *arg = call->arg;
	struct book_life life = {0};

	book_end_answered(b, e, next, ALERT_ANSWERED, now);
	set(&next->by, call->who);
	set(&next->answer, arg->answer);
	set(&next->answer_id, arg->answer_id);
	set(&next->text_answer, arg->text_answer);
	set(&next->desk, arg->desk);
	if (arg->note) {
		set(&next->note, arg->note);
		life = (struct book_life){"note", call->who, next->note};
	}
	book_decide(b, e, next, call, life);
}

void
answer_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	const struct alert *a = e->alert;
	const char *fault;

	if (a->answer_id && strcmp(a->answer_id, call->arg->answer_id) == 0)
		call_reply(b, call, a);
	else if (a->state != ALERT_PENDING)
		call_fail(b, call, OP_ALREADY_ANSWERED, NULL, a);
	else if ((fault = answer_fault(a, call->arg)))
		call_fail(b, call, OP_BAD_REQUEST, fault, NULL);
	else
		answer_pending(b, call, e, now);
}

/* Claims and snoozes are for pending questions and have an end. */
static bool
may_quieten(struct book *b, struct call *call, const struct entry *e)
{
	if (e->alert->state != ALERT_PENDING)
		call_fail(b, call, OP_ALREADY_ANSWERED, NULL, e->alert);
	else if (call->for_ms < 0 || call->for_ms > QUIET_MAX_MS)
		call_fail(b, call, OP_BAD_REQUEST, "for_ms: at most 30 days", NULL);
	else
		return true;
	return false;
}

void
claim_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (!may_quieten(b, call, e))
		return;
	struct alert *next = book_revise(e);
	bool is_release = call->for_ms == 0;

	set(&next->claimed_by, is_release ? NULL : call->who);
	next->claimed_until = is_release ? 0 : book_until(e, now->ms + call->for_ms);
	book_tie(b, e, next);
	book_decide(b, e, next, call,
	    (struct book_life){is_release ? "released" : "claimed", call->who, NULL});
}

void
snooze_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	if (!may_quieten(b, call, e))
		return;
	struct alert *next = book_revise(e);

	next->snoozed_until = call->for_ms ? book_until(e, now->ms + call->for_ms) : 0;
	book_tie(b, e, next);
	book_decide(b, e, next, call,
	    (struct book_life){call->for_ms ? "snoozed" : "rings again", call->who, NULL});
}

void
note_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	(void)now;
	struct alert *next = book_revise(e);

	set(&next->note, call->arg->note);
	book_decide(b, e, next, call, (struct book_life){"note", call->who, next->note});
}

/* --- where it was shown --- */

/* Two desks with one hash would share a line: no harm that needs more than a number for each. */
static uint64_t
shown_hash(const struct call *call)
{
	uint64_t hash = table_hash(TABLE_HASH_START, call->who, strlen(call->who) + 1);

	return table_hash(hash, call->arg->desk, strlen(call->arg->desk));
}

static bool
was_shown(const struct entry *e, uint64_t hash)
{
	for (size_t i = 0; i < e->shown_count; i++)
		if (e->shown[i] == hash)
			return true;
	return false;
}

void
shown_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now)
{
	(void)now;
	if (e->alert->state != ALERT_PENDING || e->shown_count == BOOK_SHOWN_MAX ||
	    was_shown(e, shown_hash(call)))
		call_reply(b, call, NULL);
	else
		book_decide(b, e, book_revise(e), call,
		    (struct book_life){"shown", call->who, call->arg->desk});
}

void
shown_stored(struct entry *e, const struct call *call)
{
	e->shown = must(realloc(e->shown, (e->shown_count + 1) * sizeof(*e->shown)));
	e->shown[e->shown_count++] = shown_hash(call);
}
