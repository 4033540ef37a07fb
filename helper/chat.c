/* SPDX-License-Identifier: ISC */
/*
 * A link to a chat server: the conversation (lib/chatter.h) on UDP sockets, its events for the GUI
 * and the GUI's wishes for it.  What is said counts as said when the server has repeated it; what
 * is not gets its error, so that no line is lost unseen.  A server that leaves a request without
 * any answer is taken for gone.  On the relay's loop.
 */
#include "helper/relay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/chatter.h"
#include "lib/clock.h"
#include "lib/ev/resolve.h"
#include "lib/ev/udp.h"
#include "lib/log.h"
#include "lib/method.h"

#define RESOLVE_MS 10000
#define AGAIN_MS 5000
#define ANSWER_MS 6000
#define SAYINGS_MAX 16

struct saying { /* on its way */
	uint32_t msgid;
	char text[CHAT_TEXT_MAX + 1];
};

struct chat {
	struct relay_link *l;
	struct endpoint where;
	char nick[CHAT_WORD_MAX + 1];
	enum link_state state;
	struct resolve *resolve;
	struct netaddr server;
	struct chatter *chatter;  /* NULL: no server is known yet */
	struct udp *udp, *groups; /* groups: opened when there is one to hear */
	uint16_t group_port;
	ev_timer begin;  /* to look for the server */
	ev_timer wake;   /* of the conversation */
	ev_timer answer; /* the server should have answered */
	struct saying sayings[SAYINGS_MAX];
	size_t saying_count;
	bool is_paused;
	uint64_t lost; /* events, while the GUI did not read */
};

static void turn(struct chat *c);

static void
start_timer(struct chat *c, ev_timer *t, int64_t ms)
{
	ev_timer_stop(c->l->relay->loop, t);
	ev_now_update(c->l->relay->loop);
	ev_timer_set(t, ms > 0 ? (double)ms / 1e3 : 0., 0.);
	ev_timer_start(c->l->relay->loop, t);
}

/* --- to the GUI --- */

static void
tell_state(struct chat *c, enum link_state s, const char *reason, int64_t retry_ms)
{
	struct link_peer peer = {.program = "opchatd"};

	snprintf(peer.you, sizeof(peer.you), "%s", c->nick);
	c->state = s;
	if (s != LINK_UP)
		c->saying_count = 0;
	relay_tell_state(c->l, s, reason, retry_ms, &peer);
}

static const char *const types[] = {
    [CHATTER_JOINED] = "joined",
    [CHATTER_PARTED] = "parted",
    [CHATTER_SAID] = "said",
    [CHATTER_WHISPERED] = "whispered",
    [CHATTER_CAME] = "came",
    [CHATTER_WENT] = "went",
    [CHATTER_CHANNEL] = "channel",
    [CHATTER_USER] = "user",
    [CHATTER_ERROR] = "error",
};

static void
tell_event(struct chat *c, const struct chatter_event *e)
{
	if (c->is_paused) {
		c->lost++;
		return;
	}
	struct mp_out o = relay_begin(c->l->relay, c->l->number);

	rpc_notify(&o, "chat.event");
	mp_map(&o, 5);
	mp_kstr(&o, "type", types[e->type]);
	mp_kstr(&o, "title", e->title);
	mp_kstr(&o, "nick", e->nick);
	mp_kstr(&o, "text", e->text);
	mp_kint(&o, "count", e->count);
	relay_end(c->l->relay, &o);
}

/* --- what is said --- */

static uint32_t
take_saying(struct chat *c, size_t i)
{
	uint32_t msgid = c->sayings[i].msgid;

	c->saying_count--;
	memmove(&c->sayings[i], &c->sayings[i + 1], (c->saying_count - i) * sizeof(c->sayings[0]));
	return msgid;
}

/* The server has repeated it. */
static void
said(struct chat *c, const struct chatter_event *e)
{
	if (strcasecmp(e->nick, c->nick) != 0)
		return;
	for (size_t i = 0; i < c->saying_count; i++)
		if (strcmp(c->sayings[i].text, e->text) == 0) {
			relay_answer(c->l, take_saying(c, i));
			return;
		}
}

/* An error is about the oldest of what is on its way, if somebody waits for any still. */
static bool
refused(struct chat *c, const struct chatter_event *e)
{
	while (c->saying_count > 0)
		if (relay_answer_error(c->l, take_saying(c, 0), OP_DENIED, e->text))
			return true;
	return false;
}

