/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the book have in common: a book, a clock that they set, a store that is a plain
 * array, and notes of everything the book said.  STORE and LOOKUP wait in a queue until the test
 * lets the store work, so that every moment between decision and disk can be looked at.
 * After any failed promise ("told before it was stored") the test fails at once.
 */
#ifndef OPDESK_TESTS_UNIT_MEDIACHANGED_WORLD_H
#define OPDESK_TESTS_UNIT_MEDIACHANGED_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/mediachanged/book.h"
#include "lib/err.h"

#define WORLD_ROWS 4096
#define WORLD_QUEUE 4096
#define WORLD_SAID 256

struct world_op {
	uint64_t op;
	struct alert *alert; /* NULL: a look-up of id */
	char id[UUID_SIZE];
	char who[32], key[32]; /* or "" */
};

struct world_reply {
	uint64_t client;
	uint32_t msgid;
	int err;
	char reason[16];
	char message[64];
	struct alert *alert;
};

struct world_accepted {
	uint64_t client;
	char ask[UUID_SIZE], id[UUID_SIZE];
	int64_t attempt;
	bool joined;
};

struct world_errand {
	char id[UUID_SIZE];
	int64_t level;
};

struct world {
	struct book *book;
	struct book_limits limits;
	struct book_now now;
	int64_t boot_id;
	struct alert *rows[WORLD_ROWS];
	size_t row_count;
	struct world_op queue[WORLD_QUEUE];
	size_t queued;
	struct world_reply replies[WORLD_SAID];
	size_t reply_count;
	struct world_accepted accepted[WORLD_SAID];
	size_t accepted_count;
	struct world_errand errands[WORLD_SAID]; /* commands that run */
	size_t errand_count;
	size_t changed, rings, lives;
	char life[64];
	/* The random test's own bookkeeping. */
	void (*on_reply)(struct world *w, const struct book_action *action);
	void (*on_run)(struct world *w, const struct alert *a);
};

static inline struct book_limits
world_limits(void)
{
	return (struct book_limits){.lease_ms = 30000,
	    .orphan_keep_ms = 86400000,
	    .unconfirmed_ms = INT64_C(30) * 86400000,
	    .desk_grace_ms = 5000,
	    .max_pending = 100,
	    .max_pending_per_asker = 50,
	    .max_closed = 1000,
	    .max_calls = 100,
	    .max_refused = 50,
	    .max_escalations = 3};
}

static inline const struct alert *
world_row(const struct world *w, const char *id)
{
	for (size_t i = 0; i < w->row_count; i++) {
		if (strcmp(w->rows[i]->id, id) == 0)
			return w->rows[i];
	}
	return NULL;
}

/* Nobody may hear of anything that is not on disk. */
static inline void
world_check_told(const struct world *w, const struct alert *a)
{
	const struct alert *row = world_row(w, a->id);

	assert_non_null(row);
	assert_true(a->version <= row->version);
	if (a->version == row->version)
		assert_true(alert_equal(a, row));
}

static inline void
world_note_reply(struct world *w, const struct book_action *a)
{
	struct world_reply *r = &w->replies[w->reply_count++ % WORLD_SAID];

	alert_free(r->alert);
	*r = (struct world_reply){.client = a->client, .msgid = a->msgid, .err = a->err};
	snprintf(r->reason, sizeof(r->reason), "%s", a->reason ? a->reason : "");
	snprintf(r->message, sizeof(r->message), "%s", a->message ? a->message : "");
	if (a->alert)
		assert_non_null(r->alert = alert_copy(a->alert));
	if (w->on_reply)
		w->on_reply(w, a);
}

static inline void
world_queue(struct world *w, const struct book_action *a)
{
	assert_true(w->queued < WORLD_QUEUE);
	struct world_op *op = &w->queue[w->queued++];

	*op = (struct world_op){.op = a->op};
	if (a->type == BOOK_STORE) {
		assert_non_null(op->alert = alert_copy(a->alert));
		w->lives += a->life.what != NULL;
		snprintf(w->life, sizeof(w->life), "%s", a->life.what ? a->life.what : "");
	} else {
		memcpy(op->id, a->id, UUID_SIZE);
		snprintf(op->who, sizeof(op->who), "%s", a->key ? a->who : "");
		snprintf(op->key, sizeof(op->key), "%s", a->key ? a->key : "");
	}
}

static inline void
world_note_accepted(struct world *w, const struct book_action *a)
{
	struct world_accepted *acc = &w->accepted[w->accepted_count++ % WORLD_SAID];

	*acc = (struct world_accepted){
	    .client = a->client, .attempt = a->alert->attempt, .joined = a->joined};
	memcpy(acc->ask, a->id, UUID_SIZE);
	memcpy(acc->id, a->alert->id, UUID_SIZE);
}

