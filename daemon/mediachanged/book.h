/* SPDX-License-Identifier: ISC */
/*
 * The book of questions: the one place that decides.  A pure state machine: events with the time go
 * in, actions come out of book_next(); no socket, no clock, no file.  Who calls: engine.c.
 *
 * The promise: an asker hears `accepted`, an operator `ok` and everybody `closed` only after the row
 * is on disk.  So a decision is taken in memory (first answer wins), goes out as BOOK_STORE, and
 * replies follow book_stored().  While a row is being written further answers to it wait and then
 * learn who won.  When the store is lost the outcome is *unknown*: callers get OP_UNAVAILABLE, rows
 * are read again (book_load()) and asking anew with the same ids mends everything.
 *
 * Times: now_ms is CLOCK_BOOTTIME, now_wall the wall clock; both in every event, so that a step of
 * the wall clock moves no timer while the engine runs.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_BOOK_H
#define OPDESK_DAEMON_MEDIACHANGED_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/mediachanged/alert.h"

struct book;

struct book_limits {
	int64_t lease_ms;	 /* 30 s: askers gone that long → orphaned */
	int64_t orphan_keep_ms;	 /* 24 h: then withdrawn */
	int64_t unconfirmed_ms;	 /* 30 d: an answer nobody fetched is kept that long */
	int64_t desk_grace_ms;	 /* 5 s: require_desk waits that long for a desk */
	size_t max_pending;	 /* 10,000 */
	size_t max_pending_per_asker; /* 1,000 */
};

struct book_now {
	int64_t ms;   /* boot clock */
	int64_t wall; /* wall clock */
};

/* Who calls: a connection (client id of the framework) and the call's msgid. */
struct book_caller {
	uint64_t client;
	uint32_t msgid;
	const char *who; /* identity, borrowed for the call */
	bool is_operator;
};

enum book_action_type {
	BOOK_STORE,    /* write `alert` (first version: insert); tell book_stored() with `op` */
	BOOK_REPLY,    /* to client/msgid: result `alert` when err is 0, else the error; `alert` may
			  come with an error as its data; both NULL/0: an empty map */
	BOOK_ACCEPTED, /* notification to `client`: ask_id waits for `alert` */
	BOOK_CHANGED,  /* tell all subscribers about `alert` */
	BOOK_RING,     /* tell all subscribers that `alert` rings anew */
	BOOK_LOOKUP,   /* an id that is not in memory: find it in the store, tell book_found() */
};

struct book_action {
	enum book_action_type type;
	uint64_t op;		   /* STORE, LOOKUP */
	uint64_t client;	   /* REPLY, ACCEPTED */
	uint32_t msgid;		   /* REPLY */
	int err;		   /* REPLY */
	const char *message;	   /* REPLY with an error, or NULL; borrowed as `alert` */
	const char *ask_id;	   /* ACCEPTED */
	bool joined;		   /* ACCEPTED */
	const struct alert *alert; /* borrowed until the next call on the book */
};

struct book *book_new(const struct book_limits *limits);
void book_free(struct book *b);
void book_set_limits(struct book *b, const struct book_limits *limits);

/* The next thing to do, oldest first; false when there is none.  After every event: until false. */
bool book_next(struct book *b, struct book_action *out);

/* --- the store --- */

/* A row read at start (pending, or closed and not confirmed, or the newest of its key).  The alert
 * is given away.  Rows of pending questions begin a fresh lease. */
int book_load(struct book *b, struct alert *a, const struct book_now *now);
/* The number after which new questions count (largest seq in the store). */
void book_set_last_seq(struct book *b, int64_t seq);
/* BOOK_STORE `op` is durable.  current: NULL, or, when the id was there already with another
 * version, the row that the store holds (given away): the book goes on from that. */
void book_stored(struct book *b, uint64_t op, struct alert *current, const struct book_now *now);
/* BOOK_LOOKUP: the row (given away), or NULL when there is none. */
void book_found(struct book *b, uint64_t op, struct alert *row, const struct book_now *now);
/* The storer died or said that it failed: every operation on the way has an unknown outcome. */
void book_store_lost(struct book *b, const struct book_now *now);
/* Between book_store_lost() and the end of reading again: asks get OP_UNAVAILABLE. */
void book_begin_load(struct book *b);
void book_end_load(struct book *b, const struct book_now *now);

/* --- askers --- */

struct book_ask {
	struct alert *alert; /* what is asked: id and the fields of "what was asked"; given away */
	bool require_desk;
};
void book_ask(struct book *b, const struct book_caller *c, struct book_ask *ask,
    const struct book_now *now);
void book_confirm(struct book *b, const struct book_caller *c, const char *id,
    const struct book_now *now);
void book_withdraw(struct book *b, const struct book_caller *c, const char *id, const char *reason,
    const struct book_now *now);
/* $/cancel of an ask: the asker no longer waits on this connection. */
void book_cancel(struct book *b, uint64_t client, uint32_t msgid, const struct book_now *now);
/* A connection ended: its waiting calls are gone, leases begin; a `line` question is withdrawn. */
void book_client_gone(struct book *b, uint64_t client, const struct book_now *now);

/* --- operators --- */

struct book_answer {
	const char *id, *answer_id, *label, *text, *note, *desk; /* borrowed; text, note, desk may be NULL */
};
void book_answer(struct book *b, const struct book_caller *c, const struct book_answer *a,
    const struct book_now *now);
void book_claim(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now);
void book_snooze(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now);
void book_note(struct book *b, const struct book_caller *c, const char *id, const char *note,
    const struct book_now *now);
/* How many desks are subscribed now. */
void book_desks(struct book *b, int count, const struct book_now *now);

/* --- time --- */

void book_tick(struct book *b, const struct book_now *now);
int64_t book_next_timer(const struct book *b); /* boot clock ms, INT64_MAX when none */

/* Stopping: every `line` question still waiting is withdrawn ("daemon stopped"). */
void book_stop(struct book *b, const struct book_now *now);
/* Nothing waits for the store. */
bool book_is_idle(const struct book *b);

/* --- looking --- */

const struct alert *book_find(const struct book *b, const char *id);
size_t book_pending_count(const struct book *b);
/* Pending ones that are on disk, by seq: the first with seq > after; NULL at the end. */
const struct alert *book_next_pending(const struct book *b, int64_t after);
bool book_is_orphaned(const struct book *b, const struct alert *a);
int book_waiting(const struct book *b, const struct alert *a);

#endif
