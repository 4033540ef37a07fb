/* SPDX-License-Identifier: ISC */
/*
 * The chat server's state: users, channels, who is in which, what was said lately.  A pure state
 * machine: datagrams and the time go in, actions come out of room_next(); no socket, no clock.  Who
 * calls: service.c, on the engine's loop.
 *
 * A user is an address with its port.  The current channel is the one joined last; parting it falls
 * back to the one before.  With groups a channel's public messages leave by one datagram to its
 * group, everything else goes to one user.
 *
 * Whoever has sent back the token of his login has shown that he receives.  To all others go no
 * datagrams longer than ROOM_STRANGER_BYTES: ROOM_STRANGER_REPLIES for each that they send, one a
 * second besides, ROOM_STRANGER_BURST at once, as the address may be a victim's.  Lists wait for
 * that, what others say is lost.  Clients that know of no token can live with it.
 *
 * Floods: a user may send `per_second` messages in the long run; what is more is dropped and he is
 * told once a second, with a count, so that he knows of each.  Lists are paced: ROOM_PACE datagrams
 * a user and tick, the rest later.
 */
#ifndef OPDESK_DAEMON_OPCHATD_ROOM_H
#define OPDESK_DAEMON_OPCHATD_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/datagram/chat.h"
#include "lib/netaddr.h"

#define ROOM_CHANNELS_MAX 64
#define ROOM_STRANGER_BYTES 200
#define ROOM_STRANGER_REPLIES 2
#define ROOM_STRANGER_BURST 16
#define ROOM_PACE 20
#define ROOM_TICK_MS 100

struct room;

struct room_channel {
	const char *title, *description; /* borrowed for room_new(); a word, and a text */
	struct netaddr group;            /* family 0: none */
	/* May this address join?  NULL: everybody. */
	bool (*allows)(const struct netaddr *addr, void *arg);
	void *arg;
};

struct room_limits {
	size_t max_users;        /* 1,000 */
	size_t max_channels;     /* of one user; 10 */
	size_t history;          /* messages shown to who joins; 10 */
	double per_second;       /* messages of one user; 2 */
	double burst;            /* at once; 10 */
	int64_t silent_ms;       /* 120 s: then logged out */
	uint16_t multicast_port; /* 0: no multicast */
};

/* seed: for tokens, from the system.  NULL: no memory. */
struct room *room_new(const struct room_channel *channels, size_t count,
    const struct room_limits *limits, uint64_t seed);
void room_free(struct room *r);
void room_set_limits(struct room *r, const struct room_limits *limits);

struct room_peer {
	struct netaddr addr;
	uint16_t port;
	/* where it asked us: not part of who it is, handed back for the answer */
	struct netaddr local;
	unsigned ifindex;
};

enum room_action_type {
	ROOM_SEND,    /* bytes to `peer` */
	ROOM_PUBLISH, /* bytes to the group `peer.addr`, the multicast port */
	ROOM_LOG,     /* text */
};

struct room_action { /* all borrowed until the next event */
	enum room_action_type type;
	struct room_peer peer;
	const void *bytes;
	size_t len;
	const char *text; /* plain */
};

/* The next thing to do, in order; false: nothing more.  Call it after every event. */
bool room_next(struct room *r, struct room_action *out);

/* A datagram.  wall: seconds since 1970, for the times of the history. */
void room_receive(struct room *r, const struct room_peer *from, const void *bytes, size_t len,
    int64_t now_ms, int64_t wall_s);
/* What was sent to this peer was refused by its host: nobody is there. */
void room_unreachable(struct room *r, const struct room_peer *peer, int64_t now_ms);
/* Every ROOM_TICK_MS while room_is_busy(), every 30 s otherwise. */
void room_tick(struct room *r, int64_t now_ms);
bool room_is_busy(const struct room *r); /* paced datagrams wait */
/* The server stops: all are told, so that they look for it at once. */
void room_close(struct room *r);

/* --- the administrator --- */

/* OP_NOT_FOUND: no such user.  They are told. */
int room_muzzle(struct room *r, const char *nick, bool muzzled, int64_t now_ms);
int room_log_out(struct room *r, const char *nick, const char *reason, int64_t now_ms);

struct room_user_info {
	char nick[CHAT_WORD_MAX + 1];
	struct room_peer peer;
	int64_t online_ms, silent_ms;
	bool muzzled, verified;
	char channels[ROOM_CHANNELS_MAX * (CHAT_WORD_MAX + 1)];
};
size_t room_users(const struct room *r);
/* The i-th, in order of logging in. */
void room_user(const struct room *r, size_t i, int64_t now_ms, struct room_user_info *out);
size_t room_channels(const struct room *r);
void room_channel(
    const struct room *r, size_t i, const char **title, const char **description, size_t *members);

#endif
