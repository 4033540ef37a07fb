/* SPDX-License-Identifier: ISC */
/*
 * A daemon for the tests of the server framework: questions are kept in memory only.
 * - alert.ask: text "echo …" is answered at once, "large …" by 8 KiB; "broken": the engine sends
 * garbage to the worker; anything else waits for alert.answer, alert.withdraw or $/cancel.
 * - alert.answer: answers the question with that id.
 * - alert.subscribe: every ask then comes as alert.changed {text}.
 * - alert.note: runs the note as a shell-less program: its words are the argument list.
 * - alert.claim: pokes the holder, a child of the engine.
 * - A connection that begins with "!" makes its worker send rubbish to the engine; "^": its handler
 *   holds the loop for a while.
 * - With `trace` every handler of a connection is logged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/server/datagram.h"
#include "daemon/server/attach.h"
#include "daemon/server/engine.h"
#include "daemon/server/relay.h"
#include "daemon/server/server.h"
#include "daemon/server/sessions.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

struct settings {
	char *color;
	int64_t nap_ms, program_limit_ms;
	char *greeting;
	bool fail_start;
	bool trace, refuse;
};

static const char *const colors[] = {"red", "green", NULL};

static const struct server_setting table[] = {
    {"color", SETTING_STRING, "red", 0, 0, colors, offsetof(struct settings, color), "color",
	"a choice"},
    {"nap", SETTING_DURATION, "10s", 1000, 60000, NULL, offsetof(struct settings, nap_ms), NULL,
	"a duration with limits"},
    {"greeting", SETTING_STRING, "hello", 0, 0, NULL, offsetof(struct settings, greeting),
	"greeting", "logged at start and reload"},
    {"program_limit", SETTING_DURATION, "500ms", 0, 3600000, NULL,
	offsetof(struct settings, program_limit_ms), NULL, "of programs that the engine starts"},
    {"fail_start", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, fail_start), NULL,
	"the engine does not start"},
    {"trace", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, trace), NULL,
	"log the handlers of connections"},
    {"refuse", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct settings, refuse), NULL,
	"the daemon's own hook allows nobody"},
    {0},
};

/* --- engine --- */

struct question {
	struct question *next;
	struct client *client;
	uint32_t msgid;
	char id[40];
};

static struct question *questions;
static int holder_fd = -1;
static struct client *desks[16];

static void
copy(const struct rpc_msg *m, const char *key, char *dst, size_t size)
{
	struct mp_text t = {"", 0};

	mp_get_text(m->params, key, &t);
	snprintf(dst, size, "%.*s", (int)t.len, t.s);
}

static void
reply(struct client *c, uint32_t msgid, const char *key, const char *value)
{
	struct mp_out *o = peer_result_begin(client_peer(c), msgid);

	mp_map(o, key ? 1 : 0);
	if (key)
		mp_kstr(o, key, value);
	peer_end(client_peer(c));
}

static void
tell_desks(const char *text)
{
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++) {
		if (!desks[i])
			continue;
		mp_map(peer_notify_begin(client_peer(desks[i]), "alert.changed"), 0);
		peer_end(client_peer(desks[i]));
		log_debug("told a desk: %s", text);
	}
}

static void
ask(struct client *c, const struct rpc_msg *m)
{
	struct question *q;
	char text[200], id[40], large[8192] = "";

	copy(m, "text", text, sizeof(text));
	copy(m, "id", id, sizeof(id));
	log_info("asked: %s by %s", text, client_identity(c)->shown);
	tell_desks(text);
	if (strncmp(text, "echo ", 5) == 0) {
		reply(c, m->msgid, "answer", text + 5);
	} else if (strncmp(text, "large ", 6) == 0) {
		memset(large, 'x', sizeof(large) - 1);
		reply(c, m->msgid, "answer", large);
	} else if (strcmp(text, "broken") == 0) {
		peer_send_raw(client_peer(c), "\xc1", 1);
	} else {
		q = calloc(1, sizeof(*q));
		*q = (struct question){questions, c, m->msgid, ""};
		snprintf(q->id, sizeof(q->id), "%s", id);
		questions = q;
	}
}

