/* SPDX-License-Identifier: ISC */
/*
 * The engine's side: starts the process, and another one when it has ended.  Two things end: the
 * connection and the child; the next start waits for both.  A process that is killed for its
 * silence loses its connection at once and its child when the kernel lets go of it.
 */
#include "daemon/mediachanged/storer_int.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/units.h"

#define PAUSE_MIN_MS 50
#define PAUSE_MAX_MS 5000
#define HEALTHY_MS 10000 /* a process that lived that long is started again without delay */
#define EARLY_MAX 4 /* ends before anything was answered: enough to know that it cannot begin */
#define KILL_S 5.   /* SIGKILL works at once, or not before the kernel has its disk back */

const char *
storer_part(const struct storer *s)
{
	return s->job.read_only ? "reader" : "storer";
}

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
		log_error("%s: ended: %s: a new one starts", storer_part(s), how);
	else
		log_error("%s: ends again and again, %lld times in %s: %s", storer_part(s),
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
		log_notice("%s: works again", storer_part(s));
	else
		log_notice("%s: works again: it had ended %lld times in %s", storer_part(s),
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

void
storer_owe(struct storer *s, size_t replies_owed)
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
	    storer_part(s), (long)engine_child_pid(s->child), s->job.place,
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
			heard(s, storer_takers[kind].pays);
			s->has_answered |= storer_takers[kind].pays && s->up;
			err = storer_takers[kind].take(s, op, &doc.root);
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
	s->child = engine_fork(s->engine, storer_part(s),
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
		storer_owe(s, 1);
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
