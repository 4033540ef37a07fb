/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/publishing.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "daemon/ipadmd/gather.h"
#include "daemon/ipadmd/hands.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

struct waiter {
	LIST_ENTRY(waiter) link;
	uint64_t client;
	uint32_t msgid;
	uint64_t run; /* answered by this one or a later one */
};

struct publishing {
	struct engine *engine;
	struct hands *hands; /* NULL: nothing is published */
	const struct publishing_events *events;
	void *arg;
	struct gather gather;
	ev_timer timer;
	LIST_HEAD(, waiter) waiters;
	bool confirm; /* for the next run */
	char commit[COMMIT_TEXT];
	bool is_stale;     /* the publisher has settings of before */
	struct buf status; /* one map */
};

static void plan(struct publishing *p);

/* --- answers --- */

/* result NULL: there is no publisher. */
static void
answer(struct client *c, uint32_t msgid, const msgpack_object *result)
{
	if (!result) {
		client_error(
		    c, msgid, OP_UNAVAILABLE, "the publisher cannot begin: see the status");
		return;
	}
	mp_object(client_result_begin(c, msgid), result);
	client_result_end(c, msgid);
}

/* Those of runs up to this one. */
static void
answer_waiters(struct publishing *p, uint64_t run, const msgpack_object *result)
{
	struct waiter *w = LIST_FIRST(&p->waiters), *next;

	for (; w; w = next) {
		next = LIST_NEXT(w, link);
		if (w->run > run)
			continue;
		struct client *c = p->events->find(w->client, p->arg);

		if (c)
			answer(c, w->msgid, result);
		LIST_REMOVE(w, link);
		free(w);
	}
}

static bool
has_failed(const msgpack_object *result)
{
	struct mp_text state;

	return mp_get_text(result, "state", &state) == OP_OK && mp_text_is(state, "failed");
}

/* When the publisher has died they wait on: the next one begins with a run. */
static void
on_done(struct peer *peer, int err, const struct rpc_msg *m, void *arg)
{
	struct publishing *p = arg;

	(void)peer;
	gather_end(&p->gather, clock_boot_ms(), err == OP_OK && has_failed(m->result));
	if (err == OP_OK)
		answer_waiters(p, p->gather.run, m->result);
	if (p->is_stale) {
		p->is_stale = false;
		hands_restart(p->hands);
	}
	plan(p);
}

static void
begin(struct publishing *p)
{
	struct mp_out *o = hands_begin(p->hands, "publish", on_done, p);

	mp_map(o, 2);
	mp_kbool(o, "confirm", p->confirm);
	mp_kstr(o, "commit", p->commit);
	if (hands_send(p->hands)) {
		log_warn("publisher: cannot be called");
		return;
	}
	p->confirm = false;
	p->commit[0] = '\0';
	gather_begin(&p->gather);
}

static void
on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct publishing *p = timer->data;

	(void)loop;
	(void)revents;
	plan(p);
}

/* Begin what is due, or wait for it. */
static void
plan(struct publishing *p)
{
	struct ev_loop *loop = engine_loop(p->engine);
	int64_t left = gather_left_ms(&p->gather, clock_boot_ms());

	ev_timer_stop(loop, &p->timer);
	if (left < 0 || !hands_is_up(p->hands))
		return;
	if (left == 0) {
		begin(p);
		return;
	}
	ev_timer_set(&p->timer, (double)left / 1000. + 0.001, 0.);
	ev_timer_start(loop, &p->timer);
}

/* --- the process --- */

static void
on_up(struct hands *h, void *arg)
{
	struct publishing *p = arg;

	(void)h;
	gather_up(&p->gather, clock_boot_ms());
	plan(p);
}

/* One that cannot begin will not begin soon; one that died is back in a moment. */
static void
on_down(struct hands *h, const char *why, void *arg)
{
	(void)h;
	if (why)
		answer_waiters(arg, UINT64_MAX, NULL);
}

static void
on_notify(struct hands *h, const struct rpc_msg *m, void *arg)
{
	struct publishing *p = arg;
	struct mp_out o;

	(void)h;
	if (!m->params)
		return;
	if (!mp_text_is(m->method, "status")) {
		p->events->tell(m, p->arg);
		return;
	}
	buf_clear(&p->status);
	mp_out_init(&o, &p->status);
	mp_object(&o, m->params);
	if (o.err)
		buf_clear(&p->status);
}

static const struct hands_events events = {.up = on_up, .down = on_down, .notify = on_notify};

