/* SPDX-License-Identifier: ISC */
/*
 * The life of a link: DOWN → CONNECTING (dial, then hello) → UP → DOWN …, and FAILED, which only
 * link_retry() leaves.  One timer serves whatever the state waits for.  A callback may free the
 * link, so every function that calls one does so last and touches the link no more.
 */
#include "lib/ev/link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/netaddr.h"
#include "lib/text.h"

#define PAUSE_FIRST_MS 200
#define PAUSE_MOST_MS 30000
#define PAUSE_MOST_HERE_MS 2000
/* Up for so long is sound, and the pauses begin anew.  A daemon that takes hello and falls over at
 * once is left alone as if it were not there. */
#define SOUND_MS 10000
#define OWN_IDS 0x80000000u

struct link {
	struct ev_loop *loop;
	struct endpoint endpoint;
	struct link_options o;
	const struct link_events *events;
	void *arg;
	enum link_state state;
	struct dial *dial;
	struct conn *conn;
	ev_timer timer;
	int64_t up_ms;    /* since when it is up */
	int64_t heard_ms; /* clock_boot_ms(): ev_now() steps with the wall clock */
	int64_t pinged_ms;
	uint32_t last_id; /* of our own calls */
	uint32_t hello_id;
	uint32_t ping_id; /* 0: no ping on the way */
	int64_t pause_ms, pause_most_ms;
	bool paused;
	bool is_direct; /* nothing between us and the daemon that might lose an urgent byte */
	struct link_peer peer;
};

const char *
link_state_name(enum link_state s)
{
	static const char *const names[] = {"connecting", "up", "down", "failed"};

	return names[s];
}

int64_t
link_pause_most(const struct endpoint *e)
{
	struct netaddr a;
	bool is_here = e->kind == ENDPOINT_UNIX;

	if (e->kind == ENDPOINT_TCP || e->kind == ENDPOINT_TLS)
		is_here = strcmp(e->host, "localhost") == 0 ||
			  (netaddr_parse(e->host, &a) == OP_OK && netaddr_is_loopback(&a));
	return is_here ? PAUSE_MOST_HERE_MS : PAUSE_MOST_MS;
}

static void
set_timer(struct link *l, double ms)
{
	ev_timer_stop(l->loop, &l->timer);
	ev_timer_set(&l->timer, ms > 0 ? ms / 1e3 : 0.0, 0.0);
	ev_timer_start(l->loop, &l->timer);
}

static void
hang_up(struct link *l)
{
	ev_timer_stop(l->loop, &l->timer);
	dial_cancel(l->dial);
	conn_free(l->conn);
	l->dial = NULL;
	l->conn = NULL;
	l->ping_id = 0;
}

static void
go_down(struct link *l, const char *reason)
{
	bool was_sound = l->state == LINK_UP && clock_boot_ms() - l->up_ms >= SOUND_MS;

	if (was_sound)
		l->pause_ms = PAUSE_FIRST_MS;
	int64_t pause = l->pause_ms * (80 + (int64_t)arc4random_uniform(41)) / 100;

	hang_up(l);
	l->state = LINK_DOWN;
	l->pause_ms = l->pause_ms * 2 < l->pause_most_ms ? l->pause_ms * 2 : l->pause_most_ms;
	set_timer(l, (double)pause);
	l->events->state(l, LINK_DOWN, reason, pause, l->arg);
}

static void
go_failed(struct link *l, const char *reason)
{
	hang_up(l);
	l->state = LINK_FAILED;
	l->events->state(l, LINK_FAILED, reason, -1, l->arg);
}

static void
go_up(struct link *l)
{
	l->state = LINK_UP;
	l->up_ms = clock_boot_ms();
	set_timer(l, (double)l->o.ping_ms);
	conn_pause(l->conn, l->paused);
	l->events->state(l, LINK_UP, "", -1, l->arg);
}

/* --- our own calls --- */

static uint32_t
next_id(struct link *l)
{
	l->last_id = l->last_id < UINT32_MAX ? l->last_id + 1 : OWN_IDS;
	return l->last_id;
}

static int
send_hello(struct link *l)
{
	struct mp_out o;

	l->hello_id = next_id(l);
	mp_out_init(&o, conn_send_begin(l->conn));
	rpc_request(&o, l->hello_id, "hello");
	mp_map(&o, 4);
	mp_kint(&o, "proto", RPC_PROTO);
	mp_kstr(&o, "program", l->o.program);
	mp_kstr(&o, "version", l->o.version);
	mp_kstr(&o, "role", l->o.role);
	return o.err != OP_OK ? o.err : conn_send_end(l->conn);
}

