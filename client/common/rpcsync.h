/* SPDX-License-Identifier: ISC */
/*
 * A conversation with a daemon for programs without a loop: one connection, calls and messages
 * taken one after the other, every wait with a deadline (clock_boot_ms(); STOP_FOREVER) and ended
 * by a signal (client/common/stop.h).  While it waits it pings a silent peer, so that a dead link
 * is noticed within about a minute.
 *
 * Errors of every function: OP_TIMEOUT, OP_CANCELLED (signal), OP_CLOSED, OP_PROTOCOL (also for
 * frames that are too large), OP_NO_MEMORY, OP_SYSTEM.  After any but OP_TIMEOUT and OP_CANCELLED
 * of a wait only rpcsync_close() is left.
 */
#ifndef OPDESK_CLIENT_COMMON_RPCSYNC_H
#define OPDESK_CLIENT_COMMON_RPCSYNC_H

#include <stddef.h>
#include <stdint.h>
#include "client/common/stop.h"
#include "lib/rpc.h"

struct rpcsync;

struct rpcsync_hello {
	const char *program, *role; /* role: "asker", "desk", "tool" */
};

/* Connect and say hello.  Also the errors of dial_wait() and the daemon's own (OP_DENIED,
 * OP_CONFLICT …; OP_NOT_NOW for its OP_UNAVAILABLE, which would read like nobody there); `why` says
 * more, and is empty when there is nothing to add. */
int rpcsync_open(const struct endpoint *e, const struct rpcsync_hello *hello, int64_t deadline_ms,
    struct rpcsync **out, char *why, size_t why_size);

/* Say hello on what is connected already, which is given away. */
int rpcsync_adopt(struct transport t, const struct rpcsync_hello *hello, int64_t deadline_ms,
    struct rpcsync **out, char *why, size_t why_size);

/* The daemon's, by which it is known on another connection; "": an old one, which has none. */
const char *rpcsync_instance(const struct rpcsync *s);

void rpcsync_close(struct rpcsync *s); /* NULL is fine */

/* A call, or with msgid NULL a notification: append exactly one map to the returned writer, then
 * rpcsync_send(), which waits until all is written. */
struct mp_out *rpcsync_begin(struct rpcsync *s, const char *method, uint32_t *msgid);
int rpcsync_send(struct rpcsync *s, int64_t deadline_ms);

/* Nothing more will be sent: the daemon hears what was, and then the end. */
void rpcsync_end(struct rpcsync *s);

/* The next message that is not for this module itself; borrowed until the next call. */
int rpcsync_next(struct rpcsync *s, int64_t deadline_ms, const struct rpc_msg **m);

/* The same, but OP_AGAIN when the descriptor `other` is readable and nothing more has come. */
int rpcsync_next_or(struct rpcsync *s, int other, int64_t deadline_ms, const struct rpc_msg **m);

/* The response to one call; what else comes is dropped.  OP_OK: (*m)->result.  The daemon's own
 * error: that number, and *m is the response.  Else *m is NULL. */
int rpcsync_wait(struct rpcsync *s, uint32_t msgid, int64_t deadline_ms, const struct rpc_msg **m);

/* What the daemon said with an error, made plain, into dst; returns dst. */
const char *rpcsync_error_text(char *dst, size_t size, const struct rpc_msg *m);

#endif
