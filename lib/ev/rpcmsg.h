/* SPDX-License-Identifier: ISC */
/*
 * RPC (lib/rpc.h) on a connection of the message toolkit (lib/ev/msg.h), for small programs: both
 * sides call, answer and notify; a call is answered by a function, at once or later, or waited for
 * on the spot while the loop goes on serving.  docs/msg.md shows a server and a client.  Daemons
 * and helpers of ours use peer.h, which never waits.
 *
 * A message is begun by rpcmsg_begin(), one value is written (a map; for an answer, any), and one
 * of rpcmsg_call(), _wait(), _notify() and _answer() sends it.  One at a time per connection.
 */
#ifndef OPDESK_LIB_EV_RPCMSG_H
#define OPDESK_LIB_EV_RPCMSG_H

#include "lib/ev/msg.h"
#include "lib/rpc.h"

struct rpcmsg; /* one side of one connection */

/* --- methods --- */

struct rpcmsg_query {
	struct rpcmsg *from;          /* may be called back, and waited for, inside the method */
	uint32_t msgid;               /* for rpcmsg_answer() and rpcmsg_is_wanted() */
	bool is_notify;               /* no result is wanted */
	const msgpack_object *params; /* the map; NULL: none.  Borrowed for the call */
	struct mp_out *result;        /* write one value here; several results are one array */
	const char *why; /* with an error: a sentence for the caller, static or the method's own
			  * until it returns; NULL: op_strerror() */
};

/* OP_OK: *result is the answer (nil when nothing was written).  OP_AGAIN: it comes later, by
 * rpcmsg_answer().  Another error surfaces at the caller as that error. */
typedef int rpcmsg_fn(struct rpcmsg_query *q, void *arg);

struct rpcmsg_method { /* a table of them ends with a NULL name; static */
	const char *name;
	rpcmsg_fn *fn;
};

/* --- connections --- */

/* Connect as msg_connect(); `methods` is what the other side may call (NULL: nothing). */
int rpcmsg_connect(struct msg *m, const struct endpoint *e, int64_t timeout_ms,
    const struct rpcmsg_method *methods, void *arg, struct rpcmsg **out, char *why,
    size_t why_size);

/* RPC on a connection that is there; it is given away.  NULL: no memory (it is disconnected). */
struct rpcmsg *rpcmsg_attach(struct msg_conn *c, const struct rpcmsg_method *methods, void *arg);

/* What a login function returns to serve its connection, which frees itself at its end; NULL when
 * there is no memory. */
msg_rcv_fn *rpcmsg_serve(struct msg_conn *c, const struct rpcmsg_method *methods, void *arg);

/* Called once when the connection has ended (err as in msg_rcv_fn), not by rpcmsg_free(). */
void rpcmsg_on_end(struct rpcmsg *r, void (*ended)(struct rpcmsg *r, int err, void *arg));

/* Disconnect.  Calls that wait end with OP_CLOSED before it returns.  Everywhere, inside methods
 * and replies too, where a served connection may be ended by it as well.  NULL is fine. */
void rpcmsg_free(struct rpcmsg *r);

/* --- calls --- */

/* Where to write the one value of the next message.  Never NULL. */
struct mp_out *rpcmsg_begin(struct rpcmsg *r);

/* err OP_OK: m->result is the answer.  Otherwise the other side's error (m: its message), or m NULL
 * and OP_TIMEOUT, OP_CANCELLED, OP_CLOSED or OP_PROTOCOL (an answer that makes no sense). */
typedef void rpcmsg_reply_fn(struct rpcmsg *r, int err, const struct rpc_msg *m, void *arg);

/* `done` is called exactly once, from the loop, rpcmsg_cancel() or rpcmsg_free(); not when this
 * fails: OP_CLOSED, OP_UNAVAILABLE (the queue is full), OP_TOO_LARGE, OP_NO_MEMORY.  timeout_ms 0:
 * none.  msgid may be NULL. */
int rpcmsg_call(struct rpcmsg *r, const char *method, int64_t timeout_ms, rpcmsg_reply_fn *done,
    void *arg, uint32_t *msgid);

/* No result is wanted. */
int rpcmsg_notify(struct rpcmsg *r, const char *method);

/* Tell the other side ($/cancel) and our own `done` (OP_CANCELLED).  OP_NOT_FOUND. */
int rpcmsg_cancel(struct rpcmsg *r, uint32_t msgid);

struct rpcmsg_answer {
	struct mp_doc doc; /* doc.root: the result; on an error its `data`, or nil */
	struct buf bytes;
	char why[200]; /* on an error: what the other side says, or op_strerror() */
};

/*
 * Call and wait, at most timeout_ms (> 0), while the loop runs: everybody else is served, methods
 * of ours too, which may wait in their turn (64 deep: OP_UNAVAILABLE); the innermost ends first.
 * OP_OK, or the error as for rpcmsg_reply_fn and rpcmsg_call().  rpcmsg_answer_fini() in any case.
 */
int rpcmsg_wait(
    struct rpcmsg *r, const char *method, int64_t timeout_ms, struct rpcmsg_answer *out);
void rpcmsg_answer_fini(struct rpcmsg_answer *a);

/* --- answers that come later --- */

/* The result of a query whose method returned OP_AGAIN.  OP_NOT_FOUND: it is not wanted any more.
 * If it cannot be sent the connection ends, so that the caller is not left waiting. */
int rpcmsg_answer(struct rpcmsg *r, uint32_t msgid);
int rpcmsg_answer_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why);

/* False: the query was cancelled (the caller has been told so), answered, or its connection is
 * gone: a long task looks now and then. */
bool rpcmsg_is_wanted(const struct rpcmsg *r, uint32_t msgid);

#endif
