/* SPDX-License-Identifier: ISC */
/*
 * The growable run of bytes under every queue.  Invariant: off + len <= cap, and off is 0 whenever
 * len is.  Bytes are moved to the front only when at least as many were consumed as remain, so that
 * a long queue that is nibbled at costs no more than its bytes.
 */
#include "lib/buf.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

#define FIRST_CAP 256u

void
buf_init(struct buf *b)
{
	*b = (struct buf){0};
}

void
buf_fini(struct buf *b)
{
	free(b->data);
	buf_init(b);
}

static int
grow(struct buf *b, size_t need)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	unsigned char *data;

	while (cap < need) {
		if (cap > SIZE_MAX / 2)
			return OP_NO_MEMORY;
		cap *= 2;
	}
	data = realloc(b->data, cap);
	if (!data)
		return OP_NO_MEMORY;
	b->data = data;
	b->cap = cap;
	return OP_OK;
}

int
buf_reserve(struct buf *b, size_t len, unsigned char **room)
{
	if (b->off && b->off >= b->len && b->cap - b->off - b->len < len) {
		memmove(b->data, b->data + b->off, b->len);
		b->off = 0;
	}
	if (b->cap - b->off - b->len < len) {
		if (len > SIZE_MAX - b->off - b->len)
			return OP_NO_MEMORY;
		int err = grow(b, b->off + b->len + len);

		if (err)
			return err;
	}
	*room = b->data ? b->data + b->off + b->len : NULL;
	return OP_OK;
}

void
buf_commit(struct buf *b, size_t len)
{
	assert(len <= b->cap - b->off - b->len);
	b->len += len;
}

int
buf_append(struct buf *b, const void *bytes, size_t len)
{
	unsigned char *room;
	int err;

	if (len == 0)
		return OP_OK;
	err = buf_reserve(b, len, &room);
	if (err)
		return err;
	memcpy(room, bytes, len);
	b->len += len;
	return OP_OK;
}

int
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	unsigned char *room;
	va_list again;
	int n, err;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return OP_NO_MEMORY;
	/* vsnprintf() writes a NUL that the buffer does not count. */
	err = buf_reserve(b, (size_t)n + 1, &room);
	if (err)
		return err;
	vsnprintf((char *)room, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
	return OP_OK;
}

int
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int err;

	va_start(ap, fmt);
	err = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return err;
}

static void
settle(struct buf *b)
{
	if (b->len)
		return;
	b->off = 0;
	if (b->cap > BUF_KEEP)
		buf_fini(b);
}

void
buf_consume(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->off += len;
	b->len -= len;
	settle(b);
}

void
buf_truncate(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	settle(b);
}

void
buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
}
