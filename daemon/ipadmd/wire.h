/* SPDX-License-Identifier: ISC */
/*
 * The far end of the pipe between the engine and one of its slow children (clerk.h, publisher.h):
 * RPC in frames (lib/frame.h), plain blocking code.  What is to be said is gathered in `out` and
 * leaves with wire_flush(); whoever waits for both the engine and its lifeline polls `fd` himself.
 */
#ifndef OPDESK_DAEMON_IPADMD_WIRE_H
#define OPDESK_DAEMON_IPADMD_WIRE_H

#include "lib/buf.h"
#include "lib/rpc.h"

#define WIRE_CANCELS 64 /* known before their turn; more are heard too late */

struct wire {
	int fd;                           /* borrowed */
	struct buf in, out;               /* all zero: empty */
	struct buf message;               /* the one in hand */
	uint32_t msgid;                   /* the call in hand */
	size_t seen;                      /* of `in`: looked through for cancellations, */
	uint32_t cancelled[WIRE_CANCELS]; /* which are these */
	size_t cancelled_count;
};

/* A message, built by the caller between the two.  wire_end() takes it back when it fails:
 * OP_NO_MEMORY, OP_TOO_LARGE. */
struct mp_out wire_begin(struct wire *w, size_t *mark);
int wire_end(struct wire *w, struct mp_out *o, size_t mark);

/* Send all of it; blocks.  OP_CLOSED: the engine has gone. */
int wire_flush(struct wire *w);

/* Read what has come; blocks when nothing has.  OP_CLOSED, OP_NO_MEMORY. */
int wire_take(struct wire *w);

/* Has the engine given the call in hand up ($/cancel)?  Looks at what has come, up to 4 MiB, and
 * costs a system call: for every file or commit, not for every line. */
bool wire_is_cancelled(struct wire *w);

/* Give every whole message that was read, but cancellations, to `serve`, until it returns an error.
 * OP_PROTOCOL and others: the engine speaks nonsense. */
int wire_each(struct wire *w, int (*serve)(const struct rpc_msg *m, void *arg), void *arg);

#endif
