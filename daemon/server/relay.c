/* SPDX-License-Identifier: ISC */
/*
 * Between one client and the engine: bytes on this side, frames on that side, relay_core.c decides.
 * The client is read only while the link is up and takes more, so what it sends during an engine's
 * restart waits in the kernel.  A relay outlives its session for as long as its last message (a
 * one-line client's confirm or withdraw) needs; it holds the session for that.
 */
#include "daemon/server/relay_int.h"

#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/frame.h"
#include "lib/line.h"
#include "lib/log.h"

#define HALF_CLOSE_MS 1000 /* end of file so soon after the line is a half-close (nc -N) */

static const struct server_settings *
generic(const struct relay *r)
{
	return &session_origin(r->s)->config->generic;
}

/* --- to the client --- */

static int
client_send(const void *payload, size_t len, void *arg)
{
	struct relay *r = arg;
	struct buf b;
	int err;

	if (r->mode != FRAMES)
		return OP_OK;
	buf_init(&b);
	err = frame_append(&b, payload, len);
	if (!err)
		err = session_write(r->s, buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	if (err && err != OP_CLOSED) {
		log_notice("%s: closed: %s", session_peer_text(r->s),
		    err == OP_UNAVAILABLE ? "too much is waiting for it" : op_strerror(err));
		session_close(r->s);
	}
	if (session_is_full(r->s)) {
		/* Neither more answers nor more questions until it has taken some. */
		attach_pause(r->link, true);
		session_pause(r->s, true);
	}
	return OP_OK;
}

static void
client_notify(struct relay *r, const char *method, const char *reason)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_notify(&o, method);
	mp_map(&o, 1);
	mp_kstr(&o, "reason", reason);
	if (!o.err)
		client_send(buf_bytes(&b), buf_len(&b), r);
	buf_fini(&b);
}

void
relay_refuse(struct relay *r, const char *why)
{
	log_notice("%s: closed: %s", session_peer_text(r->s), why);
	client_notify(r, "server.closing", why);
	session_close(r->s);
}

static void
to_client(struct relay *r, const void *payload, size_t len)
{
	if (r->mode == LINE)
		relay_line_message(r, payload, len);
	else
		client_send(payload, len, r);
}

/* --- to the engine --- */

static int
engine_send(const void *payload, size_t len, void *arg)
{
	struct relay *r = arg;

	return attach_send(r->link, payload, len);
}

/* Neither faster than the engine, nor faster than it takes our own answers. */
static bool
may_read(const struct relay *r)
{
	return attach_is_up(r->link) && !attach_is_full(r->link) && !session_is_full(r->s);
}

static void
update_reading(struct relay *r)
{
	session_pause(r->s, !may_read(r));
}

void
relay_pass_on(struct relay *r, const void *payload, size_t len)
{
	struct buf reply;
	const char *why;
	enum relay_verdict v;

	buf_init(&reply);
	v = relay_core_client(r->core, payload, len, &reply, &why);
	if (v == RELAY_FORWARD && engine_send(payload, len, r))
		relay_refuse(r, "the engine takes nothing");
	else if (v == RELAY_REPLY && buf_len(&reply) > 0)
		to_client(r, buf_bytes(&reply), buf_len(&reply));
	else if (v == RELAY_BAD)
		relay_refuse(r, why);
	buf_fini(&reply);
	if (!may_read(r))
		session_pause(r->s, true);
}

/* --- frames --- */

static void
rearm(struct relay *r, bool unfinished)
{
	if (relay_core_said_hello(r->core))
		session_timeout(r->s, unfinished ? generic(r)->stall_ms : 0);
}

static void
input_frames(struct relay *r, struct buf *in)
{
	struct frame f;
	char why[80];
	int err = OP_OK;

	while (may_read(r) && session_is_open(r->s)) {
		err = frame_peek(buf_bytes(in), buf_len(in), generic(r)->max_frame, &f);
		if (err)
			break;
		relay_pass_on(r, f.payload, f.len);
		buf_consume(in, FRAME_HEADER + f.len);
	}
	if (err && err != OP_AGAIN) {
		snprintf(why, sizeof(why), "a message of %zu bytes (1 to %zu are accepted)",
		    frame_claimed(buf_bytes(in)), (size_t)generic(r)->max_frame);
		relay_refuse(r, why);
		return;
	}
	rearm(r, buf_len(in) > 0);
}

/* --- the link --- */

static void
on_message(const unsigned char *payload, size_t len, void *arg)
{
	struct relay *r = arg;
	struct buf reply;
	const char *why;

	buf_init(&reply);
	switch (relay_core_engine(r->core, payload, len, &reply, &why)) {
	case RELAY_FORWARD:
		to_client(r, payload, len);
		break;
	case RELAY_REPLY:
		if (buf_len(&reply) > 0)
			to_client(r, buf_bytes(&reply), buf_len(&reply));
		break;
	case RELAY_BAD:
		log_error("worker: bad message from the engine: %s", why);
		_exit(EXIT_FAILURE);
	default:
		break;
	}
	buf_fini(&reply);
}

static void
on_up(bool first, void *arg)
{
	struct relay *r = arg;
	bool had_subscribed = false;

	if (!first) {
		log_debug("%s: attached to a new engine", session_peer_text(r->s));
		if (relay_core_repeat(r->core, engine_send, client_send, r, &had_subscribed))
			relay_refuse(r, "out of memory");
	}
	if (had_subscribed)
		client_notify(r, "server.reset", "the server was restarted");
	update_reading(r);
}

static void
on_down(void *arg)
{
	struct relay *r = arg;

	if (!r->closed)
		session_pause(r->s, true);
}

