/* SPDX-License-Identifier: ISC */
/*
 * The book of questions: the one place that decides.  A pure state machine: events with the time go
 * in, actions come out of book_next(); no socket, no clock, no file.  Who calls: engine.c.
 *
 * The promise: an asker hears `accepted`, an operator `ok` and everybody `closed` only after the
 * row is on disk.  So a decision is taken in memory (first answer wins), goes out as BOOK_STORE,
 * and replies follow book_stored().  While a row is being written whatever else is said about it
 * waits its turn and then meets the new state: later answers learn who won.  When the store is lost
 * the outcome of what was on its way is *unknown*: those calls are held, the rows are read again
 * (book_load()), and the calls have their turn anew, which is the same as asking twice.  A call
 * that loses its store twice, or waits longer than 5 s for it, ends with OP_UNAVAILABLE, and asking
 * again with the same ids mends it.  Waiting askers whose question is on disk just keep waiting.
 * So it is with a store that is there and answers nothing (a disk that hangs): 5 s after its last
 * sign of life all who wait for it are told, later callers at once, and what is on its way may
 * arrive yet.
 *
 * So a question may turn up that its asker was told is not kept.  The book remembers the ids that
 * it has refused (max_refused of them): such a row is orphaned from the beginning and withdrawn
 * after one lease, unless its asker asks again meanwhile, as mediachangec does until its
 * --connect-timeout.  The ids are lost with the engine; a later one gives such a row a fresh lease,
 * like any that nobody was told about, after which it is an orphan: to know more it would have to
 * have been written down while the disk took nothing, or, for those who were told yes, with one
 * more write a question.
 *
 * A key belongs to its asker.  A new ask under it joins the newest question there when that one is
 * pending, has an answer that was not confirmed yet, or counts this very ask among those that had
 * joined; one that had joined an earlier question there gets what became of that.  Other buttons
 * than those of a pending one are a conflict.  Else it is a question of its own, attempt n+1.
 *
 * A pending question that waits longer than a level's time is escalated: its row says so first, so
 * that no level is begun twice for one question, whatever dies; then the command runs.  One whose
 * result an engine did not live to hear of is told as unknown, and not run again.  Nothing is
 * begun for a question that is claimed, snoozed or orphaned: what has come due meanwhile is begun
 * when that ends, one level after the other.
 *
 * Times: now.ms is CLOCK_BOOTTIME, now.wall the wall clock; both in every event, so that a step of
 * the wall clock moves no timer while the engine runs.  A row says in which boot of the host, and
 * when in it, its question was asked, or closed once it is: an engine of the same boot asks no wall
 * clock either.  Deadline, claim, snooze, age and levels of escalation all count from that one
 * moment (alert.h); a claim or a snooze of a question from an earlier boot makes it one of this
 * boot.  After a reboot, or when the row is older than boots in rows, the wall clock is all there
 * is, and a host may begin with a wrong one and set it when it has found its network: so for the
 * first BOOK_CLOCK_GRACE_MS of an engine no deadline passes by it, no level begins and no
 * unconfirmed answer is forgotten, and all is reckoned anew when these are over.  What is claimed
 * or snoozed in that time holds from then, and is written once more with what was reckoned.
 *
 * Out of memory ends the process (abort): the engine is started anew and reads the store, and
 * nothing that anybody was told is lost.  After every event call book_next() until it returns false
 * (asserted).
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_BOOK_H
#define OPDESK_DAEMON_MEDIACHANGED_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/mediachanged/alert.h"

#define BOOK_NEVER INT64_MAX
#define BOOK_CLOCK_GRACE_MS 30000
#define BOOK_LEVELS_MAX 8 /* of escalation */
#define BOOK_SHOWN_MAX 32 /* desks of which a question's life tells that they have shown it */

struct book;

