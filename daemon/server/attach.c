/* SPDX-License-Identifier: ISC */
/*
 * A link counts as good, and the pause starts from the bottom again, once the engine has said
 * something on it: the door takes messages while no engine reads.  A worker leaves at once when the
 * engine breaks the protocol (trust runs downwards).
 */
#include "daemon/server/attach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/server/door.h"
#include "lib/err.h"
#include "lib/ev/conn.h"
#include "lib/log.h"

#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 1000

struct attach {
	struct ev_loop *loop;
	struct attach_options options;
	const struct attach_events *events;
	void *arg;
	struct conn *conn;
	ev_timer retry;
	int pause_ms;
	bool was_up, finishing, paused;
};

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct attach *a = arg;

	(void)c;
	a->pause_ms = PAUSE_MIN_MS;
	if (!a->finishing)
		a->events->message(payload, len, a->arg);
}

static void
try_later(struct attach *a)
{
	/* Thousands of workers come back at the same time. */
	double spread = 0.75 + 0.5 * (double)(((unsigned)getpid() * 2654435769u) >> 16) / 65536.;

	ev_timer_set(&a->retry, a->pause_ms * spread / 1000., 0.);
	ev_timer_start(a->loop, &a->retry);
	a->pause_ms = a->pause_ms * 2 < PAUSE_MAX_MS ? a->pause_ms * 2 : PAUSE_MAX_MS;
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	struct attach *a = arg;

	conn_free(c);
	a->conn = NULL;
	if (err == OP_PROTOCOL || err == OP_TOO_LARGE) {
		log_error("worker: bad frame from the engine: %s", why);
		_exit(EXIT_FAILURE);
	}
	if (a->finishing) {
		a->events->finished(a->arg);
		return;
	}
	a->events->down(a->arg);
	try_later(a);
}

static void
on_drained(struct conn *c, void *arg)
{
	struct attach *a = arg;

	(void)c;
	a->events->drained(a->arg);
}

static const struct conn_events events = {on_frame, on_end, on_drained};

static int
knock(struct attach *a, int *fd)
{
	const struct attach_options *o = &a->options;
	int fds[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == -1)
		return OP_SYSTEM;
	err = door_send(o->door_fd, o->listener, o->name, fds[1], o->client_fd);
	close(fds[1]);
	if (err)
		close(fds[0]);
	else
		*fd = fds[0];
	return err;
}

static void
open_link(struct attach *a)
{
	struct conn_limits limits = {.max_frame = a->options.max_frame};
	int fd, err = knock(a, &fd);

	if (!err) {
		a->conn = conn_new(a->loop, transport_socket(fd), &events, &limits, a);
		err = a->conn ? OP_OK : OP_NO_MEMORY;
	}
	if (err) {
		if (err != OP_AGAIN)
			log_warn("worker: cannot reach the engine: %s",
			    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
		try_later(a);
		return;
	}
	if (a->paused)
		conn_pause(a->conn, true);
	a->events->up(!a->was_up, a->arg);
	a->was_up = true;
}

static void
on_retry(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	open_link(timer->data);
}

struct attach *
attach_new(
    struct ev_loop *loop, const struct attach_options *o, const struct attach_events *ev, void *arg)
{
	struct attach *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->loop = loop;
	a->options = *o;
	a->events = ev;
	a->arg = arg;
	a->pause_ms = PAUSE_MIN_MS;
	ev_init(&a->retry, on_retry);
	a->retry.data = a;
	return a;
}

void
attach_start(struct attach *a)
{
	open_link(a);
}

void
attach_free(struct attach *a)
{
	if (!a)
		return;
	ev_timer_stop(a->loop, &a->retry);
	conn_free(a->conn);
	free(a);
}

int
attach_send(struct attach *a, const void *payload, size_t len)
{
	return a->conn ? conn_send(a->conn, payload, len) : OP_UNAVAILABLE;
}

bool
attach_is_up(const struct attach *a)
{
	return a->conn != NULL;
}

bool
attach_is_full(const struct attach *a)
{
	return a->conn && conn_is_full(a->conn);
}

void
attach_pause(struct attach *a, bool paused)
{
	a->paused = paused;
	if (a->conn)
		conn_pause(a->conn, paused);
}

void
attach_finish(struct attach *a)
{
	a->finishing = true;
	ev_timer_stop(a->loop, &a->retry);
	if (!a->conn) {
		a->events->finished(a->arg);
		return;
	}
	conn_pause(a->conn, false);
	conn_finish(a->conn);
	/* What was written reaches the engine also when this process ends first. */
	if (conn_unsent(a->conn) == 0)
		a->events->finished(a->arg);
}
