/* SPDX-License-Identifier: ISC */
#include "daemon/mediachanged/storer_inbox.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/mediachanged/storer_wire.h"
#include "lib/err.h"
#include "lib/frame.h"

#define READ_BYTES (256 * 1024)
#define AHEAD_BYTES (1024u * 1024)

void
storer_inbox_fini(struct storer_inbox *b)
{
	buf_fini(&b->in);
	buf_fini(&b->message);
}

int
storer_inbox_take(struct storer_inbox *b)
{
	unsigned char *room;
	int err = buf_reserve(&b->in, READ_BYTES, &room);

	if (err)
		return err;
	ssize_t n = read(b->fd, room, READ_BYTES);

	if (n == 0 || (n < 0 && errno == ECONNRESET)) /* the latter: with replies unread */
		return OP_CLOSED;
	if (n < 0)
		return errno == EINTR ? OP_OK : OP_SYSTEM;
	buf_commit(&b->in, (size_t)n);
	return OP_OK;
}

int
storer_inbox_next(struct storer_inbox *b, const unsigned char **payload, size_t *len)
{
	struct frame f;
	int err = frame_peek(buf_bytes(&b->in), buf_len(&b->in), FRAME_MAX, &f);

	if (err)
		return err;
	buf_clear(&b->message);
	if (buf_append(&b->message, f.payload, f.len))
		return OP_NO_MEMORY;
	buf_consume(&b->in, FRAME_HEADER + f.len);
	*payload = buf_bytes(&b->message);
	*len = buf_len(&b->message);
	return OP_OK;
}

/* --- before its turn --- */

static void
read_ahead(struct storer_inbox *b)
{
	unsigned char *room;
	ssize_t n;

	while (buf_len(&b->in) < AHEAD_BYTES && !buf_reserve(&b->in, READ_BYTES, &room)) {
		n = recv(b->fd, room, READ_BYTES, MSG_DONTWAIT);
		if (n <= 0)
			return; /* the end, too, is for storer_inbox_take() */
		buf_commit(&b->in, (size_t)n);
	}
}

int
storer_inbox_count(struct storer_inbox *b)
{
	struct frame f;
	int count = 0;

	read_ahead(b);
	for (size_t at = 0;
	     frame_peek(buf_bytes(&b->in) + at, buf_len(&b->in) - at, FRAME_MAX, &f) == OP_OK;
	     at += FRAME_HEADER + f.len)
		count++;
	return count;
}

static bool
holds(const struct buf *in, const struct buf *message)
{
	struct frame f;

	for (size_t at = 0;
	     frame_peek(buf_bytes(in) + at, buf_len(in) - at, FRAME_MAX, &f) == OP_OK;
	     at += FRAME_HEADER + f.len)
		if (f.len == buf_len(message) && memcmp(f.payload, buf_bytes(message), f.len) == 0)
			return true;
	return false;
}

bool
storer_inbox_has_cancel(struct storer_inbox *b, uint64_t op)
{
	struct buf cancel;
	struct mp_out o;

	read_ahead(b);
	if (buf_len(&b->in) == 0)
		return false;
	buf_init(&cancel);
	mp_out_init(&o, &cancel);
	storer_pack_cancel(&o, op);
	bool has = o.err == OP_OK && holds(&b->in, &cancel);

	buf_fini(&cancel);
	return has;
}
