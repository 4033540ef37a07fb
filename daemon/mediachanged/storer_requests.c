/* SPDX-License-Identifier: ISC */
/* What is asked of the process: each call is one frame that is queued. */
#include "daemon/mediachanged/storer_int.h"
#include "lib/err.h"
#include "lib/log.h"

static struct mp_out
request_begin(struct storer *s, enum storer_request kind, uint64_t op, size_t items)
{
	struct mp_out o;

	mp_out_init(&o, conn_send_begin(s->conn));
	mp_array(&o, items + 2);
	mp_int(&o, kind);
	mp_int(&o, (int64_t)op);
	return o;
}

static void
request_end(struct storer *s, const struct mp_out *o, size_t replies_owed)
{
	int err = conn_send_end(s->conn);

	storer_owe(s, replies_owed);
	if (o->err)
		err = o->err;
	if (err == OP_OK || !s->child)
		return;
	log_error("%s: killed: cannot queue for it: %s", storer_part(s), op_strerror(err));
	engine_child_kill(s->child); /* the rest follows its end */
}

void
storer_store(struct storer *s, uint64_t op, const struct alert *a, const struct store_life *life)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, STORER_STORE, op, 5);

	alert_pack_row(&o, a);
	mp_int(&o, life->at);
	storer_pack_text(&o, life->what);
	storer_pack_text(&o, life->by);
	storer_pack_text(&o, life->note);
	request_end(s, &o, 1);
}

static void
request_numbers(struct storer *s, enum storer_request kind, uint64_t op, int64_t a, int64_t b)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, kind, op, 2);

	mp_int(&o, a);
	mp_int(&o, b);
	request_end(s, &o, 1);
}

void
storer_lookup(struct storer *s, uint64_t op, const char *id, const char *asker, const char *key)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, STORER_LOOKUP, op, 3);

	storer_pack_text(&o, id);
	storer_pack_text(&o, asker);
	storer_pack_text(&o, key);
	request_end(s, &o, 1);
}

void
storer_show(struct storer *s, uint64_t op, const char *id)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, STORER_SHOW, op, 1);

	storer_pack_text(&o, id);
	request_end(s, &o, 1);
}

void
storer_load(struct storer *s, uint64_t op, int64_t closed_since, int64_t max_closed)
{
	request_numbers(s, STORER_LOAD, op, closed_since, max_closed);
}

void
storer_prune(struct storer *s, uint64_t op, int64_t before, int64_t keep, int limit)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, STORER_PRUNE, op, 3);

	mp_int(&o, before);
	mp_int(&o, keep);
	mp_int(&o, limit);
	request_end(s, &o, 1);
}

void
storer_stats(struct storer *s, uint64_t op, int64_t since_at)
{
	request_numbers(s, STORER_STATS, op, since_at, 0);
}

void
storer_history(struct storer *s, uint64_t op, const struct store_filter *f)
{
	if (!s->up)
		return;
	struct mp_out o = request_begin(s, STORER_HISTORY, op, 9);

	mp_int(&o, f->since_at);
	mp_int(&o, f->until_at);
	mp_int(&o, f->before_seq);
	storer_pack_text(&o, f->host);
	storer_pack_text(&o, f->text);
	storer_pack_text(&o, f->id_prefix);
	mp_int(&o, f->limit);
	mp_int(&o, f->by_end);
	mp_int(&o, f->before_at);
	request_end(s, &o, 1);
}

void
storer_cancel(struct storer *s, uint64_t op)
{
	struct mp_out o;

	if (!s->up)
		return;
	mp_out_init(&o, conn_send_begin(s->conn));
	storer_pack_cancel(&o, op);
	request_end(s, &o, 0);
}
