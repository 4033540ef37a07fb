/* SPDX-License-Identifier: ISC */
/*
 * Lines from standard input on the loop, as fast as they are wanted: nothing is read while a whole
 * line waits to be taken.  A last line needs no line end.  Lines that are too long are passed over
 * and named.
 */
#ifndef OPDESK_CLIENT_OPNET_LINES_H
#define OPDESK_CLIENT_OPNET_LINES_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include "lib/buf.h"

struct lines {
	struct ev_loop *loop;
	ev_io io;
	struct buf in;
	size_t taken; /* bytes of the line that was given out last */
	size_t max_bytes;
	bool eof, skipping;
	unsigned long number; /* of the next line */
	void (*ready)(void *arg);
	void *arg;
};

/* ready: there may be a line, or the end. */
void lines_open(
    struct lines *l, struct ev_loop *loop, size_t max_bytes, void (*ready)(void *arg), void *arg);
void lines_close(struct lines *l);

/* The next line without its line end, borrowed until the next call; false: none now, and `ready`
 * will say when that changes, unless lines_ended(). */
bool lines_next(struct lines *l, const char **text, size_t *len);
bool lines_ended(const struct lines *l);

#endif
