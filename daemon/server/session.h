/* SPDX-License-Identifier: ISC */
/*
 * The worker's side of the framework: one client connection.  The same handlers serve both
 * personalities, so a handler never blocks, never exits and keeps its state in session_arg().  The
 * order per connection is that of Net::Server: accepted (the peer is known), the access list and
 * `allow`, (the handshake of TLS,) opened, input …, eof, served, closed; a denied connection runs
 * `denied` instead of what comes after the lists.
 *
 * Daemons that speak our frames use the relay (daemon/server/relay.h), which is written on these.
 */
#ifndef OPDESK_DAEMON_SERVER_SESSION_H
#define OPDESK_DAEMON_SERVER_SESSION_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/netaddr.h"

struct session;

/* Each may be NULL but `opened` and `input`. */
struct session_events {
	void (*accepted)(struct session *s);
	bool (*allow)(struct session *s); /* asked when the access list has said yes */
	void (*opened)(struct session *s);
	/* Unread bytes of the client: consume what you can from the left of `in`. */
	void (*input)(struct session *s, struct buf *in);
	/* The client will send no more; writing goes on until session_close(). */
	void (*eof)(struct session *s, struct buf *rest);
	/* A paused client (TCP) has something urgent: `in` was read ahead to it and stays as it is.
	 */
	void (*attention)(struct session *s, const struct buf *in);
	/* The queue, once past SESSION_HIGH_WATER, is nearly empty again. */
	void (*drained)(struct session *s);
	void (*timeout)(
	    struct session *s); /* session_timeout() ran out; NULL: the session is closed */
	/* The daemon stops: say good-bye and session_close(); NULL: just closed. */
	void (*stopping)(struct session *s);
	/* The conversation is over, whatever ended it; the connection is still there. */
	void (*served)(struct session *s);
	/* The end, once.  delivered: everything queued was written and shut down without error. */
	void (*closed)(struct session *s, bool delivered);
	void (*denied)(struct session *s);
	/* Clients speak first: TLS is told by its first byte on plain TCP, too, once it is
	 * configured. */
	bool client_begins;
};

#define SESSION_HIGH_WATER (256u * 1024u)

struct ev_loop *session_loop(struct session *s);
const void *session_settings(const struct session *s);
const struct server_app *session_app(const struct session *s);
const char *session_peer_text(const struct session *s); /* "NAME (ADDRESS)", for logs */
const struct netaddr *session_peer_addr(const struct session *s);
/* TLS: the subject of the client's certificate (RFC 2253), checked against tls_client_ca; from
 * `opened` on.  "": it has shown none. */
const char *session_peer_subject(const struct session *s);
bool session_is_tls(const struct session *s);
const char *session_listener(const struct session *s); /* endpoint that it came through */

/* Queue bytes for the client; OP_CLOSED after closed, OP_UNAVAILABLE past the queue's bound. */
int session_write(struct session *s, const void *bytes, size_t len);
/* Write what is queued, shut down, then `closed`, from the loop.  What comes in is dropped from
 * now. */
void session_close(struct session *s);
/* The process lives on after `closed` until as many releases as holds were made. */
void session_hold(struct session *s);
void session_release(struct session *s);
bool session_is_open(const struct session *s);       /* neither closing nor closed */
bool session_is_full(const struct session *s);       /* past SESSION_HIGH_WATER, not yet drained */
void session_timeout(struct session *s, int64_t ms); /* one-shot, re-armable; 0 = off */
/* Stop and resume reading.  `input` comes again for what it had left unread. */
void session_pause(struct session *s, bool paused);
int session_fd(const struct session *s);
void session_set_arg(struct session *s, void *arg);
void *session_arg(const struct session *s);

#endif