static void
answer(struct client *c, const struct rpc_msg *m)
{
	char id[40], label[80];

	copy(m, "id", id, sizeof(id));
	copy(m, "label", label, sizeof(label));
	for (struct question **q = &questions; *q; q = &(*q)->next) {
		struct question *found = *q;

		if (strcmp(found->id, id) != 0)
			continue;
		reply(found->client, found->msgid, "answer", label);
		*q = found->next;
		free(found);
		reply(c, m->msgid, NULL, NULL);
		return;
	}
	peer_error(client_peer(c), m->msgid, OP_NOT_FOUND, NULL);
}

static void
subscribe(struct client *c, const struct rpc_msg *m)
{
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++) {
		if (desks[i])
			continue;
		desks[i] = c;
		reply(c, m->msgid, NULL, NULL);
		return;
	}
}

static void
on_program(struct engine *e, int status, void *arg)
{
	(void)e;
	(void)arg;
	log_info("program ended: %d", status);
}

static void
run_program(struct client *c, const struct rpc_msg *m)
{
	char text[400];
	char *argv[16] = {NULL}, *env[] = {"EXTRA=yes", NULL};
	size_t n = 0;

	copy(m, "note", text, sizeof(text));
	for (char *word = strtok(text, " "); word && n < 15; word = strtok(NULL, " "))
		argv[n++] = word;
	engine_spawn(client_engine(c), argv, env,
	    ((const struct settings *)engine_settings(client_engine(c)))->program_limit_ms,
	    on_program, NULL);
	reply(c, m->msgid, NULL, NULL);
}

static void
told(struct client *c, const struct rpc_msg *m)
{
	char id[40];

	copy(m, "id", id, sizeof(id));
	log_info("heard: %.*s", (int)m->method.len, m->method.s);
	reply(c, m->msgid, NULL, NULL);
}

static void
poke(struct client *c, const struct rpc_msg *m)
{
	if (write(holder_fd, "", 1) == 1)
		reply(c, m->msgid, NULL, NULL);
}

static void
list(struct client *c, const struct rpc_msg *m)
{
	char text[40];
	int n = 0;

	for (const struct question *q = questions; q; q = q->next)
		n++;
	snprintf(text, sizeof(text), "%d", n);
	reply(c, m->msgid, "count", text);
}

static void
on_request(struct client *c, const struct rpc_msg *m)
{
	static const struct {
		const char *method;
		void (*handle)(struct client *c, const struct rpc_msg *m);
	} rows[] = {{"alert.ask", ask}, {"alert.answer", answer}, {"alert.subscribe", subscribe},
	    {"alert.confirm", told}, {"alert.withdraw", told}, {"alert.note", run_program},
	    {"alert.list", list}, {"alert.claim", poke}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (mp_text_is(m->method, rows[i].method)) {
			rows[i].handle(c, m);
			return;
		}
	}
	peer_error(client_peer(c), m->msgid, OP_UNKNOWN_METHOD, NULL);
}

static void
on_notify(struct client *c, const struct rpc_msg *m)
{
	int64_t msgid = -1;

	mp_get_int(m->params, "msgid", &msgid);
	for (struct question **q = &questions; *q; q = &(*q)->next) {
		struct question *found = *q;

		if (found->client != c || found->msgid != (uint32_t)msgid)
			continue;
		*q = found->next;
		peer_error(client_peer(c), found->msgid, OP_CANCELLED, NULL);
		free(found);
		return;
	}
}

static void
on_attached(struct client *c)
{
	log_debug("attached %s as %s", client_identity(c)->shown, client_role(c));
}

static void
on_detached(struct client *c)
{
	struct question **q = &questions;

	log_info("detached %s", client_identity(c)->shown);
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++)
		if (desks[i] == c)
			desks[i] = NULL;
	while (*q) {
		struct question *found = *q;

		if (found->client == c) {
			*q = found->next;
			free(found);
		} else {
			q = &found->next;
		}
	}
}