static inline void
world_run(struct world *w, const struct alert *a)
{
	const struct alert *row = world_row(w, a->id);

	assert_true(w->errand_count < WORLD_SAID);
	struct world_errand *e = &w->errands[w->errand_count++];

	/* not before the disk says so, and each level once */
	assert_true(row->escalating && row->escalated == a->escalated);
	memcpy(e->id, a->id, UUID_SIZE);
	e->level = a->escalated;
	if (w->on_run)
		w->on_run(w, a);
}

/* Take what the book says. */
static inline void
world_hear(struct world *w)
{
	struct book_action a;

	while (book_next(w->book, &a)) {
		if (a.alert && a.type != BOOK_STORE)
			world_check_told(w, a.alert);
		switch (a.type) {
		case BOOK_STORE:
		case BOOK_LOOKUP:
			world_queue(w, &a);
			break;
		case BOOK_REPLY:
			world_note_reply(w, &a);
			break;
		case BOOK_ACCEPTED:
			world_note_accepted(w, &a);
			break;
		case BOOK_CHANGED:
			w->changed++;
			break;
		case BOOK_RING:
			w->rings++;
			break;
		case BOOK_ESCALATE:
			world_run(w, a.alert);
			break;
		}
	}
}

/* Put a row as a store does (store.h, put).  The row that is there instead, or NULL. */
static inline struct alert *
world_put(struct world *w, struct alert *a)
{
	for (size_t i = 0; i < w->row_count; i++) {
		struct alert *row = w->rows[i];

		if (strcmp(row->id, a->id) != 0)
			continue;
		if (row->version >= a->version) {
			struct alert *current = alert_equal(row, a) ? NULL : alert_copy(row);

			alert_free(a);
			return current;
		}
		/* what is final stays final */
		if (row->state != ALERT_PENDING) {
			assert_int_equal(row->state, a->state);
			assert_true(alert_same_body(row, a));
			assert_true(!row->answer == !a->answer);
			assert_true(!row->answer || strcmp(row->answer, a->answer) == 0);
			assert_true(row->closed_at == a->closed_at);
		}
		alert_free(row);
		w->rows[i] = a;
		return NULL;
	}
	assert_true(w->row_count < WORLD_ROWS);
	w->rows[w->row_count++] = a;
	return NULL;
}

static inline const struct alert *
world_joined(const struct world *w, const struct world_op *op)
{
	const struct alert *found = NULL;

	for (size_t i = 0; i < w->row_count; i++) {
		const struct alert *a = w->rows[i];

		if (a->key && strcmp(a->key, op->key) == 0 && strcmp(a->asker, op->who) == 0 &&
		    alert_list_has(a->joined, op->id) && (!found || found->seq < a->seq))
			found = a;
	}
	return found;
}

/* The store does the oldest `n` operations and says so. */
static inline void
world_store_some(struct world *w, size_t n)
{
	while (n-- > 0 && w->queued > 0) {
		struct world_op op = w->queue[0];

		memmove(w->queue, w->queue + 1, --w->queued * sizeof(op));
		if (op.alert) {
			book_stored(w->book, op.op, world_put(w, op.alert), &w->now);
		} else {
			const struct alert *row = world_row(w, op.id);

			if (!row && *op.key)
				row = world_joined(w, &op);
			book_found(w->book, op.op, row ? alert_copy(row) : NULL, &w->now);
		}
		world_hear(w);
	}
}

static inline void
world_store(struct world *w)
{
	while (w->queued > 0)
		world_store_some(w, w->queued);
}

/* The store dies: the oldest `durable` operations were done, but nobody is told. */
static inline void
world_lose(struct world *w, size_t durable)
{
	for (size_t i = 0; i < w->queued; i++) {
		if (!w->queue[i].alert)
			continue;
		if (i < durable)
			alert_free(world_put(w, w->queue[i].alert));
		else
			alert_free(w->queue[i].alert);
	}
	w->queued = 0;
}

static inline bool
world_is_newest_of_key(const struct world *w, const struct alert *a)
{
	if (!a->key)
		return false;
	for (size_t i = 0; i < w->row_count; i++) {
		const struct alert *row = w->rows[i];

		if (row->key && strcmp(row->key, a->key) == 0 &&
		    strcmp(row->asker, a->asker) == 0 && row->seq > a->seq)
			return false;
	}
	return true;
}

static inline void
world_load(struct world *w)
{
	int64_t last = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < w->row_count; i++) {
			const struct alert *row = w->rows[i];

			if (row->seq > last)
				last = row->seq;
			if ((row->state == ALERT_PENDING) != (pass == 0))
				continue;
			if (pass == 1 && row->confirmed && !world_is_newest_of_key(w, row))
				continue;
			book_load(w->book, alert_copy(row), &w->now);
			world_hear(w);
		}
	}
	book_end_load(w->book, last, &w->now);
	world_hear(w);
}

