/* SPDX-License-Identifier: ISC */
/*
 * A message toolkit for small programs: whole messages over one loop, with blocking calls where a
 * script would want them.  The frames are those of lib/frame.h, so every daemon and helper of the
 * suite can be talked to.  docs/msg.md shows a client and a server.
 *
 * Names and behaviour follow Perl's Msg module.  Nothing is delivered twice, dropped in silence or
 * left hanging: a message that was queued is written, or the caller is told; queues are bounded; a
 * call on a closed connection is OP_CLOSED.  Daemons of ours use conn.h and peer.h, which never
 * block.
 */
#ifndef OPDESK_LIB_EV_MSG_H
#define OPDESK_LIB_EV_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/endpoint.h"
#include "lib/ev/listen.h"
#include "lib/ev/transport.h"

struct msg;        /* one loop and everything on it */
struct msg_conn;   /* one connection; the handle is valid until msg_disconnect() */
struct msg_server; /* the listening sockets of one endpoint */
struct msg_timer;
struct msg_backend; /* an event loop to stand on: lib/ev/msg_event.h */
struct ev_loop;

extern const struct msg_backend msg_libev, msg_poll;

/* On libev, or on the back end named.  NULL: no memory.  msg_free() disconnects, closes and stops
 * whatever is left; not from inside a callback. */
struct msg *msg_new(void);
struct msg *msg_new_on(const struct msg_backend *backend);
void msg_free(struct msg *m);
/* Borrowed, for watchers of your own; NULL on another back end.  msg_event_loop() runs it. */
struct ev_loop *msg_loop(struct msg *m);

/*
 * Run the loop: count > 0: that many turns, each waits for something to happen; 0: until nothing is
 * registered any more (no open connection, server, handler or timer) or msg_break() is called.
 * Returns at once when nothing is registered.  True: something still is.
 */
bool msg_event_loop(struct msg *m, int count);
void msg_break(struct msg *m);

/* --- connections --- */

/*
 * A message (borrowed for the call, never empty), or bytes NULL:
 *   err OP_OK	the peer has closed, and our side has too;
 *   err < 0	and msg_is_open(): a queued write failed; the queue stays, see msg_resume();
 *   err < 0	otherwise: OP_CLOSED (reset, or the peer closed inside a message), OP_PROTOCOL or
 *		OP_TOO_LARGE (bad framing), OP_SYSTEM, OP_NO_MEMORY; our side is closed.
 * Every call on `c` is allowed inside, msg_disconnect() too.
 */
typedef void msg_rcv_fn(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg);

/* Connect, blocking at most timeout_ms (> 0).  OP_OK: *out; else as dial_wait(), with `why`. */
int msg_connect(struct msg *m, const struct endpoint *e, int64_t timeout_ms, msg_rcv_fn *rcv,
    void *arg, struct msg_conn **out, char *why, size_t why_size);

/* Messages over a transport that is there already: pipes to a child, a socketpair.  Given away (and
 * closed when NULL is returned: no memory). */
struct msg_conn *msg_attach(struct msg *m, struct transport t, msg_rcv_fn *rcv, void *arg);

/* Close and forget the handle; NULL is fine.  Returns how many queued messages were not written
 * (wholly): send the last one by msg_send_now() to have none. */
size_t msg_disconnect(struct msg_conn *c);

/* Write what is queued and then this message; blocks at most timeout_ms (0 = for ever).  OP_CLOSED;
 * OP_BAD_REQUEST (empty); OP_TOO_LARGE; OP_NO_MEMORY: nothing was queued.  OP_TIMEOUT: it is queued
 * and the loop goes on writing.  Another error: as msg_resume() says. */
int msg_send_now(struct msg_conn *c, const void *bytes, size_t len, int64_t timeout_ms);

/* Queue; the loop writes.  Errors as above (nothing was queued), and OP_UNAVAILABLE: the queue is
 * at its high-water mark: stop until the function of msg_on_drained() is called. */
int msg_send_later(struct msg_conn *c, const void *bytes, size_t len);

/*
 * After a failed write (which the failing call returned, or msg_rcv_fn told) the queue stays, and
 * sending returns that error until the caller decides: msg_resume() tries again, from the very
 * byte; msg_discard() drops the queued messages, except the rest of one that was begun, which is
 * tried again, and returns how many it dropped.
 */
int msg_resume(struct msg_conn *c);
size_t msg_discard(struct msg_conn *c);

/* Wait for the next message, at most timeout_ms (0 = for ever), without calling msg_rcv_fn; what is
 * queued is written meanwhile.  A message begun by the loop is finished here, and the other way
 * round.  OP_OK: `out` holds it and nothing else.  OP_TIMEOUT.  OP_CLOSED: the peer closed
 * (msg_error() is 0 when it did so between two messages), our side is closed now; other errors as
 * in msg_rcv_fn. */
int msg_rcv_now(struct msg_conn *c, int64_t timeout_ms, struct buf *out);

/* Called when the queue has fallen to a quarter of the mark after a refusal. */
void msg_on_drained(struct msg_conn *c, void (*drained)(struct msg_conn *c, void *arg));

/* Bytes: largest message accepted, high-water mark of the queue; 0 = FRAME_MAX, 1 MiB. */
void msg_set_limits(struct msg_conn *c, size_t max_message, size_t high_water);

bool msg_is_open(const struct msg_conn *c);
int msg_error(const struct msg_conn *c);     /* why it is closed, or the failed write's error; 0 */
size_t msg_queued(const struct msg_conn *c); /* messages not wholly written */
void msg_set_arg(struct msg_conn *c, void *arg);

/* --- servers --- */

/* A new connection: return its receive function, or NULL to refuse it (it is closed).  host: the
 * peer's address as text, "local" for UNIX; port 0 then.  msg_set_arg() gives the connection its
 * own argument; until then it has the server's.  Must not disconnect `c`, but may run the loop,
 * which moves nothing of `c` until this has returned. */
typedef msg_rcv_fn *msg_login_fn(struct msg_conn *c, const char *host, unsigned port, void *arg);

/* Listen (lib/ev/listen.h; options may be NULL).  NULL: `why` says why. */
struct msg_server *msg_new_server(struct msg *m, const struct endpoint *e,
    const struct listen_options *options, msg_login_fn *login, void *arg, char *why,
    size_t why_size);
int msg_server_endpoint(const struct msg_server *s, struct endpoint *out); /* with the real port */
void msg_close_server(struct msg_server *s); /* its connections live on; NULL is fine */

/* --- foreign descriptors and timers --- */

enum msg_event { MSG_READ, MSG_WRITE };
typedef void msg_event_fn(int fd, void *arg);

/* Call fn whenever fd (socket, pipe, terminal, regular file) is ready.  One handler per kind and
 * descriptor: a new one replaces, NULL removes.  Remove before closing fd.  OP_NO_MEMORY;
 * OP_BAD_REQUEST: fd is not open. */
int msg_set_event_handler(struct msg *m, int fd, enum msg_event kind, msg_event_fn *fn, void *arg);

/* Call fn in `seconds` (fractions allowed; 0: the next slice of a long task, other events come in
 * between) and then every `repeat` seconds (0: once; the handle is dead when fn is called).  NULL:
 * no memory. */
typedef void msg_timer_fn(void *arg);
struct msg_timer *msg_timer_start(
    struct msg *m, double seconds, double repeat, msg_timer_fn *fn, void *arg);
void msg_timer_stop(struct msg_timer *t); /* inside fn too, if it repeats; NULL is fine */

#endif
