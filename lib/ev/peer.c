/* SPDX-License-Identifier: ISC */
/*
 * RPC on one connection.  A call is a small heap block that lib/pending.h keeps by its msgid until
 * its response, its deadline, its cancellation or the end takes it out again; whoever takes it out
 * calls its function once.  As in conn.c, `busy` lets callbacks free the peer.
 */
#include "lib/ev/peer.h"

#include <stdlib.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/pending.h"

#define MAX_CALLS 65536u

struct call {
	struct call *next; /* in peer.cancelled */
	peer_reply_fn *done;
	void *arg;
};

struct peer {
	struct ev_loop *loop;
	struct conn *conn;
	struct pending *pending;
	const struct peer_events *events;
	void *arg;
	ev_timer timer; /* the next deadline; fed by peer_cancel() */
	int64_t armed_ms;
	struct call *cancelled; /* to be told from the loop, newest first */
	struct mp_out out;
	struct call *building; /* not yet in flight: peer_end() decides */
	uint32_t building_id;
	int build_err;
	uint64_t dropped;
	unsigned busy;
	bool freed;
	bool ended;
};

static void
forget_calls(struct peer *p)
{
	uint32_t id;
	void *call;

	while (pending_take_any(p->pending, &id, &call))
		free(call);
	for (struct call *c = p->cancelled; c != NULL; c = p->cancelled) {
		p->cancelled = c->next;
		free(c);
	}
}

static void
release(struct peer *p)
{
	if (p->pending != NULL)
		forget_calls(p);
	pending_free(p->pending);
	free(p);
}

static void
leave(struct peer *p)
{
	if (--p->busy == 0 && p->freed)
		release(p);
}

static void
finish_call(struct peer *p, struct call *call, int err, const struct rpc_msg *m)
{
	peer_reply_fn *done = call->done;
	void *arg = call->arg;

	free(call);
	done(p, err, m, arg);
}

/* --- deadlines and cancellation --- */

static void
arm(struct peer *p, int64_t deadline_ms, int64_t now_ms)
{
	if (deadline_ms >= p->armed_ms)
		return;
	p->armed_ms = deadline_ms;
	ev_timer_stop(p->loop, &p->timer);
	ev_timer_set(
	    &p->timer, deadline_ms > now_ms ? (double)(deadline_ms - now_ms) / 1e3 : 0.0, 0.0);
	ev_timer_start(p->loop, &p->timer);
	if (p->cancelled != NULL) /* ev_timer_stop() takes back what was fed */
		ev_feed_event(p->loop, &p->timer, EV_TIMER);
}

static void
tell_cancelled(struct peer *p)
{
	while (!p->freed && p->cancelled != NULL) {
		struct call *call = p->cancelled;

		p->cancelled = call->next;
		finish_call(p, call, OP_CANCELLED, NULL);
	}
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct peer *p = w->data;
	int64_t now_ms = clock_boot_ms();
	uint32_t id;
	void *call;

	(void)loop;
	(void)revents;
	p->busy++;
	tell_cancelled(p);
	while (!p->freed && pending_take_expired(p->pending, now_ms, &id, &call))
		finish_call(p, call, OP_TIMEOUT, NULL);
	if (!p->freed && !p->ended) {
		p->armed_ms = PENDING_FOREVER;
		arm(p, pending_next_deadline(p->pending), now_ms);
	}
	leave(p);
}

/* --- what arrives --- */

static void
ended(struct peer *p, int err, const char *why)
{
	uint32_t id;
	void *call;

	if (p->ended)
		return;
	p->ended = true;
	ev_timer_stop(p->loop, &p->timer);
	tell_cancelled(p);
	while (!p->freed && pending_take_any(p->pending, &id, &call))
		finish_call(p, call, OP_CLOSED, NULL);
	if (!p->freed)
		p->events->end(p, err, why, p->arg);
}

static void
on_response(struct peer *p, const struct rpc_msg *m, bool valid)
{
	void *call;

	if (pending_take(p->pending, m->msgid, &call) != OP_OK) {
		p->dropped++;
		return;
	}
	if (!valid)
		finish_call(p, call, OP_PROTOCOL, NULL);
	else
		finish_call(p, call, m->error != NULL ? rpc_error_of(m).err : OP_OK, m);
}

static void
on_message(struct peer *p, const struct rpc_msg *m)
{
	if (m->type == RPC_REQUEST)
		p->events->request(p, m, p->arg);
	else if (m->type == RPC_NOTIFY)
		p->events->notify(p, m, p->arg);
	else
		on_response(p, m, true);
}

/* The message is no message for anybody, but the stream is sound. */
static void
on_malformed(struct peer *p, const struct rpc_msg *m)
{
	if (m->type == RPC_REQUEST)
		(void)peer_error(p, m->msgid, OP_BAD_REQUEST, "params must be [] or [{…}]");
	else if (m->type == RPC_RESPONSE)
		on_response(p, m, false);
	else
		p->dropped++;
}

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct peer *p = arg;
	struct rpc_msg m;
	int err = rpc_parse(&m, payload, len);

	p->busy++;
	if (err == OP_OK) {
		on_message(p, &m);
		rpc_fini(&m);
	} else if (err == OP_BAD_REQUEST) {
		on_malformed(p, &m);
	} else {
		conn_pause(c, true);
		ended(p, err,
		    err == OP_PROTOCOL ? "a message that is no MessagePack-RPC" : op_strerror(err));
	}
	leave(p);
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	struct peer *p = arg;

	(void)c;
	p->busy++;
	ended(p, err, why);
	leave(p);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct peer *p = arg;

	(void)c;
	p->busy++;
	if (p->events->drained != NULL && !p->ended)
		p->events->drained(p, p->arg);
	leave(p);
}

