/* SPDX-License-Identifier: ISC */
/* RPC on the message toolkit: its life, what is sent and what comes. */
#include "lib/ev/rpcmsg.h"

#include <stdio.h>
#include <stdlib.h>
#include "lib/err.h"
#include "lib/ev/msg_int.h"
#include "lib/ev/rpcmsg_int.h"
#include "lib/pending.h"

#define MAX_CALLS 65536u
#define HIGH_WATER (64u * 1024u * 1024u) /* answers must find room: past this the peer is gone */

void
rpcmsg_enter(struct rpcmsg *r)
{
	r->busy++;
}

void
rpcmsg_leave(struct rpcmsg *r)
{
	if (--r->busy > 0 || !r->freed)
		return;
	pending_free(r->calls);
	buf_fini(&r->value);
	free(r);
}

/* --- the end --- */

/* The connection is gone, whoever ended it. */
static void
on_gone(void *arg)
{
	struct rpcmsg *r = arg;

	rpcmsg_enter(r);
	r->c = NULL;
	rpcmsg_queries_end(r);
	rpcmsg_calls_end(r);
	r->freed = r->freed || r->served;
	rpcmsg_leave(r);
}

void
rpcmsg_hang_up(struct rpcmsg *r, int err)
{
	if (r->c == NULL)
		return;
	rpcmsg_enter(r);
	(void)msg_disconnect(r->c);
	if (r->ended != NULL && (!r->freed || r->served))
		r->ended(r, err, r->arg);
	rpcmsg_leave(r);
}

/* --- sending --- */

struct mp_out *
rpcmsg_begin(struct rpcmsg *r)
{
	buf_clear(&r->value);
	mp_out_init(&r->out, &r->value);
	return &r->out;
}

int
rpcmsg_send_whole(struct rpcmsg *r, const struct mp_out *o)
{
	if (o->err != OP_OK)
		return o->err;
	return r->c != NULL ? msg_send_later(r->c, buf_bytes(o->buf), buf_len(o->buf)) : OP_CLOSED;
}

int
rpcmsg_send_value(struct rpcmsg *r, struct mp_out *head, const struct buf *value)
{
	if (buf_len(value) == 0) {
		mp_nil(head);
		return rpcmsg_send_whole(r, head);
	}
	if (head->err != OP_OK)
		return head->err;
	return r->c != NULL ? msg_conn_send_parts(r->c, buf_bytes(head->buf), buf_len(head->buf),
				  buf_bytes(value), buf_len(value))
			    : OP_CLOSED;
}

/* --- receiving --- */

static void
on_message(struct rpcmsg *r, const struct rpc_msg *m)
{
	if (m->type == RPC_RESPONSE)
		rpcmsg_call_answered(r, m, true);
	else if (m->type == RPC_NOTIFY && mp_text_is(m->method, "$/cancel"))
		rpcmsg_query_cancelled(r, m);
	else if (m->type == RPC_REQUEST && rpcmsg_is_wanted(r, m->msgid))
		rpcmsg_hang_up(r, OP_PROTOCOL); /* one msgid for two calls at a time */
	else
		rpcmsg_query_came(r, m);
}

static void
on_bytes(struct rpcmsg *r, const void *bytes, size_t len)
{
	struct rpc_msg m;
	int err = rpc_parse(&m, bytes, len);

	if (err == OP_OK) {
		on_message(r, &m);
		rpc_fini(&m);
	} else if (err != OP_BAD_REQUEST) {
		rpcmsg_hang_up(r, err);
	} else if (m.type == RPC_REQUEST) {
		(void)rpcmsg_send_error(r, m.msgid, err, "params must be [] or [{…}]");
	} else if (m.type == RPC_RESPONSE) {
		rpcmsg_call_answered(r, &m, false);
	}
}

static void
on_receive(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	struct rpcmsg *r = arg;

	(void)c;
	rpcmsg_enter(r);
	if (bytes != NULL)
		on_bytes(r, bytes, len);
	else
		rpcmsg_hang_up(r, err);
	rpcmsg_leave(r);
}

/* --- life --- */

/* NULL: no memory, and the connection is as it was. */
static struct rpcmsg *
make(struct msg_conn *c, const struct rpcmsg_method *methods, void *arg)
{
	struct rpcmsg *r = calloc(1, sizeof(*r));

	if (r != NULL)
		r->calls = pending_new(1, MAX_CALLS);
	if (r == NULL || r->calls == NULL) {
		free(r);
		return NULL;
	}
	r->m = msg_conn_owner(c);
	r->c = c;
	r->methods = methods;
	r->arg = arg;
	LIST_INIT(&r->queries);
	buf_init(&r->value);
	(void)rpcmsg_begin(r);
	msg_set_arg(c, r);
	msg_set_limits(c, 0, HIGH_WATER);
	msg_conn_set_rcv(c, on_receive);
	msg_conn_on_gone(c, on_gone);
	return r;
}

struct rpcmsg *
rpcmsg_attach(struct msg_conn *c, const struct rpcmsg_method *methods, void *arg)
{
	struct rpcmsg *r = make(c, methods, arg);

	if (r == NULL)
		(void)msg_disconnect(c);
	return r;
}

msg_rcv_fn *
rpcmsg_serve(struct msg_conn *c, const struct rpcmsg_method *methods, void *arg)
{
	struct rpcmsg *r = make(c, methods, arg);

	if (r == NULL)
		return NULL;
	r->served = true;
	return on_receive;
}

int
rpcmsg_connect(struct msg *m, const struct endpoint *e, int64_t timeout_ms,
    const struct rpcmsg_method *methods, void *arg, struct rpcmsg **out, char *why, size_t why_size)
{
	struct msg_conn *c;
	struct rpcmsg *r;
	int err = msg_connect(m, e, timeout_ms, on_receive, NULL, &c, why, why_size);

	if (err != OP_OK)
		return err;
	r = rpcmsg_attach(c, methods, arg);
	if (r == NULL) {
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	*out = r;
	return OP_OK;
}

void
rpcmsg_on_end(struct rpcmsg *r, void (*ended)(struct rpcmsg *r, int err, void *arg))
{
	r->ended = ended;
}

void
rpcmsg_free(struct rpcmsg *r)
{
	if (r == NULL || r->freed)
		return;
	r->freed = true;
	rpcmsg_enter(r);
	if (r->c != NULL)
		(void)msg_disconnect(r->c);
	rpcmsg_leave(r);
}
