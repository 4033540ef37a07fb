/* SPDX-License-Identifier: ISC */
/*
 * Carrying out what the book says: rows to the storer, replies and notifications to clients.  On
 * the engine's loop, after every event of the book.
 */
#include "daemon/mediachanged/service.h"

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define TIMER_MAX_S 60. /* libev's clock stands still in suspend, the book's does not */

/* --- single messages --- */

static bool
guest_is(const struct table_node *node, const void *id)
{
	return ((const struct guest *)node)->id == *(const uint64_t *)id;
}

struct guest *
tell_guest(const struct service *s, uint64_t id)
{
	return (struct guest *)table_find(
	    &s->guests, table_hash(TABLE_HASH_START, &id, sizeof(id)), guest_is, &id);
}

void
tell_pack(struct service *s, struct mp_out *o, const struct alert *a, bool cut)
{
	struct book_now now = service_now();
	struct alert_view v = book_view(s->book, a, &now);

	v.cut = cut;
	alert_pack_wire(o, a, &v);
}

static void
tell_alert(struct service *s, struct client *c, uint32_t msgid, const struct alert *a)
{
	tell_pack(s, client_result_begin(c, msgid), a, false);
	client_result_end(c, msgid);
}

static void
tell_error_data(struct service *s, struct client *c, const struct book_action *a)
{
	struct buf data;
	struct mp_out o;

	buf_init(&data);
	mp_out_init(&o, &data);
	if (a->reason) {
		mp_map(&o, 1);
		mp_kstr(&o, "reason", a->reason);
	} else {
		tell_pack(s, &o, a->alert, false);
	}
	if (o.err)
		client_error(c, a->msgid, o.err, NULL);
	else
		client_error_data(c, a->msgid, a->err, a->message, &data);
	buf_fini(&data);
}

/* --- actions of the book --- */

static void
do_store(struct service *s, const struct book_action *a)
{
	struct store_life life = {clock_wall_ms(), a->life.what, a->life.by, a->life.note};

	storer_store(s->writer, a->op, a->alert, &life);
}

static void
do_lookup(struct service *s, const struct book_action *a)
{
	storer_lookup(s->writer, a->op, a->id, a->who, a->key);
}

static void
do_reply(struct service *s, const struct book_action *a)
{
	struct guest *g = tell_guest(s, a->client);

	if (!g)
		return;
	if (a->err && (a->reason || a->alert)) {
		tell_error_data(s, g->client, a);
	} else if (a->err) {
		client_error(g->client, a->msgid, a->err, a->message);
	} else if (a->alert) {
		tell_alert(s, g->client, a->msgid, a->alert);
	} else {
		mp_map(client_result_begin(g->client, a->msgid), 0);
		client_result_end(g->client, a->msgid);
	}
}

static void
do_accepted(struct service *s, const struct book_action *a)
{
	struct guest *g = tell_guest(s, a->client);

	if (!g)
		return;
	struct mp_out *o = client_notify_begin(g->client, "alert.accepted");

	mp_map(o, 5);
	mp_kstr(o, "ask", a->id);
	mp_kstr(o, "id", a->alert->id);
	mp_kint(o, "desks", s->desks);
	mp_kint(o, "attempt", a->alert->attempt);
	mp_kbool(o, "joined", a->joined);
	client_notify_end(g->client);
}

static void
do_changed(struct service *s, const struct book_action *a)
{
	struct buf b;
	struct mp_out o;

	if (TAILQ_EMPTY(&s->subscribers))
		return;
	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_notify(&o, "alert.changed");
	tell_pack(s, &o, a->alert, true);
	subscribers_tell(s, &o);
	buf_fini(&b);
}

static void
do_ring(struct service *s, const struct book_action *a)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_notify(&o, "alert.ring");
	mp_map(&o, 1);
	mp_str(&o, "ids");
	mp_array(&o, 1);
	mp_str(&o, a->alert->id);
	subscribers_tell(s, &o);
	buf_fini(&b);
}

static void
do_escalate(struct service *s, const struct book_action *a)
{
	escalate_run(s, a->alert);
}

typedef void do_fn(struct service *s, const struct book_action *a);

static do_fn *const doers[] = {
    [BOOK_STORE] = do_store,
    [BOOK_REPLY] = do_reply,
    [BOOK_ACCEPTED] = do_accepted,
    [BOOK_CHANGED] = do_changed,
    [BOOK_RING] = do_ring,
    [BOOK_ESCALATE] = do_escalate,
    [BOOK_LOOKUP] = do_lookup,
};

/* One that would come too early stays: it finds nothing due, and is set anew. */
static void
set_timer(struct service *s)
{
	struct ev_loop *loop = engine_loop(s->engine);
	int64_t next = book_next_timer(s->book), now;
	double wait = TIMER_MAX_S;

	if (ev_is_active(&s->timer) && s->timer_at <= next)
		return;
	now = clock_boot_ms();
	if (next != BOOK_NEVER && (double)(next - now) / 1000. < wait)
		wait = (double)(next - now) / 1000.;
	s->timer_at = next;
	ev_timer_stop(loop, &s->timer);
	ev_timer_set(&s->timer, wait > 0. ? wait : 0., 0.);
	ev_timer_start(loop, &s->timer);
}

static void
carry_out(struct service *s)
{
	struct book_action a;

	while (book_next(s->book, &a))
		doers[a.type](s, &a);
}

void
tell_all(struct service *s)
{
	do
		carry_out(s);
	while (escalate_tell(s));
	while (s->desks != s->desks_told) {
		struct book_now now = service_now();

		s->desks_told = s->desks;
		book_desks(s->book, s->desks, &now);
		carry_out(s);
	}
	set_timer(s);
	desk_update(s->desk);
	if (s->stopping && book_is_idle(s->book))
		engine_stopped(s->engine);
}
