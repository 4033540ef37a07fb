/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/service_int.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define RETRY_S 1.

struct guest *
service_guest(struct service *s, uint64_t id)
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

int
service_join(struct service *s, struct guest *g, const struct rpc_msg *m)
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

static void
notify(struct client *c, const struct rpc_msg *m)
{
	int64_t msgid;

	if (mp_text_is(m->method, "$/cancel") && mp_get_int(m->params, "msgid", &msgid) == OP_OK &&
	    msgid >= 0 && msgid <= UINT32_MAX)
		errands_cancel(engine_arg(client_engine(c)), client_arg(c), (uint32_t)msgid);
}

/* --- telling --- */

static void
tell(struct guest *g, const char *method, const msgpack_object *params)
{
	if (client_is_full(g->client)) {
		g->subscribed = false;
		mp_map(client_notify_begin(g->client, "server.reset"), 0);
	} else {
		mp_object(client_notify_begin(g->client, method), params);
	}
	client_notify_end(g->client);
}

/* What goes to one session, and not to all who subscribed. */
static bool
is_for_one(struct mp_text method)
{
	return mp_text_is(method, "sdb.taken") || mp_text_is(method, "sdb.wanted");
}

static void
tell_all(const struct rpc_msg *m, void *arg)
{
	struct service *s = arg;
	bool one = is_for_one(m->method);
	char method[40];
	struct mp_text session;
	struct guest *g;

	if (!m->params || (one && mp_get_text(m->params, "session", &session)))
		return;
	snprintf(method, sizeof(method), "%.*s", (int)m->method.len, m->method.s);
	LIST_FOREACH (g, &s->guests, link)
		if (one ? mp_text_is(session, g->session) : g->subscribed)
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
	struct guest *g = service_guest(arg, id);

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
		client_end(c, "out of memory");
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
	errands_forget(s, g);
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
	errands_check_stopped(s);
}

const struct engine_events service_events = {
    .start = start,
    .attached = attached,
    .request = errands_request,
    .notify = notify,
    .detached = detached,
    .reload = reload,
    .stop = stop,
};
