/* SPDX-License-Identifier: ISC */
/*
 * A blocking conversation on one non-blocking descriptor.  Frames gather in `in`; the message
 * handed out last points into it and is released when the next one is asked for.  Ids of calls
 * count from 1, pings have PING_ID, so that their answers are told apart.
 */
#include "client/common/rpcsync.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/clock.h"
#include "lib/frame.h"
#include "lib/text.h"
#include "lib/uuid.h"

#define PING_ID 0x80000000u
#define PING_AFTER_MS 20000
#define DEAD_AFTER_MS 40000 /* of a ping without any sign of life */
#define READ_BYTES 16384u

struct rpcsync {
	struct transport t;
	struct buf in, out;
	struct mp_out writer;
	size_t mark; /* of the frame that is being built */
	uint32_t last_id;
	struct rpc_msg msg;
	size_t msg_bytes; /* of the frame behind msg; 0: none is held */
	int64_t heard_ms;
	int64_t pinged_ms; /* 0: no ping is on its way */
	char instance[UUID_SIZE];
};

static struct rpcsync *
rpcsync_new(struct transport t)
{
	struct rpcsync *s = calloc(1, sizeof(*s));

	if (!s) {
		transport_close(&t);
		return NULL;
	}
	s->t = t;
	buf_init(&s->in);
	buf_init(&s->out);
	s->heard_ms = clock_boot_ms();
	return s;
}

static void
drop_message(struct rpcsync *s)
{
	if (s->msg_bytes == 0)
		return;
	rpc_fini(&s->msg);
	buf_consume(&s->in, s->msg_bytes);
	s->msg_bytes = 0;
}

void
rpcsync_close(struct rpcsync *s)
{
	if (!s)
		return;
	drop_message(s);
	buf_fini(&s->in);
	buf_fini(&s->out);
	transport_close(&s->t);
	free(s);
}

struct mp_out *
rpcsync_begin(struct rpcsync *s, const char *method, uint32_t *msgid)
{
	mp_out_init(&s->writer, &s->out);
	if (frame_begin(&s->out, &s->mark) != OP_OK)
		s->writer.err = OP_NO_MEMORY;
	else if (msgid)
		rpc_request(&s->writer, *msgid = ++s->last_id, method);
	else
		rpc_notify(&s->writer, method);
	return &s->writer;
}

static int
flush(struct rpcsync *s, int64_t deadline_ms)
{
	while (buf_len(&s->out) > 0) {
		ssize_t n = transport_write(&s->t, buf_bytes(&s->out), buf_len(&s->out));

		if (n > 0) {
			buf_consume(&s->out, (size_t)n);
			continue;
		}
		if (n < 0 && errno != EAGAIN)
			return OP_CLOSED;
		struct pollfd p = {.fd = s->t.wfd, .events = POLLOUT};
		int ready = stop_poll(&p, 1, deadline_ms);

		if (ready <= 0)
			return ready < 0 ? ready : OP_TIMEOUT;
	}
	return OP_OK;
}

int
rpcsync_send(struct rpcsync *s, int64_t deadline_ms)
{
	if (s->writer.err != OP_OK) {
		buf_clear(&s->out);
		return s->writer.err;
	}
	int err = frame_end(&s->out, s->mark);

	return err != OP_OK ? err : flush(s, deadline_ms);
}

void
rpcsync_end(struct rpcsync *s)
{
	s->t.ops->end(&s->t); /* a full buffer: then the end comes with close() */
}

static int
ping(struct rpcsync *s, int64_t now_ms)
{
	mp_out_init(&s->writer, &s->out);
	if (frame_begin(&s->out, &s->mark) != OP_OK)
		return OP_NO_MEMORY;
	rpc_request(&s->writer, PING_ID, "ping");
	mp_map(&s->writer, 0);
	s->pinged_ms = now_ms;
	return rpcsync_send(s, now_ms + DEAD_AFTER_MS);
}

/* Take what the socket has; OP_AGAIN when it has nothing. */
static int
take_bytes(struct rpcsync *s)
{
	unsigned char *room;

	if (buf_reserve(&s->in, READ_BYTES, &room) != OP_OK)
		return OP_NO_MEMORY;
	ssize_t n = transport_read(&s->t, room, READ_BYTES);

	if (n > 0) {
		buf_commit(&s->in, (size_t)n);
		s->heard_ms = clock_boot_ms();
		s->pinged_ms = 0;
		return OP_OK;
	}
	if (n < 0 && errno == EAGAIN)
		return OP_AGAIN;
	return OP_CLOSED;
}

/* When a silent peer is looked after next. */
static int64_t
care_ms(const struct rpcsync *s)
{
	return s->pinged_ms ? s->pinged_ms + DEAD_AFTER_MS : s->heard_ms + PING_AFTER_MS;
}

static int
care(struct rpcsync *s)
{
	int64_t now_ms = clock_boot_ms();

	if (now_ms < care_ms(s))
		return OP_OK;
	return s->pinged_ms ? OP_CLOSED : ping(s, now_ms);
}

/* Wait for bytes and take them, or for the other descriptor (-1: none): OP_AGAIN.  Bytes go first:
 * what was said before the other event is heard before it. */
static int
more_bytes(struct rpcsync *s, int other, int64_t deadline_ms)
{
	for (;;) {
		struct pollfd p[] = {{.fd = s->t.rfd, .events = POLLIN},
		    {.fd = other, .events = POLLIN}}; /* a negative one is passed over */
		int64_t wake_ms = care_ms(s) < deadline_ms ? care_ms(s) : deadline_ms;
		int ready = stop_poll(p, 2, wake_ms);

		if (ready < 0)
			return ready;
		if (p[1].revents && !p[0].revents)
			return OP_AGAIN;
		if (ready > 0) {
			int err = take_bytes(s);

			if (err != OP_AGAIN)
				return err;
		} else if (clock_boot_ms() >= deadline_ms) {
			return OP_TIMEOUT;
		} else {
			int err = care(s);

			if (err != OP_OK)
				return err;
		}
	}
}

