/* SPDX-License-Identifier: ISC */
/*
 * Connecting to an endpoint and listening on one.  Connecting resolves (lib/ev/resolve.h), tries the
 * addresses in order, the next one 250 ms after the last began (RFC 8305, simplified), and has one
 * deadline for everything.  Listening keeps the rules of unix(7) sockets in docs/protocol.md 7.
 */
#ifndef OPDESK_LIB_EV_DIAL_H
#define OPDESK_LIB_EV_DIAL_H

#include <ev.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/endpoint.h"

struct dial;

/* fd >= 0: connected, non-blocking, close-on-exec, TCP_NODELAY, given away.  fd -1: err is
 * OP_NOT_FOUND (name), OP_UNAVAILABLE (refused, unreachable, no socket file), OP_DENIED, OP_TIMEOUT,
 * OP_BAD_REQUEST (kind not supported here); `why` is "connection refused". */
typedef void dial_fn(int fd, int err, const char *why, void *arg);

/* `done` exactly once, never from inside dial_start(), never after dial_cancel().  NULL: no memory. */
struct dial *dial_start(struct ev_loop *loop, const struct endpoint *e, int64_t timeout_ms,
    dial_fn *done, void *arg);
void dial_cancel(struct dial *d);

/* Without a loop: the descriptor (non-blocking) or a negative op_err, `why` filled in. */
int dial_wait(const struct endpoint *e, int64_t timeout_ms, const volatile int *stop, char *why,
    size_t why_size);

struct listen_options {
	int backlog;	/* 0 = SOMAXCONN */
	mode_t mode;	/* unix: 0 = 0600 */
	uid_t owner;	/* unix: (uid_t)-1 = leave */
	gid_t group;	/* unix: (gid_t)-1 = leave */
};

/*
 * Open listening sockets for one endpoint: one per address it names, at most `max`, into fds[]
 * (close-on-exec, non-blocking).  Resolves blockingly: call it before the loop.  Port 0 asks the
 * kernel for one.  Returns how many, or a negative op_err with `why` for people, which tells apart:
 * in use by a live server, no permission, a component that is no directory, read-only file system,
 * a path that exists and is not a socket.  A stale socket file is replaced.
 */
int listen_open(const struct endpoint *e, const struct listen_options *options, int *fds, int max,
    char *why, size_t why_size);

/* The bound endpoint of a listening socket, with the real port. */
int listen_endpoint(int fd, struct endpoint *out);

/* Remove the file of a UNIX socket; only the process that opened it removes it. */
void listen_close(int fd);

#endif
