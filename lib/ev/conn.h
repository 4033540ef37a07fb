/* SPDX-License-Identifier: ISC */
/*
 * One framed stream on a libev loop: reads frames, queues frames, and says when it ends.  The queue
 * is bounded with two water marks; a stall timer, renewed only by progress, ends a connection whose
 * peer neither takes what is queued nor finishes the frame it began.  Fair: at most CONN_SLICE
 * bytes in each direction per turn of the loop.  What is queued in one turn leaves in one write at
 * its end. The loop must not be run again from inside a callback.
 */
#ifndef OPDESK_LIB_EV_CONN_H
#define OPDESK_LIB_EV_CONN_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/ev/transport.h"

#define CONN_SLICE 65536u

struct conn;

struct conn_events {
	/* A frame; the payload is borrowed for the call.  May conn_free() its connection. */
	void (*frame)(struct conn *c, const unsigned char *payload, size_t len, void *arg);
	/* The end, exactly once, and never after conn_free().  err 0: the peer closed between two
	 * frames; OP_CLOSED: inside one, or reset, or in a way that the transport explains (ssh:
	 * "Permission denied (publickey)"); OP_PROTOCOL, OP_TOO_LARGE: bad framing (`why`
	 * has the length); OP_TIMEOUT: stalled; OP_SYSTEM; OP_NO_MEMORY.  The descriptors are still
	 * open; the owner calls conn_free() now or later.  After bad framing, and only then, the
	 * peer can still be told why: conn_send(), conn_finish(), conn_free(). */
	void (*end)(struct conn *c, int err, const char *why, void *arg);
	/* The queue fell to the low-water mark after having been over the high one; may be NULL. */
	void (*drained)(struct conn *c, void *arg);
};

struct conn_limits {
	size_t max_frame;  /* bytes of payload accepted; 0 = FRAME_MAX */
	size_t high_water; /* queued bytes from which conn_is_full(); 0 = 1 MiB */
	size_t low_water;  /* 0 = high_water / 4 */
	size_t max_queue;  /* conn_send() fails past this; 0 = high_water + FRAME_MAX + 4 */
	int64_t stall_ms;  /* 0 = never */
};

/* `events` is borrowed for ever (a static table), the transport is given away.  NULL: no memory
 * (the transport is closed). */
struct conn *conn_new(struct ev_loop *loop, struct transport t, const struct conn_events *events,
    const struct conn_limits *limits, void *arg);

/* Close at once; what is queued is lost (conn_unsent() tells before).  NULL is fine.  Allowed
 * inside callbacks. */
void conn_free(struct conn *c);

/* Queue one frame.  OP_OK: it will be written, or conn_events.end tells.  OP_UNAVAILABLE: the
 * queue is past max_queue (nothing was queued); OP_CLOSED: after the end; OP_BAD_REQUEST: empty;
 * OP_TOO_LARGE; OP_NO_MEMORY. */
int conn_send(struct conn *c, const void *payload, size_t len);

/* The same, built in place: append the payload to the returned buffer, then call conn_send_end(),
 * whose result is that of conn_send() (a failure takes the frame back out).  Never NULL; no other
 * call on `c` in between. */
struct buf *conn_send_begin(struct conn *c);
int conn_send_end(struct conn *c);
void conn_send_undo(struct conn *c); /* instead of conn_send_end(): the frame was never begun */

/* What was queued last is a cancellation: on TCP its last byte goes out as urgent data, so that a
 * peer that is not reading looks (docs/protocol.md, Attention).  The peer must have SO_OOBINLINE,
 * as our daemons do, or it loses that byte.  No effect on other transports. */
void conn_urge(struct conn *c);

bool conn_is_full(const struct conn *c);  /* over the high-water mark and not yet drained */
size_t conn_unsent(const struct conn *c); /* bytes queued */

/* Stop and resume reading: how backpressure is passed on.  Allowed inside callbacks: no frame comes
 * after conn_pause(c, true) returns.  While paused the end of the peer is not noticed. */
void conn_pause(struct conn *c, bool paused);

/* Write what is queued, then end our direction; conn_events.end comes when the peer has closed, or
 * when it neither sends anything nor closes for stall_ms.  Nothing more can be queued. */
void conn_finish(struct conn *c);

int conn_fd(const struct conn *c);
void *conn_arg(const struct conn *c);

#endif