static inline void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->limits = world_limits();
	w->now = (struct book_now){.ms = 1000000, .wall = INT64_C(1700000000000)};
	w->boot_id = 1;
	w->book = book_new(&w->limits, w->boot_id);
	world_load(w);
}

static inline void
world_fini(struct world *w)
{
	book_free(w->book);
	for (size_t i = 0; i < w->row_count; i++)
		alert_free(w->rows[i]);
	for (size_t i = 0; i < w->queued; i++)
		alert_free(w->queue[i].alert);
	for (size_t i = 0; i < WORLD_SAID; i++)
		alert_free(w->replies[i].alert);
}

/* The engine dies with all connections and what it had not written; another one reads the store. */
static inline void
world_restart(struct world *w, size_t durable)
{
	world_lose(w, durable);
	w->errand_count = 0;
	book_free(w->book);
	w->book = book_new(&w->limits, w->boot_id);
	world_load(w);
}

/* So does the host, and its wall clock then says something. */
static inline void
world_reboot(struct world *w, int64_t wall)
{
	w->boot_id++;
	w->now = (struct book_now){.ms = 20000, .wall = wall};
	world_restart(w, 0);
}

/* The i-th command that runs has ended. */
static inline void
world_end(struct world *w, size_t i, const char *error)
{
	struct world_errand e = w->errands[i];

	assert_true(i < w->errand_count);
	w->errands[i] = w->errands[--w->errand_count];
	book_escalated(w->book, e.id, error != NULL, error ? error : "done", &w->now);
	world_hear(w);
}

static inline void
world_pass(struct world *w, int64_t ms)
{
	w->now.ms += ms;
	w->now.wall += ms;
	book_tick(w->book, &w->now);
	world_hear(w);
}

/* Time passes and the store works, from one moment of the book to the next. */
static inline void
world_live(struct world *w, int64_t ms)
{
	int64_t end = w->now.ms + ms;

	while (w->now.ms < end) {
		int64_t next = book_next_timer(w->book);

		if (next > end)
			next = end;
		world_pass(w, next > w->now.ms ? next - w->now.ms : 0);
		world_store(w);
	}
}

/* --- events in short form: client N of asker "joe@local" unless said otherwise --- */

static inline const char *
world_id(unsigned n)
{
	static char ids[8][UUID_SIZE];
	static unsigned next;
	char *id = ids[next++ % 8];

	snprintf(id, UUID_SIZE, "%08x-0000-4000-8000-000000000000", n);
	return id;
}

static inline struct book_caller
world_caller(uint64_t client, uint32_t msgid, const char *who)
{
	return (struct book_caller){.client = client, .msgid = msgid, .who = who};
}

#define JOE "joe@local"
#define OPERATOR "root@local"

struct world_ask {
	unsigned id;
	uint64_t client;
	uint32_t msgid;
	const char *who, *text, *key, *kind, *labels, *default_label;
	int64_t timeout_ms;
	bool no_wait, line, require_desk;
};

static inline void
world_ask(struct world *w, struct world_ask q)
{
	struct alert *a = alert_new();
	const char *who = q.who ? q.who : JOE;
	struct book_caller c = world_caller(q.client, q.msgid, who);

	memcpy(a->id, world_id(q.id), UUID_SIZE);
	alert_set(&a->asker, who);
	alert_set(&a->from, who);
	alert_set(&a->host, "local");
	alert_set(&a->text, q.text ? q.text : "Insert volume 2");
	alert_set(&a->kind, q.kind ? q.kind : "okcancel");
	alert_set(&a->labels, q.labels ? q.labels : "Ok\nCancel");
	alert_set(&a->severity, "warning");
	alert_set(&a->key, q.key);
	alert_set(&a->default_label, q.default_label);
	a->timeout_ms = q.timeout_ms;
	a->wait = !q.no_wait;
	a->line = q.line;
	book_ask(
	    w->book, &c, &(struct book_ask){.alert = a, .require_desk = q.require_desk}, &w->now);
	world_hear(w);
}

static inline void
world_answer(struct world *w, uint32_t msgid, unsigned id, unsigned click, const char *label)
{
	struct book_caller c = {.client = 99, .msgid = msgid, .who = OPERATOR, .is_operator = true};

	book_answer(w->book, &c,
	    &(struct book_answer){.id = world_id(id), .answer_id = world_id(click), .label = label},
	    &w->now);
	world_hear(w);
}

static inline const struct world_reply *
world_reply_to(const struct world *w, uint64_t client, uint32_t msgid)
{
	for (size_t i = w->reply_count; i-- > 0 && i + WORLD_SAID >= w->reply_count;) {
		const struct world_reply *r = &w->replies[i % WORLD_SAID];

		if (r->client == client && r->msgid == msgid)
			return r;
	}
	return NULL;
}

#endif