static void
on_drained(void *arg)
{
	struct relay *r = arg;

	if (!r->closed)
		update_reading(r);
}

static void
on_finished(void *arg)
{
	struct relay *r = arg;

	attach_free(r->link);
	relay_core_free(r->core);
	session_release(r->s);
	free(r);
}

static const struct attach_events link_events = {
    on_up, on_down, on_message, on_drained, on_finished};

/* --- the session --- */

static struct relay *
relay_new(struct session *s)
{
	const struct session_origin *o = session_origin(s);
	const struct server_settings *g = &o->config->generic;
	struct relay_limits limits = {(size_t)g->max_calls, 2 * g->max_frame, o->reserved};
	struct attach_options options = {
	    .door_fd = o->door_fd,
	    .client_fd = o->fd,
	    .listener = o->listener,
	    .name = session_peer_name(s),
	    .max_frame = FRAME_MAX,
	};
	struct relay *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->s = s;
	r->core = relay_core_new(&limits);
	r->link = attach_new(session_loop(s), &options, &link_events, r);
	if (!r->core || !r->link) {
		relay_core_free(r->core);
		attach_free(r->link);
		free(r);
		return NULL;
	}
	return r;
}

static void
relay_opened(struct session *s)
{
	struct relay *r = relay_new(s);

	session_set_arg(s, r);
	if (!r) {
		log_error("%s: closed: out of memory", session_peer_text(s));
		session_close(s);
		return;
	}
	session_hold(s);
	session_timeout(s, generic(r)->first_byte_ms);
	attach_start(r->link);
	if (!attach_is_up(r->link))
		session_pause(s, true);
}

static void
meet(struct relay *r, unsigned char first)
{
	switch (line_first_byte(first)) {
	case LINE_PEER_FRAMES:
		r->mode = FRAMES;
		break;
	case LINE_PEER_TLS:
		log_notice("%s: closed: TLS is not configured", session_peer_text(r->s));
		session_close(r->s);
		return;
	default:
		r->mode = LINE;
		if (!session_app(r->s)->line) {
			log_notice(
			    "%s: closed: it does not speak our protocol", session_peer_text(r->s));
			session_close(r->s);
			return;
		}
	}
	session_timeout(r->s, generic(r)->hello_ms);
}

static void
relay_input(struct session *s, struct buf *in)
{
	struct relay *r = session_arg(s);

	if (r->mode == UNKNOWN)
		meet(r, *buf_bytes(in));
	if (!session_is_open(s))
		return;
	if (r->mode == FRAMES)
		input_frames(r, in);
	else
		relay_line_input(r, in, false);
}

/* Only cancellations are heard before their turn. */
static void
relay_attention(struct session *s, const struct buf *in)
{
	struct relay *r = session_arg(s);
	struct frame f;
	size_t at = 0;

	if (r->mode != FRAMES || !attach_is_up(r->link))
		return;
	while (
	    at < buf_len(in) && session_is_open(s) &&
	    frame_peek(buf_bytes(in) + at, buf_len(in) - at, generic(r)->max_frame, &f) == OP_OK) {
		if (relay_core_is_cancel(f.payload, f.len))
			relay_pass_on(r, f.payload, f.len);
		at += FRAME_HEADER + f.len;
	}
}

static void
relay_eof(struct session *s, struct buf *rest)
{
	struct relay *r = session_arg(s);

	if (r->mode == UNKNOWN)
		log_debug("%s: left without a word", session_peer_text(s));
	if (r->mode == FRAMES && buf_len(rest) > 0)
		log_notice("%s: left inside a message: %zu bytes of it had come",
		    session_peer_text(s), buf_len(rest));
	if (r->mode == LINE && r->asked_ms == 0)
		relay_line_input(r, rest, true);
	else if (r->mode != LINE || clock_boot_ms() - r->asked_ms > HALF_CLOSE_MS)
		session_close(s);
}

static void
relay_drained(struct session *s)
{
	struct relay *r = session_arg(s);

	attach_pause(r->link, false);
	update_reading(r);
}

static void
relay_timeout(struct session *s)
{
	struct relay *r = session_arg(s);

	if (!may_read(r)) {
		/* It is we who make it wait. */
		session_timeout(s, generic(r)->stall_ms);
	} else if (r->mode == UNKNOWN) {
		log_info("%s: closed: it said nothing", session_peer_text(s));
		session_close(s);
	} else if (r->mode == LINE) {
		relay_refuse(r, "no whole line in time");
	} else {
		relay_refuse(r, relay_core_said_hello(r->core) ? "stalled inside a message"
							       : "no hello in time");
	}
}

static void
relay_stopping(struct session *s)
{
	struct relay *r = session_arg(s);

	if (r) {
		r->stopping = true;
		client_notify(r, "server.closing", "the server stops");
	}
	session_close(s);
}

static void
relay_closed(struct session *s, bool delivered)
{
	struct relay *r = session_arg(s);
	struct buf last;

	if (!r)
		return;
	r->closed = true;
	buf_init(&last);
	if (r->mode == LINE)
		relay_line_last(r, delivered, &last);
	/* With the link down it is lost: no new engine would know whose it is, as the kernel
	 * forgets the address with the connection.  That engine sees that nobody asks again. */
	if (buf_len(&last) > 0)
		engine_send(buf_bytes(&last), buf_len(&last), r);
	buf_fini(&last);
	attach_finish(r->link);
}

const struct session_events relay_events = {
    .opened = relay_opened,
    .input = relay_input,
    .eof = relay_eof,
    .attention = relay_attention,
    .drained = relay_drained,
    .timeout = relay_timeout,
    .stopping = relay_stopping,
    .closed = relay_closed,
    .client_begins = true,
};
