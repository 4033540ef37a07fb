/* SPDX-License-Identifier: ISC */
/*
 * A link to a chat server (lib/ev/chatlink.h): its events for the GUI and the GUI's wishes for it.
 * What is said counts as said when the server has repeated it; what is not gets its error, so that
 * no line is lost unseen.  On the relay's loop.
 */
#include "helper/relay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/clock.h"
#include "lib/ev/chatlink.h"
#include "lib/ev/resolve.h"
#include "lib/log.h"
#include "lib/method.h"

#define RESOLVE_MS 10000
#define AGAIN_MS 5000
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
	struct chatlink *link; /* NULL: no server is known yet */
	ev_timer begin;        /* to look for the server */
	struct saying sayings[SAYINGS_MAX];
	size_t saying_count;
	bool is_paused;
	uint64_t lost; /* events, while the GUI did not read */
};

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
    [CHATTER_LISTED] = "listed",
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

/* --- the conversation --- */

static void
on_event(const struct chatter_event *e, void *arg)
{
	struct chat *c = arg;

	switch (e->type) {
	case CHATTER_UP:
		tell_state(c, LINK_UP, NULL, -1);
		return;
	case CHATTER_LOST:
		if (c->state != LINK_DOWN)
			tell_state(c, LINK_DOWN, e->text, CHATTER_TRY_MS);
		return;
	case CHATTER_AGAIN:
		tell_state(c, LINK_CONNECTING, "the server has forgotten us: logging in again", -1);
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

/* --- beginning --- */

static void
start_timer(struct chat *c, int64_t ms)
{
	ev_timer_stop(c->l->relay->loop, &c->begin);
	ev_now_update(c->l->relay->loop);
	ev_timer_set(&c->begin, (double)ms / 1e3, 0.);
	ev_timer_start(c->l->relay->loop, &c->begin);
}

static void
forget(struct chat *c)
{
	resolve_cancel(c->resolve);
	c->resolve = NULL;
	ev_timer_stop(c->l->relay->loop, &c->begin);
	chatlink_close(c->link);
	c->link = NULL;
}

static void
try_again(struct chat *c, const char *why)
{
	forget(c);
	tell_state(c, LINK_DOWN, why, AGAIN_MS);
	start_timer(c, AGAIN_MS);
}

static void
on_resolved(const struct resolve_answer *a, void *arg)
{
	struct chat *c = arg;
	char why[200];

	c->resolve = NULL;
	if (a->err != OP_OK || a->count == 0)
		try_again(c, a->why);
	else if (chatlink_open(c->l->relay->loop, &a->addrs[0], c->nick, "", on_event, c, &c->link,
		     why, sizeof(why)) != OP_OK)
		try_again(c, why);
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

static struct chatter *
chatter_of(const struct chat *c)
{
	return chatlink_chatter(c->link);
}

static int
say(struct chat *c, const struct wish *w)
{
	const char *current = chatter_current(chatter_of(c));

	if (w->title[0] && (!current || strcasecmp(current, w->title) != 0))
		return OP_CONFLICT;
	if (c->saying_count == SAYINGS_MAX)
		relay_answer_error(c->l, take_saying(c, 0), OP_UNAVAILABLE,
		    "the server does not repeat what is said");
	int err = chatter_say(chatter_of(c), w->text, clock_boot_ms());

	if (err != OP_OK)
		return err;
	struct saying *s = &c->sayings[c->saying_count++];

	s->msgid = w->msgid;
	snprintf(s->text, sizeof(s->text), "%s", w->text);
	return OP_OK;
}

static int
join(struct chat *c, const struct wish *w)
{
	return chatter_join(chatter_of(c), w->title, clock_boot_ms());
}

static int
part(struct chat *c, const struct wish *w)
{
	return chatter_part(chatter_of(c), w->title, clock_boot_ms());
}

static int
whisper(struct chat *c, const struct wish *w)
{
	return chatter_whisper(chatter_of(c), w->nick, w->text, clock_boot_ms());
}

static int
list_channels(struct chat *c, const struct wish *w)
{
	(void)w;
	return chatter_list_channels(chatter_of(c), clock_boot_ms());
}

static int
list_users(struct chat *c, const struct wish *w)
{
	(void)w;
	return chatter_list_users(chatter_of(c), clock_boot_ms());
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
	chatlink_turn(c->link);
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
	if (!c->link || !chatter_is_up(chatter_of(c)))
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

	if (c->link) {
		c->state = LINK_DOWN;
		chatter_leave(chatter_of(c));
		chatlink_turn(c->link);
	}
	forget(c);
	free(c);
}

static void
chat_retry(struct relay_link *l)
{
	struct chat *c = l->far;

	if (c->state != LINK_UP)
		start_timer(c, 0);
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
	c->begin.data = c;
	ev_timer_start(l->relay->loop, &c->begin);
	l->kind = &kind;
	l->far = c;
	return OP_OK;
}
