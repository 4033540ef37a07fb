/* SPDX-License-Identifier: ISC */
/*
 * What comes into the room: one handler for each code, in a table.  Requests that are repeated
 * until they are acknowledged (LOGIN, JOIN, PART) are acknowledged again and change nothing.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "daemon/opchatd/room_int.h"
#include "lib/err.h"

#define REPEAT_MS 15000 /* a client tries five times, two seconds apart */

/* One datagram of a user who is logged in. */
struct event {
	struct user *user;
	const struct chat_msg *m;
	int64_t now_ms, wall_s;
};

#define FIELD(f) (int)(f).len, (f).s ? (f).s : ""

static void
refuse(struct room *r, struct event *e, const char *text)
{
	room_tell(r, e->user, CHAT_ERROR, "%s", text);
}

/* --- logging in and out --- */

static void
welcome(struct room *r, struct user *u)
{
	room_tell(r, u, CHAT_LOGIN_ACK, "%s", u->nick);
	if (r->limits.multicast_port != 0)
		room_tell(r, u, CHAT_SET_MCAST_PORT, "%u", r->limits.multicast_port);
	if (!u->verified)
		room_tell(r, u, CHAT_TOKEN, "%s", u->token);
}

static void
log_in(struct room *r, const struct room_peer *p, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field nick = m->fields[0];
	struct user *other = room_find_nick(r, nick.s ? nick.s : "", nick.len);

	if (!chat_is_word(nick.s ? nick.s : "", nick.len)) {
		room_tell_stranger(r, p, now_ms, "a nickname is one word of at most 32 bytes");
	} else if (other) {
		room_tell_stranger(r, p, now_ms, "this nickname is taken");
	} else if (r->user_count >= r->limits.max_users) {
		room_tell_stranger(r, p, now_ms, "the server is full: try again later");
	} else {
		struct user *u = room_add(r, p, nick, now_ms);
		char text[NETADDR_TEXT];

		if (!u) {
			room_tell_stranger(
			    r, p, now_ms, "the server has no memory: try again later");
			return;
		}
		room_log(r, "user: %s: logged in from %s port %u", u->nick,
		    netaddr_format(text, &p->addr), p->port);
		welcome(r, u);
	}
}

static void
log_in_again(struct room *r, struct event *e)
{
	struct chat_field nick = e->m->fields[0];

	if (strlen(e->user->nick) == nick.len && memcmp(e->user->nick, nick.s, nick.len) == 0)
		welcome(r, e->user);
	else
		refuse(r, e, "you are logged in under another nickname: log off first");
}

static void
log_off(struct room *r, struct event *e)
{
	room_remove(r, e->user, "logged off");
}

static void
take_token(struct room *r, struct event *e)
{
	struct chat_field f = e->m->fields[0];

	(void)r;
	e->user->verified |= f.len == TOKEN_BYTES - 1 && memcmp(f.s, e->user->token, f.len) == 0;
}

static void
still_here(struct room *r, struct event *e)
{
	(void)r;
	(void)e;
}

/* --- channels --- */

static void
acknowledge(struct room *r, struct user *u, enum chat_code code, struct channel *c)
{
	char group[NETADDR_TEXT + 1];

	room_tell(r, u, code, "%s %zu%s", c->title, c->count,
	    room_group_text(r, c, group, sizeof(group)));
}

static void
show_history(struct room *r, struct user *u, const struct channel *c)
{
	size_t kept = c->said < r->limits.history ? c->said : r->limits.history;

	for (size_t i = c->said - kept; i < c->said; i++) {
		const struct said *s = &c->history[i % r->limits.history];
		time_t at = (time_t)s->wall_s;
		struct tm tm;
		char when[10];

		strftime(when, sizeof(when), "%H:%M", localtime_r(&at, &tm));
		room_tell_paced(
		    r, u, CHAT_PUBLIC_MSG, "%s %s (%s) %s", c->title, s->nick, when, s->text);
	}
}

