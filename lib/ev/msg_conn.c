/* SPDX-License-Identifier: ISC */
/*
 * Connections of the message toolkit: their life, and what the loop does for them (msg_block.c has
 * the blocking calls).  A message is taken out of `in` before its receiver is called, which may
 * therefore ask for the next one.  `busy` lets callbacks disconnect, as in conn.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/ev/msg.h"
#include "lib/ev/msg_conn_int.h"
#include "lib/ev/msg_int.h"
#include "lib/ev/reason.h"
#include "lib/frame.h"

#define SLICE 65536u
#define HIGH_WATER_DEFAULT (1024u * 1024u)

void
msg_conn_close(struct msg_conn *c, int err)
{
	if (!c->open)
		return;
	c->open = false;
	c->err = err;
	msg_watch_stop(c->m, &c->readable);
	msg_watch_stop(c->m, &c->writable);
	msg_job_drop(c->m, &c->again);
	msg_job_drop(c->m, &c->flush);
	transport_close(&c->t);
	buf_fini(&c->in);
}

static void
leave(struct msg_conn *c)
{
	if (--c->busy > 0 || !c->gone)
		return;
	buf_fini(&c->out);
	free(c);
}

/* --- moving bytes --- */

/* `n` bytes at the front of the queue were written: where in which message are we now? */
static void
count_written(struct msg_conn *c, size_t n)
{
	while (n > 0) {
		size_t step;

		if (c->begun == 0)
			c->begun = FRAME_HEADER + frame_claimed(buf_bytes(&c->out));
		step = n < c->begun ? n : c->begun;
		buf_consume(&c->out, step);
		c->begun -= step;
		n -= step;
	}
}

int
msg_conn_write(struct msg_conn *c)
{
	size_t len = buf_len(&c->out) < SLICE ? buf_len(&c->out) : SLICE;
	ssize_t n = len > 0 ? transport_write(&c->t, buf_bytes(&c->out), len) : 0;

	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		c->send_err = reason_err(errno);
		msg_watch_stop(c->m, &c->writable);
		return c->send_err;
	}
	if (n > 0)
		count_written(c, (size_t)n);
	return OP_OK;
}