/* A part of the daemon that holds the lock, as a storer does, and says how often it was poked. */
static int
holder(int fd, int lifeline_fd, void *arg)
{
	char byte;
	int poked = 0;

	(void)lifeline_fd;
	(void)arg;
	while (read(fd, &byte, 1) == 1)
		log_info("holder: poked %d", ++poked);
	return 0;
}

static void
on_holder(struct engine *e, int status, void *arg)
{
	(void)arg;
	(void)status;
	engine_fail(e, "the holder is gone");
}

static int
on_start(struct engine *e, const void *arg)
{
	const struct settings *s = arg;

	if (s->fail_start)
		engine_fail(e, "told not to start");
	if (!engine_fork(e, "holder", engine_lock_fd(e), holder, NULL, on_holder, &holder_fd))
		return OP_SYSTEM;
	log_info("greeting: %s", s->greeting);
	return OP_OK;
}

static void
on_reload(struct engine *e, const void *arg)
{
	const struct settings *s = arg;

	(void)e;
	log_info("greeting: %s", s->greeting);
}

static const struct engine_events engine_events = {
    .start = on_start,
    .attached = on_attached,
    .request = on_request,
    .notify = on_notify,
    .detached = on_detached,
    .reload = on_reload,
};

/* --- worker --- */

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

static const struct relay_line line = {line_request, line_reply, line_gone, line_delivered};

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

static struct session_events session_events;

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

/* --- hooks of the whole daemon --- */

#define HOOK(name)                               \
	static void hook_##name(const void *arg) \
	{                                        \
		(void)arg;                       \
		log_info("hook: " #name);        \
	}

HOOK(bound)
HOOK(ready)
HOOK(reloaded)
HOOK(restarting)
HOOK(restarted)
HOOK(stopping)
HOOK(stopped)
HOOK(dequeue)

/* On TCP once more after a little; then not until somebody comes. */
static int64_t
listener_timeout(const void *arg, const char *endpoint)
{
	static unsigned times;

	(void)arg;
	log_info("quiet: %s", endpoint);
	return strncmp(endpoint, "tcp:", 4) == 0 && times++ == 0 ? 150 : 0;
}

/* --- datagrams: "die" ends the process, "none" is not answered, all else comes back --- */

static bool
allow_datagram(struct datagram *d)
{
	const struct settings *s = datagram_settings(d);

	return !s->refuse;
}

static void
on_datagram(struct datagram *d, const void *bytes, size_t len)
{
	char text[300];
	int n;

	if (len == 3 && memcmp(bytes, "die", 3) == 0)
		abort();
	if (len == 4 && memcmp(bytes, "none", 4) == 0)
		return;
	n = snprintf(text, sizeof(text), "%s %d: %.*s", datagram_peer_text(d),
	    (int)datagram_peer_uid(d), (int)(len < 100 ? len : 100), (const char *)bytes);
	if (datagram_reply(d, text, (size_t)n))
		log_info("datagram: no answer for %s at %s", datagram_peer_text(d),
		    datagram_listener(d));
}

static const struct datagram_events datagrams = {.allow = allow_datagram, .received = on_datagram};

static const struct server_hooks hooks = {hook_bound, hook_ready, hook_reloaded, hook_restarting,
    hook_restarted, hook_stopping, hook_stopped, hook_dequeue, 300, listener_timeout, 250};

int
main(int argc, char **argv)
{
	static const char *const listen[] = {"tcp:127.0.0.1:0", NULL};
	static const struct server_app app = {
	    .name = "testd",
	    .summary = "tests the server framework",
	    .default_port = "0",
	    .default_listen = listen,
	    .settings = table,
	    .settings_size = sizeof(struct settings),
	    .session = &session_events,
	    .datagram = &datagrams,
	    .line = &line,
	    .engine = &engine_events,
	    .hooks = &hooks,
	};

	session_events = (struct session_events){
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
	return server_main(&app, argc, argv);
}