static int
start(struct publishing *p, const struct ipadm_settings *settings)
{
	const struct publish_settings *s = ipadm_settings_publish(settings);

	if (!s)
		return OP_OK;
	gather_init(&p->gather, s->delay_ms, s->retry_ms);
	p->hands = hands_new(p->engine, settings, &hands_publisher, &events, p);
	return p->hands ? OP_OK : OP_NO_MEMORY;
}

struct publishing *
publishing_new(struct engine *e, const struct ipadm_settings *settings,
    const struct publishing_events *told, void *arg)
{
	struct publishing *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->engine = e;
	p->events = told;
	p->arg = arg;
	LIST_INIT(&p->waiters);
	buf_init(&p->status);
	ev_timer_init(&p->timer, on_timer, 0., 0.);
	p->timer.data = p;
	if (start(p, settings)) {
		free(p);
		return NULL;
	}
	return p;
}

void
publishing_reload(struct publishing *p, const struct ipadm_settings *settings)
{
	const struct publish_settings *s = ipadm_settings_publish(settings);

	if (!s || !p->hands) {
		if (s || p->hands)
			log_notice("publish: begins or ends with the next start of the daemon");
		return;
	}
	if (hands_set(p->hands, settings)) {
		log_warn("publish: the settings of before stay: out of memory");
		return;
	}
	p->gather.delay_ms = s->delay_ms;
	p->gather.retry_ms = s->retry_ms;
	p->is_stale = p->gather.is_running;
	if (!p->is_stale)
		hands_restart(p->hands);
}

/* --- calls --- */

void
publishing_changed(struct publishing *p)
{
	if (!p->hands)
		return;
	gather_changed(&p->gather, clock_boot_ms());
	plan(p);
}

struct publishing_wish
publishing_wish_of(const msgpack_object *params)
{
	struct publishing_wish wish = {.wait = true};
	struct mp_text t;

	mp_get_bool(params, "wait", &wish.wait);
	mp_get_bool(params, "confirm", &wish.confirm);
	if (mp_get_text(params, "commit", &t) == OP_OK && t.len < sizeof(wish.commit))
		memcpy(wish.commit, t.s, t.len);
	return wish;
}

static int
wait_for(struct publishing *p, struct client *c, uint32_t msgid, uint64_t run)
{
	struct waiter *w = calloc(1, sizeof(*w));

	if (!w)
		return OP_NO_MEMORY;
	*w = (struct waiter){.client = client_id(c), .msgid = msgid, .run = run};
	LIST_INSERT_HEAD(&p->waiters, w, link);
	return OP_OK;
}

void
publishing_call(
    struct publishing *p, struct client *c, uint32_t msgid, const struct publishing_wish *wish)
{
	int err = OP_OK;

	if (!p->hands) {
		client_error(
		    c, msgid, OP_UNAVAILABLE, "nothing is published: no generators are configured");
		return;
	}
	if (wish->confirm) {
		p->confirm = true;
		memcpy(p->commit, wish->commit, sizeof(p->commit));
	}
	uint64_t run = gather_asked(&p->gather, clock_boot_ms());

	if (wish->wait) {
		err = wait_for(p, c, msgid, run);
	} else {
		mp_map(client_result_begin(c, msgid), 0);
		client_result_end(c, msgid);
	}
	if (err)
		client_error(c, msgid, err, NULL);
	plan(p);
}

void
publishing_cancel(struct publishing *p, struct client *c, uint32_t msgid)
{
	struct waiter *w;

	LIST_FOREACH (w, &p->waiters, link)
		if (w->client == client_id(c) && w->msgid == msgid)
			break;
	if (!w)
		return;
	LIST_REMOVE(w, link);
	free(w);
	client_error(c, msgid, OP_CANCELLED, NULL);
}

static void
pack_nothing(const struct publishing *p, struct mp_out *o)
{
	mp_map(o, 4);
	mp_kbool(o, "enabled", p->hands != NULL);
	mp_str(o, "generators");
	mp_array(o, 0);
	mp_kstr(o, "directory", "");
	mp_str(o, "missing");
	mp_array(o, 0);
}

void
publishing_status(struct publishing *p, struct client *c, const struct rpc_msg *m)
{
	struct mp_out *o = client_result_begin(c, m->msgid);

	if (buf_len(&p->status) > 0)
		mp_raw(o, buf_bytes(&p->status), buf_len(&p->status));
	else
		pack_nothing(p, o);
	client_result_end(c, m->msgid);
}
