/* SPDX-License-Identifier: ISC */
/*
 * One client connection: bytes in, bytes out, end.  States only move forward:
 * LOOKING → OPEN → CLOSING → CLOSED.  Callbacks of the daemon that may end the session come from
 * the loop alone, so a handler can call anything here without losing the session under its feet.
 * Runs on the loop of its worker.
 */
#include "daemon/server/session_int.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/resolve.h"
#include "lib/ev/urgent.h"
#include "lib/frame.h"
#include "lib/log.h"

#define HOLD_LIMIT_MS 100
#define READ_SMALL 1024u /* on the stack of every waiting worker */
#define READ_LARGE 65536u
/* max_frame bounds only what clients send. */
#define QUEUE_LIMIT (SESSION_HIGH_WATER + FRAME_MAX + READ_LARGE)
#define PROBE_S 5.0  /* after a half-close only errors can end it: look for them that often */
#define LINGER_S 1.0 /* for a peer that is still sending when we close */

/* --- the daemon's handlers --- */

static int64_t
enter(const struct session *s)
{
	return s->origin.shared ? clock_boot_ms() : 0;
}

/* Everybody else on the loop had to wait for this one. */
static void
leave(const struct session *s, const char *handler, int64_t began_ms)
{
	int64_t held_ms = s->origin.shared ? clock_boot_ms() - began_ms : 0;

	if (held_ms > HOLD_LIMIT_MS)
		log_notice("%s: its handler `%s` held the loop for %" PRId64 " ms", s->text,
		    handler, held_ms);
}

void
session_handle(struct session *s, void (*handler)(struct session *s), const char *name)
{
	int64_t began_ms = enter(s);

	if (handler)
		handler(s);
	leave(s, name, began_ms);
}

static void
handle_input(struct session *s)
{
	int64_t began_ms = enter(s);

	s->events->input(s, &s->in);
	leave(s, "input", began_ms);
}

static void
handle_eof(struct session *s)
{
	int64_t began_ms = enter(s);

	if (s->events->eof)
		s->events->eof(s, &s->in);
	else
		session_close(s);
	leave(s, "eof", began_ms);
}

static void
handle_closed(struct session *s, bool delivered)
{
	int64_t began_ms = enter(s);

	if (s->events->closed)
		s->events->closed(s, delivered);
	leave(s, "closed", began_ms);
}

/* --- the end --- */

static void
maybe_end(struct session *s)
{
	if (s->state == CLOSED && s->holds == 0 && s->origin.fd == -1)
		ev_feed_event(s->loop, &s->end, EV_CUSTOM);
}

static void
on_end(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct session *s = w->data;
	void (*ended)(bool delivered, void *arg) = s->ended;
	void *arg = s->ended_arg;
	bool delivered = s->delivered;

	(void)loop;
	(void)revents;
	buf_fini(&s->in);
	buf_fini(&s->out);
	free(s);
	ended(delivered, arg);
}

void
session_close_fd(struct session *s)
{
	ev_io_stop(s->loop, &s->reader);
	ev_timer_stop(s->loop, &s->stall);
	transport_close(&s->t);
	s->origin.fd = -1;
	maybe_end(s);
}

static void
stop_watchers(struct session *s)
{
	ev_io_stop(s->loop, &s->reader);
	ev_io_stop(s->loop, &s->writer);
	ev_timer_stop(s->loop, &s->timeout);
	ev_timer_stop(s->loop, &s->stall);
	ev_timer_stop(s->loop, &s->probe);
	urgent_watch_stop(s->urgent);
	s->urgent = NULL;
}

/* Reads and forgets what has come; true when the peer has nothing more to say. */
static bool
drain(struct session *s, bool *spoke)
{
	char bytes[READ_SMALL];
	ssize_t n;

	*spoke = false;
	for (int i = 0; i < 16; i++) {
		n = read(s->origin.fd, bytes, sizeof(bytes));
		if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN))
			return true;
		if (n == -1 && errno == EAGAIN)
			return false;
		*spoke = true;
	}
	return false;
}

/* Closing with unread bytes would make the kernel reset the connection and take back what the peer
 * has not read yet (RFC 1122, 4.2.2.13). */
static void
linger_or_close(struct session *s, bool delivered)
{
	bool spoke = false;

	if (!delivered || s->eof || drain(s, &spoke) || !spoke) {
		session_close_fd(s);
		return;
	}
	ev_io_start(s->loop, &s->reader);
	ev_timer_set(&s->stall, LINGER_S, 0.);
	ev_timer_start(s->loop, &s->stall);
}

