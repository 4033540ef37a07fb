/* SPDX-License-Identifier: ISC */
/*
 * One session on a loop made after the fork.  The poll backend: two or three descriptors, and no
 * epoll set to make for a connection that may live a millisecond.  It leaves by _exit(): nothing of
 * the acceptor's is to be flushed or freed twice.  TERM, INT and HUP, which reach a whole process
 * group or unit, stay blocked as the acceptor had them: a worker is stopped by the lifeline.
 */
#include "daemon/server/worker.h"

#include <ev.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/sessions.h"
#include "lib/log.h"

#define STOP_LIMIT_S 3.0 /* for a client that does not take its last message */

struct worker {
	struct session *session;
	ev_io lifeline;
	ev_timer stop_limit;
};

static void
on_ended(void *arg)
{
	(void)arg;
	_exit(EXIT_SUCCESS);
}

static void
on_stop_limit(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)timer;
	(void)revents;
	_exit(EXIT_SUCCESS);
}

static void
on_lifeline(struct ev_loop *loop, ev_io *io, int revents)
{
	struct worker *w = io->data;

	(void)revents;
	ev_io_stop(loop, io);
	ev_timer_init(&w->stop_limit, on_stop_limit, STOP_LIMIT_S, 0.);
	ev_timer_start(loop, &w->stop_limit);
	session_stop(w->session);
}

void
worker_main(struct tree *t, const struct worker_start *start)
{
	const int keep[] = {start->fd, t->door.out, t->lifeline_in};
	struct session_origin origin = {
	    .config = t->config,
	    .fd = start->fd,
	    .sa = start->sa,
	    .sa_len = start->sa_len,
	    .listener = start->listener,
	    .door_fd = t->door.out,
	};
	const struct sched_param batch = {0};
	struct worker w;
	struct ev_loop *loop;

	log_ident(t->config->app->name, "worker");
	prctl(PR_SET_NAME, "opdesk:worker");
	/* A worker that is woken does not interrupt the engine in the middle of a turn. */
	sched_setscheduler(0, SCHED_BATCH, &batch);
	descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
	loop = ev_loop_new(EVBACKEND_POLL | EVFLAG_NOENV);
	w.session = loop ? session_start(loop, &origin, on_ended, NULL) : NULL;
	if (!w.session) {
		log_error("worker: cannot begin: out of memory");
		_exit(EXIT_FAILURE);
	}
	ev_io_init(&w.lifeline, on_lifeline, t->lifeline_in, EV_READ);
	w.lifeline.data = &w;
	ev_io_start(loop, &w.lifeline);
	ev_run(loop, 0);
	log_error("worker: nothing left to wait for");
	_exit(EXIT_FAILURE);
}
