/* SPDX-License-Identifier: ISC */
/*
 * TCP urgent data (RFC 6093; tcp(7), sockatmark(3)), on any connected TCP socket.  The stream has
 * one mark at a time: a second urgent byte that arrives before the reader has passed the first mark
 * drops the first into the ordinary stream, so let only one be on its way.  The urgent byte does
 * not pass a closed receive window.  No global state; nothing blocks.
 *
 * Out of band (the default of a socket): reading stops before the mark, the byte is taken by
 * urgent_take(); a read(2) that begins at the mark passes over the byte, and it is lost.  So take
 * it when urgent_waits(), and read only after poll(2) has said POLLIN, which it does not for the
 * urgent byte alone.  Inline: the byte stays in the stream, and reading stops before it once.
 */
#ifndef OPDESK_LIB_EV_URGENT_H
#define OPDESK_LIB_EV_URGENT_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

/* Write `len` (>= 1) bytes of which the last is urgent.  OP_OK: all; OP_AGAIN: none, no room;
 * OP_CLOSED; OP_SYSTEM with errno.  A short write, which leaves the mark elsewhere, is told in
 * *sent (may be NULL): what is missing goes out by another call, and marks its own last byte. */
int urgent_send(int fd, const void *bytes, size_t len, size_t *sent);

/* Take the urgent byte out of band.  OP_OK; OP_AGAIN: the mark is known, the byte is not here yet:
 * read on until it is; OP_NOT_FOUND: there is none, it was taken, or it is inline (EINVAL);
 * OP_CLOSED; OP_SYSTEM. */
int urgent_take(int fd, unsigned char *byte);

/* True: the next byte read is the first after the mark (inline: the urgent byte). */
bool urgent_at_mark(int fd);

/* An urgent byte has been announced and was not taken, nor read past. */
bool urgent_waits(int fd);

int urgent_set_inline(int fd, bool is_inline); /* OP_SYSTEM */

/* SIGURG for this process.  Not inherited from the listening socket on Linux, and a byte that came
 * before this call raised no signal: look once by urgent_waits() afterwards.  The signal repeats
 * (about 27 times a byte under load) and names no socket.  OP_SYSTEM. */
int urgent_own(int fd);

/*
 * Beside libev, which does not report exceptional conditions: a second epoll descriptor that
 * becomes readable when urgent data waits on fd.  `seen` is called on the loop, and again in the
 * next turn for as long as the byte is neither taken nor read past.  The watch must be stopped
 * before fd is closed.  NULL: no memory or no descriptor (errno).
 */
struct urgent_watch;
typedef void urgent_fn(int fd, void *arg);
struct urgent_watch *urgent_watch_start(struct ev_loop *loop, int fd, urgent_fn *seen, void *arg);
void urgent_watch_stop(struct urgent_watch *w); /* NULL is fine; inside `seen` too */

#endif
