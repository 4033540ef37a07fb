/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "daemon/ipadmd/hands.h"
#include "daemon/ipadmd/publishing.h"
#include "daemon/ipadmd/sessions.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define RETRY_S 1.

struct guest {
	LIST_ENTRY(guest) link;
	struct client *client;
	uint64_t id;
	char session[UUID_SIZE]; /* its own, until it names another */
	bool has_joined;
	bool subscribed;
};

/* A call that a clerk has in hand. */
struct errand {
	LIST_ENTRY(errand) link;
	struct service *service;
	uint64_t client;
	uint32_t msgid;
	bool publishes; /* the committer only allows it */
	struct publishing_wish wish;
};

struct service {
	struct engine *engine;
	const struct ipadm_settings *settings;
	struct hands *committer, *reader;
	struct publishing *publishing;
	LIST_HEAD(, guest) guests;
	LIST_HEAD(, errand) errands;
	struct sessions sessions;
	ev_timer sweep;
	char failed[300];
	bool stopping;
};

static struct guest *
find_guest(struct service *s, uint64_t id)
{
	struct guest *g;

	LIST_FOREACH (g, &s->guests, link)
		if (g->id == id)
			return g;
	return NULL;
}

/* --- sessions --- */

static void
on_swept(struct peer *p, int err, const struct rpc_msg *m, void *arg)
{
	(void)p;
	(void)m;
	(void)arg;
	if (err)
		log_warn("locks of lost sessions: %s", op_strerror(err));
}

static void
set_sweep(struct service *s, double after_s)
{
	ev_timer_stop(engine_loop(s->engine), &s->sweep);
	ev_timer_set(&s->sweep, after_s, 0.);
	ev_timer_start(engine_loop(s->engine), &s->sweep);
}

static void
plan_sweep(struct service *s)
{
	int64_t next =
	    sessions_next_ms(&s->sessions, clock_boot_ms(), s->settings->session_grace_ms);

	if (next >= 0)
		set_sweep(s, (double)next / 1000. + 0.01);
}

/* Tell the committer which sessions are there. */
static void
on_sweep(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct service *s = timer->data;

	(void)loop;
	(void)revents;
	if (!hands_is_up(s->committer)) {
		set_sweep(s, RETRY_S);
		return;
	}
	sessions_expire(&s->sessions, clock_boot_ms(), s->settings->session_grace_ms);
	struct mp_out *o = hands_begin(s->committer, "sweep", on_swept, s);

	mp_map(o, 1);
	mp_str(o, "params");
	mp_map(o, 1);
	mp_str(o, "keep");
	mp_array(o, s->sessions.count);
	for (size_t i = 0; i < s->sessions.count; i++)
		mp_str(o, s->sessions.list[i].token);
	if (hands_send(s->committer))
		set_sweep(s, RETRY_S);
	else
		plan_sweep(s);
}

/* The session that a call names becomes its connection's. */
static int
join(struct service *s, struct guest *g, const struct rpc_msg *m)
{
	struct mp_text t;
	bool named = mp_get_text(m->params, "session", &t) == OP_OK && t.len == UUID_SIZE - 1;

	if (g->has_joined && (!named || strncasecmp(t.s, g->session, t.len) == 0))
		return OP_OK;
	if (g->has_joined) {
		sessions_leave(&s->sessions, g->session, clock_boot_ms());
		g->has_joined = false;
		plan_sweep(s);
	}
	if (named)
		memcpy(g->session, t.s, t.len);
	int err = sessions_join(&s->sessions, g->session);

	g->has_joined = err == OP_OK;
	return err;
}

/* --- answers --- */

/* An error does not fit in the client's queue either: it would wait for ever. */
static void
ended(struct client *c, int err)
{
	if (err && err != OP_CLOSED)
		client_condemn(c, op_strerror(err));
}

/* A clerk's error, for the client. */
static void
answer_error(struct client *c, uint32_t msgid, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	char text[400];
	struct buf bytes, data;
	struct mp_out o;

	buf_init(&bytes);
	buf_init(&data);
	snprintf(text, sizeof(text), "%.*s", (int)e.message.len, e.message.s ? e.message.s : "");
	mp_out_init(&o, &data);
	if (e.data)
		mp_object(&o, e.data);
	mp_out_init(&o, &bytes);
	if (buf_len(&data) > 0)
		rpc_error_data(&o, msgid, e.err, text, &data);
	else
		rpc_error(&o, msgid, e.err, *text ? text : NULL);
	ended(c, o.err ? o.err : peer_send_raw(client_peer(c), buf_bytes(&bytes), buf_len(&bytes)));
	buf_fini(&bytes);
	buf_fini(&data);
}

static void
refuse(struct client *c, uint32_t msgid, int err, const char *why)
{
	ended(c, peer_error(client_peer(c), msgid, err, why));
}

static void
check_stopped(struct service *s)
{
	if (s->stopping && LIST_EMPTY(&s->errands))
		engine_stopped(s->engine);
}

