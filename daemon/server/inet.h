/* SPDX-License-Identifier: ISC */
/*
 * Inet style, as inetd has it: for each connection one process, whose standard input and output are
 * the client and which may block, use stdio and end when it likes.  `.session` of the daemon is
 * &inet_events and `.inet` the handler.  Between client and process lies a pair of sockets and the
 * worker, so that lists, limits, TLS and both personalities are those of all other daemons; what
 * the kernel says of its descriptors is therefore about that pair.
 */
#ifndef OPDESK_DAEMON_SERVER_INET_H
#define OPDESK_DAEMON_SERVER_INET_H

#include <stdint.h>
#include "daemon/server/session.h"

struct inet_peer {        /* borrowed */
	const char *text; /* "NAME (ADDRESS)" */
	const struct netaddr *addr;
	const char *subject; /* as session_peer_subject() */
	const char *listener;
};

struct inet_handler {
	/* In a process of its own; its standard error is the daemon's.  The result is the exit
	 * status; one other than 0 is logged. */
	int (*run)(const void *settings, const struct inet_peer *peer);
	int64_t limit_ms; /* then it is killed; 0: it may take its time */
};

extern const struct session_events inet_events;

#endif