static void
send_ping(struct link *l)
{
	struct mp_out o;

	mp_out_init(&o, conn_send_begin(l->conn));
	rpc_request(&o, next_id(l), "ping");
	mp_map(&o, 0);
	if (o.err != OP_OK)
		conn_send_undo(l->conn);
	else if (conn_send_end(l->conn) == OP_OK)
		l->ping_id = l->last_id;
}

static void
hello_refused(struct link *l, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	char message[200], reason[256];

	text_log(message, sizeof(message), e.message.s, e.message.len);
	snprintf(reason, sizeof(reason), "refused: %s",
	    message[0] != '\0' ? message : op_strerror(e.err));
	if (e.err == OP_CONFLICT || e.err == OP_DENIED)
		go_failed(l, reason);
	else
		go_down(l, reason);
}

static void
copy_text(char *dst, size_t size, const msgpack_object *map, const char *key)
{
	struct mp_text t = {"", 0};

	mp_get_text(map, key, &t);
	snprintf(dst, size, "%.*s", (int)text_clip(t.s, t.len, size - 1), t.s);
}

/* Does the daemon see us as we see ourselves?  Behind a relay (ssh -L, a proxy) it does not. */
static bool
is_direct(const struct link *l, const msgpack_object *hello)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	char address[NETADDR_TEXT], self[NETADDR_TEXT + 8];
	struct netaddr addr;
	struct mp_text from;
	uint16_t port;

	if (mp_get_text(hello, "from", &from) ||
	    getsockname(conn_fd(l->conn), (struct sockaddr *)&sa, &len) != 0)
		return false;
	netaddr_from_sockaddr((const struct sockaddr *)&sa, &addr, &port);
	snprintf(self, sizeof(self), "%s %u", netaddr_format(address, &addr), (unsigned)port);
	return addr.family != 0 && mp_text_is(from, self);
}

static void
meet(struct link *l, const msgpack_object *hello)
{
	struct link_peer *p = &l->peer;

	copy_text(p->program, sizeof(p->program), hello, "program");
	copy_text(p->version, sizeof(p->version), hello, "version");
	copy_text(p->you, sizeof(p->you), hello, "you");
	p->is_operator = false;
	mp_get_bool(hello, "operator", &p->is_operator);
	l->is_direct = is_direct(l, hello);
}

static void
on_hello(struct link *l, const struct rpc_msg *m)
{
	char reason[100];
	int64_t proto;

	if (m->error != NULL) {
		hello_refused(l, m);
	} else if (mp_get_int(m->result, "proto", &proto) != OP_OK) {
		go_down(l, "the answer to hello makes no sense");
	} else if (proto != RPC_PROTO) {
		snprintf(reason, sizeof(reason), "the daemon speaks protocol %lld, we speak %d",
		    (long long)proto, RPC_PROTO);
		go_failed(l, reason);
	} else {
		meet(l, m->result);
		go_up(l);
	}
}

static void
on_pong(struct link *l)
{
	l->ping_id = 0;
	set_timer(l, (double)l->o.ping_ms);
}

/* --- the connection --- */

static void
on_message(struct link *l, const struct rpc_msg *m, const unsigned char *payload, size_t len)
{
	bool ours = m->type == RPC_RESPONSE && m->msgid >= OWN_IDS;

	if (l->state == LINK_UP && !ours)
		l->events->message(l, m, payload, len, l->arg);
	else if (l->state == LINK_UP && m->msgid == l->ping_id)
		on_pong(l);
	else if (l->state == LINK_CONNECTING && ours && m->msgid == l->hello_id)
		on_hello(l, m);
}

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct link *l = arg;
	struct rpc_msg m;
	int err = rpc_parse(&m, payload, len);

	(void)c;
	l->heard_ms = clock_boot_ms();
	if (err != OP_OK) {
		go_down(l, err == OP_NO_MEMORY ? op_strerror(err) : "the daemon sent nonsense");
		return;
	}
	on_message(l, &m, payload, len);
	rpc_fini(&m);
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	(void)c;
	go_down(arg, err == OP_OK ? "the daemon closed the connection" : why);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct link *l = arg;

	(void)c;
	if (l->events->drained != NULL && l->state == LINK_UP)
		l->events->drained(l, l->arg);
}

static const struct conn_events events = {on_frame, on_end, on_drained};

static void
on_dialled(struct transport *t, int err, const char *why, void *arg)
{
	struct link *l = arg;

	l->dial = NULL;
	if (t == NULL) {
		if (err == OP_BAD_REQUEST)
			go_failed(l, why);
		else
			go_down(l, why);
		return;
	}
	l->conn = conn_new(l->loop, *t, &events, &l->o.limits, l);
	if (l->conn == NULL || send_hello(l) != OP_OK)
		go_down(l, op_strerror(OP_NO_MEMORY));
}

