/* SPDX-License-Identifier: ISC */
/*
 * Who hears of every change.  A change is packed once for all.  A subscriber that does not read
 * until its backlog is full loses its subscription; when it has read what was queued it gets
 * `server.reset` and subscribes again.  The engine never waits for one.
 */
#include "daemon/mediachanged/service.h"

#include <string.h>

#include "lib/log.h"

/* Bytes of alerts in the reply to a subscriber; small, as a desk must not stand still over it. */
#define SNAPSHOT_MAX (256u << 10)
#define LIST_MAX (14u << 20) /* bytes of alerts in one reply; a frame holds 16 MiB */

static void
count_desk(struct service *s, const struct guest *g, int by)
{
	if (g->is_desk)
		s->desks += by;
}

void
subscribers_remove(struct service *s, struct guest *g)
{
	if (!g->subscribed)
		return;
	g->subscribed = false;
	TAILQ_REMOVE(&s->subscribers, g, link);
	count_desk(s, g, -1);
}

/* The same message to every subscriber. */
void
subscribers_tell(struct service *s, struct mp_out *o)
{
	struct guest *next;

	for (struct guest *g = TAILQ_FIRST(&s->subscribers); g; g = next) {
		next = TAILQ_NEXT(g, link);
		if (client_unsent(g->client) <= s->settings->max_backlog && !o->err &&
		    client_send(g->client, buf_bytes(o->buf), buf_len(o->buf)) == OP_OK)
			continue;
		log_notice("client %llu: does not read: its subscription is reset",
		    (unsigned long long)g->id);
		g->behind = true;
		subscribers_remove(s, g);
	}
}

/* What did not fit into the reply to a subscription follows as changes, as fast as it is read. */
static void
tell_rest(struct service *s, struct guest *g)
{
	const struct alert *a = NULL;

	while ((a = book_next_pending(s->book, a))) {
		if (a->seq <= g->told_seq)
			continue;
		if (client_is_full(g->client))
			return;
		tell_pack(s, client_notify_begin(g->client, "alert.changed"), a, true);
		client_notify_end(g->client);
		g->told_seq = a->seq;
	}
	g->has_rest = false;
	mp_map(client_notify_begin(g->client, "alert.complete"), 0);
	client_notify_end(g->client);
}

void
subscribers_drained(struct service *s, struct guest *g)
{
	if (g->subscribed && g->has_rest)
		tell_rest(s, g);
	if (!g->behind)
		return;
	g->behind = false;
	struct mp_out *o = client_notify_begin(g->client, "server.reset");

	mp_map(o, 1);
	mp_kstr(o, "reason", "this connection did not read for too long");
	client_notify_end(g->client);
}

struct snapshot {
	struct buf bytes; /* alerts, one after the other */
	size_t count;
	int64_t last_seq; /* of the last one that fitted */
	bool is_whole;
	int err;
};

static void
take_snapshot(struct service *s, struct snapshot *shot, size_t max_bytes)
{
	const struct alert *a = NULL;
	struct mp_out o;

	*shot = (struct snapshot){0};
	buf_init(&shot->bytes);
	mp_out_init(&o, &shot->bytes);
	while ((a = book_next_pending(s->book, a)) && buf_len(&shot->bytes) < max_bytes) {
		tell_pack(s, &o, a, true);
		shot->count++;
		shot->last_seq = a->seq;
	}
	shot->is_whole = a == NULL;
	shot->err = o.err;
}

/* The reply {alerts, KEY: value, more}; the snapshot is used up. */
static void
tell_snapshot(struct client *c, uint32_t msgid, struct snapshot *shot, const char *key,
    int64_t value, bool more)
{
	if (shot->err) {
		client_error(c, msgid, shot->err, NULL);
	} else {
		struct mp_out *o = client_result_begin(c, msgid);

		mp_map(o, 1 + (key != NULL) + more);
		if (key)
			mp_kint(o, key, value);
		if (more)
			mp_kbool(o, "more", true);
		mp_str(o, "alerts");
		mp_array(o, shot->count);
		mp_raw(o, buf_bytes(&shot->bytes), buf_len(&shot->bytes));
		client_result_end(c, msgid);
	}
	buf_fini(&shot->bytes);
}

void
subscribers_list(struct service *s, struct client *c, uint32_t msgid)
{
	struct snapshot shot;

	take_snapshot(s, &shot, LIST_MAX);
	/* With the largest questions that are allowed, and many of them. */
	tell_snapshot(c, msgid, &shot, shot.is_whole ? NULL : "left_out",
	    (int64_t)(book_pending_count(s->book) - shot.count), false);
}

void
subscribers_add(struct service *s, struct client *c, uint32_t msgid)
{
	struct guest *g = client_arg(c);
	struct snapshot shot;

	g->behind = false;
	take_snapshot(s, &shot, SNAPSHOT_MAX);
	g->told_seq = shot.last_seq;
	g->has_rest = !shot.is_whole;
	tell_snapshot(c, msgid, &shot, "seq", book_last_seq(s->book), g->has_rest);
	if (g->has_rest)
		tell_rest(s, g);
	if (g->subscribed)
		return;
	g->subscribed = true;
	g->is_desk = mp_text_is((struct mp_text){client_role(c), strlen(client_role(c))}, "desk");
	TAILQ_INSERT_TAIL(&s->subscribers, g, link);
	count_desk(s, g, 1);
}
