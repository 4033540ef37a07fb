/* SPDX-License-Identifier: ISC */
#include "lib/chatter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/buf.h"
#include "lib/err.h"

#define TEXT_MAX (CHAT_BYTES_MAX - 1)
#define NEVER INT64_MAX

enum state { LOGGING_IN, UP, OVER };

/* A channel that we are in, or that we have asked for. */
struct place {
	char title[CHAT_WORD_MAX + 1];
	struct netaddr group;
	bool is_in, listens;
	enum chat_code asked; /* CHAT_JOIN_REQ or CHAT_PART_REQ on its way; CHAT_PROBE: none */
	int tries;
	int64_t due_ms; /* next try */
};

struct event {
	enum chatter_event_type type;
	size_t bytes, len; /* where in c->bytes */
	size_t title, nick, text;
	struct netaddr group;
	int64_t count;
};

struct chatter {
	enum state state;
	char nick[CHAT_WORD_MAX + 1];
	struct place places[CHATTER_CHANNELS_MAX]; /* in order of joining: the last is current */
	size_t place_count;
	int tries;
	int64_t due_ms, here_ms;
	uint16_t port;
	struct buf bytes; /* of the events: datagrams, and texts with their NULs */
	struct event *events;
	size_t count, room, next;
};

/* --- events --- */

static size_t
keep(struct chatter *c, const char *s, size_t len)
{
	size_t at = buf_len(&c->bytes);

	if (buf_append(&c->bytes, s, len) != OP_OK || buf_append(&c->bytes, "", 1) != OP_OK) {
		buf_truncate(&c->bytes, at);
		return 0; /* the empty text that is always there */
	}
	return at;
}

static struct event *
add_event(struct chatter *c, enum chatter_event_type type)
{
	static struct event lost;

	if (c->next == c->count && c->count > 0) {
		c->next = c->count = 0;
		buf_clear(&c->bytes);
		keep(c, "", 0);
	}
	if (c->count == c->room) {
		size_t room = c->room ? c->room * 2 : 16;
		struct event *events = reallocarray(c->events, room, sizeof(*events));

		if (!events)
			return &lost;
		c->events = events;
		c->room = room;
	}
	c->events[c->count] = (struct event){.type = type};
	return &c->events[c->count++];
}

static void
tell(struct chatter *c, enum chatter_event_type type, struct chat_field title,
    struct chat_field nick, struct chat_field text, int64_t count)
{
	size_t i = (size_t)(add_event(c, type) - c->events);
	size_t t = keep(c, title.s ? title.s : "", title.len);
	size_t n = keep(c, nick.s ? nick.s : "", nick.len);
	size_t x = keep(c, text.s ? text.s : "", text.len);

	if (i >= c->count)
		return;
	c->events[i].title = t;
	c->events[i].nick = n;
	c->events[i].text = x;
	c->events[i].count = count;
}

static struct chat_field
field(const char *s)
{
	return (struct chat_field){s, strlen(s)};
}

static const struct chat_field none;

static void send_text(struct chatter *c, enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
send_text(struct chatter *c, enum chat_code code, const char *fmt, ...)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	struct event *e = add_event(c, CHATTER_SEND);
	va_list ap;

	va_start(ap, fmt);
	e->len = chat_vformat(bytes, code, fmt, ap);
	va_end(ap);
	e->bytes = keep(c, (const char *)bytes, e->len);
}

bool
chatter_next(struct chatter *c, struct chatter_event *out)
{
	if (c->next == c->count)
		return false;
	const struct event *e = &c->events[c->next++];
	const char *bytes = (const char *)buf_bytes(&c->bytes);

	*out = (struct chatter_event){
	    .type = e->type,
	    .bytes = bytes + e->bytes,
	    .len = e->len,
	    .group = e->group,
	    .port = c->port,
	    .title = bytes + e->title,
	    .nick = bytes + e->nick,
	    .text = bytes + e->text,
	    .count = e->count,
	};
	return true;
}

/* --- channels --- */

static struct place *
find_place(struct chatter *c, const char *title, size_t len)
{
	for (size_t i = 0; i < c->place_count; i++)
		if (strlen(c->places[i].title) == len &&
		    strncasecmp(c->places[i].title, title, len) == 0)
			return &c->places[i];
	return NULL;
}

static struct place *
add_place(struct chatter *c, const char *title, size_t len)
{
	if (c->place_count == CHATTER_CHANNELS_MAX)
		return NULL;
	struct place *p = &c->places[c->place_count++];

	*p = (struct place){.due_ms = NEVER};
	snprintf(p->title, sizeof(p->title), "%.*s", (int)len, title);
	return p;
}

static void
hear_no_more(struct chatter *c, struct place *p)
{
	if (!p->listens)
		return;
	p->listens = false;
	add_event(c, CHATTER_LISTEN_NOT)->group = p->group;
}