static void
start_dialling(struct link *l)
{
	l->dial = dial_start(l->loop, &l->endpoint, l->o.connect_ms, on_dialled, l);
	if (l->dial == NULL) {
		go_down(l, op_strerror(OP_NO_MEMORY));
		return;
	}
	l->state = LINK_CONNECTING;
	/* A little after the deadline of dialling, which knows better what went wrong. */
	set_timer(l, (double)l->o.connect_ms + 10.0);
	l->events->state(l, LINK_CONNECTING, "", -1, l->arg);
}

/* Dead is only who was asked and had time to answer: not a peer that was silent while we slept. */
static void
check_silence(struct link *l)
{
	int64_t now_ms = clock_boot_ms(), silent_ms = now_ms - l->heard_ms;
	bool was_asked = l->ping_id != 0;
	int64_t since_ms = was_asked && l->pinged_ms > l->heard_ms ? l->pinged_ms : l->heard_ms;
	int64_t limit_ms = was_asked ? l->o.dead_ms - l->o.ping_ms : l->o.ping_ms;
	int64_t left_ms = since_ms + limit_ms - now_ms;
	char reason[80];

	if (l->paused || left_ms > 0) {
		set_timer(l, (double)(l->paused ? l->o.ping_ms : left_ms));
		return;
	}
	/* Who takes nothing any more cannot even be asked. */
	if (was_asked || (conn_is_full(l->conn) && silent_ms > l->o.dead_ms)) {
		snprintf(
		    reason, sizeof(reason), "no sign of life for %.0f s", (double)silent_ms / 1e3);
		go_down(l, reason);
		return;
	}
	send_ping(l);
	l->pinged_ms = now_ms;
	set_timer(l, (double)(l->o.dead_ms - l->o.ping_ms));
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct link *l = w->data;

	(void)loop;
	(void)revents;
	if (l->state == LINK_UP)
		check_silence(l);
	else if (l->state == LINK_CONNECTING)
		go_down(l, "no answer to hello");
	else
		start_dialling(l);
}

/* --- the outside --- */

struct link *
link_new(struct ev_loop *loop, const struct endpoint *e, const struct link_options *o,
    const struct link_events *link_events, void *arg)
{
	struct link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->loop = loop;
	l->endpoint = *e;
	l->o = *o;
	if (l->o.connect_ms == 0)
		l->o.connect_ms = 10000;
	if (l->o.ping_ms == 0)
		l->o.ping_ms = 20000;
	if (l->o.dead_ms <= l->o.ping_ms)
		l->o.dead_ms = l->o.ping_ms * 3;
	l->events = link_events;
	l->arg = arg;
	l->state = LINK_DOWN;
	l->last_id = OWN_IDS - 1;
	l->pause_ms = PAUSE_FIRST_MS;
	l->pause_most_ms = link_pause_most(e);
	ev_timer_init(&l->timer, on_timer, 0.0, 0.0);
	/* What has arrived is read before a limit is looked at. */
	ev_set_priority(&l->timer, EV_MINPRI);
	l->timer.data = l;
	ev_feed_event(loop, &l->timer, EV_TIMER);
	return l;
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	hang_up(l);
	free(l);
}

int
link_send(struct link *l, const void *payload, size_t len)
{
	int err = l->state == LINK_UP ? conn_send(l->conn, payload, len) : OP_UNAVAILABLE;

	return err == OP_CLOSED ? OP_UNAVAILABLE : err;
}

void
link_urge(struct link *l)
{
	if (l->state == LINK_UP && l->is_direct)
		conn_urge(l->conn);
}

void
link_retry(struct link *l)
{
	if (l->state == LINK_UP || l->state == LINK_CONNECTING)
		return;
	l->pause_ms = PAUSE_FIRST_MS;
	ev_timer_stop(l->loop, &l->timer);
	ev_feed_event(l->loop, &l->timer, EV_TIMER);
}

void
link_pause(struct link *l, bool paused)
{
	if (l->paused == paused)
		return;
	l->paused = paused;
	l->heard_ms = clock_boot_ms();
	if (l->state == LINK_UP)
		conn_pause(l->conn, paused);
}

bool
link_is_full(const struct link *l)
{
	return l->state == LINK_UP && conn_is_full(l->conn);
}

enum link_state
link_state(const struct link *l)
{
	return l->state;
}

const struct link_peer *
link_peer(const struct link *l)
{
	return &l->peer;
}
