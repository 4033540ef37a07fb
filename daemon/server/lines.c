/* SPDX-License-Identifier: ISC */
/*
 * Between lines and frames.  On the link a line is the notification `server.line`, text for the
 * client `server.text` (lib/method.h).  The client is read only while the link is up and takes
 * more.
 */
#include "daemon/server/lines.h"

#include <stdlib.h>
#include <string.h>
#include "daemon/server/attach.h"
#include "daemon/server/sessions.h"
#include "lib/err.h"
#include "lib/frame.h"
#include "lib/log.h"
#include "lib/text.h"

struct lines {
	struct session *s;
	struct attach *link;
	bool closed; /* the session is */
};

/* --- to the engine --- */

static void
send_hello(struct lines *l)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_request(&o, 1, "hello");
	mp_map(&o, 4);
	mp_kint(&o, "proto", RPC_PROTO);
	mp_kstr(&o, "program", "lines");
	mp_kstr(&o, "version", OPDESK_VERSION);
	mp_kstr(&o, "role", "tool");
	if (o.err || attach_send(l->link, buf_bytes(&b), buf_len(&b)))
		session_close(l->s);
	buf_fini(&b);
}

static void
send_line(struct lines *l, const char *text, size_t len)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_notify(&o, "server.line");
	mp_map(&o, 1);
	mp_str(&o, "text");
	mp_strn(&o, text, len);
	if (o.err || attach_send(l->link, buf_bytes(&b), buf_len(&b)))
		session_close(l->s);
	buf_fini(&b);
}

static bool
may_read(const struct lines *l)
{
	return attach_is_up(l->link) && !attach_is_full(l->link);
}

/* --- from the client --- */

/* False: that was no line, and the session ends. */
static bool
take_line(struct lines *l, const char *text, size_t len)
{
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (len > LINES_MAX || memchr(text, '\0', len) || !text_is_utf8(text, len)) {
		log_notice("%s: closed: %s", session_peer_text(l->s),
		    len > LINES_MAX ? "a line of more than 8 KiB" : "a line that is no text");
		session_close(l->s);
		return false;
	}
	send_line(l, text, len);
	return session_is_open(l->s);
}

static void
on_input(struct session *s, struct buf *in)
{
	struct lines *l = session_arg(s);

	while (may_read(l)) {
		const char *text = (const char *)buf_bytes(in);
		const char *end = buf_len(in) > 0 ? memchr(text, '\n', buf_len(in)) : NULL;
		size_t len = end ? (size_t)(end - text) : buf_len(in);

		if (!end && len <= LINES_MAX + 1)
			break;
		if (!take_line(l, text, len))
			return;
		buf_consume(in, end ? len + 1 : len);
	}
	if (!may_read(l))
		session_pause(s, true);
}

static void
on_eof(struct session *s, struct buf *rest)
{
	struct lines *l = session_arg(s);

	if (buf_len(rest) > 0 && may_read(l))
		take_line(l, (const char *)buf_bytes(rest), buf_len(rest));
	session_close(s);
}

/* --- the link --- */

static void
on_message(const unsigned char *payload, size_t len, void *arg)
{
	struct lines *l = arg;
	struct rpc_msg m;
	struct mp_text t;

	if (rpc_parse(&m, payload, len))
		return;
	if (m.type == RPC_NOTIFY && mp_get_text(m.params, "text", &t) == OP_OK)
		session_write(l->s, t.s, t.len);
	rpc_fini(&m);
	if (session_is_full(l->s))
		attach_pause(l->link, true);
}

static void
on_up(bool first, void *arg)
{
	struct lines *l = arg;

	(void)first;
	send_hello(l);
	session_pause(l->s, !may_read(l));
}

static void
on_down(void *arg)
{
	struct lines *l = arg;

	if (!l->closed)
		session_pause(l->s, true);
}

static void
on_link_drained(void *arg)
{
	struct lines *l = arg;

	if (!l->closed)
		session_pause(l->s, !may_read(l));
}

static void
on_finished(void *arg)
{
	struct lines *l = arg;

	attach_free(l->link);
	session_release(l->s);
	free(l);
}

static const struct attach_events link_events = {
    on_up, on_down, on_message, on_link_drained, on_finished};

/* --- the session --- */

static void
on_opened(struct session *s)
{
	const struct session_origin *o = session_origin(s);
	struct attach_options options = {
	    .door_fd = o->door_fd,
	    .client_fd = o->fd,
	    .listener = o->listener,
	    .name = session_peer_name(s),
	    .max_frame = FRAME_MAX,
	};
	struct lines *l = calloc(1, sizeof(*l));

	if (l)
		l->link = attach_new(session_loop(s), &options, &link_events, l);
	if (!l || !l->link) {
		log_error("%s: closed: out of memory", session_peer_text(s));
		free(l);
		session_close(s);
		return;
	}
	l->s = s;
	session_set_arg(s, l);
	session_hold(s);
	attach_start(l->link);
	session_pause(s, !may_read(l));
}

static void
on_drained(struct session *s)
{
	struct lines *l = session_arg(s);

	attach_pause(l->link, false);
}

static void
on_closed(struct session *s, bool delivered)
{
	struct lines *l = session_arg(s);

	(void)delivered;
	if (!l)
		return;
	l->closed = true;
	attach_finish(l->link);
}

const struct session_events lines_events = {
    .opened = on_opened,
    .input = on_input,
    .eof = on_eof,
    .drained = on_drained,
    .closed = on_closed,
};

/* --- in the engine --- */

bool
lines_text(const struct rpc_msg *m, char *dst, size_t size)
{
	struct mp_text t;

	if (!mp_text_is(m->method, "server.line") || mp_get_text(m->params, "text", &t))
		return false;
	text_log(dst, size, t.s, t.len);
	return true;
}

int
lines_send(struct client *c, const char *text)
{
	struct mp_out *o;

	if (client_is_full(c))
		return OP_UNAVAILABLE;
	o = client_notify_begin(c, "server.text");
	mp_map(o, 1);
	mp_kstr(o, "text", text);
	return client_notify_end(c);
}
