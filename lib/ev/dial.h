/* SPDX-License-Identifier: ISC */
/*
 * Connecting to an endpoint.  Resolves (lib/ev/resolve.h), tries the addresses in order, the next
 * one 250 ms after the last began (RFC 8305, simplified), and has one deadline for everything.  The
 * result is a transport (lib/ev/transport.h), so that a caller need not know whether a socket, ssh
 * or TLS lies under it.
 *
 * A tls endpoint is connected when its handshake is done: TLS 1.3, and a certificate for the
 * endpoint's host that an authority of $OPDESK_TLS_CA (a PEM file; else the system's) has signed.
 * A server that wants to know its clients is shown $OPDESK_TLS_CERT and $OPDESK_TLS_KEY (PEM
 * files).
 *
 * An ssh endpoint is reached by `ssh -T -oBatchMode=yes -- [USER@]HOST PROGRAM --stdio`, or by what
 * $OPDESK_SSH names instead of ssh.  Connected then means that ssh runs: whether it gets through
 * is known when the daemon has answered.  Until then the end of the connection says why not
 * (lib/ev/conn.h), and the time for hello bounds the wait.
 */
#ifndef OPDESK_LIB_EV_DIAL_H
#define OPDESK_LIB_EV_DIAL_H

#include <ev.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/endpoint.h"
#include "lib/ev/transport.h"

struct dial;

/* t not NULL: connected, err 0; *t is given away (copy the value: conn_new(loop, *t, …)).  Its
 * descriptors are non-blocking and close-on-exec, TCP has TCP_NODELAY and keep-alive.  t NULL: err
 * is OP_NOT_FOUND (name), OP_UNAVAILABLE (refused, unreachable, no socket file, no ssh program),
 * OP_DENIED (TLS: a certificate was refused), OP_TIMEOUT, OP_PROTOCOL (TLS), OP_BAD_REQUEST (ssh
 * to no program), OP_SYSTEM (something on this host that may pass: a file of OPDESK_TLS_… cannot be
 * used now, and `why` names both); `why` is "connection refused".
 */
typedef void dial_fn(struct transport *t, int err, const char *why, void *arg);

/* `done` exactly once, never from inside dial_start(), never after dial_cancel().  The endpoint is
 * copied.  timeout_ms must be > 0.  NULL: no memory.  The loop must outlive the transport: the end
 * of ssh is awaited there after close(). */
struct dial *dial_start(
    struct ev_loop *loop, const struct endpoint *e, int64_t timeout_ms, dial_fn *done, void *arg);
void dial_cancel(struct dial *d); /* NULL is fine */

/* Without a loop of the caller's: blocks at most timeout_ms.  OP_OK: *out is connected and given
 * away; else the error as above or OP_CANCELLED (*stop became non-zero; stop may be NULL), with
 * `why` filled in.  close() of ssh then blocks until it has ended, a second at most. */
int dial_wait(const struct endpoint *e, int64_t timeout_ms, const volatile int *stop,
    struct transport *out, char *why, size_t why_size);

#endif
