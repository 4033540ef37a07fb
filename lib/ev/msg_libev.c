/* SPDX-License-Identifier: ISC */
/* The message toolkit on libev. */
#include "lib/ev/msg_event.h"

static void *
make(void)
{
	return ev_loop_new(EVFLAG_AUTO);
}

static void
free_loop(void *loop)
{
	ev_loop_destroy(loop);
}

static void
on_io(struct ev_loop *loop, ev_io *io, int revents)
{
	struct msg_watch *w = io->data;

	(void)loop;
	/* libev has stopped it then; whoever uses the descriptor learns why. */
	w->failed = (revents & EV_ERROR) != 0;
	w->ready(w);
}

static void
watch(void *loop, struct msg_watch *w)
{
	if (ev_is_active(&w->own.io))
		return;
	ev_io_init(&w->own.io, on_io, w->fd, w->kind == MSG_READ ? EV_READ : EV_WRITE);
	w->own.io.data = w;
	ev_io_start(loop, &w->own.io);
}

static void
unwatch(void *loop, struct msg_watch *w)
{
	ev_io_stop(loop, &w->own.io);
}

static void
on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct msg_alarm *a = timer->data;

	(void)loop;
	(void)revents;
	a->ring(a);
}

static void
start(void *loop, struct msg_alarm *a, double seconds, double repeat)
{
	ev_timer_init(&a->own.timer, on_timer, seconds, repeat);
	a->own.timer.data = a;
	ev_now_update(loop);
	ev_timer_start(loop, &a->own.timer);
}

static void
stop(void *loop, struct msg_alarm *a)
{
	ev_timer_stop(loop, &a->own.timer);
}

static bool
run(void *loop, bool wait)
{
	return ev_run(loop, wait ? EVRUN_ONCE : EVRUN_NOWAIT);
}

const struct msg_backend msg_libev = {"libev", make, free_loop, watch, unwatch, start, stop, run};
