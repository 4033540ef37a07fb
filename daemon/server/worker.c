/* SPDX-License-Identifier: ISC */
/*
 * One session at a time on a loop made after the fork.  The epoll backend also for two or three
 * descriptors: a connection that is held pays less for each wake-up, and making the set is lost in
 * what one that lives a millisecond pays for its fork.  It leaves by _exit(): nothing of the
 * acceptor's is to be flushed or freed twice.  TERM, INT and HUP, which reach a whole process group
 * or unit, stay blocked as the acceptor had them: a worker is stopped by the lifeline.
 */
#include "daemon/server/worker.h"

#include <ev.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/parcel.h"
#include "daemon/server/sessions.h"
#include "lib/err.h"
#include "lib/log.h"

#define STOP_LIMIT_S 3.0 /* for a client that does not take its last message */

struct worker {
	struct tree *tree;
	struct ev_loop *loop;
	struct tls *tls;         /* NULL: not needed yet */
	struct session *session; /* NULL: at rest */
	bool stopping;
	ev_io lifeline, channel;
	ev_timer stop_limit;
};

/* --- rest --- */

static int
ring(struct worker *w, int channel)
{
	return bell_ring(w->tree->bell.out, w->tree->generation, channel);
}

/* The first time with a channel, which then stays. */
static int
ring_first(struct worker *w)
{
	int fds[2], err = parcel_pair(fds, false);

	if (err)
		return err;
	err = ring(w, fds[1]);
	close(fds[1]);
	ev_io_set(&w->channel, fds[0], EV_READ);
	return err;
}

/* False: nobody will bring another client. */
static bool
rest(struct worker *w)
{
	if (w->stopping || w->tree->config->generic.worker_linger_ms == 0)
		return false;
	if (w->channel.fd == -1 ? ring_first(w) : ring(w, -1))
		return false;
	ev_io_start(w->loop, &w->channel);
	return true;
}

static void
on_ended(bool delivered, void *arg)
{
	struct worker *w = arg;

	w->session = NULL;
	if (!delivered || !rest(w))
		_exit(EXIT_SUCCESS);
}

static void
begin(struct worker *w, const struct arrival *client, int fd)
{
	struct session_origin origin = {
	    .config = w->tree->config,
	    .fd = fd,
	    .sa = client->sa,
	    .sa_len = client->sa_len,
	    .listener = w->tree->listeners[client->listener].endpoint,
	    .reserved = client->reserved,
	    .door_fd = w->tree->door.out,
	    .tls = &w->tls,
	};

	w->session = session_start(w->loop, &origin, on_ended, w);
	if (w->session)
		return;
	log_error("worker: cannot begin: out of memory");
	_exit(EXIT_FAILURE);
}

static void
on_channel(struct ev_loop *loop, ev_io *io, int revents)
{
	struct worker *w = io->data;
	struct arrival client;
	int fd, err = handover_receive(io->fd, &client, &fd);

	(void)revents;
	if (err == OP_AGAIN)
		return;
	if (err)
		_exit(EXIT_SUCCESS);
	ev_io_stop(loop, io);
	begin(w, &client, fd);
}

/* --- the end --- */

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
	if (!w->session)
		_exit(EXIT_SUCCESS);
	w->stopping = true;
	ev_io_stop(loop, io);
	ev_timer_init(&w->stop_limit, on_stop_limit, STOP_LIMIT_S, 0.);
	ev_timer_start(loop, &w->stop_limit);
	session_stop(w->session);
}

void
worker_main(struct tree *t, const struct arrival *client, int fd)
{
	const int keep[] = {fd, t->door.out, t->bell.out, t->lifeline_in};
	const struct sched_param batch = {0};
	struct worker w = {.tree = t};

	log_ident(t->config->app->name, "worker");
	prctl(PR_SET_NAME, "opdesk:worker");
	/* A worker that is woken does not interrupt the engine in the middle of a turn. */
	sched_setscheduler(0, SCHED_BATCH, &batch);
	descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
	w.loop = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!w.loop) {
		log_error("worker: cannot begin: out of memory");
		_exit(EXIT_FAILURE);
	}
	ev_io_init(&w.channel, on_channel, -1, EV_READ);
	ev_io_init(&w.lifeline, on_lifeline, t->lifeline_in, EV_READ);
	w.channel.data = w.lifeline.data = &w;
	ev_io_start(w.loop, &w.lifeline);
	begin(&w, client, fd);
	ev_run(w.loop, 0);
	log_error("worker: nothing left to wait for");
	_exit(EXIT_FAILURE);
}