static const struct conn_events events = {on_frame, on_end, on_drained};

/* --- the outside --- */

struct peer *
peer_new(struct ev_loop *loop, struct transport t, const struct peer_events *e,
    const struct conn_limits *limits, uint32_t first_id, void *arg)
{
	struct peer *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		transport_close(&t);
		return NULL;
	}
	p->loop = loop;
	p->events = e;
	p->arg = arg;
	p->armed_ms = PENDING_FOREVER;
	/* A response that has arrived is read before its deadline is looked at. */
	ev_timer_init(&p->timer, on_timer, 0.0, 0.0);
	ev_set_priority(&p->timer, EV_MINPRI);
	p->timer.data = p;
	p->conn = conn_new(loop, t, &events, limits, p);
	p->pending = pending_new(first_id, MAX_CALLS);
	if (p->conn == NULL || p->pending == NULL) {
		peer_free(p);
		return NULL;
	}
	return p;
}

void
peer_free(struct peer *p)
{
	if (p == NULL || p->freed)
		return;
	p->freed = true;
	ev_timer_stop(p->loop, &p->timer);
	conn_free(p->conn);
	if (p->busy == 0)
		release(p);
}

static struct mp_out *
begin(struct peer *p)
{
	mp_out_init(&p->out, conn_send_begin(p->conn));
	p->building = NULL;
	p->build_err = p->ended ? OP_CLOSED : OP_OK;
	return &p->out;
}

static int
new_call(struct peer *p, int64_t deadline_ms, peer_reply_fn *done, void *arg)
{
	int64_t now_ms = deadline_ms != 0 ? clock_boot_ms() : 0, at_ms = PENDING_FOREVER;
	struct call *call = malloc(sizeof(*call));
	int err;

	if (call == NULL)
		return OP_NO_MEMORY;
	if (deadline_ms != 0 && deadline_ms < PENDING_FOREVER - now_ms)
		at_ms = now_ms + deadline_ms;
	*call = (struct call){.done = done, .arg = arg};
	err = pending_add(p->pending, at_ms, call, &p->building_id);
	if (err != OP_OK) {
		free(call);
		return err;
	}
	p->building = call;
	if (at_ms != PENDING_FOREVER)
		arm(p, at_ms, now_ms);
	return OP_OK;
}

struct mp_out *
peer_call_begin(struct peer *p, const char *method, int64_t deadline_ms, peer_reply_fn *done,
    void *arg, uint32_t *msgid)
{
	struct mp_out *o = begin(p);

	p->building_id = 0;
	if (p->build_err == OP_OK)
		p->build_err = new_call(p, deadline_ms, done, arg);
	if (msgid != NULL)
		*msgid = p->building_id;
	rpc_request(o, p->building_id, method);
	return o;
}

struct mp_out *
peer_notify_begin(struct peer *p, const char *method)
{
	struct mp_out *o = begin(p);

	rpc_notify(o, method);
	return o;
}

struct mp_out *
peer_result_begin(struct peer *p, uint32_t msgid)
{
	struct mp_out *o = begin(p);

	rpc_result(o, msgid);
	return o;
}

int
peer_end(struct peer *p)
{
	int err = p->build_err != OP_OK ? p->build_err : p->out.err;
	void *call;

	if (err != OP_OK)
		conn_send_undo(p->conn);
	else
		err = conn_send_end(p->conn);
	if (err != OP_OK && p->building != NULL) {
		(void)pending_take(p->pending, p->building_id, &call);
		free(call);
	}
	p->building = NULL;
	return err;
}

int
peer_error(struct peer *p, uint32_t msgid, int err, const char *message)
{
	rpc_error(begin(p), msgid, err, message);
	return peer_end(p);
}

int
peer_send_raw(struct peer *p, const void *payload, size_t len)
{
	return p->ended ? OP_CLOSED : conn_send(p->conn, payload, len);
}

int
peer_cancel(struct peer *p, uint32_t msgid)
{
	void *taken;

	if (pending_take(p->pending, msgid, &taken) != OP_OK)
		return OP_NOT_FOUND;

	struct call *call = taken;
	struct mp_out *o = peer_notify_begin(p, "$/cancel");

	call->next = p->cancelled;
	p->cancelled = call;
	ev_feed_event(p->loop, &p->timer, EV_TIMER);
	mp_map(o, 1);
	mp_kint(o, "msgid", msgid);
	(void)peer_end(p);
	return OP_OK;
}

uint64_t
peer_dropped(const struct peer *p)
{
	return p->dropped;
}

struct conn *
peer_conn(struct peer *p)
{
	return p->conn;
}

void *
peer_arg(const struct peer *p)
{
	return p->arg;
}