void
msg_conn_read(struct msg_conn *c)
{
	unsigned char chunk[SLICE];
	ssize_t n;

	if (c->eof)
		return;
	n = transport_read(&c->t, chunk, sizeof(chunk));
	if (n > 0)
		c->eof_err = buf_append(&c->in, chunk, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
		c->eof_err = reason_err(errno);
	c->eof = n == 0 || c->eof_err != OP_OK;
}

int
msg_conn_how_ended(const struct msg_conn *c)
{
	if (c->eof_err != OP_OK)
		return c->eof_err;
	return buf_len(&c->in) > 0 ? OP_CLOSED : OP_OK;
}

int
msg_conn_take(struct msg_conn *c, struct buf *out)
{
	struct frame f;
	int err = frame_peek(buf_bytes(&c->in), buf_len(&c->in), c->max_message, &f);

	if (err != OP_OK)
		return err;
	buf_clear(out);
	err = buf_append(out, f.payload, f.len);
	if (err == OP_OK)
		buf_consume(&c->in, FRAME_HEADER + f.len);
	return err;
}

static void
watch_output(struct msg_conn *c)
{
	if (c->open && c->rcv != NULL && c->send_err == OP_OK && buf_len(&c->out) > 0)
		msg_watch_start(c->m, &c->writable);
	else
		msg_watch_stop(c->m, &c->writable);
}

void
msg_conn_settle(struct msg_conn *c)
{
	watch_output(c);
	if (c->open && c->send_err == OP_OK && c->refused)
		msg_job_add(c->m, &c->flush);
}

/* --- on the loop --- */

static void
tell_end(struct msg_conn *c, int err)
{
	msg_conn_close(c, err);
	c->rcv(c, NULL, 0, err, c->arg);
}

/* Hand over what is whole, a slice at most; the rest in the next turn, after everybody else. */
static void
deliver(struct msg_conn *c)
{
	struct buf message;
	size_t bytes = 0;
	int err = OP_OK;

	buf_init(&message);
	while (c->open && bytes < SLICE && (err = msg_conn_take(c, &message)) == OP_OK) {
		bytes += buf_len(&message);
		/* The receiver may run the loop, which must find the rest. */
		if (buf_len(&c->in) > 0)
			msg_job_add(c->m, &c->again);
		c->rcv(c, buf_bytes(&message), buf_len(&message), OP_OK, c->arg);
	}
	buf_fini(&message);
	if (!c->open)
		return;
	if (err == OP_OK) {
		msg_job_add(c->m, &c->again);
		return;
	}
	msg_job_drop(c->m, &c->again);
	if (err != OP_AGAIN)
		tell_end(c, err);
	else if (c->eof)
		tell_end(c, msg_conn_how_ended(c));
}

static void
on_readable(struct msg_watch *w)
{
	struct msg_conn *c = w->arg;

	c->busy++;
	msg_conn_read(c);
	deliver(c);
	leave(c);
}

static void
on_again(void *arg)
{
	struct msg_conn *c = arg;

	c->busy++;
	deliver(c);
	leave(c);
}

static void
tell_drained(struct msg_conn *c)
{
	if (!c->refused || buf_len(&c->out) > c->high_water / 4)
		return;
	c->refused = false;
	if (c->drained != NULL)
		c->drained(c, c->arg);
}

static void
on_flush(void *arg)
{
	struct msg_conn *c = arg;
	int err;

	if (c->rcv == NULL) /* nobody to tell of a failure: msg_conn_set_rcv() goes on */
		return;
	err = c->send_err == OP_OK ? msg_conn_write(c) : OP_OK;
	c->busy++;
	watch_output(c);
	if (err != OP_OK)
		c->rcv(c, NULL, 0, err, c->arg);
	else
		tell_drained(c);
	leave(c);
}

static void
on_writable(struct msg_watch *w)
{
	on_flush(w->arg);
}

/* --- queueing --- */

int
msg_conn_queue(
    struct msg_conn *c, const void *head, size_t head_len, const void *rest, size_t rest_len)
{
	size_t mark;
	int err;

	if (!c->open)
		return OP_CLOSED;
	if (c->send_err != OP_OK)
		return c->send_err;
	if (head_len > FRAME_MAX || rest_len > FRAME_MAX - head_len)
		return OP_TOO_LARGE;
	err = frame_begin(&c->out, &mark);
	if (err != OP_OK)
		return err;
	err = buf_append(&c->out, head, head_len);
	if (err == OP_OK)
		err = buf_append(&c->out, rest, rest_len);
	if (err == OP_OK)
		return frame_end(&c->out, mark);
	buf_truncate(&c->out, mark);
	return err;
}

/* False: the queue is at its high-water mark; the sender will be told when there is room. */
static bool
has_room(struct msg_conn *c)
{
	if (!c->open || c->send_err != OP_OK || buf_len(&c->out) < c->high_water)
		return true;
	c->refused = true;
	return false;
}

int
msg_conn_send_parts(
    struct msg_conn *c, const void *head, size_t head_len, const void *rest, size_t rest_len)
{
	bool idle = buf_len(&c->out) == 0;
	int err = has_room(c) ? msg_conn_queue(c, head, head_len, rest, rest_len) : OP_UNAVAILABLE;

	/* As in conn.c: what one turn queues leaves in one write at its end. */
	if (err == OP_OK && idle)
		msg_job_add(c->m, &c->flush);
	return err;
}

int
msg_send_later(struct msg_conn *c, const void *bytes, size_t len)
{
	return msg_conn_send_parts(c, bytes, len, NULL, 0);
}

/* --- after a failed write --- */

int
msg_resume(struct msg_conn *c)
{
	if (!c->open)
		return OP_CLOSED;
	c->send_err = OP_OK;
	watch_output(c);
	return OP_OK;
}

size_t
msg_queued(const struct msg_conn *c)
{
	const unsigned char *bytes = buf_bytes(&c->out);
	size_t at = c->begun, count = c->begun > 0;

	for (; at < buf_len(&c->out); count++)
		at += FRAME_HEADER + frame_claimed(bytes + at);
	return count;
}

size_t
msg_discard(struct msg_conn *c)
{
	size_t dropped = msg_queued(c) - (c->begun > 0);

	buf_truncate(&c->out, c->begun);
	(void)msg_resume(c);
	msg_conn_settle(c);
	return dropped;
}

/* --- making and ending --- */

struct msg_conn *
msg_attach(struct msg *m, struct transport t, msg_rcv_fn *rcv, void *arg)
{
	struct msg_conn *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		transport_close(&t);
		return NULL;
	}
	c->m = m;
	c->t = t;
	c->rcv = rcv;
	c->arg = arg;
	c->open = true;
	msg_set_limits(c, 0, 0);
	buf_init(&c->in);
	buf_init(&c->out);
	c->readable =
	    (struct msg_watch){.fd = t.rfd, .kind = MSG_READ, .ready = on_readable, .arg = c};
	c->writable =
	    (struct msg_watch){.fd = t.wfd, .kind = MSG_WRITE, .ready = on_writable, .arg = c};
	c->again = (struct msg_job){.run = on_again, .arg = c};
	c->flush = (struct msg_job){.run = on_flush, .arg = c};
	if (rcv != NULL)
		msg_watch_start(m, &c->readable);
	LIST_INSERT_HEAD(&m->conns, c, link);
	return c;
}

