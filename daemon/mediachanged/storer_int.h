/* SPDX-License-Identifier: ISC */
/*
 * What the three files of the engine's handle on a storer share: storer.c starts the process,
 * notices its silence and its end; storer_requests.c writes to it; storer_replies.c reads what it
 * says.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_STORER_INT_H
#define OPDESK_DAEMON_MEDIACHANGED_STORER_INT_H

#include <ev.h>
#include <msgpack.h>

#include "daemon/mediachanged/storer.h"
#include "daemon/mediachanged/storer_wire.h"
#include "daemon/mediachanged/trouble.h"
#include "lib/ev/conn.h"

struct storer {
	struct engine *engine;
	struct storer_job job;
	const struct storer_events *events;
	void *arg;
	struct conn *conn;
	struct engine_child *child;
	bool up;
	size_t owed;      /* replies that end a request, and the first one */
	ev_timer silence; /* runs while it owes one */
	ev_timer unkillable;
	int64_t silence_ms;
	char why[512]; /* its last word, or ours about it; "": none, status tells */
	int status;
	int early;         /* processes that have ended before one had answered anything */
	bool has_answered; /* one has: a request, not only that the store is open */
	struct trouble trouble;
	bool is_told;  /* that this process has come to its end */
	ev_timer calm; /* runs until the trouble may be over */
	ev_timer again;
	int64_t pause_ms;
	int64_t since_ms;
};

/* "storer" or "reader". */
const char *storer_part(const struct storer *s);
/* So many more replies must come; it may not be silent until they have. */
void storer_owe(struct storer *s, size_t replies_owed);

struct storer_taker {
	/* m: storer_message() has accepted it.  Not OP_OK: the process talks nonsense. */
	int (*take)(struct storer *s, uint64_t op, const msgpack_object *m);
	bool pays; /* it is what a request, or the start, is owed */
};

extern const struct storer_taker storer_takers[STORER_REPLIES];

#endif
