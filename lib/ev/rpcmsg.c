/* SPDX-License-Identifier: ISC */
/*
 * RPC on the message toolkit.  A call of ours is a small block that lib/pending.h keeps by its
 * msgid until its answer, its timer, its cancellation or the end takes it out; whoever takes it out
 * calls its function once.  A query of theirs is in `queries` for as long as an answer is owed.
 * `busy` lets callbacks, and the loops that run inside them, free the whole.
 */
#include "lib/ev/rpcmsg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "lib/err.h"
#include "lib/ev/msg_int.h"
#include "lib/pending.h"

#define MAX_CALLS 65536u
#define MAX_QUERIES 65536u
#define MAX_WAITS 64u                    /* within one another: each is a piece of the stack */
#define HIGH_WATER (64u * 1024u * 1024u) /* answers must find room: past this the peer is gone */

struct call {
	struct rpcmsg *r;
	uint32_t msgid;
	struct msg_timer *timer; /* NULL: no deadline */
	rpcmsg_reply_fn *done;
	void *arg;
};

struct query {
	LIST_ENTRY(query) link;
	uint32_t msgid;
};

struct rpcmsg {
	struct msg *m;
	struct msg_conn *c; /* NULL: gone */
	const struct rpcmsg_method *methods;
	void (*ended)(struct rpcmsg *r, int err, void *arg);
	void *arg;
	struct pending *calls;
	LIST_HEAD(, query) queries;
	size_t query_count;
	struct buf value; /* written after rpcmsg_begin() */
	struct mp_out out;
	unsigned busy;
	bool served; /* frees itself when the connection is gone */
	bool freed;
};

static void
enter(struct rpcmsg *r)
{
	r->busy++;
}

static void
leave(struct rpcmsg *r)
{
	if (--r->busy > 0 || !r->freed)
		return;
	pending_free(r->calls);
	buf_fini(&r->value);
	free(r);
}

/* --- the end --- */

static void
finish_call(struct call *call, int err, const struct rpc_msg *m)
{
	struct call last = *call;

	msg_timer_stop(call->timer);
	free(call);
	last.done(last.r, err, m, last.arg);
}

static void
drop_query(struct rpcmsg *r, struct query *q)
{
	LIST_REMOVE(q, link);
	r->query_count--;
	free(q);
}

/* The connection is gone, whoever ended it. */
static void
on_gone(void *arg)
{
	struct rpcmsg *r = arg;
	uint32_t id;
	void *call;

	enter(r);
	r->c = NULL;
	while (!LIST_EMPTY(&r->queries))
		drop_query(r, LIST_FIRST(&r->queries));
	while (pending_take_any(r->calls, &id, &call))
		finish_call(call, OP_CLOSED, NULL);
	r->freed = r->freed || r->served;
	leave(r);
}

static void
hang_up(struct rpcmsg *r, int err)
{
	if (r->c == NULL)
		return;
	enter(r);
	(void)msg_disconnect(r->c);
	if (r->ended != NULL && (!r->freed || r->served))
		r->ended(r, err, r->arg);
	leave(r);
}

/* --- sending --- */

struct mp_out *
rpcmsg_begin(struct rpcmsg *r)
{
	buf_clear(&r->value);
	mp_out_init(&r->out, &r->value);
	return &r->out;
}

static int
send_whole(struct rpcmsg *r, const struct mp_out *o)
{
	if (o->err != OP_OK)
		return o->err;
	return r->c != NULL ? msg_send_later(r->c, buf_bytes(o->buf), buf_len(o->buf)) : OP_CLOSED;
}

/* `head` is there: its value behind it, and away. */
static int
send_value(struct rpcmsg *r, struct mp_out *head, const struct buf *value)
{
	if (buf_len(value) == 0) {
		mp_nil(head);
		return send_whole(r, head);
	}
	if (head->err != OP_OK)
		return head->err;
	return r->c != NULL ? msg_conn_send_parts(r->c, buf_bytes(head->buf), buf_len(head->buf),
				  buf_bytes(value), buf_len(value))
			    : OP_CLOSED;
}

static int
send_params(struct rpcmsg *r, struct mp_out *head)
{
	int err;

	if (buf_len(&r->value) == 0)
		mp_map(rpcmsg_begin(r), 0);
	err = r->out.err != OP_OK ? r->out.err : send_value(r, head, &r->value);
	(void)rpcmsg_begin(r); /* sent once */
	return err;
}

int
rpcmsg_notify(struct rpcmsg *r, const char *method)
{
	struct mp_out head;
	struct buf b;
	int err;

	buf_init(&b);
	mp_out_init(&head, &b);
	rpc_notify(&head, method);
	err = send_params(r, &head);
	buf_fini(&b);
	return err;
}

static int
send_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why)
{
	struct mp_out o;
	struct buf b;
	int sent;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_error(&o, msgid, err, why);
	sent = send_whole(r, &o);
	buf_fini(&b);
	if (sent != OP_OK)
		hang_up(r, sent);
	return sent;
}

