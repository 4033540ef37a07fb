/* SPDX-License-Identifier: ISC */
/*
 * Messages from the GUI go to a link or, on link 0, to the table of methods; messages of a daemon
 * go to the GUI unless nobody waits for them any more.  A failure to reach the GUI is the end of
 * the relay, but only `ended` says so, from the loop, so that every function here can finish its
 * work.
 */
#include "helper/relay_int.h"

#include <stdlib.h>
#include "lib/clock.h"
#include "lib/log.h"

#define OWN_IDS 0x80000000u /* msgids from here on belong to the links themselves */

/* --- to the GUI --- */

static void
pause_links(struct relay *r, bool paused)
{
	r->is_paused = paused;
	for (size_t i = 0; i < RELAY_LINKS_MAX; i++)
		if (r->links[i])
			r->links[i]->kind->pause(r->links[i], paused);
}

static void
on_failure(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct relay *r = w->data;

	(void)loop;
	(void)revents;
	log_error("pipe to the desk: %s", op_strerror(r->err));
	r->ended(r->err, r->arg);
}

struct mp_out
relay_begin(struct relay *r, int64_t link)
{
	struct mp_out o;

	mp_out_init(&o, conn_send_begin(r->gui));
	wrap_head(&o, link);
	return o;
}

void
relay_end(struct relay *r, const struct mp_out *o)
{
	int err = o->err;

	if (err != OP_OK)
		conn_send_undo(r->gui);
	else
		err = conn_send_end(r->gui);
	if (err != OP_OK && r->err == OP_OK) {
		r->err = err;
		ev_timer_start(r->loop, &r->failure);
	}
	if (conn_is_full(r->gui) && !r->is_paused)
		pause_links(r, true);
}

void
relay_reply_error(struct relay *r, int64_t link, uint32_t msgid, int err, const char *message)
{
	struct mp_out o = relay_begin(r, link);

	rpc_error(&o, msgid, err, message);
	relay_end(r, &o);
}

/* --- the calls on their way --- */

static void
set_timer(struct relay *r)
{
	int64_t next_ms = calls_next_deadline(r->calls);

	ev_timer_stop(r->loop, &r->timer);
	if (next_ms == CALLS_NEVER)
		return;
	int64_t wait_ms = next_ms - clock_boot_ms();

	ev_timer_set(&r->timer, wait_ms > 0 ? (double)wait_ms / 1e3 : 0.0, 0.0);
	ev_timer_start(r->loop, &r->timer);
}

static void
on_late(int64_t link, uint32_t msgid, void *arg)
{
	relay_reply_error(arg, link, msgid, OP_TIMEOUT, "the daemon did not answer in time");
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct relay *r = w->data;

	(void)loop;
	(void)revents;
	calls_take_expired(r->calls, clock_boot_ms(), on_late, r);
	set_timer(r);
}

void
relay_on_lost(int64_t link, uint32_t msgid, void *arg)
{
	relay_reply_error(
	    arg, link, msgid, OP_UNAVAILABLE, "the connection to the daemon was lost");
}

static int
add_call(struct relay *r, int64_t link, uint32_t msgid, int64_t timeout_ms)
{
	int64_t before_ms = calls_next_deadline(r->calls);
	int err = calls_add(r->calls, link, msgid, clock_boot_ms() + timeout_ms);

	if (err == OP_OK && calls_next_deadline(r->calls) < before_ms)
		set_timer(r);
	return err;
}

/* --- the links --- */

struct relay_link **
relay_find_link(struct relay *r, int64_t number)
{
	for (size_t i = 0; i < RELAY_LINKS_MAX; i++)
		if (r->links[i] && r->links[i]->number == number)
			return &r->links[i];
	return NULL;
}

static void
put_peer(struct mp_out *o, const struct link_peer *p)
{
	mp_kstr(o, "program", p->program);
	mp_kstr(o, "version", p->version);
	mp_kstr(o, "you", p->you);
	mp_kbool(o, "operator", p->is_operator);
}

void
relay_tell_state(struct relay_link *l, enum link_state s, const char *reason, int64_t retry_ms,
    const struct link_peer *peer)
{
	if (s != LINK_UP)
		calls_take_link(l->relay->calls, l->number, relay_on_lost, l->relay);
	struct mp_out o = relay_begin(l->relay, 0);
	bool has_reason = reason && reason[0] != '\0';

	rpc_notify(&o, "link.state");
	mp_map(&o, (size_t)(3 + has_reason + (retry_ms >= 0) + (s == LINK_UP ? 4 : 0)));
	mp_kint(&o, "link", l->number);
	mp_kstr(&o, "endpoint", l->endpoint);
	mp_kstr(&o, "state", link_state_name(s));
	if (has_reason)
		mp_kstr(&o, "reason", reason);
	if (retry_ms >= 0)
		mp_kint(&o, "retry_ms", retry_ms);
	if (s == LINK_UP)
		put_peer(&o, peer);
	relay_end(l->relay, &o);
}

