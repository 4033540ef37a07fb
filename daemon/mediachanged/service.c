/* SPDX-License-Identifier: ISC */
/*
 * The engine of mediachanged: a thin shell.  Events of the framework, the storer and the timers go
 * into the book, and after each of them tell_all() carries out what the book says.  The store is
 * read before the first client is let in.
 */
#include "daemon/mediachanged/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define LOAD_OP 1
#define PRUNE_OP 2
#define HOUR_S 3600.
#define PRUNE_ROWS 1000 /* in one step: some milliseconds of the storer */
#define PRUNE_PAUSE_S 0.2
#define READER_SILENCE_MS (STORE_READ_MS + 5000) /* a search ends itself after STORE_READ_MS */

struct book_now
service_now(void)
{
	return (struct book_now){.ms = clock_boot_ms(), .wall = clock_wall_ms()};
}

/* --- the store --- */

static void
on_up(struct storer *w, void *arg)
{
	struct service *s = arg;

	storer_load(w, LOAD_OP, clock_wall_ms() - s->settings->unconfirmed_keep_ms,
	    s->settings->max_closed);
}

static void
on_down(struct storer *w, const char *why, void *arg)
{
	struct service *s = arg;
	struct book_now now = service_now();

	(void)w;
	/* One that ends without a word may have been killed by somebody: the next one is tried. */
	if (!s->loaded && why)
		snprintf(s->failed, sizeof(s->failed), "%s", why);
	if (!s->loaded && why)
		return;
	book_store_lost(s->book, why, &now);
	tell_all(s);
}

static void
on_stored(struct storer *w, uint64_t op, struct alert *current, void *arg)
{
	struct service *s = arg;
	struct book_now now = service_now();

	(void)w;
	book_stored(s->book, op, current, &now);
	tell_all(s);
}

static void
on_found(struct storer *w, uint64_t op, struct alert *row, void *arg)
{
	struct service *s = arg;
	struct book_now now = service_now();

	(void)w;
	book_found(s->book, op, row, &now);
	tell_all(s);
}

static void
on_row(struct storer *w, uint64_t op, struct alert *row, void *arg)
{
	struct service *s = arg;
	struct book_now now = service_now();

	(void)w;
	(void)op;
	book_load(s->book, row, &now);
	tell_all(s);
}

static void
on_pruned(struct service *s, int64_t rows)
{
	if (rows > 0)
		log_info("history: %lld old questions removed", (long long)rows);
	if (rows < PRUNE_ROWS)
		return;
	ev_timer_set(&s->prune, PRUNE_PAUSE_S, 0.);
	ev_timer_start(engine_loop(s->engine), &s->prune);
}

static void
on_done(struct storer *w, uint64_t op, int err, int64_t value, void *arg)
{
	struct service *s = arg;
	struct book_now now = service_now();

	(void)w;
	(void)err;
	if (op == PRUNE_OP) {
		on_pruned(s, value);
		return;
	}
	bool is_first = !s->loaded;

	s->loaded = true;
	book_end_load(s->book, value, &now);
	tell_all(s);
	if (is_first)
		log_info("store: %zu questions are pending", book_pending_count(s->book));
}

static const struct storer_events writer_events = {
    .up = on_up,
    .down = on_down,
    .stored = on_stored,
    .found = on_found,
    .row = on_row,
    .done = on_done,
};

static void
on_prune(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct service *s = timer->data;

	(void)loop;
	(void)revents;
	storer_prune(s->writer, PRUNE_OP, clock_wall_ms() - s->settings->history_keep_ms,
	    s->settings->history_min, PRUNE_ROWS);
}

/* --- time --- */

static void
on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct service *s = timer->data;
	struct book_now now = service_now();

	(void)loop;
	(void)revents;
	book_tick(s->book, &now);
	tell_all(s);
}