static void
join(struct room *r, struct event *e)
{
	struct chat_field title = e->m->fields[0];
	struct channel *c = room_find_channel(r, title);
	struct user *u = e->user;
	bool is_in = c && room_is_in(r, u, c);

	if (!c) {
		room_tell(r, u, CHAT_ERROR, "no channel %.*s", FIELD(title));
	} else if (!is_in && c->config.allows && !c->config.allows(&u->peer.addr, c->config.arg)) {
		room_tell(r, u, CHAT_ERROR, "channel %s is not open to you", c->title);
	} else if (!is_in && u->joined_count >= r->limits.max_channels) {
		room_tell(r, u, CHAT_ERROR, "you are in %zu channels, which is the limit",
		    u->joined_count);
	} else {
		if (!is_in)
			room_publish(r, c, CHAT_USER_JOINS, "%s %s", c->title, u->nick);
		if (room_enter(r, u, c) != OP_OK) {
			refuse(r, e, "the server has no memory: try again later");
			return;
		}
		acknowledge(r, u, CHAT_JOIN_ACK, c);
		if (!is_in && !room_is_listing(u)) {
			show_history(r, u, c);
			room_send_paced(r, u);
		}
	}
}

static void
part(struct room *r, struct event *e)
{
	struct chat_field title = e->m->fields[0];
	struct channel *c = room_find_channel(r, title);
	struct user *u = e->user;

	if (c && room_is_in(r, u, c)) {
		bool was_current = room_current(r, u) == c;

		room_leave(r, u, c);
		u->parted = (uint8_t)(c - r->channels);
		u->parted_ms = e->now_ms;
		acknowledge(r, u, CHAT_PART_ACK, c);
		if (was_current && u->joined_count > 0)
			acknowledge(r, u, CHAT_JOIN_ACK, room_current(r, u));
	} else if (c && u->parted_ms && u->parted == c - r->channels &&
		   e->now_ms - u->parted_ms < REPEAT_MS) {
		acknowledge(r, u, CHAT_PART_ACK, c);
	} else {
		room_tell(r, u, CHAT_ERROR, "you are not in channel %.*s", FIELD(title));
	}
}

/* For those who have given a mark. */
static void
end_list(struct room *r, struct event *e, size_t count)
{
	struct chat_field mark = e->m->fields[0];

	if (chat_is_word(mark.s ? mark.s : "", mark.len))
		room_tell_paced(r, e->user, e->m->code, "%.*s %zu", FIELD(mark), count);
}

static void
list_channels(struct room *r, struct event *e)
{
	char group[NETADDR_TEXT + 1];

	if (room_is_listing(e->user)) {
		refuse(r, e, "the last list is still on its way");
		return;
	}
	for (size_t i = 0; i < r->channel_count; i++) {
		struct channel *c = &r->channels[i];

		room_tell_paced(r, e->user, CHAT_CHANNEL_ITEM, "%s %zu%s %s", c->title, c->count,
		    room_group_text(r, c, group, sizeof(group)), c->description);
	}
	end_list(r, e, r->channel_count);
	room_send_paced(r, e->user);
}

static void
list_users(struct room *r, struct event *e)
{
	struct channel *c = room_current(r, e->user);

	if (!c || room_is_listing(e->user)) {
		refuse(r, e, c ? "the last list is still on its way" : "you are in no channel");
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		const struct user *u = c->members[i];
		char titles[CHAT_BYTES_MAX] = "";
		size_t len = 0;

		for (size_t j = 0; j < u->joined_count && len < sizeof(titles); j++)
			len += (size_t)snprintf(titles + len, sizeof(titles) - len, " %s",
			    r->channels[u->joined[j]].title);
		room_tell_paced(r, e->user, CHAT_USER_ITEM, "%s %lld%s", u->nick,
		    (long long)((e->now_ms - u->login_ms) / 1000), titles);
	}
	end_list(r, e, c->count);
	room_send_paced(r, e->user);
}

