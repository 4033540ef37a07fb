/* SPDX-License-Identifier: ISC */
/*
 * The engine's life: lock, start, loop, reload, stop.  TERM or the end of the lifeline begins the
 * stop; the daemon says when it has finished, then what is queued for clients leaves, and a limit
 * ends it in any case.  INT stays blocked, as the acceptor had it: ^C in a terminal reaches the
 * whole group, and the acceptor passes it on as TERM.
 */
#include "daemon/server/engine_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/discovery.h"
#include "daemon/server/lock.h"
#include "lib/err.h"
#include "lib/log.h"

#define LOCK_WAIT_MS 5000
#define STOP_LIMIT_S 3.5 /* of the 5 s that the whole tree has */

void
engine_report(struct engine *e, const char *word, const char *value)
{
	char line[600];
	int len = snprintf(line, sizeof(line), "%s %s\n", word, value);

	if (len >= (int)sizeof(line)) {
		len = sizeof(line) - 1;
		line[len - 1] = '\n';
	}
	/* Shorter than PIPE_BUF: whole or not at all. */
	if (write(e->report_fd, line, (size_t)len) != len)
		log_warn("engine: the acceptor does not listen: %s lost", word);
}

void
engine_fail(struct engine *e, const char *why)
{
	/* What ends a start is for the acceptor to tell: on the terminal or in the log. */
	if (e->ready)
		log_error("engine: %s", why);
	else
		engine_report(e, "failed", why);
	_exit(EXIT_FAILURE);
}

/* --- stopping --- */

static void
on_flush(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)loop;
	(void)revents;
	if (clients_are_flushed(w->data))
		_exit(EXIT_SUCCESS);
}

void
engine_stopped(struct engine *e)
{
	if (e->stopping)
		ev_prepare_start(e->loop, &e->flush);
}

static void
on_stop_limit(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)timer;
	(void)revents;
	log_warn("engine: stopped before everything was finished");
	_exit(EXIT_SUCCESS);
}

static void
begin_stop(struct engine *e)
{
	if (e->stopping)
		return;
	e->stopping = true;
	log_debug("engine: stopping");
	ev_io_stop(e->loop, &e->door);
	ev_io_stop(e->loop, &e->lifeline);
	discovery_end(e);
	ev_timer_start(e->loop, &e->stop_limit);
	if (e->events->stop)
		e->events->stop(e);
	else
		engine_stopped(e);
}

static void
on_lifeline(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	begin_stop(io->data);
}

static void
on_term(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	begin_stop(w->data);
}

/* The acceptor is about to be replaced (restart.h).  Clients wait for the next engine: nothing is
 * ended, and what is not yet durable they ask again. */
static void
on_usr2(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct engine *e = w->data;

	(void)loop;
	(void)revents;
	if (e->stopping)
		return;
	log_debug("engine: makes room for the next");
	e->stopping = true;
	ev_io_stop(e->loop, &e->door);
	discovery_end(e);
	engine_stopped(e);
}

/* --- reload --- */

static void
on_hup(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct engine *e = w->data;
	struct server_config *fresh, *old = e->tree->config;
	char why[512];

	(void)loop;
	(void)revents;
	fresh = server_config_load(old->app, e->tree->options, why, sizeof(why));
	/* The acceptor has read it just before and logged what is wrong. */
	if (!fresh)
		return;
	server_config_keep_places(fresh, old, why, sizeof(why)); /* the acceptor logs it */
	server_config_apply_log_level(fresh);
	e->tree->config = fresh;
	discovery_update(e);
	if (e->events->reload)
		e->events->reload(e, fresh->own);
	server_config_free(old);
}

/* --- start --- */

/* The acceptor keeps its signals blocked outside ppoll(). */
static void
unblock_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void
init_watchers(struct engine *e)
{
	ev_io_init(&e->door, clients_on_door, e->tree->door.in, EV_READ);
	ev_io_init(&e->lifeline, on_lifeline, e->tree->lifeline_in, EV_READ);
	ev_signal_init(&e->term, on_term, SIGTERM);
	ev_signal_init(&e->hup, on_hup, SIGHUP);
	ev_signal_init(&e->usr2, on_usr2, SIGUSR2);
	ev_timer_init(&e->stop_limit, on_stop_limit, STOP_LIMIT_S, 0.);
	ev_prepare_init(&e->flush, on_flush);
	ev_prepare_init(&e->ending, clients_on_ending);
	e->door.data = e->lifeline.data = e->term.data = e->hup.data = e->usr2.data = e;
	e->stop_limit.data = e->flush.data = e->ending.data = e;
	ev_io_start(e->loop, &e->lifeline);
	ev_signal_start(e->loop, &e->term);
	ev_signal_start(e->loop, &e->hup);
	ev_signal_start(e->loop, &e->usr2);
	unblock_signals();
}

static void
take_lock(struct engine *e)
{
	char why[512];

	e->lock_fd = lock_state(e->tree->config->generic.state, getppid(), LOCK_WAIT_MS,
	    e->tree->lifeline_in, why, sizeof(why));
	if (e->lock_fd == OP_CANCELLED)
		_exit(EXIT_SUCCESS);
	if (e->lock_fd < 0)
		engine_fail(e, why);
}

void
engine_main(struct tree *t, int report_fd)
{
	const int keep[] = {t->door.in, t->lifeline_in, report_fd};
	struct engine e = {
	    .tree = t,
	    .events = t->config->app->engine,
	    .report_fd = report_fd,
	};
	char why[200];
	int err;

	log_ident(t->config->app->name, "engine");
	prctl(PR_SET_NAME, "opdesk:engine");
	descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
	descriptors_raise();
	take_lock(&e);
	e.loop = ev_default_loop(EVFLAG_AUTO | EVFLAG_NOENV);
	if (!e.loop)
		engine_fail(&e, "no event loop");
	init_watchers(&e);
	err = e.events->start ? e.events->start(&e, t->config->own) : OP_OK;
	if (err) {
		snprintf(why, sizeof(why), "cannot start: %s",
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
		engine_fail(&e, why);
	}
	e.ready = true;
	engine_report(&e, "ready", "");
	discovery_update(&e);
	if (!e.stopping)
		ev_io_start(e.loop, &e.door);
	ev_run(e.loop, 0);
	engine_fail(&e, "nothing left to wait for");
}

/* --- what the daemon may ask --- */

struct ev_loop *
engine_loop(struct engine *e)
{
	return e->loop;
}

const void *
engine_settings(const struct engine *e)
{
	return e->tree->config->own;
}

const char *
engine_state_dir(const struct engine *e)
{
	return e->tree->config->generic.state;
}

int
engine_lock_fd(const struct engine *e)
{
	return e->lock_fd;
}

bool
engine_discovery(const struct engine *e)
{
	return e->tree->config->generic.discovery;
}

int
engine_unix_endpoint(const struct engine *e, char *dst, size_t size)
{
	const struct server_config *config = e->tree->config;
	const struct string_list *listen = &config->generic.listen;
	struct endpoint where;
	char why[128];

	for (size_t i = 0; i < listen->count; i++) {
		if (server_config_endpoint(
			config->app, listen->items[i], &where, why, sizeof(why)) ||
		    where.kind != ENDPOINT_UNIX)
			continue;
		endpoint_format(dst, size, &where);
		return OP_OK;
	}
	return OP_NOT_FOUND;
}

void
engine_set_arg(struct engine *e, void *arg)
{
	e->arg = arg;
}

void *
engine_arg(const struct engine *e)
{
	return e->arg;
}
