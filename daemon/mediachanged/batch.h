/* SPDX-License-Identifier: ISC */
/*
 * When the storer commits what it has in hand: at once, or after a moment for those who are about
 * to come.  Whoever is told that his write is on disk often has the next one ready: an asker the
 * next question or a confirm, a desk the answer.  Of two that come one after the other the first
 * would have a commit for itself and the second wait for the one after that; together they need
 * one.
 *
 * So a batch that begins soon after a telling, within the time of a commit, waits until it has as
 * many writes as were told, and as had come before they were; but only half the time of a commit,
 * and a millisecond at most.  Anything that comes later than that, as every lone question does, is
 * never held up.  Waiting that brings less than half of what was missing is given up for 1, 2, 4 …
 * 64 batches.  (PostgreSQL's commit_delay and MySQL's binlog_group_commit_sync_delay are the same
 * idea with fixed numbers.)
 *
 * Pure; in the storer.  Times are microseconds of CLOCK_BOOTTIME.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_BATCH_H
#define OPDESK_DAEMON_MEDIACHANGED_BATCH_H

#include <stdint.h>

#define BATCH_WAIT_MAX_US 1000
#define BATCH_WAIT_MIN_US 40 /* less is not worth a sleep */
#define BATCH_REST_MAX 64

struct batch {             /* all zero: nothing is known */
	int64_t commit_us; /* what one takes, smoothed */
	int64_t told_us;   /* when the writers of the last batch were told */
	int64_t first_us;  /* when the first write of this one was in hand */
	int came;          /* writes of this one */
	int expected;
	int had;     /* writes when it began to wait; 0: it has not */
	int in_vain; /* so many batches do not wait, next time */
	int resting; /* and so many are left of this time */
};

/* A write has come. */
void batch_add(struct batch *b, int64_t now_us);
/* All that has come is in hand: wait so long for more, or commit (0). */
int64_t batch_wait_us(struct batch *b, int64_t now_us);
/* The commit that began then is done and the writers are told; queued: writes that had come before
 * that, and belong to the next batch. */
void batch_told(struct batch *b, int64_t began_us, int64_t now_us, int queued);

#endif
