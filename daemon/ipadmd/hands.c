/* SPDX-License-Identifier: ISC */
/* Two things end: the connection and the child; the next start waits for both. */
#include "daemon/ipadmd/hands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "daemon/ipadmd/publisher.h"
#include "daemon/server/settings.h"
#include "lib/err.h"
#include "lib/log.h"

#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 5000
#define HEALTHY_S 10. /* a process that lived that long is started again without delay */
#define MAX_QUEUE (64u << 20)

struct hands {
	struct engine *engine;
	struct ipadm_settings settings; /* a copy */
	const struct hands_role *role;
	const struct hands_events *events;
	void *arg;
	struct peer *peer;
	uint32_t call_id; /* of the last call */
	struct engine_child *child;
	bool is_up;
	ev_timer again;
	int64_t pause_ms;
	ev_tstamp since;
};

static void start(struct hands *h);

/* --- the roles --- */

static int
run_clerk(
    int fd, int lifeline_fd, const struct ipadm_settings *settings, const char *state, bool writes)
{
	const struct clerk_job job = {settings, state, writes};

	return clerk_run(fd, lifeline_fd, &job);
}

static int
run_committer(int fd, int lifeline_fd, const struct ipadm_settings *settings, const char *state)
{
	return run_clerk(fd, lifeline_fd, settings, state, true);
}

static int
run_reader(int fd, int lifeline_fd, const struct ipadm_settings *settings, const char *state)
{
	return run_clerk(fd, lifeline_fd, settings, state, false);
}

static int
run_publisher(int fd, int lifeline_fd, const struct ipadm_settings *settings, const char *state)
{
	return publisher_run(fd, lifeline_fd, ipadm_settings_publish(settings), state);
}

const struct hands_role hands_committer = {"committer", true, run_committer};
const struct hands_role hands_reader = {"reader", false, run_reader};
const struct hands_role hands_publisher = {"publisher", true, run_publisher};

/* --- the process --- */

static void
on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	start(timer->data);
}

/* Start another one when nothing of the last one is left. */
static void
restart(struct hands *h)
{
	struct ev_loop *loop = engine_loop(h->engine);

	if (h->peer || h->child || ev_is_active(&h->again))
		return;
	if (ev_now(loop) - h->since > HEALTHY_S || h->pause_ms == 0)
		h->pause_ms = PAUSE_MIN_MS;
	ev_timer_set(&h->again, (double)h->pause_ms / 1000., 0.);
	ev_timer_start(loop, &h->again);
	h->pause_ms = h->pause_ms * 2 < PAUSE_MAX_MS ? h->pause_ms * 2 : PAUSE_MAX_MS;
}

static void
drop(struct hands *h)
{
	if (!h->peer)
		return;
	bool was_up = h->is_up;

	h->is_up = false;
	peer_free(h->peer);
	h->peer = NULL;
	if (h->child)
		engine_child_kill(h->child);
	if (was_up)
		h->events->down(h, NULL, h->arg);
	restart(h);
}

static void
on_open(struct hands *h, const struct rpc_msg *m)
{
	char *why = mp_dup(m->params, "why");

	if (why) {
		log_error("%s: cannot begin: %s", h->role->name, why);
		h->events->down(h, why, h->arg);
	} else {
		h->is_up = true;
		h->events->up(h, h->arg);
	}
	free(why);
}

static void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct hands *h = arg;

	(void)p;
	if (mp_text_is(m->method, "open"))
		on_open(h, m);
	else
		h->events->notify(h, m, h->arg);
}

static void
on_request(struct peer *p, const struct rpc_msg *m, void *arg)
{
	(void)m;
	(void)arg;
	peer_error(p, m->msgid, OP_UNKNOWN_METHOD, NULL);
}

static void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	struct hands *h = arg;

	(void)p;
	if (err == OP_PROTOCOL || err == OP_TOO_LARGE)
		log_error("%s: killed: a bad message: %s", h->role->name, why ? why : "");
	drop(h);
}

static void
on_gone(struct engine *e, int status, void *arg)
{
	struct hands *h = arg;

	(void)e;
	h->child = NULL;
	if (WIFSIGNALED(status))
		log_warn(
		    "%s: ended by signal %d: starting another", h->role->name, WTERMSIG(status));
	else
		log_warn("%s: ended with status %d: starting another", h->role->name,
		    WEXITSTATUS(status));
	/* What it still said is in the socket: its end comes behind that. */
	restart(h);
}

static int
run(int fd, int lifeline_fd, void *arg)
{
	struct hands *h = arg;

	return h->role->run(fd, lifeline_fd, &h->settings, engine_state_dir(h->engine));
}

static void
start(struct hands *h)
{
	static const struct peer_events events = {
	    .request = on_request, .notify = on_notify, .end = on_end};
	static const struct conn_limits limits = {.max_queue = MAX_QUEUE};
	int fd;

	h->since = ev_now(engine_loop(h->engine));
	h->child = engine_fork(h->engine, h->role->name,
	    h->role->writes ? engine_lock_fd(h->engine) : -1, run, h, on_gone, &fd);
	if (!h->child) {
		restart(h);
		return;
	}
	h->peer = peer_new(engine_loop(h->engine), transport_socket(fd), &events, &limits, 1, h);
	if (!h->peer)
		engine_child_kill(h->child);
}

/* A daemon that reads its configuration anew frees the old one. */
static int
copy_settings(struct ipadm_settings *to, const struct ipadm_settings *from)
{
	const struct settings_part old[] = {
	    {ipadm_settings_table, (void *)(uintptr_t)from, ipadm_sections}, {0}};
	const struct settings_part new[] = {{ipadm_settings_table, to, ipadm_sections}, {0}};

	return settings_copy(new, old);
}

struct hands *
hands_new(struct engine *e, const struct ipadm_settings *settings, const struct hands_role *role,
    const struct hands_events *events, void *arg)
{
	struct hands *h = calloc(1, sizeof(*h));

	if (!h || copy_settings(&h->settings, settings)) {
		free(h);
		return NULL;
	}
	h->engine = e;
	h->role = role;
	h->events = events;
	h->arg = arg;
	ev_timer_init(&h->again, on_again, 0., 0.);
	h->again.data = h;
	start(h);
	return h;
}

int
hands_set(struct hands *h, const struct ipadm_settings *settings)
{
	struct ipadm_settings copy;
	int err = copy_settings(&copy, settings);

	if (err)
		return err;
	const struct settings_part old[] = {
	    {ipadm_settings_table, &h->settings, ipadm_sections}, {0}};

	settings_fini(old);
	h->settings = copy;
	return OP_OK;
}

void
hands_restart(struct hands *h)
{
	drop(h);
}

bool
hands_is_up(const struct hands *h)
{
	return h->is_up;
}

struct mp_out *
hands_begin(struct hands *h, const char *method, peer_reply_fn *done, void *arg)
{
	return peer_call_begin(h->peer, method, 0, done, arg, &h->call_id);
}

uint32_t
hands_call_id(const struct hands *h)
{
	return h->call_id;
}

void
hands_cancel(struct hands *h, uint32_t id)
{
	if (h->peer)
		(void)peer_cancel(h->peer, id);
}

void
hands_ask_end(struct hands *h, uint32_t id)
{
	struct mp_out *o;

	if (!h->peer)
		return;
	o = peer_notify_begin(h->peer, "$/cancel");
	mp_map(o, 1);
	mp_kint(o, "msgid", id);
	(void)peer_end(h->peer); /* unheard it is as if it came too late */
}

int
hands_send(struct hands *h)
{
	return peer_end(h->peer);
}
