/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/frame.h"

#define READ_BYTES (256 * 1024)
#define AHEAD_BYTES (4u * 1024 * 1024)

struct mp_out
wire_begin(struct wire *w, size_t *mark)
{
	struct mp_out o;

	mp_out_init(&o, &w->out);
	*mark = buf_len(&w->out);
	if (frame_begin(&w->out, mark))
		o.err = OP_NO_MEMORY;
	return o;
}

int
wire_end(struct wire *w, struct mp_out *o, size_t mark)
{
	if (!o->err)
		return frame_end(&w->out, mark);
	buf_truncate(&w->out, mark);
	return o->err;
}

int
wire_flush(struct wire *w)
{
	while (buf_len(&w->out) > 0) {
		ssize_t n = send(w->fd, buf_bytes(&w->out), buf_len(&w->out), MSG_NOSIGNAL);

		if (n > 0)
			buf_consume(&w->out, (size_t)n);
		else if (errno != EINTR)
			return OP_CLOSED;
	}
	return OP_OK;
}

int
wire_take(struct wire *w)
{
	unsigned char *room;

	if (buf_reserve(&w->in, READ_BYTES, &room))
		return OP_NO_MEMORY;
	ssize_t n = read(w->fd, room, READ_BYTES);

	if (n == 0 || (n < 0 && errno != EINTR))
		return OP_CLOSED;
	if (n > 0)
		buf_commit(&w->in, (size_t)n);
	return OP_OK;
}

/* --- cancellations --- */

static void
read_ahead(struct wire *w)
{
	unsigned char *room;
	ssize_t n;

	while (buf_len(&w->in) < AHEAD_BYTES && !buf_reserve(&w->in, READ_BYTES, &room)) {
		n = recv(w->fd, room, READ_BYTES, MSG_DONTWAIT);
		if (n <= 0)
			return; /* the end, too, is for wire_take() */
		buf_commit(&w->in, (size_t)n);
	}
}

static bool
is_cancel(const struct rpc_msg *m, uint32_t *msgid)
{
	int64_t id;

	if (m->type != RPC_NOTIFY || !mp_text_is(m->method, "$/cancel") ||
	    mp_get_int(m->params, "msgid", &id) || id < 0 || id > UINT32_MAX)
		return false;
	*msgid = (uint32_t)id;
	return true;
}

static void
note_cancel(struct wire *w, const struct frame *f)
{
	struct rpc_msg m;
	uint32_t id;

	if (rpc_parse(&m, f->payload, f->len))
		return; /* told when its turn comes */
	if (is_cancel(&m, &id) && w->cancelled_count < WIRE_CANCELS)
		w->cancelled[w->cancelled_count++] = id;
	rpc_fini(&m);
}

/* In its turn it has done what it can. */
static void
forget_cancel(struct wire *w, uint32_t id)
{
	for (size_t i = 0; i < w->cancelled_count; i++)
		if (w->cancelled[i] == id) {
			w->cancelled[i] = w->cancelled[--w->cancelled_count];
			return;
		}
}

bool
wire_is_cancelled(struct wire *w)
{
	struct frame f;

	read_ahead(w);
	while (w->seen < buf_len(&w->in) &&
	       frame_peek(buf_bytes(&w->in) + w->seen, buf_len(&w->in) - w->seen, FRAME_MAX, &f) ==
		   OP_OK) {
		note_cancel(w, &f);
		w->seen += FRAME_HEADER + f.len;
	}
	for (size_t i = 0; i < w->cancelled_count; i++)
		if (w->cancelled[i] == w->msgid)
			return true;
	return false;
}

/* --- messages --- */

/* Into a place of its own: `in` may grow and move while it is served. */
static int
take_message(struct wire *w, const struct frame *f)
{
	size_t whole = FRAME_HEADER + f->len;

	buf_clear(&w->message);
	if (buf_append(&w->message, f->payload, f->len))
		return OP_NO_MEMORY;
	buf_consume(&w->in, whole);
	w->seen = w->seen > whole ? w->seen - whole : 0;
	return OP_OK;
}

int
wire_each(struct wire *w, int (*serve)(const struct rpc_msg *m, void *arg), void *arg)
{
	struct frame f;
	int err;

	while ((err = frame_peek(buf_bytes(&w->in), buf_len(&w->in), FRAME_MAX, &f)) == OP_OK) {
		struct rpc_msg m;
		uint32_t cancelled;

		if ((err = take_message(w, &f)) ||
		    (err = rpc_parse(&m, buf_bytes(&w->message), buf_len(&w->message))))
			return err;
		w->msgid = m.msgid;
		if (is_cancel(&m, &cancelled))
			forget_cancel(w, cancelled);
		else
			err = serve(&m, arg);
		rpc_fini(&m);
		if (err)
			return err;
	}
	return err == OP_AGAIN ? OP_OK : err;
}
