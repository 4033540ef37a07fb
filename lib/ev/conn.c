/* SPDX-License-Identifier: ISC */
/*
 * One framed stream: its life, reading, and the stall timer; conn_out.c has the queue.  Frames are
 * handed over straight from a buffer on the stack; only what is left of an unfinished one is kept,
 * so an idle connection holds no buffers.
 *
 * Callbacks may free the connection: `busy` counts the frames of the stack that still use it, and
 * the last one gives the memory back.
 */
#include "lib/ev/conn.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/conn_int.h"
#include "lib/ev/reason.h"
#include "lib/frame.h"

#define HIGH_WATER_DEFAULT (1024u * 1024u)

static void
release(struct conn *c)
{
	buf_fini(&c->in);
	buf_fini(&c->out);
	free(c);
}

void
conn_leave(struct conn *c)
{
	if (--c->busy == 0 && c->freed)
		release(c);
}

/* --- the stall timer: lazy, so that a frame costs no timer call --- */

void
conn_arm_stall(struct conn *c)
{
	if (c->limits.stall_ms == 0 || ev_is_active(&c->stall))
		return;
	ev_timer_set(&c->stall, (double)c->limits.stall_ms / 1000.0, 0.0);
	ev_timer_start(c->loop, &c->stall);
}

static bool
waits_for_input(const struct conn *c)
{
	return !c->ended && !c->paused && (buf_len(&c->in) > 0 || c->shut);
}

static bool
waits_for_output(const struct conn *c)
{
	return !c->mute && buf_len(&c->out) > 0;
}

static void
end(struct conn *c, int err, const char *why)
{
	if (c->ended || c->freed)
		return;
	c->ended = true;
	ev_io_stop(c->loop, &c->rio);
	ev_idle_stop(c->loop, &c->again);
	buf_fini(&c->in);
	/* After bad framing the peer may still be able to read why. */
	if (err != OP_PROTOCOL && err != OP_TOO_LARGE)
		conn_stop_output(c);
	c->events->end(c, err, why, c->arg);
}

static void
end_errno(struct conn *c, int errnum)
{
	char why[96];

	end(c, reason_err(errnum), reason_text(why, sizeof(why), errnum));
}

static void
rearm_stall(struct conn *c, int64_t ms)
{
	ev_timer_set(&c->stall, (double)ms / 1e3, 0.0);
	ev_timer_start(c->loop, &c->stall);
}

/* Nothing moved for too long, or was it we who were away?  Then there is something to read now, or
 * a write goes through. */
static bool
moves(struct conn *c, bool in)
{
	struct pollfd p = {.fd = c->t.rfd, .events = POLLIN};
	size_t waiting = buf_len(&c->out);

	if (in)
		return poll(&p, 1, 0) == 1;
	return !conn_write_some(c) || buf_len(&c->out) < waiting;
}

static void
on_stall(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct conn *c = w->data;
	bool in = waits_for_input(c), out = waits_for_output(c);
	bool is_in = in && !(out && c->out_progress_ms < c->in_progress_ms);
	int64_t since_ms = is_in ? c->in_progress_ms : c->out_progress_ms;
	int64_t left_ms = since_ms + c->limits.stall_ms - clock_boot_ms();
	char why[64];

	(void)loop;
	(void)revents;
	if (!in && !out)
		return;
	if (left_ms <= 0 && moves(c, is_in))
		left_ms = c->limits.stall_ms;
	if (left_ms > 0) {
		rearm_stall(c, left_ms);
		return;
	}
	snprintf(why, sizeof(why), "no progress for %lld ms", (long long)c->limits.stall_ms);
	conn_enter(c);
	conn_stop_output(c);
	end(c, OP_TIMEOUT, why);
	conn_leave(c);
}

/* --- reading --- */

static void
bad_framing(struct conn *c, int err, const unsigned char *header)
{
	char why[80];

	snprintf(why, sizeof(why), "a message of %zu bytes (1 to %zu are accepted)",
	    frame_claimed(header), c->limits.max_frame);
	end(c, err, why);
}

/* Hand over the whole frames at the front; how many bytes they were. */
static size_t
deliver(struct conn *c, const unsigned char *bytes, size_t len)
{
	size_t used = 0;

	while (!c->freed && !c->paused && !c->ended) {
		struct frame f;
		int err = frame_peek(bytes + used, len - used, c->limits.max_frame, &f);

		if (err == OP_AGAIN)
			break;
		if (err != OP_OK) {
			bad_framing(c, err, bytes + used);
			break;
		}
		c->events->frame(c, f.payload, f.len, c->arg);
		used += FRAME_HEADER + f.len;
	}
	return used;
}

static void
deliver_kept(struct conn *c)
{
	size_t used = deliver(c, buf_bytes(&c->in), buf_len(&c->in));

	if (c->freed || c->ended)
		return;
	buf_consume(&c->in, used);
	if (buf_len(&c->in) == 0)
		buf_fini(&c->in);
	else
		conn_arm_stall(c);
}