/* --- sockets --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct chat *c = arg;

	(void)u;
	ev_timer_stop(c->l->relay->loop, &c->answer);
	if (!d->truncated)
		chatter_receive(c->chatter, d->bytes, d->len, NULL, clock_boot_ms());
	turn(c);
}

/* Only what the server sends to a group; on a host of its own it may speak from another address. */
static void
on_group(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct chat *c = arg;
	struct netaddr from;
	uint16_t port;

	(void)u;
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &from, &port);
	if (!d->truncated && (netaddr_equal(&from, &c->server) || netaddr_is_loopback(&c->server)))
		chatter_receive(c->chatter, d->bytes, d->len, &d->to, clock_boot_ms());
	turn(c);
}

static void
lose(struct chat *c, const char *why)
{
	chatter_doubt(c->chatter, clock_boot_ms());
	if (c->state != LINK_DOWN)
		tell_state(c, LINK_DOWN, why, CHATTER_TRY_MS);
	turn(c);
}

/* Nobody is there. */
static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	(void)u;
	(void)to;
	(void)err;
	lose(arg, why);
}

static const struct udp_events to_us = {.datagram = on_datagram, .failed = on_failed};
static const struct udp_events to_groups = {.datagram = on_group};

static int
open_groups(struct chat *c, const struct chatter_event *e, char *why, size_t why_size)
{
	const struct udp_options options = {.reuse = true, .max_bytes = CHAT_BYTES_MAX};
	struct resolve_addr any;

	if (c->groups && c->group_port == e->port)
		return OP_OK;
	udp_close(c->groups);
	c->groups = NULL;
	c->group_port = e->port;
	udp_any(e->group.family == 6 ? AF_INET6 : AF_INET, e->port, &any);
	return udp_open(
	    c->l->relay->loop, &any, &options, &to_groups, c, &c->groups, why, why_size);
}

static void
hear(struct chat *c, const struct chatter_event *e)
{
	char why[200] = "", text[300], group[NETADDR_TEXT];
	int err = open_groups(c, e, why, sizeof(why));

	if (err == OP_OK)
		err = udp_join(c->groups, &e->group, "", why, sizeof(why));
	if (err == OP_OK || err == OP_CONFLICT)
		return;
	snprintf(text, sizeof(text), "the group %s cannot be heard: %s",
	    netaddr_format(group, &e->group), why);
	tell_event(c,
	    &(struct chatter_event){.type = CHATTER_ERROR, .title = "", .nick = "", .text = text});
}

static void
hear_not(struct chat *c, const struct chatter_event *e)
{
	char why[200];

	if (c->groups)
		udp_leave(c->groups, &e->group, "", why, sizeof(why));
}

/* --- the conversation --- */

static void
take_event(struct chat *c, const struct chatter_event *e)
{
	switch (e->type) {
	case CHATTER_SEND:
		udp_send(c->udp, e->bytes, e->len, NULL, NULL);
		return;
	case CHATTER_LISTEN:
		hear(c, e);
		return;
	case CHATTER_LISTEN_NOT:
		hear_not(c, e);
		return;
	case CHATTER_UP:
		tell_state(c, LINK_UP, NULL, -1);
		return;
	case CHATTER_LOST:
		tell_state(c, LINK_DOWN, e->text, CHATTER_TRY_MS);
		return;
	case CHATTER_REFUSED:
		tell_state(c, LINK_FAILED, e->text, -1);
		return;
	case CHATTER_ERROR:
		if (refused(c, e))
			return;
		break;
	case CHATTER_SAID:
		said(c, e);
		break;
	default:
		break;
	}
	tell_event(c, e);
}

static void
turn(struct chat *c)
{
	struct chatter_event e;

	while (chatter_next(c->chatter, &e))
		take_event(c, &e);
	if (c->state == LINK_UP && !chatter_is_up(c->chatter))
		tell_state(c, LINK_CONNECTING, "the server has forgotten us: logging in again", -1);
	int64_t wake_ms = chatter_wake_ms(c->chatter);

	if (wake_ms != INT64_MAX)
		start_timer(c, &c->wake, wake_ms - clock_boot_ms() + 1);
	else
		ev_timer_stop(c->l->relay->loop, &c->wake);
}

