/* SPDX-License-Identifier: ISC */
/* What the files of a session share: session.c bytes and end, session_peer.c who it is,
 * session_ask.c what a handler may ask, session_tls.c the handshake, session_urgent.c attention. */
#ifndef OPDESK_DAEMON_SERVER_SESSION_INT_H
#define OPDESK_DAEMON_SERVER_SESSION_INT_H

#include "daemon/server/sessions.h"
#include "lib/ev/transport.h"

struct resolve;
struct urgent_watch;

enum state { LOOKING, SHAKING, OPEN, CLOSING, CLOSED };

struct session {
	struct ev_loop *loop;
	struct session_origin origin;
	struct transport t; /* of origin.fd, which is -1 once it is closed */
	const struct session_events *events;
	void (*ended)(bool delivered, void *arg);
	void *ended_arg;
	void *arg;
	enum state state;
	int holds;
	bool paused, eof, full, stopped, delivered;
	struct buf in, out;
	ev_io reader, writer;
	ev_timer timeout;    /* the daemon's */
	unsigned limits_set; /* how often it was set */
	ev_timer stall;      /* SHAKING: its limit; OPEN, CLOSING: no progress in writing; CLOSED:
				lingering */
	ev_timer probe;
	ev_prepare end;              /* only fed: brings `ended` into the loop */
	struct urgent_watch *urgent; /* NULL: reading goes on, or not TCP */
	struct resolve *resolve;
	struct netaddr addr;
	char subject[256];
	char name[256];
	char text[256 + NETADDR_TEXT + 4];
};

/* Run a handler of the daemon, which may be NULL; one that holds a shared loop is logged. */
void session_handle(struct session *s, void (*handler)(struct session *s), const char *name);
/* Without lingering; brings `ended` when nothing holds the session. */
void session_close_fd(struct session *s);
void session_update_reader(struct session *s);
void session_on_readable(struct ev_loop *loop, ev_io *io, int revents);
/* Start or stop watching for the mark of a cancellation, as the state wants it. */
void session_watch_urgent(struct session *s);
/* It may come in: OPEN, when there is nothing left to do. */
void session_open(struct session *s);
/* The same after the handshake of TLS, where there has to be one. */
void session_shake(struct session *s);
void session_shake_timeout(struct session *s);
/* The end before `opened`. */
void session_give_up(struct session *s);
/* Find out who the peer is and ask the lists; then `opened` or `denied`. */
void session_look_up(struct session *s);

#endif
