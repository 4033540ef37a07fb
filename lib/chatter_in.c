/* SPDX-License-Identifier: ISC */
/* What the server says: one handler for each code, in a table. */
#include "lib/chatter_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/err.h"

static const struct chat_field none;

/* --- what the server says --- */

static void
logged_in(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)m;
	if (c->state == CHATTER_IS_UP)
		return;
	c->state = CHATTER_IS_UP;
	c->has_told_lost = false;
	c->here_ms = now_ms + CHATTER_HERE_MS;
	chatter_tell(c, CHATTER_UP, none, chatter_field(c->nick), none, 0);
	for (size_t i = 0; i < c->place_count; i++)
		chatter_ask(c, &c->places[i], CHAT_JOIN_REQ, now_ms);
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
	chatter_add_event(c, CHATTER_LISTEN)->group = p->group;
}

static void
joined(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field title = m->fields[0];
	struct place *p = chatter_find_place(c, title.s, title.len);

	(void)now_ms;
	if (!p && chat_is_word(title.s, title.len))
		p = chatter_add_place(c, title.s, title.len);
	if (!p)
		return;
	p = chatter_make_current(c, p);
	p->is_in = true;
	if (p->asked == CHAT_JOIN_REQ) {
		p->asked = CHAT_PROBE;
		p->due_ms = CHATTER_NEVER;
	}
	listen_to(c, p, m->fields[2]);
	chatter_tell(
	    c, CHATTER_JOINED, chatter_field(p->title), none, none, number_of(m->fields[1]));
}

static void
parted(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct place *p = chatter_find_place(c, m->fields[0].s, m->fields[0].len);

	(void)now_ms;
	if (!p)
		return;
	chatter_tell(
	    c, CHATTER_PARTED, chatter_field(p->title), none, none, number_of(m->fields[1]));
	chatter_drop_place(c, p);
}

static void
said(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	chatter_tell(c, CHATTER_SAID, m->fields[0], m->fields[1], m->fields[2], 0);
}

static void
whispered(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	chatter_tell(c, CHATTER_WHISPERED, none, m->fields[0], m->fields[1], 0);
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
		chatter_tell(c, CHATTER_CAME, m->fields[0], m->fields[1], none, 0);
}

static void
went(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	(void)now_ms;
	if (!is_me(c, m->fields[1]))
		chatter_tell(c, CHATTER_WENT, m->fields[0], m->fields[1], none, 0);
}

/* --- lists --- */

static const struct {
	enum chat_code code;
	const char *name;
} lists[] = {
    [CHATTER_CHANNELS] = {CHAT_LIST_CHANNELS, "channels"},
    [CHATTER_USERS] = {CHAT_LIST_USERS, "users"},
};

static void
send_list(struct chatter *c, enum chatter_list which, int64_t now_ms)
{
	struct list *l = &c->lists[which];

	l->tries++;
	l->due_ms = now_ms + CHATTER_TRY_MS;
	chatter_send(c, lists[which].code, "%u", l->mark);
}

void
chatter_ask_list(struct chatter *c, enum chatter_list which, int64_t now_ms)
{
	struct list *l = &c->lists[which];

	*l = (struct list){.mark = ++c->mark, .seen = l->seen, .seen_room = l->seen_room};
	send_list(c, which, now_ms);
}

static void
end_list(struct chatter *c, enum chatter_list which, const char *missing)
{
	struct list *l = &c->lists[which];

	l->tries = 0;
	chatter_tell(c, CHATTER_LISTED, chatter_field(lists[which].name), none,
	    chatter_field(missing), l->came);
}

/* All have come; or no more came for a while. */
static void
check_list(struct chatter *c, enum chatter_list which, bool is_over)
{
	const struct list *l = &c->lists[which];
	char text[80];

	if (l->tries == 0)
		return;
	if (l->is_told && l->came >= l->told) {
		end_list(c, which, "");
	} else if (is_over && l->is_told) {
		snprintf(text, sizeof(text), "%lld more got lost on the way",
		    (long long)(l->told - l->came));
		end_list(c, which, text);
	} else if (is_over) {
		end_list(c, which, "the server does not tell whether these are all");
	}
}

void
chatter_list_due(struct chatter *c, enum chatter_list which, int64_t now_ms)
{
	const struct list *l = &c->lists[which];

	if (l->came == 0 && !l->is_told && l->tries < CHATTER_TRIES)
		send_list(c, which, now_ms);
	else
		check_list(c, which, true);
}

/* FNV-1a; two names in one list that have the same are not to be expected. */
static uint64_t
hash_of(struct chat_field name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.s[i]) * UINT64_C(0x100000001b3);
	return h;
}

#define CHATTER_ITEMS_MAX 16384

/* Whether it is the first of its name in a list that was asked for, or of no such list. */
static bool
take_item(struct list *l, struct chat_field name, int64_t now_ms)
{
	uint64_t h = hash_of(name);
	size_t came = (size_t)l->came;

	if (l->tries == 0)
		return true;
	l->due_ms = now_ms + CHATTER_TRY_MS;
	for (size_t i = 0; i < came; i++)
		if (l->seen[i] == h)
			return false;
	if (came == CHATTER_ITEMS_MAX)
		return false; /* a server that does not end */
	if (came == l->seen_room) {
		size_t room = came ? came * 2 : 32;
		uint64_t *seen = reallocarray(l->seen, room, sizeof(*seen));

		if (!seen)
			return false; /* then it is missing in the end */
		l->seen = seen;
		l->seen_room = room;
	}
	l->seen[l->came++] = h;
	return true;
}

