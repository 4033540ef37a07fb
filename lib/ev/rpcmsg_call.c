/* SPDX-License-Identifier: ISC */
/*
 * Calls of ours.  One is a small block that lib/pending.h keeps by its msgid until its answer, its
 * timer, its cancellation or the end takes it out; whoever takes it out calls its function once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/ev/msg_int.h"
#include "lib/ev/rpcmsg_int.h"
#include "lib/pending.h"

#define MAX_WAITS 64u /* within one another: each is a piece of the stack */

struct call {
	struct rpcmsg *r;
	uint32_t msgid;
	struct msg_timer *timer; /* NULL: no deadline */
	rpcmsg_reply_fn *done;
	void *arg;
};

static int
send_params(struct rpcmsg *r, struct mp_out *head)
{
	int err;

	if (buf_len(&r->value) == 0)
		mp_map(rpcmsg_begin(r), 0);
	err = r->out.err != OP_OK ? r->out.err : rpcmsg_send_value(r, head, &r->value);
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

/* --- how one ends --- */

static void
finish_call(struct call *call, int err, const struct rpc_msg *m)
{
	struct call last = *call;

	msg_timer_stop(call->timer);
	free(call);
	last.done(last.r, err, m, last.arg);
}

void
rpcmsg_call_answered(struct rpcmsg *r, const struct rpc_msg *m, bool valid)
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

void
rpcmsg_calls_end(struct rpcmsg *r)
{
	uint32_t id;
	void *call;

	while (pending_take_any(r->calls, &id, &call))
		finish_call(call, OP_CLOSED, NULL);
}

static void
on_late(void *arg)
{
	struct call *call = arg;
	struct rpcmsg *r = call->r;
	void *taken;

	rpcmsg_enter(r);
	call->timer = NULL;
	if (pending_take(r->calls, call->msgid, &taken) == OP_OK)
		finish_call(call, OP_TIMEOUT, NULL);
	rpcmsg_leave(r);
}

/* --- how one begins --- */

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
