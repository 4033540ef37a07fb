/* SPDX-License-Identifier: ISC */
#include "lib/chatter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/chatter_int.h"
#include "lib/err.h"

static const struct chat_field none;

static struct chat_field
silent(void)
{
	return chatter_field("the server does not answer");
}

static void
repeat(struct chatter *c, struct place *p, int64_t now_ms)
{
	if (p->tries++ < CHATTER_TRIES) {
		p->due_ms = now_ms + CHATTER_TRY_MS;
		chatter_send(c, p->asked, "%s", p->title);
		return;
	}
	chatter_tell(c, CHATTER_ERROR, chatter_field(p->title), none, silent(), 0);
	p->asked = CHAT_PROBE;
	p->due_ms = CHATTER_NEVER;
	if (!p->is_in)
		chatter_drop_place(c, p);
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
	if (buf_append(&c->bytes, "", 1) != OP_OK) {
		free(c);
		return NULL;
	}
	c->port = CHAT_PORT + 1;
	c->here_ms = c->answer_ms = CHATTER_NEVER;
	c->due_ms = now_ms;
	return c;
}

void
chatter_free(struct chatter *c)
{
	if (!c)
		return;
	buf_fini(&c->bytes);
	for (int i = 0; i < CHATTER_LISTS; i++)
		free(c->lists[i].seen);
	free(c->events);
	free(c);
}

bool
chatter_is_up(const struct chatter *c)
{
	return c->state == CHATTER_IS_UP;
}

/* The server is tried for ever; after each round of tries somebody is told. */
static void
try_to_log_in(struct chatter *c, int64_t now_ms)
{
	if (c->tries > 0 && c->tries % CHATTER_TRIES == 0)
		chatter_tell(c, CHATTER_LOST, none, none, silent(), 0);
	c->tries++;
	c->due_ms = now_ms + CHATTER_TRY_MS;
	chatter_send(c, CHAT_LOGIN_REQ, "%s", c->nick);
}

/* What was said comes back: from the server, who is gone, or by the group, which may not reach us.
 */
static void
no_answer(struct chatter *c, int64_t now_ms)
{
	const char *title = chatter_current(c);
	const struct place *p = title ? chatter_find_place(c, title, strlen(title)) : NULL;

	c->answer_ms = CHATTER_NEVER;
	if (p && p->listens)
		chatter_tell(c, CHATTER_ERROR, chatter_field(title), none,
		    chatter_field("what is said does not come back: does multicast reach here?"),
		    0);
	else
		chatter_doubt(c, silent().s, now_ms);
}

void
chatter_tick(struct chatter *c, int64_t now_ms)
{
	if (c->state == CHATTER_LOGGING_IN && now_ms >= c->due_ms)
		try_to_log_in(c, now_ms);
	if (c->state != CHATTER_IS_UP)
		return;
	if (now_ms >= c->here_ms) {
		c->here_ms = now_ms + CHATTER_HERE_MS;
		chatter_send(c, CHAT_STILL_HERE, "%s", "");
	}
	for (size_t i = c->place_count; i > 0; i--)
		if (now_ms >= c->places[i - 1].due_ms)
			repeat(c, &c->places[i - 1], now_ms);
	for (int i = 0; i < CHATTER_LISTS; i++)
		if (c->lists[i].tries > 0 && now_ms >= c->lists[i].due_ms)
			chatter_list_due(c, i, now_ms);
	if (now_ms >= c->answer_ms)
		no_answer(c, now_ms);
}

int64_t
chatter_wake_ms(const struct chatter *c)
{
	if (c->state != CHATTER_IS_UP)
		return c->state == CHATTER_LOGGING_IN ? c->due_ms : CHATTER_NEVER;
	int64_t at = c->here_ms < c->answer_ms ? c->here_ms : c->answer_ms;

	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].due_ms < at)
			at = c->places[i].due_ms;
	for (int i = 0; i < CHATTER_LISTS; i++)
		if (c->lists[i].tries > 0 && c->lists[i].due_ms < at)
			at = c->lists[i].due_ms;
	return at;
}

void
chatter_begin_anew(struct chatter *c, int64_t now_ms)
{
	for (size_t i = c->place_count; i > 0; i--) {
		struct place *p = &c->places[i - 1];

		chatter_hear_no_more(c, p);
		if (p->asked == CHAT_PART_REQ)
			chatter_drop_place(c, p);
		else
			p->is_in = false;
	}
	for (int i = 0; i < CHATTER_LISTS; i++)
		c->lists[i].tries = 0;
	c->answer_ms = CHATTER_NEVER;
	c->state = CHATTER_LOGGING_IN;
	c->tries = 0;
	try_to_log_in(c, now_ms);
}