static void
drop_place(struct chatter *c, struct place *p)
{
	hear_no_more(c, p);
	size_t i = (size_t)(p - c->places);

	memmove(p, p + 1, (c->place_count - i - 1) * sizeof(*p));
	c->place_count--;
}

/* To the end of the order: it is current. */
static struct place *
make_current(struct chatter *c, struct place *p)
{
	struct place moved = *p;
	size_t i = (size_t)(p - c->places);

	memmove(p, p + 1, (c->place_count - i - 1) * sizeof(*p));
	c->places[c->place_count - 1] = moved;
	return &c->places[c->place_count - 1];
}

static void
ask(struct chatter *c, struct place *p, enum chat_code code, int64_t now_ms)
{
	p->asked = code;
	p->tries = 1;
	p->due_ms = now_ms + CHATTER_TRY_MS;
	send_text(c, code, "%s", p->title);
}

static void
repeat(struct chatter *c, struct place *p, int64_t now_ms)
{
	if (p->tries++ < CHATTER_TRIES) {
		p->due_ms = now_ms + CHATTER_TRY_MS;
		send_text(c, p->asked, "%s", p->title);
		return;
	}
	tell(c, CHATTER_ERROR, field(p->title), none, field("the server does not answer"), 0);
	p->asked = CHAT_PROBE;
	p->due_ms = NEVER;
	if (!p->is_in)
		drop_place(c, p);
}

const char *
chatter_current(const struct chatter *c)
{
	for (size_t i = c->place_count; i > 0; i--)
		if (c->places[i - 1].is_in)
			return c->places[i - 1].title;
	return NULL;
}

/* --- life --- */

struct chatter *
chatter_new(const char *nick, int64_t now_ms)
{
	struct chatter *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	snprintf(c->nick, sizeof(c->nick), "%s", nick);
	buf_init(&c->bytes);
	keep(c, "", 0);
	c->port = CHAT_PORT + 1;
	c->here_ms = NEVER;
	c->due_ms = now_ms;
	return c;
}

void
chatter_free(struct chatter *c)
{
	if (!c)
		return;
	buf_fini(&c->bytes);
	free(c->events);
	free(c);
}

bool
chatter_is_up(const struct chatter *c)
{
	return c->state == UP;
}

/* The server is tried for ever; after each round of tries somebody is told. */
static void
try_to_log_in(struct chatter *c, int64_t now_ms)
{
	if (c->tries > 0 && c->tries % CHATTER_TRIES == 0)
		tell(c, CHATTER_LOST, none, none, field("the server does not answer"), 0);
	c->tries++;
	c->due_ms = now_ms + CHATTER_TRY_MS;
	send_text(c, CHAT_LOGIN_REQ, "%s", c->nick);
}

void
chatter_tick(struct chatter *c, int64_t now_ms)
{
	if (c->state == LOGGING_IN && now_ms >= c->due_ms)
		try_to_log_in(c, now_ms);
	if (c->state != UP)
		return;
	if (now_ms >= c->here_ms) {
		c->here_ms = now_ms + CHATTER_HERE_MS;
		send_text(c, CHAT_STILL_HERE, "%s", "");
	}
	for (size_t i = c->place_count; i > 0; i--)
		if (now_ms >= c->places[i - 1].due_ms)
			repeat(c, &c->places[i - 1], now_ms);
}

int64_t
chatter_wake_ms(const struct chatter *c)
{
	int64_t at = c->state == LOGGING_IN ? c->due_ms : c->state == UP ? c->here_ms : NEVER;

	for (size_t i = 0; i < c->place_count && c->state == UP; i++)
		if (c->places[i].due_ms < at)
			at = c->places[i].due_ms;
	return at;
}

/* The server knows us no more: log in, and be where we were. */
static void
begin_anew(struct chatter *c, int64_t now_ms)
{
	for (size_t i = c->place_count; i > 0; i--) {
		struct place *p = &c->places[i - 1];

		hear_no_more(c, p);
		if (p->asked == CHAT_PART_REQ)
			drop_place(c, p);
		else
			p->is_in = false;
	}
	c->state = LOGGING_IN;
	c->tries = 0;
	try_to_log_in(c, now_ms);
}

/* --- what the server says --- */

static void
logged_in(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)m;
	if (c->state == UP)
		return;
	c->state = UP;
	c->here_ms = now_ms + CHATTER_HERE_MS;
	tell(c, CHATTER_UP, none, field(c->nick), none, 0);
	for (size_t i = 0; i < c->place_count; i++)
		ask(c, &c->places[i], CHAT_JOIN_REQ, now_ms);
}

