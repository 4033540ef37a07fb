/* SPDX-License-Identifier: ISC */
/*
 * The framework's side of sessions (session.h is the daemon's): starting one on a loop, and what
 * the relay may know of it.
 */
#ifndef OPDESK_DAEMON_SERVER_SESSIONS_H
#define OPDESK_DAEMON_SERVER_SESSIONS_H

#include <sys/socket.h>
#include "daemon/server/generic.h"
#include "daemon/server/session.h"

struct tls; /* lib/ev/tls.h */

struct session_origin {
	const struct server_config *config; /* borrowed for the session's life */
	int fd;                             /* non-blocking; given away */
	struct sockaddr_storage sa;
	socklen_t sa_len;
	const char *listener; /* borrowed for the session's life */
	int door_fd;
	struct tls *
	    *tls;      /* the process's, made when first needed: borrowed for the session's life */
	bool shared;   /* others are on this loop: a handler that holds it is logged */
	bool reserved; /* in a place of the reserve: as in struct arrival */
};

/* Resolves the peer, asks the lists, then runs the daemon's handlers.  `ended` comes once, from the
 * loop, after closed and the last release; the session is freed then.  delivered: as `closed` had
 * it.  NULL: no memory. */
struct session *session_start(struct ev_loop *loop, const struct session_origin *o,
    void (*ended)(bool delivered, void *arg), void *arg);

/* The daemon stops. */
void session_stop(struct session *s);

const struct session_origin *session_origin(const struct session *s);
const char *session_peer_name(const struct session *s); /* "" when it has none */

#endif
