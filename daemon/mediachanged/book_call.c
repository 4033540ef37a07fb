/* SPDX-License-Identifier: ISC */
/*
 * Calls of askers and operators: each is taken into a struct call, runs at once when its entry is
 * at rest, else waits there for its turn.  A call ends in exactly one reply, unless its client is
 * gone.
 */
#include "daemon/mediachanged/book_int.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"

typedef void run_fn(struct book *b, struct call *call, struct entry *e, const struct book_now *now);

static run_fn *const rules[] = {
    [CALL_ASK] = ask_run,
    [CALL_CONFIRM] = confirm_run,
    [CALL_WITHDRAW] = withdraw_run,
    [CALL_ANSWER] = answer_run,
    [CALL_CLAIM] = claim_run,
    [CALL_SNOOZE] = snooze_run,
    [CALL_NOTE] = note_run,
    [CALL_SHOWN] = shown_run,
};

/* --- clients --- */

static bool
client_is(const struct table_node *node, const void *id)
{
	return ((const struct client_calls *)node)->id == *(const uint64_t *)id;
}

static uint64_t
client_hash(uint64_t id)
{
	return table_hash(TABLE_HASH_START, &id, sizeof(id));
}

static struct client_calls *
client_find(const struct book *b, uint64_t id)
{
	return (struct client_calls *)table_find(&b->clients, client_hash(id), client_is, &id);
}

static struct client_calls *
client_get(struct book *b, uint64_t id)
{
	struct client_calls *client = client_find(b, id);

	if (client)
		return client;
	client = must(calloc(1, sizeof(*client)));
	client->id = id;
	TAILQ_INIT(&client->calls);
	if (table_add(&b->clients, &client->node, client_hash(id)) < 0)
		abort();
	return client;
}

void
call_leave(struct book *b, struct call *call)
{
	struct client_calls *client = call->client;

	if (!client)
		return;
	call->client = NULL;
	TAILQ_REMOVE(&client->calls, call, of_client);
	if (--client->count > 0)
		return;
	table_remove(&b->clients, &client->node);
	free(client);
}

/* --- calls --- */

struct call *
call_new(struct book *b, enum call_type type, const struct book_caller *c, const char *id)
{
	struct call *call = must(calloc(1, sizeof(*call)));

	call->type = type;
	call->msgid = c->msgid;
	call->is_operator = c->is_operator;
	call->who = must(strdup(c->who));
	memcpy(call->id, id, UUID_SIZE);
	call->client = client_get(b, c->client);
	TAILQ_INSERT_TAIL(&call->client->calls, call, of_client);
	call->client->count++;
	return call;
}

void
call_free(struct book *b, struct call *call)
{
	call_grace_end(b, call);
	call_delist(call);
	call_leave(b, call);
	call->next_dead = b->dead_calls;
	b->dead_calls = call;
}

void
call_enlist(struct call *call, struct entry *e, struct call_list *list)
{
	call->entry = e;
	call->list = list;
	TAILQ_INSERT_TAIL(list, call, link);
}

void
call_delist(struct call *call)
{
	if (!call->list)
		return;
	TAILQ_REMOVE(call->list, call, link);
	if (call->entry && call->list == &call->entry->waiting)
		call->entry->waiters--;
	call->list = NULL;
	call->entry = NULL;
}

void
call_grace_end(struct book *b, struct call *call)
{
	if (call->grace)
		TAILQ_REMOVE(&b->graced, call, graced);
	call->grace = 0;
}

static struct book_action *
reply(struct book *b, struct call *call, const struct alert *a)
{
	if (!call->client)
		return NULL;
	struct book_action *action = book_do(b, BOOK_REPLY, a);

	action->client = call->client->id;
	action->msgid = call->msgid;
	return action;
}

void
call_reply(struct book *b, struct call *call, const struct alert *a)
{
	reply(b, call, a);
	call_free(b, call);
}

void
call_fail(struct book *b, struct call *call, int err, const char *message, const struct alert *a)
{
	struct book_action *action = reply(b, call, a);

	if (action) {
		action->err = err;
		action->message = message;
		action->reason = call->no_desk ? "no_desk" : NULL;
	}
	call_free(b, call);
}

void
call_tell_trouble(struct book *b, struct call *call)
{
	struct book_action *action = reply(b, call, NULL);

	if (!action)
		return;
	action->err = OP_UNAVAILABLE;
	action->message = b->trouble ? b->trouble : DOUBT_NO_REASON;
	action->reason = "store";
}

/* --- their turn --- */

void
call_hold(struct book *b, struct call *call, const struct book_now *now)
{
	if (call->losses > 1 || now->ms >= b->hold_until)
		doubt_fail(b, call);
	else
		call_enlist(call, NULL, &b->held);
}

void
call_end_hold(struct book *b)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&b->held)))
		doubt_fail(b, call);
}