static int
send_result(struct rpcmsg *r, uint32_t msgid, const struct mp_out *result)
{
	struct mp_out head;
	struct buf b;
	int err = result->err;

	buf_init(&b);
	mp_out_init(&head, &b);
	rpc_result(&head, msgid);
	if (err == OP_OK)
		err = send_value(r, &head, result->buf);
	buf_fini(&b);
	return err == OP_OK ? OP_OK : send_error(r, msgid, err, NULL);
}

/* --- our calls --- */

static void
on_late(void *arg)
{
	struct call *call = arg;
	struct rpcmsg *r = call->r;
	void *taken;

	enter(r);
	call->timer = NULL;
	if (pending_take(r->calls, call->msgid, &taken) == OP_OK)
		finish_call(call, OP_TIMEOUT, NULL);
	leave(r);
}

static int
keep_call(struct call *call, int64_t timeout_ms)
{
	struct rpcmsg *r = call->r;
	int err = pending_add(r->calls, PENDING_FOREVER, call, &call->msgid);
	void *taken;

	if (err != OP_OK || timeout_ms == 0)
		return err;
	call->timer = msg_timer_start(r->m, (double)timeout_ms / 1e3, 0, on_late, call);
	if (call->timer != NULL)
		return OP_OK;
	(void)pending_take(r->calls, call->msgid, &taken);
	return OP_NO_MEMORY;
}

static int
send_call(struct call *call, const char *method)
{
	struct mp_out head;
	struct buf b;
	void *taken;
	int err;

	buf_init(&b);
	mp_out_init(&head, &b);
	rpc_request(&head, call->msgid, method);
	err = send_params(call->r, &head);
	buf_fini(&b);
	if (err != OP_OK) {
		(void)pending_take(call->r->calls, call->msgid, &taken);
		msg_timer_stop(call->timer);
	}
	return err;
}

int
rpcmsg_call(struct rpcmsg *r, const char *method, int64_t timeout_ms, rpcmsg_reply_fn *done,
    void *arg, uint32_t *msgid)
{
	struct call *call = r->c != NULL ? malloc(sizeof(*call)) : NULL;
	int err;

	if (call == NULL)
		return r->c != NULL ? OP_NO_MEMORY : OP_CLOSED;
	*call = (struct call){.r = r, .done = done, .arg = arg};
	err = keep_call(call, timeout_ms);
	if (err == OP_OK)
		err = send_call(call, method);
	if (err != OP_OK) {
		free(call);
		return err;
	}
	if (msgid != NULL)
		*msgid = call->msgid;
	return OP_OK;
}

int
rpcmsg_cancel(struct rpcmsg *r, uint32_t msgid)
{
	struct mp_out *o;
	void *call;

	if (pending_take(r->calls, msgid, &call) != OP_OK)
		return OP_NOT_FOUND;
	o = rpcmsg_begin(r);
	mp_map(o, 1);
	mp_kint(o, "msgid", msgid);
	(void)rpcmsg_notify(r, "$/cancel");
	finish_call(call, OP_CANCELLED, NULL);
	return OP_OK;
}

/* --- waiting --- */

struct waiting {
	struct rpcmsg_answer *answer;
	bool done;
	int err;
};

/* Keep what the message says: it is borrowed. */
static int
keep_value(struct rpcmsg_answer *a, const msgpack_object *value)
{
	struct mp_out o;

	mp_out_init(&o, &a->bytes);
	if (value != NULL)
		mp_object(&o, value);
	else
		mp_nil(&o);
	return o.err != OP_OK ? o.err : mp_parse(&a->doc, buf_bytes(&a->bytes), buf_len(&a->bytes));
}

static void
on_waited(struct rpcmsg *r, int err, const struct rpc_msg *m, void *arg)
{
	struct waiting *w = arg;
	struct rpcmsg_answer *a = w->answer;
	struct rpc_error e = {.err = OP_OK, .message = {"", 0}};
	int kept = OP_OK;

	(void)r;
	if (m != NULL) {
		e = rpc_error_of(m);
		kept = keep_value(a, m->error != NULL ? e.data : m->result);
	}
	w->done = true;
	w->err = err != OP_OK ? err : kept;
	if (e.message.len > 0)
		snprintf(a->why, sizeof(a->why), "%.*s", (int)e.message.len, e.message.s);
	else
		snprintf(a->why, sizeof(a->why), "%s", op_strerror(w->err));
}

int
rpcmsg_wait(struct rpcmsg *r, const char *method, int64_t timeout_ms, struct rpcmsg_answer *out)
{
	struct waiting w = {.answer = out};
	struct msg *m = r->m;
	int err;

	memset(out, 0, sizeof(*out));
	buf_init(&out->bytes);
	err = m->waits < MAX_WAITS ? rpcmsg_call(r, method, timeout_ms, on_waited, &w, NULL)
				   : OP_UNAVAILABLE;
	if (err != OP_OK) {
		snprintf(out->why, sizeof(out->why), "%s", op_strerror(err));
		return err;
	}
	/* Whatever happens to the connection, the call is told. */
	m->waits++;
	while (!w.done)
		msg_turn(m);
	m->waits--;
	return w.err;
}

