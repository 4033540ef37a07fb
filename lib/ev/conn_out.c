/* SPDX-License-Identifier: ISC */
/*
 * The outgoing half of a connection.  What is queued in a turn of the loop goes out in one write at
 * the end of that turn: the write watcher is fed as pending, with the lowest priority, and is
 * watched for real only while the peer takes no more.
 */
#include <errno.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/conn_int.h"
#include "lib/ev/urgent.h"
#include "lib/frame.h"

#define FIRST_BYTES 1024 /* an empty queue has no buffer */

void
conn_stop_output(struct conn *c)
{
	c->mute = true;
	ev_io_stop(c->loop, &c->wio);
}

/* A slice, or what is before the urgent byte, or that byte alone. */
static ssize_t
write_slice(struct conn *c)
{
	size_t len = buf_len(&c->out) < CONN_SLICE ? buf_len(&c->out) : CONN_SLICE;
	ssize_t n;

	if (c->urgent == 1)
		n = urgent_send(c->t.wfd, buf_bytes(&c->out), 1, NULL) == OP_OK ? 1 : -1;
	else
		n = transport_write(&c->t, buf_bytes(&c->out),
		    c->urgent != 0 && len >= c->urgent ? c->urgent - 1 : len);
	if (n > 0 && c->urgent != 0)
		c->urgent -= (size_t)n;
	return n;
}

/* One write; false when it failed. */
bool
conn_write_some(struct conn *c)
{
	ssize_t n = write_slice(c);

	c->flushed_in = ev_iteration(c->loop);
	if (n > 0) {
		buf_consume(&c->out, (size_t)n);
		c->out_progress_ms = clock_boot_ms();
	}
	if (n >= 0 || errno == EAGAIN || errno == EWOULDBLOCK)
		return true;
	c->write_errno = errno;
	conn_stop_output(c);
	if (!c->ended)
		ev_idle_start(c->loop, &c->again);
	return false;
}

/* What says so (TLS) may not fit behind what was written: then it is tried again. */
static void
shut_output(struct conn *c)
{
	if (!c->shut) {
		c->shut = true;
		c->in_progress_ms = clock_boot_ms();
		conn_arm_stall(c);
	}
	if (c->t.ops->end(&c->t) != 0 && errno == EAGAIN)
		ev_io_start(c->loop, &c->wio);
	else
		conn_stop_output(c);
}

static void
watch_output(struct conn *c)
{
	if (buf_len(&c->out) == 0) {
		buf_fini(&c->out);
		ev_io_stop(c->loop, &c->wio);
		if (c->finishing)
			shut_output(c);
		return;
	}
	if (ev_is_active(&c->wio))
		return;
	c->out_progress_ms = clock_boot_ms();
	ev_io_start(c->loop, &c->wio);
	conn_arm_stall(c);
}

void
conn_on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct conn *c = w->data;

	(void)loop;
	(void)revents;
	/* A look at the stall may have emptied the queue. */
	if (c->mute || (buf_len(&c->out) > 0 && !conn_write_some(c)))
		return;
	watch_output(c);
	if (!c->full || buf_len(&c->out) > c->limits.low_water)
		return;
	c->full = false;
	conn_enter(c);
	if (c->events->drained != NULL && !c->ended)
		c->events->drained(c, c->arg);
	conn_leave(c);
}

/* A second flush in one turn waits for the next one: a producer that refills as fast as the peer
 * takes must not keep the others waiting. */
static void
want_write(struct conn *c)
{
	if (ev_is_active(&c->wio))
		return;
	if (c->flushed_in == ev_iteration(c->loop))
		watch_output(c);
	else
		ev_feed_event(c->loop, &c->wio, EV_WRITE);
}

struct buf *
conn_send_begin(struct conn *c)
{
	unsigned char *room;

	if (buf_len(&c->out) == 0)
		(void)buf_reserve(&c->out, FIRST_BYTES, &room);
	c->begin_err = c->mute || c->finishing ? OP_CLOSED : frame_begin(&c->out, &c->mark);
	if (c->begin_err != OP_OK)
		c->mark = buf_len(&c->out);
	return &c->out;
}

void
conn_send_undo(struct conn *c)
{
	buf_truncate(&c->out, c->mark);
}

int
conn_send_end(struct conn *c)
{
	int err = c->begin_err;

	if (err == OP_OK && buf_len(&c->out) > c->limits.max_queue)
		err = OP_UNAVAILABLE;
	if (err != OP_OK) {
		conn_send_undo(c);
		return err;
	}
	err = frame_end(&c->out, c->mark);
	if (err != OP_OK)
		return err;
	if (buf_len(&c->out) >= c->limits.high_water)
		c->full = true;
	want_write(c);
	return OP_OK;
}

int
conn_send(struct conn *c, const void *payload, size_t len)
{
	struct buf *out = conn_send_begin(c);

	if (c->begin_err == OP_OK && len > FRAME_MAX)
		c->begin_err = OP_TOO_LARGE;
	if (c->begin_err == OP_OK)
		c->begin_err = buf_append(out, payload, len);
	return conn_send_end(c);
}

void
conn_urge(struct conn *c)
{
	if (buf_len(&c->out) > 0 && transport_is_tcp(&c->t))
		c->urgent = buf_len(&c->out);
}

bool
conn_is_full(const struct conn *c)
{
	return c->full;
}

size_t
conn_unsent(const struct conn *c)
{
	return buf_len(&c->out);
}

void
conn_finish(struct conn *c)
{
	if (c->mute || c->finishing)
		return;
	c->finishing = true;
	if (buf_len(&c->out) == 0 || conn_write_some(c))
		watch_output(c);
}