static void
finish(struct session *s, bool delivered)
{
	stop_watchers(s);
	s->state = CLOSED;
	s->delivered = delivered;
	session_handle(s, s->events->served, "served");
	handle_closed(s, delivered);
	linger_or_close(s, delivered);
}

/* --- writing --- */

static void
arm_stall(struct session *s)
{
	s->stall.repeat = (double)s->origin.config->generic.stall_ms / 1000.;
	ev_timer_again(s->loop, &s->stall);
}

/* Writes what it can; false on an error of the connection. */
static bool
push(struct session *s)
{
	bool moved = false;

	while (buf_len(&s->out) > 0) {
		ssize_t n = transport_write(&s->t, buf_bytes(&s->out), buf_len(&s->out));

		if (n > 0) {
			buf_consume(&s->out, (size_t)n);
			moved = true;
		} else if (errno == EAGAIN) {
			break;
		} else {
			return false;
		}
	}
	if (buf_len(&s->out) == 0)
		ev_timer_stop(s->loop, &s->stall);
	else if (moved || !ev_is_active(&s->stall))
		arm_stall(s);
	return true;
}

static void
on_writable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct session *s = io->data;

	(void)revents;
	if (!push(s)) {
		finish(s, false);
		return;
	}
	if (buf_len(&s->out) == 0)
		ev_io_stop(loop, io);
	else
		ev_io_start(loop, io);
	if (buf_len(&s->out) == 0 && s->state == CLOSING) {
		if (s->t.ops->end(&s->t) == 0)
			finish(s, true);
		else if (errno == EAGAIN)
			ev_io_start(loop, io);
		else
			finish(s, false);
		return;
	}
	if (s->full && buf_len(&s->out) <= SESSION_HIGH_WATER / 4) {
		s->full = false;
		if (s->state == OPEN)
			session_handle(s, s->events->drained, "drained");
	}
}

int
session_write(struct session *s, const void *bytes, size_t len)
{
	int err;

	if (s->state != OPEN)
		return OP_CLOSED;
	if (buf_len(&s->out) + len > QUEUE_LIMIT)
		return OP_UNAVAILABLE;
	err = buf_append(&s->out, bytes, len);
	if (err)
		return err;
	/* At the end of this turn: what the engine has sent at once leaves in one packet. */
	if (!ev_is_active(&s->writer))
		ev_feed_event(s->loop, &s->writer, EV_WRITE);
	s->full = s->full || buf_len(&s->out) >= SESSION_HIGH_WATER;
	return OP_OK;
}

void
session_close(struct session *s)
{
	if (s->state != OPEN)
		return;
	s->state = CLOSING;
	session_watch_urgent(s);
	ev_io_stop(s->loop, &s->reader);
	ev_timer_stop(s->loop, &s->timeout);
	ev_timer_stop(s->loop, &s->probe);
	if (buf_len(&s->out) == 0)
		ev_feed_event(s->loop, &s->writer, EV_WRITE);
}

static void
on_stall(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct session *s = timer->data;

	(void)loop;
	(void)revents;
	if (s->state == CLOSED) {
		session_close_fd(s);
		return;
	}
	if (s->state == SHAKING) {
		session_shake_timeout(s);
		return;
	}
	/* Perhaps it is we who were not there to offer it more. */
	size_t waiting = buf_len(&s->out);

	if (push(s) && buf_len(&s->out) < waiting)
		return;
	log_notice("%s: takes nothing: %zu bytes not delivered", s->text, buf_len(&s->out));
	finish(s, false);
}

/* --- reading --- */

void
session_update_reader(struct session *s)
{
	if (s->state == OPEN && !s->paused && !s->eof)
		ev_io_start(s->loop, &s->reader);
	else
		ev_io_stop(s->loop, &s->reader);
	session_watch_urgent(s);
}

static void
take_eof(struct session *s)
{
	s->eof = true;
	session_update_reader(s);
	handle_eof(s);
	if (s->state == OPEN)
		ev_timer_again(s->loop, &s->probe);
}

