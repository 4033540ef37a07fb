/* SPDX-License-Identifier: ISC */
/*
 * The engine's handle on a process that waits for the disk.  There are two: the *storer* writes,
 * and takes all that is queued up to a bound into one transaction with one sync; the *reader* has
 * the store open read-only and answers long searches, which must delay no commit.  After any error
 * of the store the process ends, and when it is gone another one is started (pauses 50 ms … 5 s):
 * there are never two storers.  Ends that follow one another are told as one trouble (trouble.h).
 * One that owes an answer and says nothing for a time is killed; when
 * not even that ends it (a disk that hangs keeps a process in the kernel) it is waited for.  Frames
 * with MessagePack arrays on a socketpair, storer_wire.h.  On the engine's loop; every call queues,
 * nothing blocks.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_STORER_H
#define OPDESK_DAEMON_MEDIACHANGED_STORER_H

#include "daemon/mediachanged/book.h"
#include "daemon/mediachanged/store.h"
#include "daemon/server/engine.h"

struct storer;

/* `op` is the caller's number, given back.  Alerts are given away.  What a process does not answer
 * (it has no such function) may be NULL. */
struct storer_events {
	/* The store is open.  Also after each new start. */
	void (*up)(struct storer *s, void *arg);
	/* The process has ended, was given up, or could not open the store: what was queued is
	 * lost.  why: for people, or NULL.  Also when four in a row have ended and none had
	 * answered anything; more follow. */
	void (*down)(struct storer *s, const char *why, void *arg);
	void (*stored)(struct storer *s, uint64_t op, struct alert *current, void *arg);
	void (*found)(struct storer *s, uint64_t op, struct alert *row, void *arg);
	void (*row)(struct storer *s, uint64_t op, struct alert *row, void *arg);
	void (*life)(struct storer *s, uint64_t op, const struct store_life *line, void *arg);
	void (*stat)(struct storer *s, uint64_t op, const struct store_stat *stat, void *arg);
	/* The end of a load (value: last seq), prune (value: rows removed), history, show, stats.
	 */
	void (*done)(struct storer *s, uint64_t op, int err, int64_t value, void *arg);
};

/* The first process is started at once; `down` may come, `up` follows.  silence_ms: without a sign
 * of life for that long, while it owes one, a process is killed.  NULL: no memory. */
struct storer *storer_new(struct engine *e, const struct store_ops *ops, bool read_only,
    int64_t silence_ms, const struct storer_events *events, void *arg);
void storer_set_silence(struct storer *s, int64_t silence_ms);
bool storer_is_up(const struct storer *s);

/* To a process that is up; else they are lost, as `down` has said. */
void storer_store(
    struct storer *s, uint64_t op, const struct alert *a, const struct store_life *life);
/* The row with this id, else the newest of `asker` under `key` (NULL: none) that has joined it. */
void storer_lookup(
    struct storer *s, uint64_t op, const char *id, const char *asker, const char *key);
void storer_load(struct storer *s, uint64_t op, int64_t closed_since, int64_t max_closed);
void storer_prune(struct storer *s, uint64_t op, int64_t before, int64_t keep, int limit);
void storer_history(struct storer *s, uint64_t op, const struct store_filter *f);
void storer_show(struct storer *s, uint64_t op, const char *id); /* found, life …, done */
void storer_stats(struct storer *s, uint64_t op, int64_t since_at);
/* Nobody waits for the history, show or stats with this op any more: it ends within milliseconds,
 * with `done` and OP_CANCELLED when it was not done before. */
void storer_cancel(struct storer *s, uint64_t op);

#endif
