/* SPDX-License-Identifier: ISC */
#include "daemon/opchatd/room.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "daemon/opchatd/room_int.h"
#include "lib/err.h"
#include "lib/text.h"

/* --- life --- */

static bool
set_up(struct channel *c, const struct room_channel *config, size_t history)
{
	assert(chat_is_word(config->title, strlen(config->title)));
	c->config = *config;
	snprintf(c->title, sizeof(c->title), "%s", config->title);
	c->description = strdup(config->description ? config->description : "");
	c->history = calloc(history ? history : 1, sizeof(*c->history));
	return c->description && c->history;
}

struct room *
room_new(const struct room_channel *channels, size_t count, const struct room_limits *limits,
    uint64_t seed)
{
	struct room *r = calloc(1, sizeof(*r));

	assert(count <= ROOM_CHANNELS_MAX);
	if (!r)
		return NULL;
	TAILQ_INIT(&r->users);
	buf_init(&r->bytes);
	r->limits = *limits;
	r->random = seed | 1;
	r->strangers = limiter_new(&(struct limiter_options){.per_second = 2,
	    .burst = 10,
	    .all_per_second = 200,
	    .all_burst = 400,
	    .seed = room_random(r)});
	r->channels = calloc(count ? count : 1, sizeof(*r->channels));
	for (; r->channels && r->channel_count < count; r->channel_count++)
		if (!set_up(&r->channels[r->channel_count], &channels[r->channel_count],
			limits->history)) {
			r->channel_count++;
			break;
		}
	if (!r->channels || !r->strangers || r->channel_count < count ||
	    (count && !r->channels[count - 1].history)) {
		room_free(r);
		return NULL;
	}
	return r;
}

static void
free_user(struct user *u)
{
	buf_fini(&u->paced);
	free(u);
}

void
room_free(struct room *r)
{
	struct user *u;

	if (!r)
		return;
	while ((u = TAILQ_FIRST(&r->users))) {
		TAILQ_REMOVE(&r->users, u, link);
		free_user(u);
	}
	for (size_t i = 0; r->channels && i < r->channel_count; i++) {
		free(r->channels[i].description);
		free(r->channels[i].members);
		free(r->channels[i].history);
	}
	free(r->channels);
	limiter_free(r->strangers);
	free(r->queue);
	buf_fini(&r->bytes);
	free(r);
}

/* The length of the histories stays: they are there already. */
void
room_set_limits(struct room *r, const struct room_limits *limits)
{
	size_t history = r->limits.history;

	r->limits = *limits;
	r->limits.history = history;
}

/* xorshift64 (Marsaglia 2003): tokens need not resist more than guessing from outside */
uint64_t
room_random(struct room *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return r->random * UINT64_C(0x2545f4914f6cdd1d);
}

/* --- users --- */

static size_t
place_of(const struct room_peer *p)
{
	uint64_t h = p->port;

	for (size_t i = 0; i < sizeof(p->addr.bytes); i++)
		h = (h ^ p->addr.bytes[i]) * UINT64_C(0x100000001b3);
	return (h ^ h >> 32) % ROOM_TABLE;
}

struct user *
room_find(struct room *r, const struct room_peer *p)
{
	struct user *u;

	SLIST_FOREACH(u, &r->table[place_of(p)], chain)
	if (u->peer.port == p->port && netaddr_equal(&u->peer.addr, &p->addr))
		return u;
	return NULL;
}

struct user *
room_find_nick(struct room *r, const char *nick, size_t len)
{
	struct user *u;

	TAILQ_FOREACH(u, &r->users, link)
	if (strlen(u->nick) == len && strncasecmp(u->nick, nick, len) == 0)
		return u;
	return NULL;
}

struct user *
room_add(struct room *r, const struct room_peer *p, struct chat_field nick, int64_t now_ms)
{
	struct user *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->peer = *p;
	snprintf(u->nick, sizeof(u->nick), "%.*s", (int)nick.len, nick.s);
	snprintf(u->token, sizeof(u->token), "%016llx", (unsigned long long)room_random(r));
	u->login_ms = u->seen_ms = u->refilled_ms = now_ms;
	u->told_ms = now_ms - 1000;
	u->credit = ROOM_STRANGER_BURST;
	u->may_say = r->limits.burst;
	buf_init(&u->paced);
	TAILQ_INSERT_TAIL(&r->users, u, link);
	SLIST_INSERT_HEAD(&r->table[place_of(p)], u, chain);
	r->user_count++;
	return u;
}

void
room_remove(struct room *r, struct user *u, const char *why)
{
	room_log(r, "user: %s: %s", u->nick, why);
	r->busy -= (buf_len(&u->paced) > 0) + (u->dropped > 0);
	while (u->joined_count > 0)
		room_leave(r, u, &r->channels[u->joined[u->joined_count - 1]]);
	TAILQ_REMOVE(&r->users, u, link);
	SLIST_REMOVE(&r->table[place_of(&u->peer)], u, user, chain);
	r->user_count--;
	free_user(u);
}

/* --- channels --- */

struct channel *
room_find_channel(struct room *r, struct chat_field title)
{
	for (size_t i = 0; i < r->channel_count; i++)
		if (strlen(r->channels[i].title) == title.len &&
		    strncasecmp(r->channels[i].title, title.s, title.len) == 0)
			return &r->channels[i];
	return NULL;
}

struct channel *
room_current(struct room *r, struct user *u)
{
	return u->joined_count ? &r->channels[u->joined[u->joined_count - 1]] : NULL;
}

