/* SPDX-License-Identifier: ISC */
/*
 * The message toolkit's loop, with foreign descriptors and timers on it.  Everything registered is
 * an active watcher of libev, which therefore knows itself when nothing is left to wait for.
 */
#include "lib/ev/msg.h"

#include <fcntl.h>
#include <stdlib.h>
#include "lib/err.h"
#include "lib/ev/msg_int.h"

struct msg_handler {
	LIST_ENTRY(msg_handler) link;
	struct msg *m;
	ev_io io;
	enum msg_event kind;
	msg_event_fn *fn;
	void *arg;
};

struct msg_timer {
	LIST_ENTRY(msg_timer) link;
	struct msg *m;
	ev_timer timer;
	msg_timer_fn *fn;
	void *arg;
};

struct msg *
msg_new(void)
{
	struct msg *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->loop = ev_loop_new(EVFLAG_AUTO);
	if (m->loop == NULL) {
		free(m);
		return NULL;
	}
	LIST_INIT(&m->conns);
	LIST_INIT(&m->servers);
	LIST_INIT(&m->handlers);
	LIST_INIT(&m->timers);
	return m;
}

static void
remove_handler(struct msg_handler *h)
{
	ev_io_stop(h->m->loop, &h->io);
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
	ev_loop_destroy(m->loop);
	free(m);
}

struct ev_loop *
msg_loop(struct msg *m)
{
	return m->loop;
}

/* True: something is registered. */
static bool
turn(struct msg *m)
{
	return ev_run(m->loop, EVRUN_ONCE);
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
on_event(struct ev_loop *loop, ev_io *w, int revents)
{
	struct msg_handler *h = w->data;
	msg_event_fn *fn = h->fn;
	void *arg = h->arg;
	int fd = w->fd;

	(void)loop;
	/* libev has given up on the descriptor; its owner learns why when it uses it. */
	if (revents & EV_ERROR)
		remove_handler(h);
	fn(fd, arg);
}

static struct msg_handler *
find_handler(struct msg *m, int fd, enum msg_event kind)
{
	struct msg_handler *h;

	LIST_FOREACH (h, &m->handlers, link)
		if (h->io.fd == fd && h->kind == kind)
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
		h->kind = kind;
		ev_io_init(&h->io, on_event, fd, kind == MSG_READ ? EV_READ : EV_WRITE);
		h->io.data = h;
		ev_io_start(m->loop, &h->io);
		LIST_INSERT_HEAD(&m->handlers, h, link);
	}
	h->fn = fn;
	h->arg = arg;
	return OP_OK;
}

/* --- timers --- */

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct msg_timer *t = w->data;
	msg_timer_fn *fn = t->fn;
	void *arg = t->arg;

	(void)loop;
	(void)revents;
	if (!ev_is_active(w))
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
	ev_timer_init(&t->timer, on_timer, seconds, repeat);
	t->timer.data = t;
	ev_now_update(m->loop);
	ev_timer_start(m->loop, &t->timer);
	LIST_INSERT_HEAD(&m->timers, t, link);
	return t;
}

void
msg_timer_stop(struct msg_timer *t)
{
	if (t == NULL)
		return;
	ev_timer_stop(t->m->loop, &t->timer);
	LIST_REMOVE(t, link);
	free(t);
}