/* The first whole message in `in`; OP_AGAIN when there is none yet. */
static int
parse_message(struct rpcsync *s)
{
	struct frame f;
	int err = frame_peek(buf_bytes(&s->in), buf_len(&s->in), FRAME_MAX, &f);

	if (err == OP_AGAIN)
		return err;
	if (err != OP_OK)
		return OP_PROTOCOL;
	err = rpc_parse(&s->msg, f.payload, f.len);
	if (err != OP_OK)
		return err == OP_NO_MEMORY ? err : OP_PROTOCOL;
	s->msg_bytes = FRAME_HEADER + f.len;
	return OP_OK;
}

int
rpcsync_next(struct rpcsync *s, int64_t deadline_ms, const struct rpc_msg **m)
{
	return rpcsync_next_or(s, -1, deadline_ms, m);
}

int
rpcsync_next_or(struct rpcsync *s, int other, int64_t deadline_ms, const struct rpc_msg **m)
{
	for (;;) {
		drop_message(s);
		int err = parse_message(s);

		if (err == OP_OK && (s->msg.type != RPC_RESPONSE || s->msg.msgid != PING_ID)) {
			*m = &s->msg;
			return OP_OK;
		}
		if (err == OP_AGAIN)
			err = more_bytes(s, other, deadline_ms);
		if (err != OP_OK)
			return err;
	}
}

int
rpcsync_wait(struct rpcsync *s, uint32_t msgid, int64_t deadline_ms, const struct rpc_msg **m)
{
	const struct rpc_msg *got;

	*m = NULL;
	for (;;) {
		int err = rpcsync_next(s, deadline_ms, &got);

		if (err != OP_OK)
			return err;
		if (got->type == RPC_RESPONSE && got->msgid == msgid)
			break;
	}
	*m = got;
	return got->error ? rpc_error_of(got).err : OP_OK;
}

const char *
rpcsync_error_text(char *dst, size_t size, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);

	if (e.message.len == 0)
		snprintf(dst, size, "%s", op_strerror(e.err));
	else
		text_log(dst, size, e.message.s, e.message.len);
	return dst;
}

static int
send_hello(
    struct rpcsync *s, const struct rpcsync_hello *hello, int64_t deadline_ms, uint32_t *msgid)
{
	struct mp_out *o = rpcsync_begin(s, "hello", msgid);

	mp_map(o, 4);
	mp_kint(o, "proto", RPC_PROTO);
	mp_kstr(o, "program", hello->program);
	mp_kstr(o, "version", OPDESK_VERSION);
	mp_kstr(o, "role", hello->role);
	return rpcsync_send(s, deadline_ms);
}

const char *
rpcsync_instance(const struct rpcsync *s)
{
	return s->instance;
}

static int
check_hello(struct rpcsync *s, const struct rpc_msg *m, char *why, size_t why_size)
{
	struct mp_text instance;
	int64_t proto;

	if (mp_get_int(m->result, "proto", &proto) != OP_OK)
		return OP_PROTOCOL;
	if (mp_get_text(m->result, "instance", &instance) == OP_OK &&
	    instance.len < sizeof(s->instance))
		memcpy(s->instance, instance.s, instance.len);
	if (proto == RPC_PROTO)
		return OP_OK;
	snprintf(
	    why, why_size, "it speaks protocol %lld, we speak %d", (long long)proto, RPC_PROTO);
	return OP_CONFLICT;
}

static int
say_hello(struct rpcsync *s, const struct rpcsync_hello *hello, int64_t deadline_ms, char *why,
    size_t why_size)
{
	const struct rpc_msg *m = NULL;
	uint32_t msgid = 0;
	int err = send_hello(s, hello, deadline_ms, &msgid);

	if (err == OP_OK)
		err = rpcsync_wait(s, msgid, deadline_ms, &m);
	if (err == OP_OK)
		return check_hello(s, m, why, why_size);
	const char *words = err == OP_CLOSED ? transport_why(&s->t) : NULL;

	if (m)
		rpcsync_error_text(why, why_size, m);
	else if (words)
		snprintf(why, why_size, "%s", words);
	else if (err == OP_CLOSED)
		snprintf(why, why_size, "before it said hello");
	else if (err == OP_TIMEOUT)
		snprintf(why, why_size, "connected, but no hello came");
	if (m && err == OP_UNAVAILABLE)
		return OP_NOT_NOW; /* it is there, and its own word says why not */
	return words ? OP_UNAVAILABLE : err;
}

int
rpcsync_adopt(struct transport t, const struct rpcsync_hello *hello, int64_t deadline_ms,
    struct rpcsync **out, char *why, size_t why_size)
{
	struct rpcsync *s = rpcsync_new(t);

	if (why_size > 0)
		why[0] = '\0';
	if (!s)
		return OP_NO_MEMORY;
	int err = say_hello(s, hello, deadline_ms, why, why_size);

	if (err != OP_OK) {
		rpcsync_close(s);
		return err;
	}
	*out = s;
	return OP_OK;
}

int
rpcsync_open(const struct endpoint *e, const struct rpcsync_hello *hello, int64_t deadline_ms,
    struct rpcsync **out, char *why, size_t why_size)
{
	if (why_size > 0)
		why[0] = '\0';
	struct transport t;
	int err = stop_dial(e, deadline_ms, &t, why, why_size);

	if (err != OP_OK)
		return err;
	return rpcsync_adopt(t, hello, deadline_ms, out, why, why_size);
}
