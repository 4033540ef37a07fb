/* SPDX-License-Identifier: ISC */
/*
 * Many sessions on one loop.  A session reads once a turn and at most 64 KiB, so none starves the
 * others; new clients come in small batches for the same reason.  Numbers of ended clients are
 * gathered over a turn and wait when the acceptor does not keep up.
 */
#include "daemon/server/multiplex.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/sessions.h"
#include "lib/err.h"
#include "lib/log.h"

#define CLIENTS_PER_TURN 16
#define STOP_LIMIT_S 3.0 /* for clients that do not take their last message */

struct multiplex;

struct member {
	struct member *next, **link;
	struct multiplex *home;
	struct session *session;
	uint32_t number;
};

struct multiplex {
	struct tree *tree;
	struct ev_loop *loop;
	struct tls *tls; /* NULL: not needed yet */
	struct member *members;
	bool last;        /* no more clients will come */
	bool stopping;    /* all are told to go */
	struct buf ended; /* numbers for the acceptor */
	ev_io arrivals, reports, lifeline;
	ev_prepare turn;
	ev_timer stop_limit, beat;
};

static void __attribute__((noreturn)) fail(const char *why)
{
	log_error("worker: %s", why);
	_exit(EXIT_FAILURE);
}

/* --- reports --- */

static void
report(struct multiplex *m, uint32_t number)
{
	/* A client that the acceptor counts for ever would be worse than a new worker. */
	if (buf_append(&m->ended, &number, sizeof(number)))
		fail("out of memory");
}

static void
on_report(struct ev_loop *loop, ev_io *io, int revents)
{
	struct multiplex *m = io->data;
	int err = OP_OK;

	(void)revents;
	while (!err && buf_len(&m->ended) > 0) {
		err = handover_report(io->fd, buf_bytes(&m->ended), buf_len(&m->ended));
		if (!err)
			buf_consume(&m->ended, handover_reported(buf_len(&m->ended)));
	}
	if (err == OP_AGAIN)
		ev_io_start(loop, io);
	else
		ev_io_stop(loop, io);
	if (err && err != OP_AGAIN)
		buf_clear(&m->ended); /* nobody counts any more */
}

/* No client's number: a sign of life.  A channel that is full holds enough of them. */
static void
on_beat(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct multiplex *m = timer->data;

	(void)loop;
	(void)revents;
	if (buf_len(&m->ended) == 0)
		report(m, 0);
}

/* Once a turn: what has ended in it, and whether this was all. */
static void
on_turn(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct multiplex *m = w->data;

	(void)revents;
	if (buf_len(&m->ended) > 0 && !ev_is_active(&m->reports))
		on_report(loop, &m->reports, EV_WRITE);
	if (!m->members && (m->last || m->stopping))
		_exit(EXIT_SUCCESS);
}

/* --- clients --- */

static void
on_ended(bool delivered, void *arg)
{
	struct member *c = arg;

	(void)delivered;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	report(c->home, c->number);
	free(c);
}

static void
begin(struct multiplex *m, const struct arrival *client, int fd)
{
	struct session_origin origin = {
	    .config = m->tree->config,
	    .fd = fd,
	    .sa = client->sa,
	    .sa_len = client->sa_len,
	    .listener = m->tree->listeners[client->listener].endpoint,
	    .reserved = client->reserved,
	    .door_fd = m->tree->door.out,
	    .tls = &m->tls,
	    .shared = true,
	};
	struct member *c = calloc(1, sizeof(*c));

	if (c)
		c->session = session_start(m->loop, &origin, on_ended, c);
	if (!c || !c->session) {
		log_warn("worker: a client was turned away: out of memory");
		free(c);
		close(fd);
		report(m, client->number);
		return;
	}
	c->home = m;
	c->number = client->number;
	c->next = m->members;
	c->link = &m->members;
	if (c->next)
		c->next->link = &c->next;
	m->members = c;
}

static void
on_arrival(struct ev_loop *loop, ev_io *io, int revents)
{
	struct multiplex *m = io->data;
	struct arrival client;
	int fd, err = OP_OK;

	(void)revents;
	for (int i = 0; i < CLIENTS_PER_TURN && !err; i++) {
		err = handover_receive(io->fd, &client, &fd);
		if (err == OP_OK) {
			begin(m, &client, fd);
		} else if (err == OP_NO_MEMORY) {
			log_warn("worker: a client was turned away: too many open files");
			report(m, client.number);
			err = OP_OK;
		}
	}
	if (!err || err == OP_AGAIN)
		return;
	ev_io_stop(loop, io);
	m->last = true;
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
	struct multiplex *m = io->data;

	(void)revents;
	ev_io_stop(loop, io);
	ev_io_stop(loop, &m->arrivals);
	m->stopping = true;
	ev_timer_init(&m->stop_limit, on_stop_limit, STOP_LIMIT_S, 0.);
	ev_timer_start(loop, &m->stop_limit);
	/* The end of a session comes from the loop: none leaves the list in here. */
	for (struct member *c = m->members; c; c = c->next)
		session_stop(c->session);
}

static void
init_watchers(struct multiplex *m, int channel)
{
	ev_io_init(&m->arrivals, on_arrival, channel, EV_READ);
	ev_io_init(&m->reports, on_report, channel, EV_WRITE);
	ev_io_init(&m->lifeline, on_lifeline, m->tree->lifeline_in, EV_READ);
	ev_prepare_init(&m->turn, on_turn);
	ev_timer_init(&m->beat, on_beat, 0., MULTIPLEX_BEAT_MS / 1000.);
	m->beat.data = m;
	ev_timer_again(m->loop, &m->beat);
	m->arrivals.data = m->reports.data = m->lifeline.data = m->turn.data = m;
	ev_io_start(m->loop, &m->arrivals);
	ev_io_start(m->loop, &m->lifeline);
	ev_prepare_start(m->loop, &m->turn);
}

void
multiplex_main(struct tree *t, int channel)
{
	const int keep[] = {channel, t->door.out, t->lifeline_in};
	struct multiplex m = {.tree = t};

	log_ident(t->config->app->name, "worker");
	prctl(PR_SET_NAME, "opdesk:worker");
	descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
	descriptors_raise();
	buf_init(&m.ended);
	m.loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	if (!m.loop)
		fail("no event loop");
	init_watchers(&m, channel);
	ev_run(m.loop, 0);
	fail("nothing left to wait for");
}