/* Small pieces by way of the stack: a waiting client then costs no buffer. */
static ssize_t
read_some(struct session *s)
{
	char piece[READ_SMALL];
	unsigned char *room;
	ssize_t n;

	if (buf_len(&s->in) < READ_SMALL && !session_is_tls(s)) {
		n = transport_read(&s->t, piece, sizeof(piece));
		return n > 0 && buf_append(&s->in, piece, (size_t)n) ? OP_NO_MEMORY : n;
	}
	if (buf_reserve(&s->in, READ_LARGE, &room))
		return OP_NO_MEMORY;
	n = transport_read(&s->t, room, READ_LARGE);
	if (n > 0)
		buf_commit(&s->in, (size_t)n);
	return n;
}

void
session_on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct session *s = io->data;
	bool spoke;
	ssize_t n;

	(void)loop;
	if (!(revents & EV_READ)) {
		handle_input(s);
		return;
	}
	if (s->state == CLOSED) {
		if (drain(s, &spoke))
			session_close_fd(s);
		return;
	}
	n = read_some(s);
	if (n > 0) {
		handle_input(s);
	} else if (n == 0) {
		take_eof(s);
	} else if (n == OP_NO_MEMORY) {
		log_warn("%s: closed: out of memory", s->text);
		finish(s, false);
	} else if (errno != EAGAIN && errno != EINTR) {
		finish(s, false);
	}
}

/* With the peer's half closed nothing is left to read; poll(2) still tells errors and hang-ups. */
static void
on_probe(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct session *s = timer->data;
	struct pollfd p = {.fd = s->origin.fd};

	(void)loop;
	(void)revents;
	if (poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP)))
		finish(s, false);
}

/* What came while the worker was busy, or stopped, is not late: read it.  True when the handler has
 * set another limit for that, or the session ends. */
static bool
has_come_meanwhile(struct session *s)
{
	struct pollfd p = {.fd = s->origin.fd, .events = POLLIN};
	unsigned before = s->limits_set;

	if (ev_is_active(&s->reader) && poll(&p, 1, 0) == 1)
		session_on_readable(s->loop, &s->reader, EV_READ);
	return s->limits_set != before || s->state != OPEN;
}

static void
on_timeout(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct session *s = timer->data;

	(void)revents;
	ev_timer_stop(loop, timer);
	if (has_come_meanwhile(s))
		return;
	if (s->events->timeout)
		session_handle(s, s->events->timeout, "timeout");
	else
		session_close(s);
}

/* --- the beginning --- */

static void
init_watchers(struct session *s)
{
	ev_io_init(&s->reader, session_on_readable, s->origin.fd, EV_READ);
	ev_io_init(&s->writer, on_writable, s->origin.fd, EV_WRITE);
	ev_set_priority(&s->writer, EV_MINPRI);
	ev_init(&s->timeout, on_timeout);
	ev_init(&s->stall, on_stall);
	ev_timer_init(&s->probe, on_probe, PROBE_S, PROBE_S);
	ev_prepare_init(&s->end, on_end);
	s->reader.data = s->writer.data = s->timeout.data = s->stall.data = s;
	s->probe.data = s->end.data = s;
}

struct session *
session_start(struct ev_loop *loop, const struct session_origin *o,
    void (*ended)(bool delivered, void *arg), void *arg)
{
	struct session *s = calloc(1, sizeof(*s));
	uint16_t port;

	if (!s)
		return NULL;
	s->loop = loop;
	s->origin = *o;
	s->t = transport_socket(o->fd);
	s->events = o->config->app->session;
	s->ended = ended;
	s->ended_arg = arg;
	buf_init(&s->in);
	buf_init(&s->out);
	init_watchers(s);
	netaddr_from_sockaddr((const struct sockaddr *)&o->sa, &s->addr, &port);
	session_look_up(s);
	return s;
}

void
session_give_up(struct session *s)
{
	if (s->state == LOOKING)
		resolve_cancel(s->resolve);
	stop_watchers(s);
	s->state = CLOSED;
	session_close_fd(s);
}

void
session_stop(struct session *s)
{
	s->stopped = true;
	if (s->state == LOOKING || s->state == SHAKING) {
		session_give_up(s);
	} else if (s->state == OPEN && s->events->stopping) {
		session_handle(s, s->events->stopping, "stopping");
	} else {
		session_close(s);
	}
}

/* --- who holds it --- */

void
session_hold(struct session *s)
{
	s->holds++;
}

void
session_release(struct session *s)
{
	s->holds--;
	maybe_end(s);
}