/* "MARK COUNT": the server has sent so many.  It may overtake some of them. */
static void
list_ends(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	enum chatter_list which = m->code == CHAT_LIST_USERS ? CHATTER_USERS : CHATTER_CHANNELS;
	struct list *l = &c->lists[which];

	if (l->tries == 0 || number_of(m->fields[0]) != l->mark)
		return;
	l->is_told = true;
	l->told = number_of(m->fields[1]);
	l->due_ms = now_ms + CHATTER_TRY_MS;
	check_list(c, which, false);
}

static void
channel_item(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field text = m->fields[2];
	const char *blank = text.s ? memchr(text.s, ' ', text.len) : NULL;
	char first[NETADDR_TEXT + 1] = "";
	struct netaddr group;

	/* a group stands before the description when there is multicast */
	if (blank && blank - text.s < NETADDR_TEXT)
		snprintf(first, sizeof(first), "%.*s", (int)(blank - text.s), text.s);
	if (*first && netaddr_parse(first, &group) == OP_OK && netaddr_is_multicast(&group))
		text = (struct chat_field){blank + 1, text.len - (size_t)(blank + 1 - text.s)};
	if (!take_item(&c->lists[CHATTER_CHANNELS], m->fields[0], now_ms))
		return;
	chatter_tell(c, CHATTER_CHANNEL, m->fields[0], none, text, number_of(m->fields[1]));
	check_list(c, CHATTER_CHANNELS, false);
}

static void
user_item(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	if (!take_item(&c->lists[CHATTER_USERS], m->fields[0], now_ms))
		return;
	chatter_tell(c, CHATTER_USER, none, m->fields[0], m->fields[2], number_of(m->fields[1]));
	check_list(c, CHATTER_USERS, false);
}

static void
multicast_port(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	int64_t port = number_of(m->fields[0]);

	(void)now_ms;
	if (port < 1 || port > 65535 || port == c->port)
		return;
	for (size_t i = 0; i < c->place_count; i++)
		chatter_hear_no_more(c, &c->places[i]);
	c->port = (uint16_t)port;
	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].is_in && c->places[i].group.family != 0) {
			c->places[i].listens = true;
			chatter_add_event(c, CHATTER_LISTEN)->group = c->places[i].group;
		}
}

static void
token(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	char text[CHAT_WORD_MAX + 1];

	(void)now_ms;
	snprintf(text, sizeof(text), "%.*s", (int)m->fields[0].len, m->fields[0].s);
	chatter_send(c, CHAT_TOKEN, "%s", text);
}

/* What was asked for and is refused is not asked for again. */
static void
give_up_asking(struct chatter *c)
{
	for (int i = 0; i < CHATTER_LISTS; i++)
		if (c->lists[i].came == 0)
			c->lists[i].tries = 0;
	for (size_t i = c->place_count; i > 0; i--) {
		struct place *p = &c->places[i - 1];

		if (p->asked == CHAT_PROBE)
			continue;
		p->asked = CHAT_PROBE;
		p->due_ms = CHATTER_NEVER;
		if (!p->is_in)
			chatter_drop_place(c, p);
	}
}

static void
failed(struct chatter *c, const struct chat_msg *m, int64_t now_ms)
{
	struct chat_field text = m->fields[0];
	bool forgotten = text.len >= strlen(CHAT_NOT_LOGGED_IN) &&
			 memcmp(text.s, CHAT_NOT_LOGGED_IN, strlen(CHAT_NOT_LOGGED_IN)) == 0;

	if (forgotten && c->state == CHATTER_IS_UP) {
		chatter_tell(c, CHATTER_AGAIN, none, none, text, 0);
		chatter_begin_anew(c, now_ms);
	} else if (!forgotten && c->state == CHATTER_LOGGING_IN) {
		c->state = CHATTER_OVER;
		chatter_tell(c, CHATTER_REFUSED, none, none, text, 0);
	} else if (!forgotten) {
		give_up_asking(c);
		chatter_tell(c, CHATTER_ERROR, none, none, text, 0);
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
    {CHAT_LIST_CHANNELS, 2, false, list_ends},
    {CHAT_CHANNEL_ITEM, 2, false, channel_item},
    {CHAT_LIST_USERS, 2, false, list_ends},
    {CHAT_USER_ITEM, 2, false, user_item},
    {CHAT_SET_MCAST_PORT, 1, false, multicast_port},
    {CHAT_TOKEN, 1, false, token},
};

void
chatter_receive(
    struct chatter *c, const void *bytes, size_t len, const struct netaddr *group, int64_t now_ms)
{
	struct chat_msg m;

	if (c->state == CHATTER_OVER || chat_parse(bytes, len, 0, &m) != OP_OK)
		return;
	c->answer_ms = CHATTER_NEVER;
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
		if (handlers[i].code != m.code || m.count < handlers[i].fields)
			continue;
		struct place *p =
		    group ? chatter_find_place(c, m.fields[0].s, m.fields[0].len) : NULL;

		if (!group || (handlers[i].by_group && p && p->listens && p->is_in &&
				  netaddr_equal(&p->group, group)))
			handlers[i].run(c, &m, now_ms);
		return;
	}
}
