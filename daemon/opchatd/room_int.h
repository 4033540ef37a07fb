/* SPDX-License-Identifier: ISC */
/* Inside room*.c only: the users, the channels, and what is to leave. */
#ifndef OPDESK_DAEMON_OPCHATD_ROOM_INT_H
#define OPDESK_DAEMON_OPCHATD_ROOM_INT_H

#include <sys/queue.h>
#include "daemon/opchatd/room.h"
#include "lib/buf.h"
#include "lib/limiter.h"

#define TOLD_MS 1000   /* between two words to one user about what was dropped */
#define TOKEN_BYTES 17 /* 16 hex digits and a NUL */

struct user {
	TAILQ_ENTRY(user) link;  /* in order of logging in */
	SLIST_ENTRY(user) chain; /* of the table by peer */
	struct room_peer peer;
	char nick[CHAT_WORD_MAX + 1];
	char token[TOKEN_BYTES];
	int64_t login_ms, seen_ms, told_ms; /* told: of his flood */
	size_t dropped;                     /* messages of it that he was not told of yet */
	double credit;                      /* stranger: datagrams that may go to him */
	double may_say;                     /* messages */
	int64_t refilled_ms;
	bool muzzled, verified;
	uint8_t joined[ROOM_CHANNELS_MAX]; /* the last is current */
	size_t joined_count;
	uint8_t parted; /* the channel parted last, and when: a repeated PART_REQ is acknowledged */
	int64_t parted_ms;
	struct buf paced; /* u16 length in host order and bytes, again and again */
};

struct said {
	int64_t wall_s;
	char nick[CHAT_WORD_MAX + 1];
	char text[CHAT_TEXT_MAX + 1];
};

struct channel {
	struct room_channel config;
	char title[CHAT_WORD_MAX + 1];
	char *description;
	struct user **members;
	size_t count, capacity;
	struct said *history; /* a ring of limits.history */
	size_t said;          /* ever */
};

struct queued {
	enum room_action_type type;
	struct room_peer peer;
	size_t from, len; /* in room.bytes */
};

TAILQ_HEAD(user_list, user);
SLIST_HEAD(user_chain, user);
#define ROOM_TABLE 1024

struct room {
	struct channel *channels;
	size_t channel_count;
	struct room_limits limits;
	struct user_list users;
	struct user_chain table[ROOM_TABLE];
	size_t user_count;
	size_t busy; /* users with paced datagrams, and those with messages dropped */
	uint64_t random;
	struct buf bytes; /* of what is queued */
	struct queued *queue;
	size_t queue_count, queue_room, queue_next;
	bool no_memory; /* something could not be queued: said once in the log */
	struct limiter *strangers;
};

/* --- what leaves --- */

void room_log(struct room *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* To one user, or to a peer that is none (an ERROR). */
void room_tell(struct room *r, struct user *u, enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void room_tell_stranger(
    struct room *r, const struct room_peer *p, int64_t now_ms, const char *text);
/* One of many: leaves when its turn comes. */
void room_tell_paced(struct room *r, struct user *u, enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* To everybody in the channel, by its group or one by one. */
void room_publish(struct room *r, struct channel *c, enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void room_send_paced(struct room *r, struct user *u);
/* One more message of his was dropped; he is told of the first at once, of the others together. */
void room_drop(struct room *r, struct user *u, int64_t now_ms);
void room_tell_dropped(struct room *r, struct user *u, int64_t now_ms);
/* A list is not begun before the last one has left. */
bool room_is_listing(const struct user *u);
/* What the time has brought: messages that he may say, datagrams that a stranger may get. */
void room_refill(const struct room *r, struct user *u, int64_t now_ms);

/* --- users and channels --- */

struct user *room_find(struct room *r, const struct room_peer *p);
struct user *room_find_nick(struct room *r, const char *nick, size_t len); /* of any case */
struct user *room_add(
    struct room *r, const struct room_peer *p, struct chat_field nick, int64_t now_ms);
/* Out of every channel (others are told) and gone. */
void room_remove(struct room *r, struct user *u, const char *why);

struct channel *room_find_channel(struct room *r, struct chat_field title);
struct channel *room_current(struct room *r, struct user *u); /* NULL */
bool room_is_in(const struct room *r, const struct user *u, const struct channel *c);
int room_enter(struct room *r, struct user *u, struct channel *c); /* it is current; OP_NO_MEMORY */
void room_leave(struct room *r, struct user *u, struct channel *c);
/* " GROUP" after the count, when there is multicast. */
const char *room_group_text(const struct room *r, const struct channel *c, char *dst, size_t size);

uint64_t room_random(struct room *r);

#endif
