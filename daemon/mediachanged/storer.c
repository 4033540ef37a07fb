/* SPDX-License-Identifier: ISC */
/*
 * The engine's side: starts the process, queues requests, hands out replies, and starts another one
 * when it has ended.  Two things end: the connection and the child; the next start waits for both.
 * A process that is killed for its silence loses its connection at once and its child when the
 * kernel lets go of it.
 */
#include "daemon/mediachanged/storer.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "daemon/mediachanged/storer_wire.h"
#include "daemon/mediachanged/trouble.h"
#include "lib/clock.h"
#include "lib/ev/conn.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/text.h"
#include "lib/units.h"

#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 5000
#define HEALTHY_MS 10000 /* a process that lived that long is started again without delay */
#define EARLY_MAX 4 /* ends before anything was answered: enough to know that it cannot begin */
#define KILL_S 5.   /* SIGKILL works at once, or not before the kernel has its disk back */

struct storer {
	struct engine *engine;
	struct storer_job job;
	const struct storer_events *events;
	void *arg;
	struct conn *conn;
	struct engine_child *child;
	bool up;
	size_t owed;      /* replies that end a request, and the first one */
	ev_timer silence; /* runs while it owes one */
	ev_timer unkillable;
	int64_t silence_ms;
	char why[512]; /* its last word, or ours about it; "": none, status tells */
	int status;
	int early;         /* processes that have ended before one had answered anything */
	bool has_answered; /* one has: a request, not only that the store is open */
	struct trouble trouble;
	bool is_told;  /* that this process has come to its end */
	ev_timer calm; /* runs until the trouble may be over */
	ev_timer again;
	int64_t pause_ms;
	int64_t since_ms;
};

static const char *
part(const struct storer *s)
{
	return s->job.read_only ? "reader" : "storer";
}

/* --- replies --- */

typedef int reply_fn(struct storer *s, uint64_t op, const msgpack_object *m);

static int
row_of(const msgpack_object *m, struct alert **row)
{
	*row = NULL;
	if (m->via.array.size < 3)
		return OP_PROTOCOL;
	if (m->via.array.ptr[2].type == MSGPACK_OBJECT_NIL)
		return OP_OK;
	return alert_unpack_row(&m->via.array.ptr[2], row);
}

static int
on_open(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	(void)m;
	s->up = true;
	s->events->up(s, s->arg);
	return OP_OK;
}

static void
keep_why(struct storer *s, const msgpack_object *m)
{
	const char *why = storer_text(m, 2);

	text_log(s->why, sizeof(s->why), why ? why : "?", why ? strlen(why) : 1);
}

static int
on_failed(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	keep_why(s, m);
	s->events->down(s, s->why, s->arg);
	return OP_OK;
}

static int
on_broken(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	keep_why(s, m);
	return OP_OK;
}

static int
on_stored(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK)
		s->events->stored(s, op, row, s->arg);
	return err;
}

static int
on_found(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK)
		s->events->found(s, op, row, s->arg);
	return err;
}

static int
on_row(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK && !row)
		err = OP_PROTOCOL;
	if (err == OP_OK)
		s->events->row(s, op, row, s->arg);
	return err;
}

static int
on_life(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct store_life line = {
	    storer_int(m, 2), storer_text(m, 3), storer_text(m, 4), storer_text(m, 5)};

	s->events->life(s, op, &line, s->arg);
	return OP_OK;
}

static int
on_stat(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct store_stat stat = {
	    .asker = storer_text(m, 2),
	    .asked = storer_int(m, 3),
	    .answered = storer_int(m, 4),
	    .expired = storer_int(m, 5),
	    .withdrawn = storer_int(m, 6),
	    .median_ms = storer_int(m, 7),
	    .slowest_ms = storer_int(m, 8),
	};

	s->events->stat(s, op, &stat, s->arg);
	return OP_OK;
}

static int
on_done(struct storer *s, uint64_t op, const msgpack_object *m)
{
	s->events->done(s, op, (int)storer_int(m, 2), storer_int(m, 3), s->arg);
	return OP_OK;
}

struct reply {
	reply_fn *take;
	bool pays; /* it is what a request, or the start, is owed */
};

static const struct reply replies[STORER_REPLIES] = {
    [STORER_OPEN] = {on_open, true},
    [STORER_FAILED] = {on_failed, true},
    [STORER_STORED] = {on_stored, true},
    [STORER_FOUND] = {on_found, true},
    [STORER_SHOWN] = {on_found, false},
    [STORER_ROW] = {on_row, false},
    [STORER_LIFE] = {on_life, false},
    [STORER_STAT] = {on_stat, false},
    [STORER_DONE] = {on_done, true},
    [STORER_BROKEN] = {on_broken, false},
};

