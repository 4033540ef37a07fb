/* SPDX-License-Identifier: ISC */
/*
 * The message toolkit's loop, with foreign descriptors and timers on it.  Everything registered is
 * a started watch or alarm of the back end, which therefore knows itself when nothing is left to
 * wait for.
 */
#include "lib/ev/msg.h"

#include <fcntl.h>
#include <stdlib.h>
#include "lib/err.h"
#include "lib/ev/msg_int.h"

struct msg_handler {
	LIST_ENTRY(msg_handler) link;
	struct msg *m;
	struct msg_watch watch;
	msg_event_fn *fn;
	void *arg;
};

struct msg_timer {
	LIST_ENTRY(msg_timer) link;
	struct msg *m;
	struct msg_alarm alarm;
	bool repeats;
	msg_timer_fn *fn;
	void *arg;
};

struct msg *
msg_new_on(const struct msg_backend *backend)
{
	struct msg *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->backend = backend;
	m->loop = backend->make();
	if (m->loop == NULL) {
		free(m);
		return NULL;
	}
	TAILQ_INIT(&m->jobs);
	LIST_INIT(&m->conns);
	LIST_INIT(&m->servers);
	LIST_INIT(&m->handlers);
	LIST_INIT(&m->timers);
	return m;
}

struct msg *
msg_new(void)
{
	return msg_new_on(&msg_libev);
}

static void
remove_handler(struct msg_handler *h)
{
	msg_watch_stop(h->m, &h->watch);
	LIST_REMOVE(h, link);
	free(h);
}

void
msg_free(struct msg *m)
{
	if (m == NULL)
		return;
	while (!LIST_EMPTY(&m->conns))
		(void)msg_disconnect(LIST_FIRST(&m->conns));
	while (!LIST_EMPTY(&m->servers))
		msg_close_server(LIST_FIRST(&m->servers));
	while (!LIST_EMPTY(&m->handlers))
		remove_handler(LIST_FIRST(&m->handlers));
	while (!LIST_EMPTY(&m->timers))
		msg_timer_stop(LIST_FIRST(&m->timers));
	m->backend->free(m->loop);
	free(m);
}

struct ev_loop *
msg_loop(struct msg *m)
{
	return m->backend == &msg_libev ? m->loop : NULL;
}

/* --- turns --- */

void
msg_job_add(struct msg *m, struct msg_job *j)
{
	if (j->waits)
		return;
	j->waits = true;
	j->turn = m->turn;
	TAILQ_INSERT_TAIL(&m->jobs, j, link);
}

void
msg_job_drop(struct msg *m, struct msg_job *j)
{
	if (j->waits)
		TAILQ_REMOVE(&m->jobs, j, link);
	j->waits = false;
}

/* What the jobs themselves add is for the next turn. */
static void
run_jobs(struct msg *m)
{
	struct msg_job *j;

	m->turn++;
	while ((j = TAILQ_FIRST(&m->jobs)) != NULL && j->turn != m->turn) {
		msg_job_drop(m, j);
		j->run(j->arg);
	}
}

/* True: something is registered. */
static bool
turn(struct msg *m)
{
	bool more = m->backend->run(m->loop, TAILQ_EMPTY(&m->jobs));

	run_jobs(m);
	/* If a job has taken the last away, the next turn finds that out without waiting. */
	return more || !TAILQ_EMPTY(&m->jobs);
}

void
msg_turn(struct msg *m)
{
	(void)turn(m);
}

bool
msg_event_loop(struct msg *m, int count)
{
	bool more;

	m->broken = false;
	do
		more = turn(m);
	while (more && !m->broken && (count == 0 || --count > 0));
	m->broken = false;
	return more;
}

void
msg_break(struct msg *m)
{
	m->broken = true;
}

/* --- foreign descriptors --- */

static void
on_event(struct msg_watch *w)
{
	struct msg_handler *h = w->arg;
	msg_event_fn *fn = h->fn;
	void *arg = h->arg;
	int fd = w->fd;

	if (w->failed) /* its owner learns why when it uses the descriptor */
		remove_handler(h);
	fn(fd, arg);
}

static struct msg_handler *
find_handler(struct msg *m, int fd, enum msg_event kind)
{
	struct msg_handler *h;

	LIST_FOREACH (h, &m->handlers, link)
		if (h->watch.fd == fd && h->watch.kind == kind)
			return h;
	return NULL;
}

int
msg_set_event_handler(struct msg *m, int fd, enum msg_event kind, msg_event_fn *fn, void *arg)
{
	struct msg_handler *h = find_handler(m, fd, kind);

	if (fn == NULL) {
		if (h != NULL)
			remove_handler(h);
		return OP_OK;
	}
	if (fcntl(fd, F_GETFD) < 0)
		return OP_BAD_REQUEST;
	if (h == NULL) {
		h = calloc(1, sizeof(*h));
		if (h == NULL)
			return OP_NO_MEMORY;
		h->m = m;
		h->watch = (struct msg_watch){.fd = fd, .kind = kind, .ready = on_event, .arg = h};
		msg_watch_start(m, &h->watch);
		LIST_INSERT_HEAD(&m->handlers, h, link);
	}
	h->fn = fn;
	h->arg = arg;
	return OP_OK;
}

/* --- timers --- */

static void
on_timer(struct msg_alarm *a)
{
	struct msg_timer *t = a->arg;
	msg_timer_fn *fn = t->fn;
	void *arg = t->arg;

	if (!t->repeats)
		msg_timer_stop(t);
	fn(arg);
}

struct msg_timer *
msg_timer_start(struct msg *m, double seconds, double repeat, msg_timer_fn *fn, void *arg)
{
	struct msg_timer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->m = m;
	t->fn = fn;
	t->arg = arg;
	t->repeats = repeat > 0;
	t->alarm = (struct msg_alarm){.ring = on_timer, .arg = t};
	m->backend->start(m->loop, &t->alarm, seconds, repeat);
	LIST_INSERT_HEAD(&m->timers, t, link);
	return t;
}

void
msg_timer_stop(struct msg_timer *t)
{
	if (t == NULL)
		return;
	t->m->backend->stop(t->m->loop, &t->alarm);
	LIST_REMOVE(t, link);
	free(t);
}
