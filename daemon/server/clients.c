/* SPDX-License-Identifier: ISC */
/*
 * The clients that workers have attached.  What a worker sends is held against the method table
 * once more: a worker of ours has done so already, so one that lets something else through is
 * broken or taken over, and is killed.  On the engine's loop.
 */
#include "daemon/server/engine_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/server/hello.h"
#include "daemon/server/identity.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/method.h"

#define VISITS_PER_TURN 64
#define FULL_TOLD_MS 1000

void
client_free(struct client *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	if (c->role && c->engine->events->detached)
		c->engine->events->detached(c);
	peer_free(c->peer);
	free(c);
}

static void
kill_worker(struct engine *e, pid_t pid, const char *why)
{
	char text[32];

	log_error("worker %ld: killed: %s", (long)pid, why);
	snprintf(text, sizeof(text), "%ld", (long)pid);
	engine_report(e, "condemn", text);
}

/* The worker sent what no worker of ours sends. */
static void
condemn(struct client *c, const char *why)
{
	kill_worker(c->engine, c->worker, why);
	client_free(c);
}

/* --- what the framework answers --- */

static void
welcome(struct client *c, uint32_t msgid)
{
	struct mp_out *o = client_result_begin(c, msgid);
	const struct identity *who = &c->identity;
	char address[NETADDR_TEXT], from[NETADDR_TEXT + 8];

	mp_map(o, who->addr.family ? 8 : 7);
	mp_kint(o, "proto", RPC_PROTO);
	mp_kstr(o, "program", c->engine->tree->config->app->name);
	mp_kstr(o, "version", OPDESK_VERSION);
	mp_kstr(o, "you", c->identity.who);
	mp_kbool(o, "operator", c->identity.is_operator);
	mp_kint(o, "now_at", clock_wall_ms());
	mp_kstr(o, "instance", c->engine->tree->instance);
	if (who->addr.family) {
		/* A client that knows itself by that has nothing in between (attention). */
		snprintf(from, sizeof(from), "%s %u", netaddr_format(address, &who->addr),
		    (unsigned)who->port);
		mp_kstr(o, "from", from);
	}
	client_result_end(c, msgid);
}

static void
hello(struct client *c, const struct rpc_msg *m)
{
	char why[200];

	if (c->role || hello_check(m->params, why, sizeof(why))) {
		condemn(c, "a hello that its relay should have refused");
		return;
	}
	welcome(c, m->msgid);
	c->role = hello_role(m->params);
	if (c->engine->events->attached)
		c->engine->events->attached(c);
}

static void
ping(struct client *c, const struct rpc_msg *m)
{
	mp_map(client_result_begin(c, m->msgid), 0);
	client_result_end(c, m->msgid);
}

static void
on_request(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct client *c = arg;
	const struct method *method = method_find(m->method.s, m->method.len, true);
	char why[200];

	(void)p;
	if (c->is_ending)
		return;
	if (!method || method->way != METHOD_CALL ||
	    method_check(method, m->params, why, sizeof(why)))
		condemn(c, "a request that is not in the table of methods");
	else if (mp_text_is(m->method, "hello"))
		hello(c, m);
	else if (!c->role)
		condemn(c, "a request before hello");
	else if (mp_text_is(m->method, "ping"))
		ping(c, m);
	else if (method->right == METHOD_OPERATE && !c->identity.is_operator)
		client_error(c, m->msgid, OP_DENIED,
		    "only operators may do this: the daemon's user, root and members of its group "
		    "of operators, through its UNIX socket");
	else if (c->engine->events->request)
		c->engine->events->request(c, m);
	else
		client_error(c, m->msgid, OP_UNKNOWN_METHOD, NULL);
}

static void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct client *c = arg;
	const struct method *method = method_find(m->method.s, m->method.len, true);
	char why[200];

	(void)p;
	if (c->is_ending)
		return;
	if (!c->role || !method || method->way != METHOD_NOTIFY_IN ||
	    method_check(method, m->params, why, sizeof(why)))
		condemn(c, "a notification that is not in the table of methods");
	else if (c->engine->events->notify &&
		 (method->right != METHOD_OPERATE || c->identity.is_operator))
		c->engine->events->notify(c, m);
}

static void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	struct client *c = arg;

	(void)p;
	if (err == OP_PROTOCOL || err == OP_TOO_LARGE)
		condemn(c, why);
	else
		client_free(c);
}

static void
on_drained(struct peer *p, void *arg)
{
	struct client *c = arg;

	(void)p;
	c->is_deaf = false;
	if (c->role && !c->is_ending && c->engine->events->drained)
		c->engine->events->drained(c);
}

static const struct peer_events peer_events = {on_request, on_notify, on_end, on_drained};

/* --- through the door --- */

static int
client_new(struct engine *e, const struct door_visit *v)
{
	struct conn_limits limits = clients_limits(&e->tree->config->generic);
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(v->link_fd);
		return OP_NO_MEMORY;
	}
	if (identity_read(v->client_fd, v->name, e->tree->config, &c->identity)) {
		close(v->link_fd);
		free(c);
		return OP_CLOSED;
	}
	c->engine = e;
	c->worker = v->pid;
	c->id = ++e->last_id;
	c->peer = peer_new(e->loop, transport_socket(v->link_fd), &peer_events, &limits, 1, c);
	if (!c->peer) {
		free(c);
		return OP_NO_MEMORY;
	}
	c->next = e->clients;
	c->link = &e->clients;
	if (c->next)
		c->next->link = &c->next;
	e->clients = c;
	return OP_OK;
}

/* Its worker sees the link end and knocks again, with pauses. */
static void
tell_full(struct engine *e)
{
	int64_t now_ms = clock_boot_ms();

	if (now_ms - e->full_told_ms >= FULL_TOLD_MS) {
		log_warn("engine: too many open files: clients have to wait");
		e->full_told_ms = now_ms;
	}
}

void
clients_on_door(struct ev_loop *loop, ev_io *io, int revents)
{
	struct engine *e = io->data;
	struct door_visit v;
	int err = OP_OK;

	(void)loop;
	(void)revents;
	for (int i = 0; i < VISITS_PER_TURN && err != OP_AGAIN; i++) {
		err = door_receive(e->tree->door.in, &v);
		if (err == OP_OK) {
			if (client_new(e, &v) == OP_NO_MEMORY)
				log_warn("engine: a client was turned away: out of memory");
			close(v.client_fd);
		} else if (err == OP_NO_MEMORY) {
			tell_full(e);
		} else if (err == OP_PROTOCOL) {
			kill_worker(e, v.pid, "a bad message at the door");
		} else if (err == OP_SYSTEM) {
			log_warn("engine: the door: %s", strerror(errno));
			return;
		}
	}
}

bool
clients_are_flushed(const struct engine *e)
{
	for (struct client *c = e->clients; c; c = c->next)
		if (conn_unsent(peer_conn(c->peer)) > 0)
			return false;
	return true;
}

/* --- what the daemon may ask --- */

struct client *
client_next(struct engine *e, struct client *after)
{
	struct client *c = after ? after->next : e->clients;

	while (c && !c->role)
		c = c->next;
	return c;
}

struct engine *
client_engine(struct client *c)
{
	return c->engine;
}

const struct identity *
client_identity(const struct client *c)
{
	return &c->identity;
}

const char *
client_role(const struct client *c)
{
	return c->role;
}

uint64_t
client_id(const struct client *c)
{
	return c->id;
}

void
client_set_arg(struct client *c, void *arg)
{
	c->arg = arg;
}

void *
client_arg(const struct client *c)
{
	return c->arg;
}