/* --- trouble --- */

/* What its end was, for people. */
static const char *
describe_end(const struct storer *s, char *dst, size_t size)
{
	if (*s->why)
		snprintf(dst, size, "%s", s->why);
	else if (WIFSIGNALED(s->status))
		snprintf(dst, size, "signal %d", WTERMSIG(s->status));
	else
		snprintf(dst, size, "status %d", WEXITSTATUS(s->status));
	return dst;
}

/* Once for each process, when all that it had to say was heard. */
static void
tell_end(struct storer *s)
{
	const struct trouble *t = &s->trouble;
	char how[sizeof(s->why)], time[40];
	int64_t now_ms = clock_boot_ms();

	if (s->is_told)
		return;
	s->is_told = true;
	ev_timer_stop(engine_loop(s->engine), &s->calm);
	describe_end(s, how, sizeof(how));
	if (!trouble_failed(&s->trouble, now_ms))
		return;
	if (t->count == 1)
		log_error("%s: ended: %s: a new one starts", part(s), how);
	else
		log_error("%s: ends again and again, %lld times in %s: %s", part(s),
		    (long long)t->count, units_format_ms(time, sizeof(time), now_ms - t->from_ms),
		    how);
}

/* A process that has written, or searched, may be told to be well in a while. */
static void
calm_down(struct storer *s, int kind)
{
	int64_t now_ms = clock_boot_ms();

	if (s->trouble.count == 0 || ev_is_active(&s->calm) ||
	    kind != (s->job.read_only ? STORER_DONE : STORER_STORED))
		return;
	trouble_worked(&s->trouble, now_ms);
	ev_timer_set(&s->calm, (double)(trouble_end_ms(&s->trouble) - now_ms) / 1000., 0.);
	ev_timer_start(engine_loop(s->engine), &s->calm);
}

static void
on_calm(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct storer *s = timer->data;
	const struct trouble *t = &s->trouble;
	char time[40];

	(void)loop;
	(void)revents;
	units_format_ms(time, sizeof(time), t->last_ms - t->from_ms);
	if (t->count == 1)
		log_notice("%s: works again", part(s));
	else
		log_notice("%s: works again: it had ended %lld times in %s", part(s),
		    (long long)t->count, time);
	s->trouble = (struct trouble){0};
}

/* One that ends before it has answered anything may do so for ever: who waits for the first one
 * must hear of it. */
static void
count_early_end(struct storer *s)
{
	char how[sizeof(s->why)], why[sizeof(s->why) + 200];

	if (s->has_answered || ++s->early != EARLY_MAX)
		return;
	snprintf(why, sizeof(why),
	    "%.100s: the store cannot be opened: its process ended %d times: %s", s->job.place,
	    EARLY_MAX, describe_end(s, how, sizeof(how)));
	s->events->down(s, why, s->arg);
}

/* --- silence --- */

/* A sign of life. */
static void
heard(struct storer *s, bool pays)
{
	s->owed -= pays && s->owed > 0;
	if (s->owed > 0)
		ev_timer_again(engine_loop(s->engine), &s->silence);
	else
		ev_timer_stop(engine_loop(s->engine), &s->silence);
}

static void
owe(struct storer *s, size_t replies_owed)
{
	s->owed += replies_owed;
	if (s->owed > 0 && !ev_is_active(&s->silence))
		ev_timer_again(engine_loop(s->engine), &s->silence);
}

void
storer_set_silence(struct storer *s, int64_t silence_ms)
{
	s->silence_ms = silence_ms;
	s->silence.repeat = (double)silence_ms / 1000.;
}

/* --- the process --- */

static void start(struct storer *s);

static void
on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	start(timer->data);
}

/* Start another one when nothing of the last one is left. */
static void
restart(struct storer *s)
{
	struct ev_loop *loop = engine_loop(s->engine);

	if (s->conn || s->child || ev_is_active(&s->again))
		return;
	tell_end(s);
	count_early_end(s);
	if (clock_boot_ms() - s->since_ms > HEALTHY_MS || s->pause_ms == 0)
		s->pause_ms = PAUSE_MIN_MS;
	ev_timer_set(&s->again, (double)s->pause_ms / 1000., 0.);
	ev_timer_start(loop, &s->again);
	s->pause_ms = s->pause_ms * 2 < PAUSE_MAX_MS ? s->pause_ms * 2 : PAUSE_MAX_MS;
}