static void
init_timers(struct service *s)
{
	ev_timer_init(&s->timer, on_timer, 0., 0.);
	/* As the storer's: what has arrived counts before the time that has passed. */
	ev_set_priority(&s->timer, EV_MINPRI);
	ev_timer_init(&s->hourly, on_prune, 60., HOUR_S);
	ev_timer_init(&s->prune, on_prune, 0., 0.);
	s->timer.data = s->hourly.data = s->prune.data = s;
	ev_timer_start(engine_loop(s->engine), &s->hourly);
}

/* --- the framework's events --- */

/* A warning only: a question must not go unasked because nobody can be rung up. */
static void
look_at_programs(const struct service *s)
{
	char why[512];

	if (alert_settings_examine(s->settings, why, sizeof(why)))
		log_warn("configuration: %s", why);
}

/* Let the loop run until the store has been read: nobody is let in before. */
static void
wait_for_store(struct service *s)
{
	while (!s->loaded && !*s->failed && !s->stopping)
		ev_run(engine_loop(s->engine), EVRUN_ONCE);
	if (!s->loaded && !s->stopping)
		engine_fail(s->engine, s->failed);
}

static int
start(struct engine *e, const void *settings)
{
	struct service *s = calloc(1, sizeof(*s));

	if (!s)
		return OP_NO_MEMORY;
	s->engine = e;
	s->settings = settings;
	TAILQ_INIT(&s->subscribers);
	TAILQ_INIT(&s->searches);
	TAILQ_INIT(&s->errands);
	engine_set_arg(e, s);
	struct book_limits limits = alert_settings_limits(s->settings);

	s->book = book_new(&limits, clock_boot_id());
	s->desk = desk_new(s);
	init_timers(s);
	look_at_programs(s);
	s->writer =
	    storer_new(e, &store_sqlite, false, s->settings->store_limit_ms, &writer_events, s);
	if (!s->desk || !s->writer)
		return OP_NO_MEMORY;
	wait_for_store(s);
	s->reader = storer_new(e, &store_sqlite, true, READER_SILENCE_MS, &search_events, s);
	return s->reader ? OP_OK : OP_NO_MEMORY;
}

static void
attached(struct client *c)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = calloc(1, sizeof(*g));

	client_set_arg(c, g);
	if (!g) {
		client_end(c, "out of memory");
		return;
	}
	g->client = c;
	g->id = client_id(c);
	if (table_add(&s->guests, &g->node, table_hash(TABLE_HASH_START, &g->id, sizeof(g->id))) <
	    0)
		abort();
}

static void
detached(struct client *c)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = client_arg(c);
	struct book_now now = service_now();

	if (!g)
		return;
	subscribers_remove(s, g);
	table_remove(&s->guests, &g->node);
	search_client_gone(s, g->id);
	book_client_gone(s->book, g->id, &now);
	tell_all(s);
	free(g);
}

static void
request(struct client *c, const struct rpc_msg *m)
{
	calls_request(engine_arg(client_engine(c)), c, m);
}

static void
notify(struct client *c, const struct rpc_msg *m)
{
	if (mp_text_is(m->method, "$/cancel"))
		calls_cancel(engine_arg(client_engine(c)), c, m);
}

static void
drained(struct client *c)
{
	struct guest *g = client_arg(c);

	if (g)
		subscribers_drained(engine_arg(client_engine(c)), g);
}

static void
reload(struct engine *e, const void *settings)
{
	struct service *s = engine_arg(e);

	s->settings = settings;
	struct book_limits limits = alert_settings_limits(s->settings);

	book_set_limits(s->book, &limits);
	storer_set_silence(s->writer, s->settings->store_limit_ms);
	look_at_programs(s);
	tell_all(s);
}

static void
stop(struct engine *e)
{
	struct service *s = engine_arg(e);
	struct book_now now = service_now();

	s->stopping = true;
	desk_stop(s->desk);
	escalate_stop(s);
	book_stop(s->book, &now);
	tell_all(s);
}

const struct engine_events service_events = {
    .start = start,
    .attached = attached,
    .request = request,
    .notify = notify,
    .drained = drained,
    .detached = detached,
    .reload = reload,
    .stop = stop,
};