static void
on_wake(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct chat *c = t->data;

	(void)loop;
	(void)revents;
	chatter_tick(c->chatter, clock_boot_ms());
	turn(c);
}

static void
on_no_answer(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct chat *c = t->data;

	(void)loop;
	(void)revents;
	if (chatter_is_up(c->chatter))
		lose(c, "the server does not answer");
}

static void
expect_answer(struct chat *c)
{
	if (!ev_is_active(&c->answer))
		start_timer(c, &c->answer, ANSWER_MS);
}

/* --- beginning --- */

static void
forget(struct chat *c)
{
	resolve_cancel(c->resolve);
	c->resolve = NULL;
	ev_timer_stop(c->l->relay->loop, &c->begin);
	ev_timer_stop(c->l->relay->loop, &c->wake);
	ev_timer_stop(c->l->relay->loop, &c->answer);
	udp_close(c->udp);
	udp_close(c->groups);
	c->udp = c->groups = NULL;
	chatter_free(c->chatter);
	c->chatter = NULL;
}

static void
try_again(struct chat *c, const char *why)
{
	forget(c);
	tell_state(c, LINK_DOWN, why, AGAIN_MS);
	start_timer(c, &c->begin, AGAIN_MS);
}

static void
on_resolved(const struct resolve_answer *a, void *arg)
{
	const struct udp_options options = {.max_bytes = CHAT_BYTES_MAX};
	struct chat *c = arg;
	struct resolve_addr any;
	char why[200] = "";
	uint16_t port;

	c->resolve = NULL;
	if (a->err != OP_OK || a->count == 0) {
		try_again(c, a->why);
		return;
	}
	netaddr_from_sockaddr((const struct sockaddr *)&a->addrs[0].sa, &c->server, &port);
	udp_any(a->addrs[0].sa.ss_family, 0, &any);
	int err = udp_open(c->l->relay->loop, &any, &options, &to_us, c, &c->udp, why, sizeof(why));

	if (err == OP_OK)
		err = udp_connect(c->udp, &a->addrs[0]);
	if (err == OP_OK && !(c->chatter = chatter_new(c->nick, clock_boot_ms())))
		err = OP_NO_MEMORY;
	if (err != OP_OK) {
		try_again(c, *why ? why : op_strerror(err));
		return;
	}
	chatter_tick(c->chatter, clock_boot_ms());
	turn(c);
}

static void
on_begin(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct chat *c = t->data;

	(void)revents;
	forget(c);
	tell_state(c, LINK_CONNECTING, NULL, -1);
	c->resolve =
	    resolve_forward(loop, c->where.host, c->where.port, RESOLVE_MS, on_resolved, c);
	if (!c->resolve)
		try_again(c, op_strerror(OP_NO_MEMORY));
}

/* --- what the GUI wants --- */

static const char only_there[] = "not in that channel, or not logged in";

/* What a wish says of itself. */
struct wish {
	char title[CHAT_WORD_MAX + 1], nick[CHAT_WORD_MAX + 1], text[CHAT_TEXT_MAX + 1];
	uint32_t msgid;
};

static int
say(struct chat *c, const struct wish *w)
{
	const char *current = chatter_current(c->chatter);

	if (w->title[0] && (!current || strcasecmp(current, w->title) != 0))
		return OP_CONFLICT;
	if (c->saying_count == SAYINGS_MAX)
		relay_answer_error(c->l, take_saying(c, 0), OP_UNAVAILABLE,
		    "the server does not repeat what is said");
	int err = chatter_say(c->chatter, w->text, clock_boot_ms());

	if (err != OP_OK)
		return err;
	struct saying *s = &c->sayings[c->saying_count++];

	s->msgid = w->msgid;
	snprintf(s->text, sizeof(s->text), "%s", w->text);
	expect_answer(c);
	return OP_OK;
}

static int
join(struct chat *c, const struct wish *w)
{
	return chatter_join(c->chatter, w->title, clock_boot_ms());
}

static int
part(struct chat *c, const struct wish *w)
{
	return chatter_part(c->chatter, w->title, clock_boot_ms());
}

static int
whisper(struct chat *c, const struct wish *w)
{
	return chatter_whisper(c->chatter, w->nick, w->text, clock_boot_ms());
}

static int
list_channels(struct chat *c, const struct wish *w)
{
	(void)w;
	expect_answer(c);
	return chatter_list_channels(c->chatter, clock_boot_ms());
}

