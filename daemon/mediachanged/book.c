/* SPDX-License-Identifier: ISC */
/*
 * The book's things and where they are: entries by id, pending ones by seq, closed ones by closing
 * (bounded), keys, askers' counts; the queue of actions; looking.  The rules are in the other
 * files.
 */
#include "daemon/mediachanged/book_int.h"

#include <assert.h>
#include <string.h>

#define ACTIONS_KEEP 4096 /* slots of the action queue that are kept after a burst */

/* --- actions --- */

static void
bury(struct book *b)
{
	assert(b->action_head == b->action_count);
	b->action_head = b->action_count = 0;
	if (b->action_size > ACTIONS_KEEP) {
		free(b->actions);
		b->actions = NULL;
		b->action_size = 0;
	}
	while (b->dead_alert_count > 0)
		alert_free(b->dead_alerts[--b->dead_alert_count]);
	while (b->dead_entries) {
		struct entry *e = b->dead_entries;

		b->dead_entries = e->next_dead;
		free(e->shown);
		free(e);
	}
	while (b->dead_calls) {
		struct call *call = b->dead_calls;

		b->dead_calls = call->next_dead;
		alert_free(call->arg);
		free(call->who);
		free(call);
	}
}

void
book_enter(struct book *b, const struct book_now *now)
{
	bury(b);
	b->ms = now->ms;
}

struct book_action *
book_do(struct book *b, enum book_action_type type, const struct alert *a)
{
	if (b->action_count == b->action_size) {
		b->action_size = b->action_size ? b->action_size * 2 : 64;
		b->actions = must(realloc(b->actions, b->action_size * sizeof(*b->actions)));
	}
	struct book_action *action = &b->actions[b->action_count++];

	*action = (struct book_action){.type = type, .alert = a};
	return action;
}

bool
book_next(struct book *b, struct book_action *out)
{
	if (b->action_head == b->action_count)
		return false;
	*out = b->actions[b->action_head++];
	return true;
}

void
book_bury_alert(struct book *b, struct alert *a)
{
	if (!a)
		return;
	if (b->dead_alert_count == b->dead_alert_size) {
		b->dead_alert_size = b->dead_alert_size ? b->dead_alert_size * 2 : 16;
		b->dead_alerts =
		    must(realloc(b->dead_alerts, b->dead_alert_size * sizeof(struct alert *)));
	}
	b->dead_alerts[b->dead_alert_count++] = a;
}

/* --- the book itself --- */

struct book *
book_new(const struct book_limits *limits, int64_t boot_id)
{
	struct book *b = must(calloc(1, sizeof(*b)));

	b->limits = *limits;
	b->boot_id = boot_id;
	TAILQ_INIT(&b->pending);
	TAILQ_INIT(&b->closed);
	TAILQ_INIT(&b->flight);
	TAILQ_INIT(&b->graced);
	TAILQ_INIT(&b->held);
	TAILQ_INIT(&b->refusals);
	TAILQ_INIT(&b->escalate_queue);
	return b;
}

void
book_free(struct book *b)
{
	struct table_node *node;

	if (!b)
		return;
	b->action_head = b->action_count;
	while (!TAILQ_EMPTY(&b->held))
		call_free(b, TAILQ_FIRST(&b->held));
	while ((node = table_any(&b->by_id))) {
		struct entry *e = (struct entry *)node;

		if (e->cause)
			call_free(b, e->cause);
		while (!TAILQ_EMPTY(&e->deferred))
			call_free(b, TAILQ_FIRST(&e->deferred));
		while (!TAILQ_EMPTY(&e->waiting))
			call_free(b, TAILQ_FIRST(&e->waiting));
		book_forget(b, e);
	}
	b->action_head = b->action_count;
	bury(b);
	doubt_fini(b);
	table_fini(&b->by_id);
	table_fini(&b->keys);
	table_fini(&b->askers);
	table_fini(&b->clients);
	free(b->heap);
	free(b->actions);
	free(b->dead_alerts);
	free(b);
}

void
book_set_limits(struct book *b, const struct book_limits *limits)
{
	struct entry *e;

	b->limits = *limits;
	TAILQ_FOREACH(e, &b->pending, order)
	{
		if (!e->op)
			book_schedule(b, e);
	}
}