void
call_dispatch(struct book *b, struct call *call, const struct book_now *now)
{
	struct entry *e = book_entry(b, call->id);

	if (!b->ready)
		call_hold(b, call, now);
	else if (doubt_blocks(b, call, e))
		doubt_fail(b, call);
	else if (e && e->op)
		call_enlist(call, e, &e->deferred);
	else if (call->type == CALL_ASK || (e && e->alert))
		rules[call->type](b, call, e, now);
	else if (!call->looked)
		book_lookup(b, call);
	else
		call_fail(b, call, OP_NOT_FOUND, "no such alert", NULL);
}

void
call_dispatch_list(struct book *b, struct call_list *calls, const struct book_now *now)
{
	struct call_list turn = TAILQ_HEAD_INITIALIZER(turn);
	struct call *call;

	while ((call = TAILQ_FIRST(calls))) {
		call_delist(call);
		TAILQ_INSERT_TAIL(&turn, call, link);
	}
	while ((call = TAILQ_FIRST(&turn))) {
		TAILQ_REMOVE(&turn, call, link);
		call_dispatch(b, call, now);
	}
}

static void
begin(struct book *b, struct call *call, const struct book_now *now)
{
	if (call->client->count > b->limits.max_calls)
		call_fail(b, call, OP_UNAVAILABLE, "too many calls of this client wait", NULL);
	else
		call_dispatch(b, call, now);
}

static char *
copied(const char *s)
{
	return s ? must(strdup(s)) : NULL;
}

void
book_ask(struct book *b, const struct book_caller *c, const struct book_ask *ask,
    const struct book_now *now)
{
	book_enter(b, now);
	struct call *call = call_new(b, CALL_ASK, c, ask->alert->id);

	call->arg = ask->alert;
	call->wait = ask->alert->wait;
	call->require_desk = ask->require_desk;
	begin(b, call, now);
}

static struct call *
call_with_arg(struct book *b, enum call_type type, const struct book_caller *c, const char *id,
    const struct book_now *now)
{
	book_enter(b, now);
	struct call *call = call_new(b, type, c, id);

	call->arg = must(alert_new());
	return call;
}

void
book_confirm(
    struct book *b, const struct book_caller *c, const char *id, const struct book_now *now)
{
	begin(b, call_with_arg(b, CALL_CONFIRM, c, id, now), now);
}

void
book_withdraw(struct book *b, const struct book_caller *c, const struct book_withdrawal *w,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_WITHDRAW, c, w->id, now);

	if (w->ask && !w->if_alone)
		snprintf(call->ask, sizeof(call->ask), "%s", w->ask);
	call->if_alone = w->if_alone;
	call->arg->reason = copied(w->reason);
	begin(b, call, now);
}

void
book_answer(struct book *b, const struct book_caller *c, const struct book_answer *a,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_ANSWER, c, a->id, now);

	call->arg->answer_id = copied(a->answer_id);
	call->arg->answer = copied(a->label);
	call->arg->text_answer = copied(a->text);
	call->arg->note = copied(a->note);
	call->arg->desk = copied(a->desk);
	begin(b, call, now);
}

void
book_claim(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_CLAIM, c, id, now);

	call->for_ms = for_ms;
	begin(b, call, now);
}

void
book_snooze(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_SNOOZE, c, id, now);

	call->for_ms = for_ms;
	begin(b, call, now);
}

void
book_note(struct book *b, const struct book_caller *c, const char *id, const char *note,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_NOTE, c, id, now);

	call->arg->note = copied(note);
	begin(b, call, now);
}

void
book_shown(struct book *b, const struct book_caller *c, const char *id, const char *desk,
    const struct book_now *now)
{
	struct call *call = call_with_arg(b, CALL_SHOWN, c, id, now);

	call->arg->desk = copied(desk);
	begin(b, call, now);
}

/* --- no longer listening --- */

/* The asker does not wait here any more.  What is already decided goes on without it, and so do
 * calls of other types; a question that had not had its turn is not asked. */
static void
stop_listening(struct book *b, struct call *call, const struct book_now *now)
{
	struct entry *e = call->entry;
	bool waited = e && call->list == &e->waiting;

	if (call->type == CALL_ASK && call->list)
		call_free(b, call);
	else
		call_leave(b, call);
	if (waited && e->waiters == 0)
		ask_lease(b, e, now);
}

void
book_cancel(struct book *b, uint64_t client, uint32_t msgid, const struct book_now *now)
{
	struct client_calls *calls = client_find(b, client);
	struct call *call = NULL;

	book_enter(b, now);
	if (calls) {
		TAILQ_FOREACH(call, &calls->calls, of_client)
		{
			if (call->msgid == msgid && call->type == CALL_ASK)
				break;
		}
	}
	if (!call)
		return;
	struct book_action *action = reply(b, call, NULL);

	action->err = OP_CANCELLED;
	stop_listening(b, call, now);
}

void
book_client_gone(struct book *b, uint64_t client, const struct book_now *now)
{
	struct client_calls *calls;

	book_enter(b, now);
	/* call_leave() frees the record with its last call */
	while ((calls = client_find(b, client)))
		stop_listening(b, TAILQ_FIRST(&calls->calls), now);
}
