/* SPDX-License-Identifier: ISC */
/*
 * Looking back: calls that the reader answers.  Each search collects what comes and replies when
 * the reader is done; bounded in number and in rows, and forgotten when its client goes.
 */
#include "daemon/mediachanged/service.h"

#include <stdlib.h>

#include "daemon/mediachanged/request.h"
#include "lib/err.h"

#define LIMIT_DEFAULT 100
#define LIMIT_MAX 1000
#define RESULT_MAX (12u << 20) /* bytes; a frame holds 16 MiB */

struct search {
	TAILQ_ENTRY(search) link;
	uint64_t op, client;
	uint32_t msgid;
	void (*reply)(struct service *s, struct search *q, struct client *c);
	size_t limit;
	bool more;
	struct alert *alert;     /* show */
	struct buf items;        /* packed rows, lines of life, or askers */
	struct mp_out out;       /* into items */
	size_t count;            /* of items */
	struct store_stat total; /* stats; its asker is not used */
};

/* --- searches --- */

static void
search_free(struct service *s, struct search *q)
{
	TAILQ_REMOVE(&s->searches, q, link);
	s->search_count--;
	alert_free(q->alert);
	buf_fini(&q->items);
	free(q);
}

static struct search *
find(struct service *s, uint64_t op)
{
	struct search *q;

	TAILQ_FOREACH(q, &s->searches, link)
	{
		if (q->op == op)
			return q;
	}
	return NULL;
}

static struct search *
search_new(struct service *s, struct client *c, uint32_t msgid,
    void (*reply)(struct service *s, struct search *q, struct client *c))
{
	struct search *q;

	if (!s->reader || !storer_is_up(s->reader) ||
	    s->search_count >= (size_t)s->settings->max_searches || !(q = calloc(1, sizeof(*q)))) {
		client_error(c, msgid, OP_UNAVAILABLE, "the history cannot be read at the moment");
		return NULL;
	}
	q->op = ++s->last_search;
	q->client = client_id(c);
	q->msgid = msgid;
	q->reply = reply;
	buf_init(&q->items);
	mp_out_init(&q->out, &q->items);
	TAILQ_INSERT_TAIL(&s->searches, q, link);
	s->search_count++;
	return q;
}

bool
search_cancel(struct service *s, uint64_t client, uint32_t msgid)
{
	struct search *q;

	TAILQ_FOREACH(q, &s->searches, link)
	{
		if (q->client == client && q->msgid == msgid) {
			storer_cancel(s->reader, q->op);
			search_free(s, q);
			return true;
		}
	}
	return false;
}

void
search_client_gone(struct service *s, uint64_t client)
{
	struct search *q, *next;

	for (q = TAILQ_FIRST(&s->searches); q; q = next) {
		next = TAILQ_NEXT(q, link);
		if (q->client == client) {
			storer_cancel(s->reader, q->op);
			search_free(s, q);
		}
	}
}

/* --- replies --- */

static struct alert_view
view_of(struct service *s, const struct alert *a, bool cut)
{
	struct book_now now = service_now();
	struct alert_view v = book_view(s->book, a, &now);

	v.cut = cut;
	return v;
}

static void
pack_items(struct mp_out *o, const char *key, struct search *q)
{
	mp_str(o, key);
	mp_array(o, q->count);
	mp_raw(o, buf_bytes(&q->items), buf_len(&q->items));
}

static void
reply_history(struct service *s, struct search *q, struct client *c)
{
	struct mp_out *o = client_result_begin(c, q->msgid);

	(void)s;
	mp_map(o, 2);
	mp_kbool(o, "more", q->more);
	pack_items(o, "alerts", q);
	client_result_end(c, q->msgid);
}

static void
reply_show(struct service *s, struct search *q, struct client *c)
{
	if (!q->alert) {
		client_error(c, q->msgid, OP_NOT_FOUND, "no such alert");
		return;
	}
	struct alert_view v = view_of(s, q->alert, false);
	struct mp_out *o = client_result_begin(c, q->msgid);

	mp_map(o, alert_wire_pairs(q->alert, &v) + 1);
	alert_pack_pairs(o, q->alert, &v);
	pack_items(o, "life", q);
	client_result_end(c, q->msgid);
}

static void
reply_stats(struct service *s, struct search *q, struct client *c)
{
	struct mp_out *o = client_result_begin(c, q->msgid);

	mp_map(o, 9);
	mp_kint(o, "asked", q->total.asked);
	mp_kint(o, "answered", q->total.answered);
	mp_kint(o, "expired", q->total.expired);
	mp_kint(o, "withdrawn", q->total.withdrawn);
	mp_kint(o, "pending", (int64_t)book_pending_count(s->book));
	mp_kint(o, "median_ms", q->total.median_ms);
	mp_kint(o, "slowest_ms", q->total.slowest_ms);
	mp_kint(o, "desks", s->desks);
	pack_items(o, "by_asker", q);
	client_result_end(c, q->msgid);
}