static int64_t
number_of(struct chat_field f)
{
	char text[24];

	snprintf(text, sizeof(text), "%.*s", (int)f.len, f.s ? f.s : "");
	return strtoll(text, NULL, 10);
}

static void
listen_to(struct chatter *c, struct place *p, struct chat_field group)
{
	char text[NETADDR_TEXT + 1];

	snprintf(text, sizeof(text), "%.*s", (int)group.len, group.s ? group.s : "");
	if (p->listens || netaddr_parse(text, &p->group) != OP_OK ||
	    !netaddr_is_multicast(&p->group))
		return;
	p->listens = true;
	add_event(c, CHATTER_LISTEN)->group = p->group;
}

static void
joined(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field title = m->fields[0];
	struct place *p = find_place(c, title.s, title.len);

	(void)now_ms;
	if (!p)
		p = add_place(c, title.s, title.len);
	if (!p || !chat_is_word(title.s, title.len))
		return;
	p = make_current(c, p);
	p->is_in = true;
	if (p->asked == CHAT_JOIN_REQ) {
		p->asked = CHAT_PROBE;
		p->due_ms = NEVER;
	}
	listen_to(c, p, m->fields[2]);
	tell(c, CHATTER_JOINED, field(p->title), none, none, number_of(m->fields[1]));
}

static void
parted(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct place *p = find_place(c, m->fields[0].s, m->fields[0].len);

	(void)now_ms;
	if (!p)
		return;
	tell(c, CHATTER_PARTED, field(p->title), none, none, number_of(m->fields[1]));
	drop_place(c, p);
}

static void
said(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	tell(c, CHATTER_SAID, m->fields[0], m->fields[1], m->fields[2], 0);
}

static void
whispered(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	tell(c, CHATTER_WHISPERED, none, m->fields[0], m->fields[1], 0);
}

/* With multicast we hear of ourselves. */
static bool
is_me(const struct chatter *c, struct chat_field nick)
{
	return strlen(c->nick) == nick.len && strncasecmp(c->nick, nick.s, nick.len) == 0;
}

static void
came(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	if (!is_me(c, m->fields[1]))
		tell(c, CHATTER_CAME, m->fields[0], m->fields[1], none, 0);
}

static void
went(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	if (!is_me(c, m->fields[1]))
		tell(c, CHATTER_WENT, m->fields[0], m->fields[1], none, 0);
}

static void
channel_item(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field text = m->fields[2];
	const char *blank = text.s ? memchr(text.s, ' ', text.len) : NULL;
	char first[NETADDR_TEXT + 1] = "";
	struct netaddr group;

	(void)now_ms;
	/* a group stands before the description when there is multicast */
	if (blank && blank - text.s < NETADDR_TEXT)
		snprintf(first, sizeof(first), "%.*s", (int)(blank - text.s), text.s);
	if (*first && netaddr_parse(first, &group) == OP_OK && netaddr_is_multicast(&group))
		text = (struct chat_field){blank + 1, text.len - (size_t)(blank + 1 - text.s)};
	tell(c, CHATTER_CHANNEL, m->fields[0], none, text, number_of(m->fields[1]));
}

static void
user_item(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	tell(c, CHATTER_USER, none, m->fields[0], m->fields[2], number_of(m->fields[1]));
}

static void
multicast_port(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	int64_t port = number_of(m->fields[0]);

	(void)now_ms;
	if (port < 1 || port > 65535 || port == c->port)
		return;
	for (size_t i = 0; i < c->place_count; i++)
		hear_no_more(c, &c->places[i]);
	c->port = (uint16_t)port;
	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].is_in && c->places[i].group.family != 0) {
			c->places[i].listens = true;
			add_event(c, CHATTER_LISTEN)->group = c->places[i].group;
		}
}

static void
token(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	char text[CHAT_WORD_MAX + 1];

	(void)now_ms;
	snprintf(text, sizeof(text), "%.*s", (int)m->fields[0].len, m->fields[0].s);
	send_text(c, CHAT_TOKEN, "%s", text);
}

/* What was asked for and is refused is not asked for again. */
static void
give_up_asking(struct chatter *c)
{
	for (size_t i = c->place_count; i > 0; i--) {
		struct place *p = &c->places[i - 1];

		if (p->asked == CHAT_PROBE)
			continue;
		p->asked = CHAT_PROBE;
		p->due_ms = NEVER;
		if (!p->is_in)
			drop_place(c, p);
	}
}

static void
failed(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field text = m->fields[0];
	bool forgotten = text.len >= strlen(CHAT_NOT_LOGGED_IN) &&
			 memcmp(text.s, CHAT_NOT_LOGGED_IN, strlen(CHAT_NOT_LOGGED_IN)) == 0;

	if (forgotten && c->state == UP) {
		begin_anew(c, now_ms);
	} else if (!forgotten && c->state == LOGGING_IN) {
		c->state = OVER;
		tell(c, CHATTER_REFUSED, none, none, text, 0);
	} else if (!forgotten) {
		give_up_asking(c);
		tell(c, CHATTER_ERROR, none, none, text, 0);
	}
}