/* --- keys and askers --- */

static uint64_t
hash_string(const char *s)
{
	return table_hash(TABLE_HASH_START, s, strlen(s));
}

struct key_name {
	const char *asker, *name;
};

static bool
key_is(const struct table_node *node, const void *arg)
{
	const struct key *k = (const struct key *)node;
	const struct key_name *want = arg;

	return strcmp(k->name, want->name) == 0 && strcmp(k->asker, want->asker) == 0;
}

struct key *
book_key(struct book *b, const char *asker, const char *name, bool make)
{
	struct key_name want = {asker, name};
	uint64_t hash = table_hash(hash_string(asker), name, strlen(name));
	struct key *k = (struct key *)table_find(&b->keys, hash, key_is, &want);

	if (k || !make)
		return k;
	k = must(calloc(1, sizeof(*k)));
	k->asker = must(strdup(asker));
	k->name = must(strdup(name));
	if (table_add(&b->keys, &k->node, hash) < 0)
		abort();
	return k;
}

void
book_key_take(struct entry *e, struct key *k)
{
	if (e->key == k)
		return;
	e->key = k;
	k->entries++;
}

void
book_key_release(struct book *b, struct entry *e)
{
	struct key *k = e->key;

	if (!k)
		return;
	e->key = NULL;
	if (k->newest == e)
		k->newest = NULL;
	if (k->inserting == e)
		k->inserting = NULL;
	if (--k->entries > 0)
		return;
	table_remove(&b->keys, &k->node);
	free(k->asker);
	free(k->name);
	free(k);
}

static bool
asker_is(const struct table_node *node, const void *who)
{
	return strcmp(((const struct asker *)node)->who, who) == 0;
}

static struct asker *
asker_find(const struct book *b, const char *who)
{
	return (struct asker *)table_find(&b->askers, hash_string(who), asker_is, who);
}

size_t
book_open_of(const struct book *b, const char *who)
{
	const struct asker *asker = asker_find(b, who);

	return asker ? asker->open : 0;
}

void
book_open(struct book *b, struct entry *e, const char *who)
{
	if (e->asker)
		return;
	struct asker *asker = asker_find(b, who);

	if (!asker) {
		asker = must(calloc(1, sizeof(*asker)));
		asker->who = must(strdup(who));
		if (table_add(&b->askers, &asker->node, hash_string(who)) < 0)
			abort();
	}
	asker->open++;
	b->open++;
	e->asker = asker;
}

void
book_unopen(struct book *b, struct entry *e)
{
	struct asker *asker = e->asker;

	if (!asker)
		return;
	e->asker = NULL;
	b->open--;
	if (--asker->open > 0)
		return;
	table_remove(&b->askers, &asker->node);
	free(asker->who);
	free(asker);
}

/* --- entries --- */

static bool
entry_is(const struct table_node *node, const void *id)
{
	return strcmp(((const struct entry *)node)->id, id) == 0;
}

struct entry *
book_entry(const struct book *b, const char *id)
{
	return (struct entry *)table_find(&b->by_id, hash_string(id), entry_is, id);
}

struct entry *
book_entry_new(struct book *b, const char *id)
{
	struct entry *e = must(calloc(1, sizeof(*e)));

	memcpy(e->id, id, UUID_SIZE);
	TAILQ_INIT(&e->waiting);
	TAILQ_INIT(&e->deferred);
	e->deadline = e->lease_end = e->orphan_end = e->claim_end = e->snooze_end = BOOK_NEVER;
	if (table_add(&b->by_id, &e->node, hash_string(id)) < 0)
		abort();
	return e;
}

bool
book_is_needed(const struct entry *e)
{
	return e->op || !TAILQ_EMPTY(&e->waiting) || !TAILQ_EMPTY(&e->deferred) || e->starting ||
	       e->running || e->result;
}

static void
insert_pending(struct book *b, struct entry *e)
{
	struct entry *before = TAILQ_LAST(&b->pending, entry_list);

	while (before && before->alert->seq > e->alert->seq)
		before = TAILQ_PREV(before, entry_list, order);
	if (before)
		TAILQ_INSERT_AFTER(&b->pending, before, e, order);
	else
		TAILQ_INSERT_HEAD(&b->pending, e, order);
	b->pending_count++;
}