/* --- what the reader says --- */

static void
on_up(struct storer *r, void *arg)
{
	(void)r;
	(void)arg;
}

static void
fail(struct service *s, struct search *q, int err, const char *why)
{
	struct guest *g = tell_guest(s, q->client);

	if (g)
		client_error(g->client, q->msgid, err, why);
	search_free(s, q);
}

static void
on_down(struct storer *r, const char *why, void *arg)
{
	struct service *s = arg;

	(void)r;
	while (!TAILQ_EMPTY(&s->searches))
		fail(s, TAILQ_FIRST(&s->searches), OP_UNAVAILABLE,
		    why ? why : "the reader has ended");
	tell_all(s);
}

static void
on_row(struct storer *r, uint64_t op, struct alert *row, void *arg)
{
	struct service *s = arg;
	struct search *q = find(s, op);

	(void)r;
	if (q && (q->count >= q->limit || buf_len(&q->items) > RESULT_MAX)) {
		q->more = true;
	} else if (q) {
		struct alert_view v = view_of(s, row, true);

		alert_pack_wire(&q->out, row, &v);
		q->count++;
	}
	alert_free(row);
}

static void
on_found(struct storer *r, uint64_t op, struct alert *row, void *arg)
{
	struct search *q = find(arg, op);

	(void)r;
	if (q)
		q->alert = row;
	else
		alert_free(row);
}

static void
on_life(struct storer *r, uint64_t op, const struct store_life *line, void *arg)
{
	struct search *q = find(arg, op);

	(void)r;
	if (!q || buf_len(&q->items) > RESULT_MAX)
		return;
	mp_map(&q->out, 2u + (line->by != NULL) + (line->note != NULL));
	mp_kint(&q->out, "at", line->at);
	mp_kstr(&q->out, "what", line->what);
	if (line->by)
		mp_kstr(&q->out, "by", line->by);
	if (line->note)
		mp_kstr(&q->out, "note", line->note);
	q->count++;
}

static void
on_stat(struct storer *r, uint64_t op, const struct store_stat *stat, void *arg)
{
	struct search *q = find(arg, op);

	(void)r;
	if (!q)
		return;
	if (!stat->asker) {
		q->total = *stat;
		return;
	}
	mp_map(&q->out, 4);
	mp_kstr(&q->out, "asker", stat->asker);
	mp_kint(&q->out, "asked", stat->asked);
	mp_kint(&q->out, "answered", stat->answered);
	mp_kint(&q->out, "median_ms", stat->median_ms);
	q->count++;
}

static void
on_done(struct storer *r, uint64_t op, int err, int64_t value, void *arg)
{
	struct service *s = arg;
	struct search *q = find(s, op);

	(void)r;
	(void)value;
	if (!q)
		return;
	struct guest *g = tell_guest(s, q->client);

	if (!err)
		err = q->out.err;
	if (err) {
		fail(s, q, err, "the search was too much");
	} else {
		if (g)
			q->reply(s, q, g->client);
		search_free(s, q);
	}
	tell_all(s);
}

const struct storer_events search_events = {
    .up = on_up,
    .down = on_down,
    .row = on_row,
    .found = on_found,
    .life = on_life,
    .stat = on_stat,
    .done = on_done,
};

/* --- the methods --- */

void
search_history(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct search *q = search_new(s, c, m->msgid, reply_history);
	char *host = mp_dup(m->params, "host"), *text = mp_dup(m->params, "text");
	char *id = mp_dup(m->params, "id");
	int64_t limit = request_int(m->params, "limit", LIMIT_DEFAULT);
	bool by_end = false;

	mp_get_bool(m->params, "by_end", &by_end);

	if (limit < 1 || limit > LIMIT_MAX)
		limit = LIMIT_MAX;
	if (q) {
		q->limit = (size_t)limit;
		struct store_filter f = {
		    .since_at = request_int(m->params, "since_at", 0),
		    .until_at = request_int(m->params, "until_at", 0),
		    .before_seq = request_int(m->params, "before_seq", 0),
		    .by_end = by_end,
		    .before_at = request_int(m->params, "before_at", 0),
		    .host = host,
		    .text = text,
		    .id_prefix = id,
		    .limit = (int)limit + 1, /* one more tells whether there are more */
		};

		storer_history(s->reader, q->op, &f);
	}
	free(host);
	free(text);
	free(id);
}

void
search_show(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct search *q = search_new(s, c, m->msgid, reply_show);
	char id[UUID_SIZE];

	request_id(m->params, "id", id);
	if (q)
		storer_show(s->reader, q->op, id);
}

void
search_stats(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct search *q = search_new(s, c, m->msgid, reply_stats);

	if (q)
		storer_stats(s->reader, q->op, request_int(m->params, "since_at", 0));
}