bool
relay_answer(struct relay_link *l, uint32_t msgid)
{
	if (!calls_take(l->relay->calls, l->number, msgid))
		return false;
	struct mp_out o = relay_begin(l->relay, l->number);

	rpc_result(&o, msgid);
	mp_map(&o, 0);
	relay_end(l->relay, &o);
	return true;
}

bool
relay_answer_error(struct relay_link *l, uint32_t msgid, int err, const char *message)
{
	if (!calls_take(l->relay->calls, l->number, msgid))
		return false;
	relay_reply_error(l->relay, l->number, msgid, err, message);
	return true;
}

static void
forward(struct relay *r, const struct wrap *w, const struct rpc_msg *m)
{
	struct relay_link **at = relay_find_link(r, w->link);
	bool is_call = m->type == RPC_REQUEST;
	int err = at ? OP_OK : OP_NOT_FOUND;

	if (err == OP_OK && is_call && m->msgid >= OWN_IDS)
		err = OP_BAD_REQUEST;
	if (err == OP_OK && is_call)
		err = add_call(r, w->link, m->msgid, w->timeout_ms);
	if (err == OP_CONFLICT) {
		/* An error would be taken for the answer to the call that is on its way. */
		log_error("desk: msgid used twice: %u on link %d", m->msgid, (int)w->link);
		return;
	}
	if (err == OP_OK) {
		err = (*at)->kind->send(*at, w, m);
		if (err != OP_OK && is_call)
			calls_take(r->calls, w->link, m->msgid);
	}
	if (err == OP_OK)
		return;
	if (is_call)
		relay_reply_error(r, w->link, m->msgid, err, at ? NULL : "there is no such link");
	else
		log_warn("desk: message to link %d lost: %s", (int)w->link, op_strerror(err));
}

/* --- from the GUI --- */

static void
on_gui_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct relay *r = arg;
	struct rpc_msg m;
	struct wrap w;
	int err = wrap_parse(payload, len, &w);

	(void)c;
	if (err == OP_OK)
		err = rpc_parse(&m, w.rpc, w.rpc_len);
	if (err != OP_OK) {
		log_error("desk: bad message dropped: %s", op_strerror(err));
		return;
	}
	if (w.link == 0)
		relay_own(r, &m);
	else
		forward(r, &w, &m);
	rpc_fini(&m);
}

static void
on_gui_end(struct conn *c, int err, const char *why, void *arg)
{
	struct relay *r = arg;

	(void)c;
	if (err != OP_OK)
		log_error("pipe to the desk: %s", why);
	ev_timer_stop(r->loop, &r->failure);
	r->ended(err, r->arg);
}

static void
on_gui_drained(struct conn *c, void *arg)
{
	(void)c;
	pause_links(arg, false);
}

static const struct conn_events gui_events = {on_gui_frame, on_gui_end, on_gui_drained};

/* --- life --- */

struct relay *
relay_new(struct ev_loop *loop, struct transport gui, void (*ended)(int err, void *arg), void *arg)
{
	struct relay *r = calloc(1, sizeof(*r));

	if (!r) {
		transport_close(&gui);
		return NULL;
	}
	*r = (struct relay){.loop = loop, .ended = ended, .arg = arg};
	ev_timer_init(&r->timer, on_timer, 0.0, 0.0);
	ev_timer_init(&r->failure, on_failure, 0.0, 0.0);
	r->timer.data = r;
	r->failure.data = r;
	r->gui = conn_new(loop, gui, &gui_events, &(struct conn_limits){0}, r);
	r->calls = calls_new();
	if (!r->gui || !r->calls) {
		relay_free(r);
		return NULL;
	}
	return r;
}

void
relay_free(struct relay *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < RELAY_LINKS_MAX; i++) {
		if (r->links[i])
			r->links[i]->kind->close(r->links[i]);
		free(r->links[i]);
	}
	ev_timer_stop(r->loop, &r->timer);
	ev_timer_stop(r->loop, &r->failure);
	calls_free(r->calls);
	conn_free(r->gui);
	free(r);
}