struct book_limits {
	int64_t lease_ms;             /* 30 s: askers gone that long → orphaned */
	int64_t orphan_keep_ms;       /* 24 h: then withdrawn */
	int64_t unconfirmed_ms;       /* 30 d: an answer nobody fetched is kept that long */
	int64_t desk_grace_ms;        /* 5 s: require_desk waits that long for a desk */
	size_t max_pending;           /* 10,000 */
	size_t max_pending_per_asker; /* 1,000 */
	size_t max_closed;  /* 50,000 closed ones in memory; older ones are in the store */
	size_t max_calls;   /* 1,000 waiting calls of one client */
	size_t max_refused; /* 10,000 ids of askers who were told that nothing is kept */
	size_t levels;      /* of escalation */
	int64_t escalate_after_ms[BOOK_LEVELS_MAX]; /* since it was asked; rising */
	size_t max_escalations;                     /* 8 commands at a time */
};

struct book_now {
	int64_t ms;   /* boot clock */
	int64_t wall; /* wall clock */
};

/* Who calls: a connection (client id of the framework, never 0) and the call's msgid. */
struct book_caller {
	uint64_t client;
	uint32_t msgid;
	const char *who; /* identity, borrowed for the call */
	bool is_operator;
};

enum book_action_type {
	BOOK_STORE,    /* write `alert`; tell book_stored() with `op`, in the order of the ops */
	BOOK_REPLY,    /* to client/msgid: result `alert` when err is 0, an empty map when that is
			  NULL; else the error, with `alert` or `reason` as its data */
	BOOK_ACCEPTED, /* notification to `client`: ask_id waits for `alert` */
	BOOK_CHANGED,  /* tell all subscribers about `alert` */
	BOOK_RING,     /* tell all subscribers that `alert` rings anew */
	BOOK_ESCALATE, /* run the command of level alert->escalated; tell book_escalated() */
	BOOK_LOOKUP,   /* an id that is not in memory: find it in the store, or (key) the newest
			  question of `who` under the key that has joined this id; book_found() */
};

/* A line of the alert's life that its row does not tell; what NULL: none. */
struct book_life {
	const char *what, *by, *note;
};

/* All pointers are borrowed until the next event. */
struct book_action {
	enum book_action_type type;
	uint64_t op;               /* STORE, LOOKUP */
	uint64_t client;           /* REPLY, ACCEPTED */
	uint32_t msgid;            /* REPLY */
	int err;                   /* REPLY */
	const char *message;       /* REPLY with an error, or NULL */
	const char *reason;        /* REPLY with an error, or NULL: "no_desk" */
	const char *id;            /* ACCEPTED: of the ask; LOOKUP */
	const char *who, *key;     /* LOOKUP; key may be NULL */
	bool joined;               /* ACCEPTED */
	struct book_life life;     /* STORE */
	const struct alert *alert; /* STORE, REPLY, ACCEPTED, CHANGED, RING, ESCALATE */
};

/* The store counts as not read yet: book_load() … book_end_load() first.  boot_id: which boot of
 * the host now.ms is of (clock_boot_id(); 0: not known). */
struct book *book_new(const struct book_limits *limits, int64_t boot_id);
void book_free(struct book *b);
void book_set_limits(struct book *b, const struct book_limits *limits);

/* The next thing to do, oldest first; false when there is none. */
bool book_next(struct book *b, struct book_action *out);

/* --- the store --- */

/* A row read at start or after a loss: pending ones by seq; closed ones that are not confirmed or
 * the newest of their key, by closing.  The alert is given away.  Pending ones that were not in
 * memory begin a fresh lease.  Whether an answer is too old to be kept is for the book to say. */
void book_load(struct book *b, struct alert *a, const struct book_now *now);
/* All rows have come; last_seq: the largest in the store, new questions count on from there.
 * Pending ones in memory that did not come are looked up.  Calls that were held have their turn. */
void book_end_load(struct book *b, int64_t last_seq, const struct book_now *now);
/* BOOK_STORE `op` is durable.  current: NULL, or, when the id was there already with another
 * content, the row that the store holds (given away): the book goes on from that. */