int
msg_connect(struct msg *m, const struct endpoint *e, int64_t timeout_ms, msg_rcv_fn *rcv, void *arg,
    struct msg_conn **out, char *why, size_t why_size)
{
	struct transport t;
	struct msg_conn *c;
	int err = dial_wait(e, timeout_ms, NULL, &t, why, why_size);

	if (err != OP_OK)
		return err;
	c = msg_attach(m, t, rcv, arg);
	if (c == NULL) {
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	*out = c;
	return OP_OK;
}

size_t
msg_disconnect(struct msg_conn *c)
{
	size_t unsent;

	if (c == NULL || c->gone)
		return 0;
	unsent = msg_queued(c);
	msg_conn_close(c, OP_CLOSED);
	LIST_REMOVE(c, link);
	c->gone = true;
	c->busy++;
	if (c->on_gone != NULL)
		c->on_gone(c->arg);
	leave(c);
	return unsent;
}

void
msg_on_drained(struct msg_conn *c, void (*drained)(struct msg_conn *c, void *arg))
{
	c->drained = drained;
}

void
msg_set_limits(struct msg_conn *c, size_t max_message, size_t high_water)
{
	c->max_message = max_message != 0 && max_message < FRAME_MAX ? max_message : FRAME_MAX;
	c->high_water = high_water != 0 ? high_water : HIGH_WATER_DEFAULT;
}

bool
msg_is_open(const struct msg_conn *c)
{
	return c->open;
}

int
msg_error(const struct msg_conn *c)
{
	return c->open ? c->send_err : c->err;
}

void
msg_set_arg(struct msg_conn *c, void *arg)
{
	c->arg = arg;
}

void
msg_conn_set_rcv(struct msg_conn *c, msg_rcv_fn *rcv)
{
	c->rcv = rcv;
	if (!c->open)
		return;
	msg_watch_start(c->m, &c->readable);
	if (buf_len(&c->in) > 0 || c->eof)
		msg_job_add(c->m, &c->again);
	if (buf_len(&c->out) > 0)
		msg_job_add(c->m, &c->flush);
}

void
msg_conn_on_gone(struct msg_conn *c, void (*gone)(void *arg))
{
	c->on_gone = gone;
}

struct msg *
msg_conn_owner(const struct msg_conn *c)
{
	return c->m;
}
