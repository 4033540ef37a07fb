/* SPDX-License-Identifier: ISC */
/* What a client tells and sends, queued until chatter_next() has handed it out; and its places. */
#include "lib/chatter_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/err.h"

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

static struct event lost; /* written to when there is no memory for one */

struct event *
chatter_add_event(struct chatter *c, enum chatter_event_type type)
{
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

void
chatter_tell(struct chatter *c, enum chatter_event_type type, struct chat_field title,
    struct chat_field nick, struct chat_field text, int64_t count)
{
	struct event *e = chatter_add_event(c, type);

	e->title = keep(c, title.s ? title.s : "", title.len);
	e->nick = keep(c, nick.s ? nick.s : "", nick.len);
	e->text = keep(c, text.s ? text.s : "", text.len);
	e->count = count;
}

struct chat_field
chatter_field(const char *s)
{
	return (struct chat_field){s, strlen(s)};
}

void
chatter_send(struct chatter *c, enum chat_code code, const char *fmt, ...)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	struct event *e = chatter_add_event(c, CHATTER_SEND);
	va_list ap;

	va_start(ap, fmt);
	e->len = chat_vformat(bytes, code, fmt, ap);
	va_end(ap);
	e->bytes = keep(c, (const char *)bytes, e->len);
	if (e->bytes == 0 && e != &lost)
		c->count--; /* without memory it is as if lost on the way */
}

bool
chatter_next(struct chatter *c, struct chatter_event *out)
{
	if (c->next == c->count)
		return false;
	const struct event *e = &c->events[c->next++];
	const char *bytes = buf_len(&c->bytes) > 0 ? (const char *)buf_bytes(&c->bytes) : "";

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

struct place *
chatter_find_place(struct chatter *c, const char *title, size_t len)
{
	for (size_t i = 0; i < c->place_count; i++)
		if (strlen(c->places[i].title) == len &&
		    strncasecmp(c->places[i].title, title, len) == 0)
			return &c->places[i];
	return NULL;
}

struct place *
chatter_add_place(struct chatter *c, const char *title, size_t len)
{
	if (c->place_count == CHATTER_CHANNELS_MAX)
		return NULL;
	struct place *p = &c->places[c->place_count++];

	*p = (struct place){.due_ms = CHATTER_NEVER};
	snprintf(p->title, sizeof(p->title), "%.*s", (int)len, title);
	return p;
}

void
chatter_hear_no_more(struct chatter *c, struct place *p)
{
	if (!p->listens)
		return;
	p->listens = false;
	chatter_add_event(c, CHATTER_LISTEN_NOT)->group = p->group;
}

void
chatter_drop_place(struct chatter *c, struct place *p)
{
	chatter_hear_no_more(c, p);
	size_t i = (size_t)(p - c->places);

	memmove(p, p + 1, (c->place_count - i - 1) * sizeof(*p));
	c->place_count--;
}

/* To the end of the order: it is current. */
struct place *
chatter_make_current(struct chatter *c, struct place *p)
{
	struct place moved = *p;
	size_t i = (size_t)(p - c->places);

	memmove(p, p + 1, (c->place_count - i - 1) * sizeof(*p));
	c->places[c->place_count - 1] = moved;
	return &c->places[c->place_count - 1];
}

void
chatter_ask(struct chatter *c, struct place *p, enum chat_code code, int64_t now_ms)
{
	p->asked = code;
	p->tries = 1;
	p->due_ms = now_ms + CHATTER_TRY_MS;
	chatter_send(c, code, "%s", p->title);
}
