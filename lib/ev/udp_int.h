/* SPDX-License-Identifier: ISC */
/* What udp.c (sockets), udp_io.c (sending, receiving) and udp_multicast.c (options, memberships)
 * share. */
#ifndef OPDESK_LIB_EV_UDP_INT_H
#define OPDESK_LIB_EV_UDP_INT_H

#include "lib/ev/udp.h"

struct udp_socket {
	struct udp *udp;
	int fd;
	ev_io io;
};

struct udp {
	struct ev_loop *loop;
	const struct udp_events *events;
	void *arg;
	struct resolve_addr local;
	struct udp_options options;
	/* The first sends; the others are there only to be in more groups.  All receive. */
	struct udp_socket **sockets;
	size_t socket_count;
	ev_io writable; /* of the first, after OP_AGAIN */
	unsigned char *room;
	struct udp_membership *members;
	size_t *member_sockets; /* by membership: index into sockets */
	size_t member_count;
	unsigned ifindex;  /* IPv4: the kernel tells only an address */
	bool busy, closed; /* closed inside a callback: freed when that is over */
};

/* One more socket on the same address and port, watched.  OP_OK, or errno's meaning with errno. */
int udp_add_socket(struct udp *u);

static inline bool
udp_is_ipv6(const struct udp *u)
{
	return u->local.sa.ss_family == AF_INET6;
}

/* The watchers' callbacks. */
void udp_on_readable(struct ev_loop *loop, ev_io *w, int revents);
void udp_on_writable(struct ev_loop *loop, ev_io *w, int revents);

/* Free what udp_close() has closed. */
void udp_release(struct udp *u);

#endif