static size_t
index_of(const struct room *r, const struct channel *c)
{
	return (size_t)(c - r->channels);
}

/* Out of the order of joining; whether it was there. */
static bool
forget(struct user *u, size_t channel)
{
	for (size_t i = 0; i < u->joined_count; i++)
		if (u->joined[i] == channel) {
			memmove(&u->joined[i], &u->joined[i + 1], u->joined_count - i - 1);
			u->joined_count--;
			return true;
		}
	return false;
}

bool
room_is_in(const struct room *r, const struct user *u, const struct channel *c)
{
	return memchr(u->joined, (int)index_of(r, c), u->joined_count) != NULL;
}

int
room_enter(struct room *r, struct user *u, struct channel *c)
{
	bool is_in = room_is_in(r, u, c);

	if (!is_in && c->count == c->capacity) {
		size_t capacity = c->capacity ? c->capacity * 2 : 16;
		struct user **members = reallocarray(c->members, capacity, sizeof(struct user *));

		if (!members)
			return OP_NO_MEMORY;
		c->members = members;
		c->capacity = capacity;
	}
	if (is_in)
		forget(u, index_of(r, c));
	else
		c->members[c->count++] = u;
	u->joined[u->joined_count++] = (uint8_t)index_of(r, c);
	return OP_OK;
}

void
room_leave(struct room *r, struct user *u, struct channel *c)
{
	if (!forget(u, index_of(r, c)))
		return;
	for (size_t i = 0; i < c->count; i++)
		if (c->members[i] == u) {
			c->members[i] = c->members[--c->count];
			break;
		}
	room_publish(r, c, CHAT_USER_PARTS, "%s %s", c->title, u->nick);
}

const char *
room_group_text(const struct room *r, const struct channel *c, char *dst, size_t size)
{
	char text[NETADDR_TEXT];

	if (r->limits.multicast_port == 0 || c->config.group.family == 0)
		return "";
	snprintf(dst, size, " %s", netaddr_format(text, &c->config.group));
	return dst;
}

/* --- time --- */

void
room_tick(struct room *r, int64_t now_ms)
{
	struct user *u, *next;

	for (u = TAILQ_FIRST(&r->users); u; u = next) {
		next = TAILQ_NEXT(u, link);
		if (now_ms - u->seen_ms >= r->limits.silent_ms) {
			room_remove(r, u, "silent: logged out");
			continue;
		}
		if (room_is_listing(u)) {
			room_refill(r, u, now_ms);
			room_send_paced(r, u);
		}
		if (now_ms - u->told_ms >= TOLD_MS)
			room_tell_dropped(r, u, now_ms);
	}
}

bool
room_is_busy(const struct room *r)
{
	return r->busy > 0;
}

void
room_unreachable(struct room *r, const struct room_peer *peer, int64_t now_ms)
{
	struct user *u = room_find(r, peer);

	(void)now_ms;
	if (u)
		room_remove(r, u, "its host says that nobody is there: logged out");
}

/* The words make clients log in again. */
void
room_close(struct room *r)
{
	struct user *u;

	TAILQ_FOREACH(u, &r->users, link)
	room_tell(r, u, CHAT_ERROR, CHAT_NOT_LOGGED_IN ": the server stops");
}

/* --- the administrator --- */

int
room_muzzle(struct room *r, const char *nick, bool muzzled, int64_t now_ms)
{
	struct user *u = room_find_nick(r, nick, strlen(nick));

	(void)now_ms;
	if (!u)
		return OP_NOT_FOUND;
	u->muzzled = muzzled;
	room_tell(r, u, CHAT_ERROR, "%s",
	    muzzled ? "you are muzzled: nobody hears you" : "you may speak again");
	room_log(r, "user: %s: %s", u->nick, muzzled ? "muzzled" : "may speak again");
	return OP_OK;
}

int
room_log_out(struct room *r, const char *nick, const char *reason, int64_t now_ms)
{
	struct user *u = room_find_nick(r, nick, strlen(nick));

	(void)now_ms;
	if (!u)
		return OP_NOT_FOUND;
	/* not CHAT_NOT_LOGGED_IN: clients would come back by themselves */
	room_tell(
	    r, u, CHAT_ERROR, "logged out by the administrator%s%s", *reason ? ": " : "", reason);
	room_remove(r, u, "logged out by the administrator");
	return OP_OK;
}

size_t
room_users(const struct room *r)
{
	return r->user_count;
}

void
room_user(const struct room *r, size_t i, int64_t now_ms, struct room_user_info *out)
{
	const struct user *u = TAILQ_FIRST(&r->users);
	size_t len = 0;

	while (i-- > 0)
		u = TAILQ_NEXT(u, link);
	*out = (struct room_user_info){.peer = u->peer,
	    .online_ms = now_ms - u->login_ms,
	    .silent_ms = now_ms - u->seen_ms,
	    .muzzled = u->muzzled,
	    .verified = u->verified};
	snprintf(out->nick, sizeof(out->nick), "%s", u->nick);
	for (size_t j = 0; j < u->joined_count; j++)
		len += (size_t)snprintf(out->channels + len, sizeof(out->channels) - len, "%s%s",
		    j ? " " : "", r->channels[u->joined[j]].title);
}

size_t
room_channels(const struct room *r)
{
	return r->channel_count;
}

void
room_channel(
    const struct room *r, size_t i, const char **title, const char **description, size_t *members)
{
	*title = r->channels[i].title;
	*description = r->channels[i].description;
	*members = r->channels[i].count;
}
