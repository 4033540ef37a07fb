/* SPDX-License-Identifier: ISC */
/*
 * The message toolkit on poll(2), without any library: for programs with few descriptors.  What
 * poll() reports is put on a list before the first callback, from which a watch that is stopped is
 * taken off; so a callback may stop anything, and run another turn, which goes on with the list.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>
#include "lib/ev/msg_event.h"

#define NS 1000000000
#define AGES_S 3155760000 /* 100 years */
#define FIRST_ROOM 16u
#define SHORT_NS 10000000 /* a turn that could not look at all descriptors */

TAILQ_HEAD(watches, msg_watch);
TAILQ_HEAD(alarms, msg_alarm);

struct loop {
	struct watches watches; /* in the order in which they are looked at */
	struct watches ready;
	struct alarms alarms; /* by time */
	struct alarms due;
	struct pollfd *fds; /* owned; room for `room` */
	size_t room, count;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS + t.tv_nsec;
}

static void *
make(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	TAILQ_INIT(&l->watches);
	TAILQ_INIT(&l->ready);
	TAILQ_INIT(&l->alarms);
	TAILQ_INIT(&l->due);
	l->room = FIRST_ROOM;
	l->fds = malloc(l->room * sizeof(*l->fds));
	if (l->fds == NULL) {
		free(l);
		return NULL;
	}
	return l;
}

static void
free_loop(void *loop)
{
	struct loop *l = loop;

	free(l->fds);
	free(l);
}

/* --- descriptors --- */

static void
watch(void *loop, struct msg_watch *w)
{
	struct loop *l = loop;

	if (w->own.poll.active)
		return;
	w->own.poll.active = true;
	TAILQ_INSERT_TAIL(&l->watches, w, own.poll.link);
	l->count++;
}

static void
unready(struct loop *l, struct msg_watch *w)
{
	if (w->own.poll.is_ready)
		TAILQ_REMOVE(&l->ready, w, own.poll.ready_link);
	w->own.poll.is_ready = false;
}

static void
unwatch(void *loop, struct msg_watch *w)
{
	struct loop *l = loop;

	if (!w->own.poll.active)
		return;
	w->own.poll.active = false;
	unready(l, w);
	TAILQ_REMOVE(&l->watches, w, own.poll.link);
	l->count--;
}

/* Fill in what fits; how many. */
static size_t
fill(struct loop *l)
{
	struct pollfd *larger;
	struct msg_watch *w;
	size_t n = 0;

	if (l->count > l->room) {
		larger = realloc(l->fds, 2 * l->count * sizeof(*l->fds));
		l->room = larger != NULL ? 2 * l->count : l->room;
		l->fds = larger != NULL ? larger : l->fds;
	}
	TAILQ_FOREACH(w, &l->watches, own.poll.link)
	{
		if (n == l->room)
			break;
		l->fds[n++] =
		    (struct pollfd){.fd = w->fd, .events = w->kind == MSG_READ ? POLLIN : POLLOUT};
	}
	return n;
}

/* The first `n` watches were looked at; they go to the end, for the case that not all were. */
static void
collect(struct loop *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct msg_watch *w = TAILQ_FIRST(&l->watches);

		TAILQ_REMOVE(&l->watches, w, own.poll.link);
		TAILQ_INSERT_TAIL(&l->watches, w, own.poll.link);
		if (l->fds[i].revents == 0 || w->own.poll.is_ready)
			continue;
		w->failed = (l->fds[i].revents & POLLNVAL) != 0;
		w->own.poll.is_ready = true;
		TAILQ_INSERT_TAIL(&l->ready, w, own.poll.ready_link);
	}
}

static void
call_ready(struct loop *l)
{
	struct msg_watch *w;

	while ((w = TAILQ_FIRST(&l->ready)) != NULL) {
		unready(l, w);
		if (w->failed)
			unwatch(l, w);
		w->ready(w);
	}
}

/* --- time --- */

