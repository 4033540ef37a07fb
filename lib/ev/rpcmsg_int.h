/* SPDX-License-Identifier: ISC */
/*
 * What the files of RPC on the message toolkit share: rpcmsg.c (life, sending, receiving),
 * rpcmsg_call.c (calls of ours), rpcmsg_query.c (calls of theirs).
 */
#ifndef OPDESK_LIB_EV_RPCMSG_INT_H
#define OPDESK_LIB_EV_RPCMSG_INT_H

#include <sys/queue.h>
#include "lib/ev/rpcmsg.h"

/* `busy` lets callbacks, and the loops that run inside them, free the whole. */
struct rpcmsg {
	struct msg *m;
	struct msg_conn *c; /* NULL: gone */
	const struct rpcmsg_method *methods;
	void (*ended)(struct rpcmsg *r, int err, void *arg);
	void *arg;
	struct pending *calls;
	LIST_HEAD(, rpcmsg_owed) queries;
	size_t query_count;
	struct buf value; /* written after rpcmsg_begin() */
	struct mp_out out;
	unsigned busy;
	bool served; /* frees itself when the connection is gone */
	bool freed;
};

void rpcmsg_enter(struct rpcmsg *r);
/* Counterpart of rpcmsg_enter(); may give the memory back. */
void rpcmsg_leave(struct rpcmsg *r);

/* The connection is not usable any more: end it, and tell the owner why. */
void rpcmsg_hang_up(struct rpcmsg *r, int err);

/* A message that is there; or its head, and one value (nil for none) behind it. */
int rpcmsg_send_whole(struct rpcmsg *r, const struct mp_out *o);
int rpcmsg_send_value(struct rpcmsg *r, struct mp_out *head, const struct buf *value);

/* Calls of ours: the answer to one, which makes sense or does not; the end of all. */
void rpcmsg_call_answered(struct rpcmsg *r, const struct rpc_msg *m, bool valid);
void rpcmsg_calls_end(struct rpcmsg *r);

/* Calls of theirs: a new one, a notification too; $/cancel; one that cannot be answered but by an
 * error; nobody waits for answers any more. */
void rpcmsg_query_came(struct rpcmsg *r, const struct rpc_msg *m);
void rpcmsg_query_cancelled(struct rpcmsg *r, const struct rpc_msg *m);
int rpcmsg_send_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why);
void rpcmsg_queries_end(struct rpcmsg *r);

#endif