static void
leave_place(struct book *b, struct entry *e)
{
	if (e->place == PLACE_PENDING) {
		TAILQ_REMOVE(&b->pending, e, order);
		b->pending_count--;
	} else if (e->place == PLACE_CLOSED) {
		TAILQ_REMOVE(&b->closed, e, order);
		b->closed_count--;
	}
	e->place = PLACE_NONE;
}

static void
place_under_key(struct book *b, struct entry *e)
{
	if (!e->alert->key)
		return;
	struct key *k = book_key(b, e->alert->asker, e->alert->key, true);
	struct entry *older = k->newest;

	book_key_take(e, k);
	if (k->inserting == e)
		k->inserting = NULL;
	if (older && older->alert->seq >= e->alert->seq)
		return;
	k->newest = e;
	if (older)
		book_tidy(b, older);
}

void
book_place(struct book *b, struct entry *e)
{
	enum place place = e->alert->state == ALERT_PENDING ? PLACE_PENDING : PLACE_CLOSED;

	place_under_key(b, e);
	if (place == e->place)
		return;
	leave_place(b, e);
	e->place = place;
	if (place == PLACE_PENDING) {
		insert_pending(b, e);
		book_open(b, e, e->alert->asker);
		return;
	}
	TAILQ_INSERT_TAIL(&b->closed, e, order);
	b->closed_count++;
	e->closed = b->ms;
	e->is_by_wall = false;
	book_unopen(b, e);
	struct entry *oldest = TAILQ_FIRST(&b->closed);

	if (b->closed_count > b->limits.max_closed && oldest != e && !book_is_needed(oldest))
		book_forget(b, oldest);
}

void
book_forget(struct book *b, struct entry *e)
{
	assert(TAILQ_EMPTY(&e->waiting) && TAILQ_EMPTY(&e->deferred));
	book_unschedule(b, e);
	escalate_forget(b, e);
	leave_place(b, e);
	book_unopen(b, e);
	if (e->op)
		TAILQ_REMOVE(&b->flight, e, flight);
	book_key_release(b, e);
	table_remove(&b->by_id, &e->node);
	book_bury_alert(b, e->alert);
	book_bury_alert(b, e->next);
	e->next_dead = b->dead_entries;
	b->dead_entries = e;
}

void
book_tidy(struct book *b, struct entry *e)
{
	bool is_newest = e->key && e->key->newest == e;

	if (book_is_needed(e))
		return;
	if (!e->alert || (e->alert->state != ALERT_PENDING && e->alert->confirmed && !is_newest))
		book_forget(b, e);
}

/* --- looking --- */

const struct alert *
book_find(const struct book *b, const char *id)
{
	const struct entry *e = book_entry(b, id);

	return e ? e->alert : NULL;
}

size_t
book_pending_count(const struct book *b)
{
	return b->pending_count;
}

int64_t
book_last_seq(const struct book *b)
{
	return b->last_seq;
}

const struct alert *
book_next_pending(const struct book *b, const struct alert *a)
{
	const struct entry *e =
	    a ? TAILQ_NEXT(book_entry(b, a->id), order) : TAILQ_FIRST(&b->pending);

	return e ? e->alert : NULL;
}

static int64_t
left(int64_t moment, const struct book_now *now)
{
	return moment == BOOK_NEVER || moment < now->ms ? 0 : moment - now->ms;
}

struct alert_view
book_view(const struct book *b, const struct alert *a, const struct book_now *now)
{
	const struct entry *e = book_entry(b, a->id);
	struct alert_view v = {0};

	if (now->wall > a->created_at)
		v.age_ms = now->wall - a->created_at;
	if (!e || a->state != ALERT_PENDING)
		return v;
	v.age_ms = now->ms - e->asked;
	v.orphaned = e->orphaned;
	v.waiting = e->waiters;
	v.left_ms = book_left(e, now);
	v.claim_left_ms = left(e->claim_end, now);
	v.ring_in_ms = left(e->snooze_end, now);
	if (v.ring_in_ms < v.claim_left_ms)
		v.ring_in_ms = v.claim_left_ms;
	return v;
}

bool
book_is_idle(const struct book *b)
{
	return TAILQ_EMPTY(&b->flight);
}