static void
take(struct conn *c, const unsigned char *bytes, size_t len)
{
	size_t used = 0;
	bool kept = buf_len(&c->in) > 0;

	c->in_progress_ms = clock_boot_ms();
	if (!kept)
		used = deliver(c, bytes, len);
	if (c->freed || c->ended || used == len)
		return;
	if (buf_append(&c->in, bytes + used, len - used) != OP_OK) {
		end(c, OP_NO_MEMORY, op_strerror(OP_NO_MEMORY));
		return;
	}
	if (kept)
		deliver_kept(c);
	else
		conn_arm_stall(c);
}

static void
end_of_file(struct conn *c)
{
	const char *words;
	char why[400]; /* the owner may close the transport, and its words with it */

	if (!c->mute && buf_len(&c->out) > 0)
		(void)conn_write_some(c);
	words = transport_why(&c->t);
	if (words != NULL) {
		snprintf(why, sizeof(why), "%s", words);
		end(c, OP_CLOSED, why);
	} else if (buf_len(&c->in) > 0) {
		end(c, OP_CLOSED, "closed by the peer inside a message");
	} else {
		end(c, OP_OK, "closed by the peer");
	}
}

static void
read_some(struct conn *c)
{
	unsigned char chunk[CONN_SLICE];
	ssize_t n = transport_read(&c->t, chunk, sizeof(chunk));

	if (n > 0)
		take(c, chunk, (size_t)n);
	else if (n == 0)
		end_of_file(c);
	else if (errno != EAGAIN && errno != EWOULDBLOCK)
		end_errno(c, errno);
	else if (c->write_errno != 0)
		end_errno(c, c->write_errno);
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct conn *c = w->data;

	(void)loop;
	(void)revents;
	conn_enter(c);
	read_some(c);
	conn_leave(c);
}

/* Either reading goes on after a pause, or writing failed: then the peer's last words, which often
 * say why, are read before the end is told. */
static void
on_again(struct ev_loop *loop, ev_idle *w, int revents)
{
	struct conn *c = w->data;

	(void)revents;
	conn_enter(c);
	if (!c->paused && buf_len(&c->in) > 0)
		deliver_kept(c);
	if (!c->freed && !c->ended && c->write_errno != 0) {
		if (c->paused)
			end_errno(c, c->write_errno);
		else
			read_some(c);
	} else if (!c->freed && !c->ended) {
		ev_idle_stop(loop, w);
		if (!c->paused)
			ev_io_start(loop, &c->rio);
	}
	conn_leave(c);
}

/* --- the outside --- */

static void
set_limits(struct conn *c, const struct conn_limits *limits)
{
	struct conn_limits *l = &c->limits;

	if (limits != NULL)
		*l = *limits;
	if (l->max_frame == 0 || l->max_frame > FRAME_MAX)
		l->max_frame = FRAME_MAX;
	if (l->high_water == 0)
		l->high_water = HIGH_WATER_DEFAULT;
	if (l->low_water == 0)
		l->low_water = l->high_water / 4;
	if (l->max_queue == 0)
		l->max_queue = l->high_water + FRAME_MAX + FRAME_HEADER;
}

static void
init_watchers(struct conn *c)
{
	ev_io_init(&c->rio, on_readable, c->t.rfd, EV_READ);
	ev_io_init(&c->wio, conn_on_writable, c->t.wfd, EV_WRITE);
	ev_set_priority(&c->wio, EV_MINPRI);
	ev_idle_init(&c->again, on_again);
	/* libev runs idle watchers when nothing of the same priority is pending: with the highest
	 * one they run in every turn. */
	ev_set_priority(&c->again, EV_MAXPRI);
	/* What has arrived is read before the stall is looked at. */
	ev_timer_init(&c->stall, on_stall, 0.0, 0.0);
	ev_set_priority(&c->stall, EV_MINPRI);
	c->rio.data = c->wio.data = c->again.data = c->stall.data = c;
}

struct conn *
conn_new(struct ev_loop *loop, struct transport t, const struct conn_events *events,
    const struct conn_limits *limits, void *arg)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		transport_close(&t);
		return NULL;
	}
	c->loop = loop;
	c->t = t;
	c->events = events;
	c->arg = arg;
	c->flushed_in = ev_iteration(loop) - 1;
	set_limits(c, limits);
	buf_init(&c->in);
	buf_init(&c->out);
	init_watchers(c);
	ev_io_start(loop, &c->rio);
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL || c->freed)
		return;
	c->freed = true;
	ev_io_stop(c->loop, &c->rio);
	ev_io_stop(c->loop, &c->wio);
	ev_idle_stop(c->loop, &c->again);
	ev_timer_stop(c->loop, &c->stall);
	transport_close(&c->t);
	if (c->busy == 0)
		release(c);
}

void
conn_pause(struct conn *c, bool paused)
{
	if (c->ended || c->freed || c->paused == paused)
		return;
	c->paused = paused;
	if (paused) {
		ev_io_stop(c->loop, &c->rio);
		return;
	}
	c->in_progress_ms = clock_boot_ms();
	if (buf_len(&c->in) > 0)
		ev_idle_start(c->loop, &c->again);
	else
		ev_io_start(c->loop, &c->rio);
	conn_arm_stall(c);
}

int
conn_fd(const struct conn *c)
{
	return c->t.rfd;
}

void *
conn_arg(const struct conn *c)
{
	return c->arg;
}
