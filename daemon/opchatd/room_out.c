/* SPDX-License-Identifier: ISC */
/*
 * What leaves the room: datagrams and lines of the log, queued until room_next() has handed them
 * out. Without memory a datagram is lost, as datagrams are; the log says so once.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/opchatd/room_int.h"
#include "lib/err.h"
#include "lib/text.h"

/* Bytes for actions; where they begin. */
static bool
store(struct room *r, const void *bytes, size_t len, size_t *from)
{
	if (r->queue_next == r->queue_count) { /* all has been handed out */
		r->queue_next = r->queue_count = 0;
		buf_clear(&r->bytes);
	}
	*from = buf_len(&r->bytes);
	r->no_memory |= buf_append(&r->bytes, bytes, len) != OP_OK;
	return *from + len == buf_len(&r->bytes);
}

static void
queue(struct room *r, struct queued q)
{
	if (r->queue_count == r->queue_room) {
		size_t room = r->queue_room ? r->queue_room * 2 : 64;
		struct queued *more = reallocarray(r->queue, room, sizeof(*more));

		r->no_memory |= !more;
		if (!more)
			return;
		r->queue = more;
		r->queue_room = room;
	}
	r->queue[r->queue_count++] = q;
}

bool
room_next(struct room *r, struct room_action *out)
{
	if (r->queue_next < r->queue_count) {
		const struct queued *q = &r->queue[r->queue_next++];
		const char *bytes = (const char *)buf_bytes(&r->bytes) + q->from;

		*out = (struct room_action){
		    .type = q->type, .peer = q->peer, .bytes = bytes, .len = q->len, .text = bytes};
		return true;
	}
	if (!r->no_memory)
		return false;
	r->no_memory = false;
	*out = (struct room_action){.type = ROOM_LOG, .text = "datagrams: lost: out of memory"};
	return true;
}

void
room_log(struct room *r, const char *fmt, ...)
{
	char text[300];
	struct queued q = {.type = ROOM_LOG};
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	q.len = strlen(text) + 1;
	if (store(r, text, q.len, &q.from))
		queue(r, q);
}

/* A stranger gets little, and not often. */
static bool
may_hear(struct user *u, const unsigned char *bytes, size_t *len)
{
	if (u->verified)
		return true;
	if (u->credit < 1)
		return false;
	u->credit -= 1;
	if (*len > ROOM_STRANGER_BYTES)
		*len = 2 + text_clip((const char *)bytes + 2, *len - 2, ROOM_STRANGER_BYTES - 2);
	return true;
}

static void
send_to(struct room *r, struct user *u, const unsigned char *bytes, size_t len)
{
	struct queued q = {.type = ROOM_SEND, .peer = u->peer};

	if (!may_hear(u, bytes, &len) || !store(r, bytes, len, &q.from))
		return;
	q.len = len;
	queue(r, q);
}

void
room_tell(struct room *r, struct user *u, enum chat_code code, const char *fmt, ...)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	va_list ap;

	va_start(ap, fmt);
	size_t len = chat_vformat(bytes, code, fmt, ap);

	va_end(ap);
	send_to(r, u, bytes, len);
}

void
room_tell_stranger(struct room *r, const struct room_peer *p, int64_t now_ms, const char *text)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	struct queued q = {.type = ROOM_SEND, .peer = *p};

	q.len = chat_format(bytes, CHAT_ERROR, "%s", text);
	if (limiter_allows(r->strangers, &p->addr, now_ms) && store(r, bytes, q.len, &q.from))
		queue(r, q);
}

void
room_publish(struct room *r, struct channel *c, enum chat_code code, const char *fmt, ...)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	struct queued q = {.type = ROOM_PUBLISH, .peer = {.addr = c->config.group}};
	va_list ap;

	va_start(ap, fmt);
	q.len = chat_vformat(bytes, code, fmt, ap);
	va_end(ap);
	if (c->count == 0 || !store(r, bytes, q.len, &q.from))
		return;
	if (r->limits.multicast_port != 0 && c->config.group.family != 0) {
		q.peer.port = r->limits.multicast_port;
		queue(r, q);
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		struct queued one = {
		    .type = ROOM_SEND, .peer = c->members[i]->peer, .from = q.from, .len = q.len};

		if (may_hear(c->members[i], bytes, &one.len))
			queue(r, one);
	}
}

void
room_tell_dropped(struct room *r, struct user *u, int64_t now_ms)
{
	if (u->dropped == 0)
		return;
	room_tell(
	    r, u, CHAT_ERROR, "you speak too fast: %zu more messages were dropped", u->dropped);
	u->told_ms = now_ms;
	u->dropped = 0;
	r->busy--;
}

void
room_drop(struct room *r, struct user *u, int64_t now_ms)
{
	if (u->dropped > 0 || now_ms - u->told_ms < TOLD_MS) {
		r->busy += u->dropped++ == 0;
		return;
	}
	room_tell(r, u, CHAT_ERROR, "you speak too fast: what you said was dropped");
	u->told_ms = now_ms;
}

bool
room_is_listing(const struct user *u)
{
	return buf_len(&u->paced) > 0;
}

void
room_refill(const struct room *r, struct user *u, int64_t now_ms)
{
	double seconds = (double)(now_ms - u->refilled_ms) / 1000;

	u->refilled_ms = now_ms;
	u->may_say += seconds * r->limits.per_second;
	if (u->may_say > r->limits.burst)
		u->may_say = r->limits.burst;
	u->credit += seconds;
	if (u->credit > ROOM_STRANGER_BURST)
		u->credit = ROOM_STRANGER_BURST;
}

void
room_tell_paced(struct room *r, struct user *u, enum chat_code code, const char *fmt, ...)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	bool first = buf_len(&u->paced) == 0;
	va_list ap;

	va_start(ap, fmt);
	uint16_t len = (uint16_t)chat_vformat(bytes, code, fmt, ap);

	va_end(ap);
	size_t before = buf_len(&u->paced);

	if (buf_append(&u->paced, &len, sizeof(len)) != OP_OK ||
	    buf_append(&u->paced, bytes, len) != OP_OK) {
		buf_truncate(&u->paced, before);
		r->no_memory = true;
		return;
	}
	r->busy += first;
}

void
room_send_paced(struct room *r, struct user *u)
{
	uint16_t len;

	if (buf_len(&u->paced) == 0)
		return;
	for (int i = 0; i < ROOM_PACE && buf_len(&u->paced) > 0; i++) {
		if (!u->verified && u->credit < 1)
			return;
		memcpy(&len, buf_bytes(&u->paced), sizeof(len));
		send_to(r, u, buf_bytes(&u->paced) + sizeof(len), len);
		buf_consume(&u->paced, sizeof(len) + len);
	}
	if (buf_len(&u->paced) == 0)
		r->busy--;
}