static void
insert(struct loop *l, struct msg_alarm *a)
{
	struct msg_alarm *before = TAILQ_LAST(&l->alarms, alarms);

	while (before != NULL && before->own.poll.at_ns > a->own.poll.at_ns)
		before = TAILQ_PREV(before, alarms, own.poll.link);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&l->alarms, before, a, own.poll.link);
	else
		TAILQ_INSERT_HEAD(&l->alarms, a, own.poll.link);
	a->own.poll.place = MSG_POLL_WAITS;
}

/* For ever is a century: what does not fit must not become the past. */
static int64_t
span_ns(double seconds)
{
	return seconds < AGES_S ? (int64_t)(seconds * NS) : (int64_t)AGES_S * NS;
}

static void
start(void *loop, struct msg_alarm *a, double seconds, double repeat)
{
	a->own.poll.at_ns = now_ns() + span_ns(seconds);
	a->own.poll.repeat_ns = span_ns(repeat);
	insert(loop, a);
}

static void
stop(void *loop, struct msg_alarm *a)
{
	struct loop *l = loop;

	if (a->own.poll.place == MSG_POLL_WAITS)
		TAILQ_REMOVE(&l->alarms, a, own.poll.link);
	else if (a->own.poll.place == MSG_POLL_IS_DUE)
		TAILQ_REMOVE(&l->due, a, own.poll.link);
	a->own.poll.place = MSG_POLL_STOPPED;
}

/* Those that are due now; what they start is for the next turn, even with 0 seconds. */
static void
ring_due(struct loop *l)
{
	int64_t now = now_ns();
	struct msg_alarm *a;

	while ((a = TAILQ_FIRST(&l->alarms)) != NULL && a->own.poll.at_ns <= now) {
		TAILQ_REMOVE(&l->alarms, a, own.poll.link);
		TAILQ_INSERT_TAIL(&l->due, a, own.poll.link);
		a->own.poll.place = MSG_POLL_IS_DUE;
	}
	while ((a = TAILQ_FIRST(&l->due)) != NULL) {
		stop(l, a);
		if (a->own.poll.repeat_ns > 0) {
			a->own.poll.at_ns += a->own.poll.repeat_ns;
			if (a->own.poll.at_ns < now) /* late: no volley */
				a->own.poll.at_ns = now;
			insert(l, a);
		}
		a->ring(a);
	}
}

/* How long to wait; NULL: for ever. */
static struct timespec *
time_left(struct loop *l, bool wait, bool partly, struct timespec *t)
{
	struct msg_alarm *first = TAILQ_FIRST(&l->alarms);
	int64_t left = INT64_MAX;

	if (first != NULL)
		left = first->own.poll.at_ns - now_ns();
	if (partly && left > SHORT_NS)
		left = SHORT_NS;
	if (!wait || left < 0 || !TAILQ_EMPTY(&l->ready) || !TAILQ_EMPTY(&l->due))
		left = 0;
	if (left == INT64_MAX)
		return NULL;
	*t = (struct timespec){.tv_sec = left / NS, .tv_nsec = left % NS};
	return t;
}

static bool
is_used(const struct loop *l)
{
	return l->count > 0 || !TAILQ_EMPTY(&l->alarms) || !TAILQ_EMPTY(&l->due);
}

/* Look at the first `n` watches; false: it cannot be so many at a time (RLIMIT_NOFILE). */
static bool
look(struct loop *l, size_t n, bool wait)
{
	struct timespec left;
	int found = ppoll(l->fds, n, time_left(l, wait, n < l->count, &left), NULL);

	if (found > 0)
		collect(l, n);
	/* Interrupted by a signal, or without memory: nothing is known, and asked again. */
	return found >= 0 || errno != EINVAL;
}

static bool
run(void *loop, bool wait)
{
	struct loop *l = loop;
	size_t n;

	if (!is_used(l))
		return false;
	n = fill(l);
	while (!look(l, n, wait) && n > 1)
		n /= 2;
	call_ready(l);
	ring_due(l);
	return is_used(l);
}

const struct msg_backend msg_poll = {"poll", make, free_loop, watch, unwatch, start, stop, run};