static int
list_users(struct chat *c, const struct wish *w)
{
	(void)w;
	expect_answer(c);
	return chatter_list_users(c->chatter, clock_boot_ms());
}

static const struct {
	const char *name;
	int (*run)(struct chat *c, const struct wish *w);
	bool answers_later;
} wishes[] = {
    {"chat.say", say, true},
    {"chat.join", join, false},
    {"chat.part", part, false},
    {"chat.whisper", whisper, false},
    {"chat.channels", list_channels, false},
    {"chat.users", list_users, false},
};

static void
copy_text(char *dst, size_t size, const msgpack_object *params, const char *key)
{
	struct mp_text t;

	if (mp_get_text(params, key, &t) == OP_OK)
		snprintf(dst, size, "%.*s", (int)t.len, t.s);
}

static int
obey(struct chat *c, size_t i, const struct rpc_msg *m)
{
	struct wish w = {.msgid = m->msgid};

	copy_text(w.title, sizeof(w.title), m->params, "title");
	copy_text(w.nick, sizeof(w.nick), m->params, "nick");
	copy_text(w.text, sizeof(w.text), m->params, "text");
	int err = wishes[i].run(c, &w);

	if (err == OP_CONFLICT)
		relay_answer_error(c->l, m->msgid, err, only_there);
	else if (err == OP_OK && !wishes[i].answers_later)
		relay_answer(c->l, m->msgid);
	turn(c);
	return err == OP_CONFLICT ? OP_OK : err;
}

static int
chat_send(struct relay_link *l, const struct wrap *wrapped, const struct rpc_msg *m)
{
	const struct method *method = method_find(m->method.s, m->method.len, true);
	struct chat *c = l->far;
	char why[160];

	(void)wrapped;
	if (m->type != RPC_REQUEST)
		return OP_OK;
	if (!c->chatter || !chatter_is_up(c->chatter))
		return OP_UNAVAILABLE;
	for (size_t i = 0; method && i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		if (!mp_text_is(m->method, wishes[i].name))
			continue;
		int err = method_check(method, m->params, why, sizeof(why));

		if (err == OP_OK)
			return obey(c, i, m);
		relay_answer_error(l, m->msgid, err, why);
		return OP_OK;
	}
	return OP_UNKNOWN_METHOD;
}

/* --- as a link --- */

static void
chat_close(struct relay_link *l)
{
	struct chat *c = l->far;

	if (c->chatter) {
		c->state = LINK_DOWN;
		chatter_leave(c->chatter);
		turn(c);
	}
	forget(c);
	free(c);
}

static void
chat_retry(struct relay_link *l)
{
	struct chat *c = l->far;

	if (c->state != LINK_UP)
		start_timer(c, &c->begin, 0);
}

static void
chat_pause(struct relay_link *l, bool paused)
{
	struct chat *c = l->far;
	uint64_t lost = c->lost;
	char text[80];

	c->is_paused = paused;
	if (paused || lost == 0)
		return;
	c->lost = 0;
	snprintf(text, sizeof(text), "%llu messages are lost: the desk did not read them",
	    (unsigned long long)lost);
	log_warn("link %d: %s", (int)l->number, text);
	tell_event(c,
	    &(struct chatter_event){.type = CHATTER_ERROR, .title = "", .nick = "", .text = text});
}

static const struct relay_kind kind = {chat_close, chat_send, chat_retry, chat_pause};

int
chat_open(
    struct relay_link *l, const struct endpoint *e, const msgpack_object *params, const char **why)
{
	struct chat *c = calloc(1, sizeof(*c));

	if (!c)
		return OP_NO_MEMORY;
	*c = (struct chat){.l = l, .where = *e};
	copy_text(c->nick, sizeof(c->nick), params, "nick");
	if (!chat_is_word(c->nick, strlen(c->nick))) {
		*why = "nick: one word of at most 32 bytes";
		free(c);
		return OP_BAD_REQUEST;
	}
	ev_timer_init(&c->begin, on_begin, 0., 0.);
	ev_timer_init(&c->wake, on_wake, 0., 0.);
	ev_timer_init(&c->answer, on_no_answer, 0., 0.);
	c->begin.data = c->wake.data = c->answer.data = c;
	ev_timer_start(l->relay->loop, &c->begin);
	l->kind = &kind;
	l->far = c;
	return OP_OK;
}
