/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/frame.h"

#define READ_BYTES (256 * 1024)

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

int
wire_each(struct wire *w, int (*serve)(const struct rpc_msg *m, void *arg), void *arg)
{
	struct frame f;
	int err;

	while ((err = frame_peek(buf_bytes(&w->in), buf_len(&w->in), FRAME_MAX, &f)) == OP_OK) {
		struct rpc_msg m;

		if ((err = rpc_parse(&m, f.payload, f.len)))
			return err;
		err = serve(&m, arg);
		rpc_fini(&m);
		buf_consume(&w->in, FRAME_HEADER + f.len);
		if (err)
			return err;
	}
	return err == OP_AGAIN ? OP_OK : err;
}