void book_stored(struct book *b, uint64_t op, struct alert *current, const struct book_now *now);
/* BOOK_LOOKUP: the row (given away), which may be one that the id had joined; or NULL. */
void book_found(struct book *b, uint64_t op, struct alert *row, const struct book_now *now);
/* The storer died or said that it failed: every operation on the way has an unknown outcome.  Until
 * book_end_load() calls are held and timers rest.  Also when it dies again while it is read.  why:
 * for callers that are refused, or NULL. */
void book_store_lost(struct book *b, const char *why, const struct book_now *now);

/* --- askers --- */

struct book_ask {
	struct alert *alert; /* id and the fields of "what was asked" (no seq, times, attempt);
				given away; asker is the caller's identity */
	bool require_desk;
};
void book_ask(struct book *b, const struct book_caller *c, const struct book_ask *ask,
    const struct book_now *now);
void book_confirm(
    struct book *b, const struct book_caller *c, const char *id, const struct book_now *now);
struct book_withdrawal { /* borrowed */
	const char *id;
	/* The ask that is taken back, or NULL: the one of this connection.  Others who wait for the
	 * same question keep it. */
	const char *ask;
	const char *reason; /* or NULL */
	/* Whoever waits on another connection keeps it, the same ask included: its asker has found
	 * this daemon by another way. */
	bool if_alone;
};
void book_withdraw(struct book *b, const struct book_caller *c, const struct book_withdrawal *w,
    const struct book_now *now);
/* $/cancel of an ask: the asker no longer waits on this connection.  Other calls go on. */
void book_cancel(struct book *b, uint64_t client, uint32_t msgid, const struct book_now *now);
/* A connection ended: its waiting calls are gone, leases begin; a `line` question is withdrawn. */
void book_client_gone(struct book *b, uint64_t client, const struct book_now *now);

/* --- operators --- */

struct book_answer { /* borrowed; text, note, desk may be NULL */
	const char *id, *answer_id, *label, *text, *note, *desk;
};
void book_answer(struct book *b, const struct book_caller *c, const struct book_answer *a,
    const struct book_now *now);
void book_claim(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now);
void book_snooze(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now);
void book_note(struct book *b, const struct book_caller *c, const char *id, const char *note,
    const struct book_now *now);
/* That desk shows the question to somebody: a line of its life, once for each desk and caller and
 * for BOOK_SHOWN_MAX of them; of a closed question it is nothing.  The reply has no alert. */
void book_shown(struct book *b, const struct book_caller *c, const char *id, const char *desk,
    const struct book_now *now);
/* How many desks are subscribed now. */
void book_desks(struct book *b, int count, const struct book_now *now);

/* --- time --- */

/* At every book_next_timer(), and at least once an hour. */
void book_tick(struct book *b, const struct book_now *now);
int64_t book_next_timer(const struct book *b); /* boot clock, ms; BOOK_NEVER */

/* The command of a BOOK_ESCALATE has ended, or could not be started.  note: the result, for people;
 * borrowed. */
void book_escalated(
    struct book *b, const char *id, bool has_failed, const char *note, const struct book_now *now);

/* Stopping: every pending `line` question is withdrawn ("daemon stopped"). */
void book_stop(struct book *b, const struct book_now *now);
/* Why nothing can be kept now, for people; NULL: as far as is known it can.  Borrowed until the
 * next event. */
const char *book_trouble(const struct book *b);
/* Nothing waits for the store. */
bool book_is_idle(const struct book *b);

/* --- looking --- */

const struct alert *book_find(const struct book *b, const char *id);
size_t book_pending_count(const struct book *b);
int64_t book_last_seq(const struct book *b); /* the newest question's */
/* Pending ones that are on disk, by seq: the one after `a` (NULL: the first); NULL at the end. */
const struct alert *book_next_pending(const struct book *b, const struct alert *a);
/* What the book knows beyond the row, for alert_pack_wire(); zeros for alerts not in memory. */
struct alert_view book_view(
    const struct book *b, const struct alert *a, const struct book_now *now);

#endif
