/* SPDX-License-Identifier: ISC */
/*
 * A growable run of bytes: appended at the end, consumed from the front.  The body is public so
 * that it can be embedded by value; touch it through the functions only.  A buffer that has been
 * emptied gives its storage back once it is larger than BUF_KEEP, so that one big message does not
 * cost its size for ever.
 */
#ifndef OPDESK_LIB_BUF_H
#define OPDESK_LIB_BUF_H

#include <stdarg.h>
#include <stddef.h>

#define BUF_KEEP 4096u

struct buf {
	unsigned char *data; /* owned; NULL while cap is 0 */
	size_t off;          /* first byte not yet consumed */
	size_t len;          /* bytes from off on */
	size_t cap;
};

void buf_init(struct buf *b);
void buf_fini(struct buf *b);

/* First unread byte (never NULL when buf_len() > 0) and how many there are.  Borrowed until the
 * next call that changes the buffer. */
static inline const unsigned char *
buf_bytes(const struct buf *b)
{
	return b->data ? b->data + b->off : NULL;
}

static inline size_t
buf_len(const struct buf *b)
{
	return b->len;
}

/* Append a copy of `len` bytes.  OP_NO_MEMORY leaves the buffer as it was. */
int buf_append(struct buf *b, const void *bytes, size_t len);

/* Append formatted text, without the final NUL.  OP_NO_MEMORY. */
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_vprintf(struct buf *b, const char *fmt, va_list ap);

/* Room for at least `len` more bytes; *room is where they go.  Follow with buf_commit() of what
 * was really written.  OP_NO_MEMORY. */
int buf_reserve(struct buf *b, size_t len, unsigned char **room);
void buf_commit(struct buf *b, size_t len);

/* Drop `len` bytes (at most buf_len()) from the front. */
void buf_consume(struct buf *b, size_t len);

/* Cut back to the first `len` unread bytes: undo of an append that could not be finished. */
void buf_truncate(struct buf *b, size_t len);

void buf_clear(struct buf *b);

#endif