/* --- speaking --- */

/* Whether he may say this now; he is told why not. */
static bool
may_say(struct room *r, struct event *e, struct chat_field text)
{
	struct user *u = e->user;

	if (u->muzzled) {
		refuse(r, e, "you are muzzled: nobody hears you");
	} else if (!chat_is_text(text.s ? text.s : "", text.len)) {
		refuse(r, e, text.len ? "the text is longer than 400 bytes" : "there is no text");
	} else if (u->may_say < 1) {
		room_drop(r, u, e->now_ms);
	} else {
		u->may_say -= 1;
		return true;
	}
	return false;
}

static void
send_public(struct room *r, struct event *e)
{
	struct chat_field text = e->m->fields[0];
	struct channel *c = room_current(r, e->user);

	if (!c) {
		refuse(r, e, "you are in no channel: join one");
	} else if (may_say(r, e, text)) {
		room_publish(
		    r, c, CHAT_PUBLIC_MSG, "%s %s %.*s", c->title, e->user->nick, FIELD(text));
		if (r->limits.history == 0)
			return;
		struct said *s = &c->history[c->said++ % r->limits.history];

		s->wall_s = e->wall_s;
		snprintf(s->nick, sizeof(s->nick), "%s", e->user->nick);
		snprintf(s->text, sizeof(s->text), "%.*s", FIELD(text));
	}
}

static void
send_private(struct room *r, struct event *e)
{
	struct chat_field nick = e->m->fields[0], text = e->m->fields[1];
	struct user *to = room_find_nick(r, nick.s ? nick.s : "", nick.len);

	if (!to)
		room_tell(r, e->user, CHAT_ERROR, "nobody here is called %.*s", FIELD(nick));
	else if (may_say(r, e, text))
		room_tell(r, to, CHAT_PRIVATE_MSG, "%s %.*s", e->user->nick, FIELD(text));
}

static const struct {
	enum chat_code code;
	void (*run)(struct room *r, struct event *e);
} handlers[] = {
    {CHAT_LOGIN_REQ, log_in_again},
    {CHAT_LOGOFF, log_off},
    {CHAT_JOIN_REQ, join},
    {CHAT_PART_REQ, part},
    {CHAT_SEND_PUBLIC, send_public},
    {CHAT_SEND_PRIVATE, send_private},
    {CHAT_LIST_CHANNELS, list_channels},
    {CHAT_LIST_USERS, list_users},
    {CHAT_STILL_HERE, still_here},
    {CHAT_TOKEN, take_token},
};
#define HANDLERS (sizeof(handlers) / sizeof(handlers[0]))

void
room_receive(struct room *r, const struct room_peer *from, const void *bytes, size_t len,
    int64_t now_ms, int64_t wall_s)
{
	struct user *u = room_find(r, from);
	struct chat_msg m;

	if (chat_parse(bytes, len, 0, &m) != OP_OK) {
		room_tell_stranger(r, from, now_ms, "not a message of ours");
		return;
	}
	if (!u && m.code == CHAT_LOGIN_REQ)
		log_in(r, from, &m, now_ms);
	else if (!u)
		room_tell_stranger(r, from, now_ms, CHAT_NOT_LOGGED_IN);
	if (!u)
		return;
	struct event e = {.user = u, .m = &m, .now_ms = now_ms, .wall_s = wall_s};

	u->seen_ms = now_ms;
	u->peer = *from;
	u->credit += ROOM_STRANGER_REPLIES;
	room_refill(r, u, now_ms);
	if (m.code != CHAT_SEND_PUBLIC && m.code != CHAT_SEND_PRIVATE)
		room_tell_dropped(r, u, now_ms);
	for (size_t i = 0; i < HANDLERS; i++)
		if (handlers[i].code == m.code) {
			handlers[i].run(r, &e);
			return;
		}
	refuse(r, &e, "unknown code");
}
