/* SPDX-License-Identifier: ISC */
/*
 * Workers that have served their client and wait a moment for the next one *of the same source*: a
 * worker has parsed that source's bytes and must never see another's.  Who waits too long, or is
 * one too many, is let go by closing its channel: it exits when it sees that, and as only the
 * acceptor lets go, no client can be handed to a worker that has just decided to leave.  While it
 * serves again its channel is kept for its next rest, if there is room.  Pure: the time comes from
 * outside, channels go back to the caller to be closed.
 */
#ifndef OPDESK_DAEMON_SERVER_IDLE_H
#define OPDESK_DAEMON_SERVER_IDLE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "daemon/server/accounting.h"

#define IDLE_MAX 64

struct idle_worker {
	pid_t pid;
	int channel;
	int64_t due_ms;
	struct source source;
};

struct idle_busy {
	pid_t pid;
	int channel;
};

struct idle {
	struct idle_worker items[IDLE_MAX]; /* in the order in which they came */
	struct idle_busy busy[IDLE_MAX];    /* who serves again */
	size_t count, busy_count;
};

/* One more; when there is no room the oldest has to go: its channel, or -1. */
int idle_add(struct idle *i, const struct idle_worker *w);
/* Take out the one of this source that came last, as its memory is the warmest; false: none. */
bool idle_take(struct idle *i, const struct source *source, struct idle_worker *out);
/* Take out the oldest if it is due; its channel, or -1.  INT64_MAX for `now` takes any. */
int idle_expire(struct idle *i, int64_t now_ms);
/* It has died: its channel, or -1 when it was not here. */
int idle_remove(struct idle *i, pid_t pid);
/* It serves again, and its channel is kept; false: no room, the channel is the caller's. */
bool idle_keep(struct idle *i, pid_t pid, int channel);
/* It comes to rest: the channel that was kept, or -1. */
int idle_kept(struct idle *i, pid_t pid);
int64_t idle_next_ms(const struct idle *i); /* INT64_MAX when none */

#endif