static const struct {
	enum chat_code code;
	size_t fields; /* that must be there */
	bool by_group;
	void (*run)(struct chatter *c, const struct chat_msg *m, int64_t now_ms);
} handlers[] = {
    {CHAT_ERROR, 0, false, failed},
    {CHAT_LOGIN_ACK, 1, false, logged_in},
    {CHAT_JOIN_ACK, 2, false, joined},
    {CHAT_PART_ACK, 1, false, parted},
    {CHAT_PUBLIC_MSG, 3, true, said},
    {CHAT_PRIVATE_MSG, 2, false, whispered},
    {CHAT_USER_JOINS, 2, true, came},
    {CHAT_USER_PARTS, 2, true, went},
    {CHAT_CHANNEL_ITEM, 2, false, channel_item},
    {CHAT_USER_ITEM, 2, false, user_item},
    {CHAT_SET_MCAST_PORT, 1, false, multicast_port},
    {CHAT_TOKEN, 1, false, token},
};

void
chatter_receive(
    struct chatter *c, const void *bytes, size_t len, const struct netaddr *group, int64_t now_ms)
{
	struct chat_msg m;

	if (c->state == OVER || chat_parse(bytes, len, 0, &m) != OP_OK)
		return;
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (handlers[i].code != m.code || m.count < handlers[i].fields)
			continue;
		struct place *p = group ? find_place(c, m.fields[0].s, m.fields[0].len) : NULL;

		if (!group || (handlers[i].by_group && p && p->listens && p->is_in &&
				  netaddr_equal(&p->group, group)))
			handlers[i].run(c, &m, now_ms);
		return;
	}
}

/* --- what the user wants --- */

int
chatter_join(struct chatter *c, const char *title, int64_t now_ms)
{
	size_t len = strlen(title);
	struct place *p = find_place(c, title, len);

	if (!chat_is_word(title, len))
		return OP_BAD_REQUEST;
	if (!p)
		p = add_place(c, title, len);
	if (!p || c->state == OVER)
		return OP_CONFLICT;
	if (c->state == UP)
		ask(c, p, CHAT_JOIN_REQ, now_ms);
	return OP_OK;
}

int
chatter_part(struct chatter *c, const char *title, int64_t now_ms)
{
	const char *which = title ? title : chatter_current(c);
	struct place *p = which ? find_place(c, which, strlen(which)) : NULL;

	if (c->state != UP || !p)
		return which && !chat_is_word(which, strlen(which)) ? OP_BAD_REQUEST : OP_CONFLICT;
	ask(c, p, CHAT_PART_REQ, now_ms);
	return OP_OK;
}

/* Anything said shows that we are here. */
static int
may_say(struct chatter *c, int64_t now_ms)
{
	if (c->state != UP)
		return OP_CONFLICT;
	c->here_ms = now_ms + CHATTER_HERE_MS;
	return OP_OK;
}

int
chatter_say(struct chatter *c, const char *text, int64_t now_ms)
{
	int err = chat_is_text(text, strlen(text)) ? may_say(c, now_ms) : OP_BAD_REQUEST;

	if (err == OP_OK)
		send_text(c, CHAT_SEND_PUBLIC, "%s", text);
	return err;
}

int
chatter_whisper(struct chatter *c, const char *nick, const char *text, int64_t now_ms)
{
	bool good = chat_is_word(nick, strlen(nick)) && chat_is_text(text, strlen(text));
	int err = good ? may_say(c, now_ms) : OP_BAD_REQUEST;

	if (err == OP_OK)
		send_text(c, CHAT_SEND_PRIVATE, "%s %s", nick, text);
	return err;
}

static int
list(struct chatter *c, enum chat_code code, int64_t now_ms)
{
	int err = may_say(c, now_ms);

	if (err == OP_OK)
		send_text(c, code, "%s", "");
	return err;
}

int
chatter_list_channels(struct chatter *c, int64_t now_ms)
{
	return list(c, CHAT_LIST_CHANNELS, now_ms);
}

int
chatter_list_users(struct chatter *c, int64_t now_ms)
{
	return list(c, CHAT_LIST_USERS, now_ms);
}

void
chatter_doubt(struct chatter *c, int64_t now_ms)
{
	if (c->state == UP)
		begin_anew(c, now_ms);
}

void
chatter_leave(struct chatter *c)
{
	if (c->state == UP)
		send_text(c, CHAT_LOGOFF, "%s", c->nick);
	c->state = OVER;
}