static void
on_answer(struct peer *p, int err, const struct rpc_msg *m, void *arg)
{
	struct errand *e = arg;
	struct service *s = e->service;
	struct guest *g = find_guest(s, e->client);

	(void)p;
	if (g && err == OP_OK && e->publishes) {
		publishing_call(s->publishing, g->client, e->msgid, &e->wish);
	} else if (g && err == OP_OK) {
		struct mp_out *o = peer_result_begin(client_peer(g->client), e->msgid);

		mp_object(o, m->result);
		err = peer_end(client_peer(g->client));
		if (err && err != OP_CLOSED)
			refuse(g->client, e->msgid, err, "the answer has no room in the queue");
	} else if (g && m) {
		answer_error(g->client, e->msgid, m);
	} else if (g) {
		refuse(g->client, e->msgid, OP_UNAVAILABLE, "ask again: the outcome is not known");
	}
	LIST_REMOVE(e, link);
	free(e);
	check_stopped(s);
}

/* --- calls --- */

static bool
is_admin(const struct service *s, const struct identity *who, const char *author)
{
	const struct string_list *admins = &s->settings->admins;

	if (who->addr.family != 0)
		return false;
	if (who->uid == 0 || who->uid == geteuid())
		return true;
	for (size_t i = 0; i < admins->count; i++)
		if (strcmp(admins->items[i], author) == 0)
			return true;
	return false;
}

static void
pack_caller(const struct service *s, const struct guest *g, struct mp_out *o)
{
	const struct identity *who = client_identity(g->client);
	char author[160];

	snprintf(author, sizeof(author), "%.*s", (int)strcspn(who->who, "@"), who->who);
	mp_str(o, "caller");
	mp_map(o, 5);
	mp_kstr(o, "who", who->who);
	mp_kstr(o, "author", author);
	mp_kstr(o, "shown", who->shown);
	mp_kstr(o, "session", g->session);
	mp_kbool(o, "admin", is_admin(s, who, author));
}

static int
send_call(struct service *s, struct guest *g, struct hands *h, const char *method,
    const struct rpc_msg *m)
{
	struct errand *e = calloc(1, sizeof(*e));

	if (!e)
		return OP_NO_MEMORY;
	*e = (struct errand){.service = s,
	    .client = g->id,
	    .msgid = m->msgid,
	    .publishes = mp_text_is(m->method, "sdb.publish"),
	    .wish = publishing_wish_of(m->params)};
	struct mp_out *o = hands_begin(h, method, on_answer, e);

	mp_map(o, m->params ? 2 : 1);
	pack_caller(s, g, o);
	if (m->params) {
		mp_str(o, "params");
		mp_object(o, m->params);
	}
	int err = hands_send(h);

	if (err)
		free(e);
	else
		LIST_INSERT_HEAD(&s->errands, e, link);
	return err;
}

static void
subscribe(struct service *s, struct guest *g, const struct rpc_msg *m)
{
	(void)s;
	g->subscribed = true;
	mp_map(peer_result_begin(client_peer(g->client), m->msgid), 0);
	ended(g->client, peer_end(client_peer(g->client)));
}

static void
status(struct service *s, struct guest *g, const struct rpc_msg *m)
{
	publishing_status(s->publishing, g->client, m);
}

/* What the engine answers itself. */
static const struct own_call {
	const char *name;
	void (*run)(struct service *s, struct guest *g, const struct rpc_msg *m);
} own_calls[] = {
    {"sdb.subscribe", subscribe},
    {"sdb.status", status},
};

static const struct own_call *
find_own(const struct rpc_msg *m)
{
	for (size_t i = 0; i < sizeof(own_calls) / sizeof(own_calls[0]); i++)
		if (mp_text_is(m->method, own_calls[i].name))
			return &own_calls[i];
	return NULL;
}

/* Get with a lock is the committer's. */
static const struct clerk_call *
find_call(const struct rpc_msg *m)
{
	const struct clerk_call *reads = clerk_find(m->method, false);
	bool lock = false;

	if (reads && reads->run == call_get)
		mp_get_bool(m->params, "lock", &lock);
	return reads && !lock ? reads : clerk_find(m->method, true);
}

static void
forward(struct service *s, struct guest *g, const struct clerk_call *call, const struct rpc_msg *m)
{
	struct hands *h = call->writes ? s->committer : s->reader;

	if (s->stopping || !hands_is_up(h)) {
		refuse(g->client, m->msgid, OP_UNAVAILABLE, NULL);
		return;
	}
	int err = send_call(s, g, h, call->name, m);

	if (err)
		refuse(g->client, m->msgid, err, NULL);
}

