/* SPDX-License-Identifier: ISC */
/* What the workers of testd do: the relay's work, traced, and bad manners when a client asks for
 * them. */
#include "tests/server/testd.h"

#include <stdio.h>
#include <string.h>
#include "daemon/server/attach.h"
#include "daemon/server/relay.h"
#include "daemon/server/sessions.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

/* --- one-line clients --- */

static void
id_request(struct mp_out *o, uint32_t msgid, const char *method, const char *id)
{
	rpc_request(o, msgid, method);
	mp_map(o, 1);
	mp_kstr(o, "id", id);
}

static void
line_request(struct mp_out *o, uint32_t msgid, const char *id, const char *line, size_t len)
{
	rpc_request(o, msgid, "alert.ask");
	mp_map(o, 2);
	mp_kstr(o, "id", id);
	mp_str(o, "text");
	mp_strn(o, line, len);
}

static void
line_reply(const struct rpc_msg *response, struct buf *out)
{
	struct mp_text t;

	if (response->result && mp_get_text(response->result, "answer", &t) == OP_OK)
		buf_printf(out, "%.*s\n", (int)t.len, t.s);
}

static void
line_gone(struct mp_out *o, uint32_t msgid, const char *id)
{
	id_request(o, msgid, "alert.withdraw", id);
}

static void
line_delivered(struct mp_out *o, uint32_t msgid, const char *id)
{
	id_request(o, msgid, "alert.confirm", id);
}

const struct relay_line testd_line = {line_request, line_reply, line_gone, line_delivered};

/* --- bad manners --- */

static struct attach *rogue;

static void
rogue_up(bool first, void *arg)
{
	(void)first;
	(void)arg;
}

static void
rogue_down(void *arg)
{
	(void)arg;
}

static void
rogue_message(const unsigned char *payload, size_t len, void *arg)
{
	(void)payload;
	(void)len;
	(void)arg;
}

static const struct attach_events rogue_events = {
    rogue_up, rogue_down, rogue_message, rogue_down, rogue_down};

static void
misbehave(struct session *s)
{
	const struct session_origin *o = session_origin(s);
	struct attach_options options = {
	    .door_fd = o->door_fd,
	    .client_fd = o->fd,
	    .listener = "rogue",
	    .name = "",
	};

	rogue = attach_new(session_loop(s), &options, &rogue_events, NULL);
	attach_start(rogue);
	attach_send(rogue, "rubbish", 7);
}

static void
hold_the_loop(void)
{
	int64_t end = clock_boot_ms() + 200;

	while (clock_boot_ms() < end)
		;
}

/* --- handlers, and their order --- */

static const struct settings *
own(struct session *s)
{
	return session_settings(s);
}

static void
trace(struct session *s, const char *handler)
{
	if (own(s)->trace)
		log_debug("trace %s %s %s", session_peer_text(s), session_listener(s), handler);
}

static void
on_accepted(struct session *s)
{
	trace(s, "accepted");
}

static bool
on_allow(struct session *s)
{
	trace(s, "allow");
	return !own(s)->refuse;
}

static void
on_opened(struct session *s)
{
	trace(s, "opened");
	relay_events.opened(s);
}

static void
on_input(struct session *s, struct buf *in)
{
	trace(s, "input");
	if (*buf_bytes(in) == '!' && !rogue)
		misbehave(s);
	if (*buf_bytes(in) == '^')
		hold_the_loop();
	if (rogue)
		buf_clear(in);
	else
		relay_events.input(s, in);
}

static void
on_eof(struct session *s, struct buf *rest)
{
	char text[40];

	snprintf(text, sizeof(text), "eof+%zu", buf_len(rest));
	trace(s, text);
	relay_events.eof(s, rest);
}

static void
on_timeout(struct session *s)
{
	trace(s, "timeout");
	relay_events.timeout(s);
}

static void
on_stopping(struct session *s)
{
	trace(s, "stopping");
	relay_events.stopping(s);
}

static void
on_served(struct session *s)
{
	trace(s, session_fd(s) != -1 ? "served" : "served too late");
}

static void
on_closed(struct session *s, bool delivered)
{
	trace(s, session_write(s, "x", 1) == OP_CLOSED ? "closed" : "closed but open");
	relay_events.closed(s, delivered);
}

static void
on_denied(struct session *s)
{
	trace(s, "denied");
}

struct session_events testd_session;

void
testd_session_init(void)
{
	testd_session = (struct session_events){
	    .accepted = on_accepted,
	    .allow = on_allow,
	    .opened = on_opened,
	    .input = on_input,
	    .eof = on_eof,
	    .attention = relay_events.attention,
	    .drained = relay_events.drained,
	    .timeout = on_timeout,
	    .stopping = on_stopping,
	    .served = on_served,
	    .closed = on_closed,
	    .denied = on_denied,
	};
}
