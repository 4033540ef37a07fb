/* SPDX-License-Identifier: ISC */
/*
 * Frames: u32 length, big-endian, then that many bytes of payload (docs/protocol.md, Frame).  Pure:
 * the bytes that have arrived are the only state, so any split of the stream gives the same
 * messages, and a claimed length alone allocates nothing.
 */
#ifndef OPDESK_LIB_FRAME_H
#define OPDESK_LIB_FRAME_H

#include <stddef.h>
#include "lib/buf.h"

#define FRAME_HEADER 4u
#define FRAME_MAX 0xffffffu /* largest payload in bytes: the first byte on the wire is always 0 */

struct frame {
	const unsigned char *payload; /* borrowed from the bytes given to frame_peek() */
	size_t len;                   /* payload bytes, 1 … max_bytes */
};

/*
 * Look at the `len` bytes that have arrived.  OP_OK: *out is the first frame; consume FRAME_HEADER
 * + out->len.  OP_AGAIN: not complete yet.  OP_PROTOCOL: a length of 0.  OP_TOO_LARGE: a length
 * past max_bytes (itself at most FRAME_MAX).  After the last two the stream cannot be read on;
 * frame_claimed() tells the length for the log line.
 */
int frame_peek(const void *bytes, size_t len, size_t max_bytes, struct frame *out);

/* The length that the first four bytes claim; `bytes` has at least FRAME_HEADER bytes. */
size_t frame_claimed(const void *bytes);

/* Append a whole frame.  OP_BAD_REQUEST for an empty payload, OP_TOO_LARGE, OP_NO_MEMORY. */
int frame_append(struct buf *out, const void *payload, size_t len);

/* Build a frame in place: begin leaves room for the length, the caller appends the payload, end
 * writes the length.  frame_end() takes the frame back out of `out` when it fails: OP_BAD_REQUEST
 * (empty), OP_TOO_LARGE. */
int frame_begin(struct buf *out, size_t *mark);
int frame_end(struct buf *out, size_t mark);

#endif
