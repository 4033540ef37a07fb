/* SPDX-License-Identifier: ISC */
/*
 * The length in front of a payload, written and read.  Every stream of the suite passes through
 * these few lines, in whatever loop its process runs.
 */
#include "lib/frame.h"

#include <assert.h>
#include <stdint.h>

#include "lib/err.h"

size_t
frame_claimed(const void *bytes)
{
	const unsigned char *p = bytes;

	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

static void
put_length(unsigned char *p, size_t len)
{
	p[0] = (unsigned char)(len >> 24);
	p[1] = (unsigned char)(len >> 16);
	p[2] = (unsigned char)(len >> 8);
	p[3] = (unsigned char)len;
}

int
frame_peek(const void *bytes, size_t len, size_t max_bytes, struct frame *out)
{
	size_t claimed;

	if (len < FRAME_HEADER)
		return OP_AGAIN;
	claimed = frame_claimed(bytes);
	if (claimed == 0)
		return OP_PROTOCOL;
	if (claimed > max_bytes || claimed > FRAME_MAX)
		return OP_TOO_LARGE;
	if (len - FRAME_HEADER < claimed)
		return OP_AGAIN;
	out->payload = (const unsigned char *)bytes + FRAME_HEADER;
	out->len = claimed;
	return OP_OK;
}

int
frame_append(struct buf *out, const void *payload, size_t len)
{
	unsigned char *room;
	int err;

	if (len == 0)
		return OP_BAD_REQUEST;
	if (len > FRAME_MAX)
		return OP_TOO_LARGE;
	err = buf_reserve(out, FRAME_HEADER + len, &room);
	if (err)
		return err;
	put_length(room, len);
	buf_commit(out, FRAME_HEADER);
	return buf_append(out, payload, len);
}

int
frame_begin(struct buf *out, size_t *mark)
{
	static const unsigned char hole[FRAME_HEADER];
	size_t start = buf_len(out);
	int err = buf_append(out, hole, sizeof(hole));

	if (err)
		return err;
	*mark = start;
	return OP_OK;
}

int
frame_end(struct buf *out, size_t mark)
{
	size_t len;

	assert(mark + FRAME_HEADER <= buf_len(out));
	len = buf_len(out) - mark - FRAME_HEADER;
	if (len == 0 || len > FRAME_MAX) {
		buf_truncate(out, mark);
		return len ? OP_TOO_LARGE : OP_BAD_REQUEST;
	}
	put_length(out->data + out->off + mark, len);
	return OP_OK;
}