/* --- what the user wants --- */

int
chatter_join(struct chatter *c, const char *title, int64_t now_ms)
{
	size_t len = strlen(title);
	struct place *p = chatter_find_place(c, title, len);

	if (!chat_is_word(title, len))
		return OP_BAD_REQUEST;
	if (!p)
		p = chatter_add_place(c, title, len);
	if (!p || c->state == CHATTER_OVER)
		return OP_CONFLICT;
	if (c->state == CHATTER_IS_UP)
		chatter_ask(c, p, CHAT_JOIN_REQ, now_ms);
	return OP_OK;
}

/* The server takes things in order: what was asked for last will be current when it hears of more.
 */
static const char *
current_soon(const struct chatter *c)
{
	const struct place *last = NULL;

	for (size_t i = 0; i < c->place_count; i++)
		if (c->places[i].asked == CHAT_JOIN_REQ &&
		    (!last || c->places[i].due_ms >= last->due_ms))
			last = &c->places[i];
	return last ? last->title : chatter_current(c);
}

int
chatter_part(struct chatter *c, const char *title, int64_t now_ms)
{
	const char *which = title ? title : current_soon(c);
	struct place *p = which ? chatter_find_place(c, which, strlen(which)) : NULL;

	if (c->state != CHATTER_IS_UP || !p)
		return which && !chat_is_word(which, strlen(which)) ? OP_BAD_REQUEST : OP_CONFLICT;
	chatter_ask(c, p, CHAT_PART_REQ, now_ms);
	return OP_OK;
}

/* Anything said shows that we are here. */
static int
may_say(struct chatter *c, int64_t now_ms)
{
	if (c->state != CHATTER_IS_UP)
		return OP_CONFLICT;
	c->here_ms = now_ms + CHATTER_HERE_MS;
	return OP_OK;
}

static void
expect_answer(struct chatter *c, int64_t now_ms)
{
	if (c->answer_ms == CHATTER_NEVER)
		c->answer_ms = now_ms + CHATTER_ANSWER_MS;
}

int
chatter_say(struct chatter *c, const char *text, int64_t now_ms)
{
	int err = chat_is_text(text, strlen(text)) ? may_say(c, now_ms) : OP_BAD_REQUEST;

	if (err != OP_OK)
		return err;
	chatter_send(c, CHAT_SEND_PUBLIC, "%s", text);
	expect_answer(c, now_ms);
	return OP_OK;
}

int
chatter_whisper(struct chatter *c, const char *nick, const char *text, int64_t now_ms)
{
	bool good = chat_is_word(nick, strlen(nick)) && chat_is_text(text, strlen(text));
	int err = good ? may_say(c, now_ms) : OP_BAD_REQUEST;

	if (err == OP_OK)
		chatter_send(c, CHAT_SEND_PRIVATE, "%s %s", nick, text);
	return err;
}

static int
list(struct chatter *c, enum chatter_list which, int64_t now_ms)
{
	int err = may_say(c, now_ms);

	if (err != OP_OK)
		return err;
	chatter_ask_list(c, which, now_ms);
	expect_answer(c, now_ms);
	return OP_OK;
}

int
chatter_list_channels(struct chatter *c, int64_t now_ms)
{
	return list(c, CHATTER_CHANNELS, now_ms);
}

int
chatter_list_users(struct chatter *c, int64_t now_ms)
{
	return list(c, CHATTER_USERS, now_ms);
}

void
chatter_doubt(struct chatter *c, const char *why, int64_t now_ms)
{
	if (c->state == CHATTER_OVER || (c->state == CHATTER_LOGGING_IN && c->has_told_lost))
		return;
	c->has_told_lost = true;
	chatter_tell(c, CHATTER_LOST, none, none, chatter_field(why), 0);
	if (c->state == CHATTER_IS_UP)
		chatter_begin_anew(c, now_ms);
}

void
chatter_leave(struct chatter *c)
{
	if (c->state == CHATTER_IS_UP)
		chatter_send(c, CHAT_LOGOFF, "%s", c->nick);
	c->state = CHATTER_OVER;
}
