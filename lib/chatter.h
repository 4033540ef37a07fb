/* SPDX-License-Identifier: ISC */
/*
 * A chat client's side of the conversation (docs/protocol.md, Datagrams: chat): logs in, joins and
 * parts with repetition until acknowledged, says every 30 s that it is there, comes back by itself
 * when the server has forgotten it, and knows which channels it is in and which is current.  A pure
 * state machine: what the user wants, datagrams and the time go in, events come out of
 * chatter_next(). Used by opchat and ipadmh.
 */
#ifndef OPDESK_LIB_CHATTER_H
#define OPDESK_LIB_CHATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/datagram/chat.h"
#include "lib/netaddr.h"

#define CHATTER_TRY_MS 2000
#define CHATTER_TRIES 5
#define CHATTER_HERE_MS 30000
#define CHATTER_ANSWER_MS 6000 /* after what is answered at once, nothing came: is it there? */
#define CHATTER_CHANNELS_MAX 64

struct chatter;

enum chatter_event_type {
	CHATTER_SEND,       /* bytes to the server */
	CHATTER_LISTEN,     /* join `group` on `port` */
	CHATTER_LISTEN_NOT, /* leave `group` */
	CHATTER_UP,         /* logged in as `nick` */
	CHATTER_LOST,       /* the server seems to be gone, `text` says why: it is tried again */
	CHATTER_AGAIN,      /* the server has forgotten us: logging in again; `text` is its word */
	CHATTER_REFUSED,    /* the login was: `text` says why; the conversation is over */
	CHATTER_JOINED,     /* `title` is current, with `count` members */
	CHATTER_PARTED,     /* from `title` */
	CHATTER_SAID,       /* `nick` said `text` in `title` */
	CHATTER_WHISPERED,  /* `nick` said `text` to us alone */
	CHATTER_CAME,       /* `nick` is in `title` now */
	CHATTER_WENT,       /* and no more */
	CHATTER_CHANNEL,    /* one of a list: `title`, `count`, `text` describes it */
	CHATTER_USER,       /* one of a list: `nick`, `count` seconds, `text` names the channels */
	/* The list of `title`, "channels" or "users", has ended after `count`.  text: "", these are
	 * all; else why they may not be. */
	CHATTER_LISTED,
	CHATTER_ERROR, /* `text`, from the server or about what could not be done */
};

struct chatter_event { /* borrowed until the next call of anything else */
	enum chatter_event_type type;
	const void *bytes;
	size_t len;
	struct netaddr group;
	uint16_t port;
	const char *title, *nick, *text; /* plain, never NULL */
	int64_t count;
};

/* nick: chat_is_word().  NULL: no memory. */
struct chatter *chatter_new(const char *nick, int64_t now_ms);
void chatter_free(struct chatter *c);

bool chatter_next(struct chatter *c, struct chatter_event *out);
int64_t chatter_wake_ms(const struct chatter *c); /* when chatter_tick() is due */
void chatter_tick(struct chatter *c, int64_t now_ms);

/* A datagram from the server; by the group, if `group` is not NULL: only public messages and
 * comings and goings of that group's channel count then. */
void chatter_receive(
    struct chatter *c, const void *bytes, size_t len, const struct netaddr *group, int64_t now_ms);

/* What the user wants.  OP_BAD_REQUEST: no title, nick or text of the form that goes; OP_CONFLICT:
 * not logged in, or more than CHATTER_CHANNELS_MAX. */
int chatter_join(struct chatter *c, const char *title, int64_t now_ms);
int chatter_part(struct chatter *c, const char *title, int64_t now_ms); /* NULL: the current one */
int chatter_say(struct chatter *c, const char *text, int64_t now_ms);
int chatter_whisper(struct chatter *c, const char *nick, const char *text, int64_t now_ms);
/* A list is repeated until something of it comes, and ends with CHATTER_LISTED. */
int chatter_list_channels(struct chatter *c, int64_t now_ms);
int chatter_list_users(struct chatter *c, int64_t now_ms);
/* The server seems to be gone, as `why` says ("connection refused"): CHATTER_LOST, once, and when
 * we are logged in, log in anew and be where we were. */
void chatter_doubt(struct chatter *c, const char *why, int64_t now_ms);
void chatter_leave(struct chatter *c); /* LOGOFF; nothing more is sent after it */

bool chatter_is_up(const struct chatter *c);
const char *chatter_current(const struct chatter *c); /* title; NULL: in no channel */

#endif
