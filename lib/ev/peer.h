/* SPDX-License-Identifier: ISC */
/*
 * RPC over one framed connection (lib/ev/conn.h + lib/rpc.h + lib/pending.h): both sides may call,
 * answer and notify.  Calls have deadlines and can be cancelled; a response that nobody waits for
 * is dropped and counted.  Messages are built in place: every *_begin() is followed by exactly one
 * map (or, for results, one value) written to the returned writer and then peer_end().
 */
#ifndef OPDESK_LIB_EV_PEER_H
#define OPDESK_LIB_EV_PEER_H

#include <ev.h>
#include "lib/ev/conn.h"
#include "lib/rpc.h"

struct peer;

struct peer_events {
	/* A request or notification; borrowed for the call.  A request is answered at any later
	 * time by its msgid.  May peer_free(). */
	void (*request)(struct peer *p, const struct rpc_msg *m, void *arg);
	void (*notify)(struct peer *p, const struct rpc_msg *m, void *arg);
	/* As conn_events.end, once.  Calls still waiting get OP_CLOSED before it. */
	void (*end)(struct peer *p, int err, const char *why, void *arg);
	void (*drained)(struct peer *p, void *arg); /* may be NULL */
};

/* err 0: m is the response with its result.  Else err is the remote error, OP_TIMEOUT, OP_CANCELLED
 * or OP_CLOSED, and m is the response or NULL. */
typedef void peer_reply_fn(struct peer *p, int err, const struct rpc_msg *m, void *arg);

/* first_id as pending_new().  The transport is given away; NULL: no memory. */
struct peer *peer_new(struct ev_loop *loop, struct transport t, const struct peer_events *events,
    const struct conn_limits *limits, uint32_t first_id, void *arg);
void peer_free(struct peer *p);

/* deadline_ms: from now; 0 = none.  `done` is called exactly once, never from inside
 * peer_call_begin or peer_end; not when peer_end() fails or after peer_free().  msgid may be NULL.
 * Never NULL. */
struct mp_out *peer_call_begin(struct peer *p, const char *method, int64_t deadline_ms,
    peer_reply_fn *done, void *arg, uint32_t *msgid);
struct mp_out *peer_notify_begin(struct peer *p, const char *method);
struct mp_out *peer_result_begin(struct peer *p, uint32_t msgid);
int peer_end(struct peer *p); /* as conn_send_end() */

/* A whole error response, built and queued. */
int peer_error(struct peer *p, uint32_t msgid, int err, const char *message);

/* Queue bytes that already are an RPC message (relays). */
int peer_send_raw(struct peer *p, const void *payload, size_t len);

/* Tell the peer ($/cancel) and the caller (OP_CANCELLED, from the loop).  OP_NOT_FOUND. */
int peer_cancel(struct peer *p, uint32_t msgid);

/* How many messages were dropped: responses that nobody waits for (any more), and notifications
 * whose params are malformed.  A malformed request is answered bad_request, for a malformed
 * response the call ends with OP_PROTOCOL; bytes that are no message at all end the peer with
 * OP_PROTOCOL. */
uint64_t peer_dropped(const struct peer *p);

struct conn *peer_conn(struct peer *p); /* borrowed: pause, water marks, finish */
void *peer_arg(const struct peer *p);

#endif
