/* SPDX-License-Identifier: ISC */
/* Inside chatter*.c only: where a client stands, and what is to leave it. */
#ifndef OPDESK_LIB_CHATTER_INT_H
#define OPDESK_LIB_CHATTER_INT_H

#include "lib/buf.h"
#include "lib/chatter.h"

#define CHATTER_NEVER INT64_MAX

enum chatter_state { CHATTER_LOGGING_IN, CHATTER_IS_UP, CHATTER_OVER };

/* A channel that we are in, or that we have asked for. */
struct place {
	char title[CHAT_WORD_MAX + 1];
	struct netaddr group;
	bool is_in, listens;
	enum chat_code asked; /* CHAT_JOIN_REQ or CHAT_PART_REQ on its way; CHAT_PROBE: none */
	int tries;
	int64_t due_ms; /* next try */
};

/* A list on its way.  The mark goes with the request, and a server that knows of marks ends the
 * list with it and the number of its items. */
struct list {
	unsigned mark;
	int tries; /* 0: none is on its way */
	bool is_told;
	int64_t came, told; /* items; told: by the end, when is_told */
	int64_t due_ms;
	uint64_t *seen; /* hashes of the items that came: networks double */
	size_t seen_room;
};

enum chatter_list { CHATTER_CHANNELS, CHATTER_USERS, CHATTER_LISTS };

struct event {
	enum chatter_event_type type;
	size_t bytes, len; /* where in c->bytes */
	size_t title, nick, text;
	struct netaddr group;
	int64_t count;
};

struct chatter {
	enum chatter_state state;
	char nick[CHAT_WORD_MAX + 1];
	struct place places[CHATTER_CHANNELS_MAX]; /* in order of joining: the last is current */
	size_t place_count;
	struct list lists[CHATTER_LISTS];
	unsigned mark; /* of the last list */
	int tries;
	bool has_told_lost;
	int64_t due_ms, here_ms, answer_ms; /* answer: something should have come by then */
	uint16_t port;
	struct buf bytes; /* of the events: datagrams, and texts with their NULs */
	struct event *events;
	size_t count, room, next;
};

/* --- chatter_out.c: events --- */

struct event *chatter_add_event(struct chatter *c, enum chatter_event_type type);
void chatter_tell(struct chatter *c, enum chatter_event_type type, struct chat_field title,
    struct chat_field nick, struct chat_field text, int64_t count);
struct chat_field chatter_field(const char *s);
void chatter_send(struct chatter *c, enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* --- chatter_out.c: places --- */

struct place *chatter_find_place(struct chatter *c, const char *title, size_t len); /* NULL */
struct place *chatter_add_place(struct chatter *c, const char *title, size_t len);  /* NULL: full */
void chatter_drop_place(struct chatter *c, struct place *p);
/* To the end of the order; where it is now. */
struct place *chatter_make_current(struct chatter *c, struct place *p);
void chatter_hear_no_more(struct chatter *c, struct place *p);
void chatter_ask(struct chatter *c, struct place *p, enum chat_code code, int64_t now_ms);

/* --- chatter_in.c --- */

/* Nothing of the list has come for a while: ask again, or say what is missing. */
void chatter_list_due(struct chatter *c, enum chatter_list which, int64_t now_ms);
void chatter_ask_list(struct chatter *c, enum chatter_list which, int64_t now_ms);

/* --- chatter.c --- */

/* The server knows us no more: log in, and be where we were. */
void chatter_begin_anew(struct chatter *c, int64_t now_ms);

#endif
