/* SPDX-License-Identifier: ISC */
/*
 * Datagrams, for daemons that have a `struct datagram_events`: `listen` then takes udp:ADDRESS:PORT
 * ("*": every IPv4 address) and unixgram:PATH, too.  One process for each such socket, under both
 * personalities, started again when it dies; the handlers run there, one datagram after the other.
 * Order for each datagram: the peer is known (by its address, without a name) → the access list,
 * then `allow` → received, or `denied` instead.
 */
#ifndef OPDESK_DAEMON_SERVER_DATAGRAM_H
#define OPDESK_DAEMON_SERVER_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/netaddr.h"

#define DATAGRAM_MAX 65536u

struct datagram; /* valid until the handler returns */

/* Each may be NULL but `received`. */
struct datagram_events {
	bool (*allow)(struct datagram *d); /* asked when the access list has said yes */
	/* Never one that was cut.  Be brief: the next ones wait in the kernel, and are lost when
	 * that is full. */
	void (*received)(struct datagram *d, const void *bytes, size_t len);
	void (*denied)(struct datagram *d);
};

const void *datagram_settings(const struct datagram *d);
const struct netaddr *datagram_peer_addr(const struct datagram *d); /* family 0: UNIX */
uid_t datagram_peer_uid(const struct datagram *d); /* UNIX, by the kernel's word; else (uid_t)-1 */
const char *datagram_peer_text(const struct datagram *d); /* for logs */
const char *datagram_listener(const struct datagram *d);
/* To the peer, from the address that it had asked; does not wait.  OP_AGAIN: no room; OP_NOT_FOUND:
 * a UNIX peer without a name; OP_TOO_LARGE; OP_CLOSED: it has gone; OP_SYSTEM with errno. */
int datagram_reply(struct datagram *d, const void *bytes, size_t len);

#endif