void
rpcmsg_answer_fini(struct rpcmsg_answer *a)
{
	mp_fini(&a->doc);
	buf_fini(&a->bytes);
}

/* --- their calls --- */

static struct query *
find_query(const struct rpcmsg *r, uint32_t msgid)
{
	struct query *q;

	LIST_FOREACH (q, &r->queries, link)
		if (q->msgid == msgid)
			return q;
	return NULL;
}

static int
add_query(struct rpcmsg *r, uint32_t msgid)
{
	struct query *q;

	if (r->query_count >= MAX_QUERIES)
		return OP_UNAVAILABLE;
	q = malloc(sizeof(*q));
	if (q == NULL)
		return OP_NO_MEMORY;
	q->msgid = msgid;
	LIST_INSERT_HEAD(&r->queries, q, link);
	r->query_count++;
	return OP_OK;
}

bool
rpcmsg_is_wanted(const struct rpcmsg *r, uint32_t msgid)
{
	return find_query(r, msgid) != NULL;
}

/* The answer is given now, and once. */
static bool
settle(struct rpcmsg *r, uint32_t msgid)
{
	struct query *q = find_query(r, msgid);

	if (q != NULL)
		drop_query(r, q);
	return q != NULL;
}

int
rpcmsg_answer(struct rpcmsg *r, uint32_t msgid)
{
	int err = OP_NOT_FOUND;

	enter(r);
	if (settle(r, msgid))
		err = send_result(r, msgid, &r->out);
	(void)rpcmsg_begin(r);
	leave(r);
	return err;
}

int
rpcmsg_answer_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why)
{
	return settle(r, msgid) ? send_error(r, msgid, err, why) : OP_NOT_FOUND;
}

static int
run_method(struct rpcmsg *r, const struct rpc_msg *m, struct rpcmsg_query *q)
{
	const struct rpcmsg_method *method = r->methods;

	while (method != NULL && method->name != NULL && !mp_text_is(m->method, method->name))
		method++;
	if (method == NULL || method->name == NULL)
		return OP_UNKNOWN_METHOD;
	return method->fn(q, r->arg);
}

static void
on_query(struct rpcmsg *r, const struct rpc_msg *m)
{
	struct rpcmsg_query q = {.from = r, .msgid = m->msgid, .params = m->params};
	struct mp_out result;
	struct buf b;
	int err = OP_OK;

	buf_init(&b);
	mp_out_init(&result, &b);
	q.result = &result;
	q.is_notify = m->type == RPC_NOTIFY;
	if (!q.is_notify)
		err = add_query(r, m->msgid);
	if (err != OP_OK)
		(void)send_error(r, m->msgid, err, NULL);
	else
		err = run_method(r, m, &q);
	/* Meanwhile it may have been cancelled, or everything may be over. */
	if (!q.is_notify && err != OP_AGAIN && settle(r, m->msgid))
		(void)(err == OP_OK ? send_result(r, m->msgid, &result)
				    : send_error(r, m->msgid, err, q.why));
	buf_fini(&b);
}

/* The query is answered at once, so that nobody waits for a method that does not look. */
static void
on_cancel(struct rpcmsg *r, const struct rpc_msg *m)
{
	int64_t msgid;

	if (mp_get_int(m->params, "msgid", &msgid) == OP_OK && msgid >= 0 && msgid <= UINT32_MAX)
		(void)rpcmsg_answer_error(r, (uint32_t)msgid, OP_CANCELLED, NULL);
}

/* --- receiving --- */

static void
on_response(struct rpcmsg *r, const struct rpc_msg *m, bool valid)
{
	void *call;

	/* Late: timed out or cancelled on our side. */
	if (pending_take(r->calls, m->msgid, &call) != OP_OK)
		return;
	if (!valid)
		finish_call(call, OP_PROTOCOL, NULL);
	else
		finish_call(call, m->error != NULL ? rpc_error_of(m).err : OP_OK, m);
}

static void
on_message(struct rpcmsg *r, const struct rpc_msg *m)
{
	if (m->type == RPC_RESPONSE)
		on_response(r, m, true);
	else if (m->type == RPC_NOTIFY && mp_text_is(m->method, "$/cancel"))
		on_cancel(r, m);
	else if (m->type == RPC_REQUEST && rpcmsg_is_wanted(r, m->msgid))
		hang_up(r, OP_PROTOCOL); /* one msgid for two calls at a time */
	else
		on_query(r, m);
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
		hang_up(r, err);
	} else if (m.type == RPC_REQUEST) {
		(void)send_error(r, m.msgid, err, "params must be [] or [{…}]");
	} else if (m.type == RPC_RESPONSE) {
		on_response(r, &m, false);
	}
}

static void
on_receive(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	struct rpcmsg *r = arg;

	(void)c;
	enter(r);
	if (bytes != NULL)
		on_bytes(r, bytes, len);
	else
		hang_up(r, err);
	leave(r);
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
	enter(r);
	if (r->c != NULL)
		(void)msg_disconnect(r->c);
	leave(r);
}