static void
request(struct client *c, const struct rpc_msg *m)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = client_arg(c);
	const struct clerk_call *call = find_call(m);
	const struct own_call *own = find_own(m);
	int err;

	if (!own && !call)
		refuse(c, m->msgid, OP_UNKNOWN_METHOD, NULL);
	else if ((err = join(s, g, m)))
		refuse(c, m->msgid, err, NULL);
	else if (own)
		own->run(s, g, m);
	else
		forward(s, g, call, m);
}

static void
notify(struct client *c, const struct rpc_msg *m)
{
	/* A change that has begun is finished; its answer says what became of it. */
	(void)c;
	(void)m;
}

/* --- telling --- */

static void
tell(struct guest *g, const char *method, const msgpack_object *params)
{
	struct peer *p = client_peer(g->client);

	if (conn_is_full(peer_conn(p))) {
		g->subscribed = false;
		mp_map(peer_notify_begin(p, "server.reset"), 0);
	} else {
		mp_object(peer_notify_begin(p, method), params);
	}
	peer_end(p);
}

static void
tell_all(const struct rpc_msg *m, void *arg)
{
	struct service *s = arg;
	bool taken = mp_text_is(m->method, "sdb.taken");
	char method[40];
	struct mp_text session;
	struct guest *g;

	if (!m->params || (taken && mp_get_text(m->params, "session", &session)))
		return;
	snprintf(method, sizeof(method), "%.*s", (int)m->method.len, m->method.s);
	LIST_FOREACH (g, &s->guests, link)
		if (taken ? mp_text_is(session, g->session) : g->subscribed)
			tell(g, method, m->params);
}

static void
on_notify(struct hands *h, const struct rpc_msg *m, void *arg)
{
	struct service *s = arg;

	(void)h;
	tell_all(m, s);
	if (mp_text_is(m->method, "sdb.changed") && s->publishing)
		publishing_changed(s->publishing);
}

static struct client *
find_client(uint64_t id, void *arg)
{
	struct guest *g = find_guest(arg, id);

	return g ? g->client : NULL;
}

/* --- the framework's events --- */

static void
on_up(struct hands *h, void *arg)
{
	(void)h;
	(void)arg;
}

static void
on_down(struct hands *h, const char *why, void *arg)
{
	struct service *s = arg;

	(void)h;
	if (why)
		snprintf(s->failed, sizeof(s->failed), "%s", why);
}

static const struct hands_events events = {.up = on_up, .down = on_down, .notify = on_notify};
static const struct publishing_events publishing_told = {.tell = tell_all, .find = find_client};

/* Nobody is let in before; the history is there for the reader. */
static void
wait_until_up(struct service *s, const struct hands *h)
{
	while (!hands_is_up(h) && !*s->failed && !s->stopping)
		ev_run(engine_loop(s->engine), EVRUN_ONCE);
	if (!hands_is_up(h) && !s->stopping)
		engine_fail(s->engine, s->failed);
}

static int
start(struct engine *e, const void *settings)
{
	struct service *s = calloc(1, sizeof(*s));

	if (!s)
		return OP_NO_MEMORY;
	s->engine = e;
	s->settings = settings;
	LIST_INIT(&s->guests);
	LIST_INIT(&s->errands);
	engine_set_arg(e, s);
	ev_timer_init(&s->sweep, on_sweep, 0., 0.);
	s->sweep.data = s;
	s->committer = hands_new(e, settings, &hands_committer, &events, s);
	if (!s->committer)
		return OP_NO_MEMORY;
	wait_until_up(s, s->committer);
	s->reader = hands_new(e, settings, &hands_reader, &events, s);
	if (!s->reader)
		return OP_NO_MEMORY;
	wait_until_up(s, s->reader);
	s->publishing = publishing_new(e, settings, &publishing_told, s);
	if (!s->publishing)
		return OP_NO_MEMORY;
	/* Sessions of before have that long to come back. */
	set_sweep(s, (double)s->settings->session_grace_ms / 1000. + 0.01);
	return OP_OK;
}

static void
attached(struct client *c)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = calloc(1, sizeof(*g));

	client_set_arg(c, g);
	if (!g) {
		client_condemn(c, "out of memory");
		return;
	}
	g->client = c;
	g->id = client_id(c);
	uuid_new(g->session);
	LIST_INSERT_HEAD(&s->guests, g, link);
}

static void
detached(struct client *c)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = client_arg(c);

	if (!g)
		return;
	if (g->has_joined)
		sessions_leave(&s->sessions, g->session, clock_boot_ms());
	LIST_REMOVE(g, link);
	free(g);
	plan_sweep(s);
}

static void
reload(struct engine *e, const void *settings)
{
	struct service *s = engine_arg(e);

	s->settings = settings;
	publishing_reload(s->publishing, settings);
}

static void
stop(struct engine *e)
{
	struct service *s = engine_arg(e);

	s->stopping = true;
	check_stopped(s);
}

const struct engine_events service_events = {
    .start = start,
    .attached = attached,
    .request = request,
    .notify = notify,
    .detached = detached,
    .reload = reload,
    .stop = stop,
};