static void
drop(struct storer *s, bool is_hanging)
{
	bool is_news = s->up || is_hanging;

	if (!s->conn)
		return;
	s->up = false;
	s->owed = 0;
	ev_timer_stop(engine_loop(s->engine), &s->silence);
	conn_free(s->conn);
	s->conn = NULL;
	if (s->child) {
		engine_child_kill(s->child);
		ev_timer_set(&s->unkillable, KILL_S, 0.);
		ev_timer_start(engine_loop(s->engine), &s->unkillable);
	}
	if (is_news)
		s->events->down(s, *s->why ? s->why : NULL, s->arg);
	restart(s);
}

static void
on_silence(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct storer *s = timer->data;
	char time[40];

	(void)loop;
	(void)revents;
	units_format_ms(time, sizeof(time), s->silence_ms);
	snprintf(s->why, sizeof(s->why), "%s: no answer from the disk in %s", s->job.place, time);
	tell_end(s);
	drop(s, true);
}

static void
on_unkillable(struct ev_loop *loop, ev_timer *timer, int revents)
{
	const struct storer *s = timer->data;

	(void)loop;
	(void)revents;
	log_error("%s: process %ld cannot be killed: it waits in the kernel for the disk or file "
		  "server under %s; %s until it is gone",
	    part(s), (long)engine_child_pid(s->child), s->job.place,
	    s->job.read_only ? "the history cannot be read" : "nothing new can be kept");
}

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct storer *s = arg;
	struct mp_doc doc;
	uint64_t op;
	int kind, err = mp_parse(&doc, payload, len);

	(void)c;
	if (err == OP_OK) {
		err = storer_message(&doc.root, STORER_REPLIES, &kind, &op) ? OP_OK : OP_PROTOCOL;
		if (err == OP_OK) {
			heard(s, replies[kind].pays);
			s->has_answered |= replies[kind].pays && s->up;
			err = replies[kind].take(s, op, &doc.root);
			calm_down(s, kind);
		}
		mp_fini(&doc);
	}
	if (err == OP_OK)
		return;
	snprintf(s->why, sizeof(s->why), "killed: a bad message: %s", op_strerror(err));
	drop(s, false);
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	(void)c;
	(void)err;
	(void)why;
	drop(arg, false);
}

static void
on_gone(struct engine *e, int status, void *arg)
{
	struct storer *s = arg;

	s->child = NULL;
	s->status = status;
	ev_timer_stop(engine_loop(e), &s->unkillable);
	/* With a connection its last words are read first; the end of file follows them. */
	restart(s);
}

static int
run(int fd, int lifeline_fd, void *arg)
{
	struct storer *s = arg;

	return storer_run(fd, lifeline_fd, &s->job);
}

static void
start(struct storer *s)
{
	static const struct conn_events events = {.frame = on_frame, .end = on_end};
	/* A disk that hangs: all that may be pending fits, then the storer is given up. */
	static const struct conn_limits limits = {.max_queue = 512u << 20};
	int fd;

	s->since_ms = clock_boot_ms();
	s->is_told = false;
	s->why[0] = '\0';
	s->child = engine_fork(s->engine, part(s),
	    s->job.read_only ? -1 : engine_lock_fd(s->engine), run, s, on_gone, &fd);
	if (!s->child) {
		snprintf(s->why, sizeof(s->why), "cannot be started: %s", strerror(errno));
		restart(s);
		return;
	}
	s->conn = conn_new(engine_loop(s->engine), transport_socket(fd), &events, &limits, s);
	if (!s->conn)
		engine_child_kill(s->child);
	else
		owe(s, 1);
}

struct storer *
storer_new(struct engine *e, const struct store_ops *ops, bool read_only, int64_t silence_ms,
    const struct storer_events *events, void *arg)
{
	struct storer *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->engine = e;
	s->job = (struct storer_job){ops, engine_state_dir(e), read_only};
	s->events = events;
	s->arg = arg;
	ev_timer_init(&s->again, on_again, 0., 0.);
	ev_timer_init(&s->silence, on_silence, 0., 0.);
	/* What has come is heard first, when this process itself has stood still. */
	ev_set_priority(&s->silence, EV_MINPRI);
	ev_timer_init(&s->unkillable, on_unkillable, 0., 0.);
	ev_timer_init(&s->calm, on_calm, 0., 0.);
	s->again.data = s->silence.data = s->unkillable.data = s->calm.data = s;
	storer_set_silence(s, silence_ms);
	start(s);
	return s;
}

bool
storer_is_up(const struct storer *s)
{
	return s->up;
}

/* --- requests --- */

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

	owe(s, replies_owed);
	if (o->err)
		err = o->err;
	if (err == OP_OK || !s->child)
		return;
	log_error("%s: killed: cannot queue for it: %s", part(s), op_strerror(err));
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
