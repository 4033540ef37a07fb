/* SPDX-License-Identifier: ISC */
/*
 * A datagram socket on libev: RFC 768 over IPv4 or IPv6, with broadcast and multicast.  One object
 * is one family and one port; it owns its descriptors (more than one when it is in more groups than
 * the kernel allows a socket, net.ipv4.igmp_max_memberships, 20 by default).
 *
 * Linux's habits that are dealt with here: an error of what was sent to one host is reported by the
 * next send to any other (retried; the error itself is told by `failed` with the right host); a
 * socket gets the datagrams of every group that anybody on the host is in (IP_MULTICAST_ALL off);
 * a datagram longer than the buffer is cut (told by `truncated`); an answer leaves from whichever
 * address the route says (udp_datagram.path names the one that was asked).
 */
#ifndef OPDESK_LIB_EV_UDP_H
#define OPDESK_LIB_EV_UDP_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include "lib/endpoint.h"
#include "lib/ev/resolve.h"
#include "lib/netaddr.h"

#define UDP_MAX_BYTES 65535u /* no datagram is larger */

struct udp;

/* Where a datagram leaves: from this address (family 0: the kernel's choice), through this
 * interface (0: as routed). */
struct udp_path {
	struct netaddr local;
	unsigned ifindex;
};

struct udp_datagram { /* all borrowed for the call */
	const void *bytes;
	size_t len;     /* may be 0 */
	bool truncated; /* it was longer than max_bytes: the rest is lost */
	const struct resolve_addr *from;
	struct netaddr to;    /* where it was sent: our address, a broadcast address or a group */
	unsigned ifindex;     /* the interface it came in by */
	struct udp_path path; /* for the answer: from the address that was asked */
};

/* Every callback comes from the loop and may udp_close(). */
struct udp_events {
	void (*datagram)(struct udp *u, const struct udp_datagram *d, void *arg);
	/* A datagram that was sent to `to` did not arrive: OP_UNAVAILABLE ("connection refused",
	 * "no route to host"), OP_DENIED, OP_TOO_LARGE …  NULL: nobody wants to know. */
	void (*failed)(
	    struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg);
	/* After udp_send() said OP_AGAIN: there is room.  May be NULL. */
	void (*drained)(struct udp *u, void *arg);
};

struct udp_options {
	bool reuse;       /* others may bind the port, too (multicast, discovery) */
	bool broadcast;   /* may send to broadcast addresses */
	size_t max_bytes; /* longest datagram taken whole; 0 = UDP_MAX_BYTES */
	int per_turn;     /* datagrams taken before others get their turn; 0 = 32 */
};

/*
 * Open and bind; `local` names the family, the address (any) and the port (0: the kernel's choice).
 * options NULL: all defaults.  OP_OK: *out, owned.  OP_CONFLICT (in use), OP_DENIED (a port below
 * 1024), OP_UNAVAILABLE (not an address of this host, no such family), OP_SYSTEM, OP_NO_MEMORY,
 * with `why` for people.  An IPv6 socket takes IPv6 only.
 */
int udp_open(struct ev_loop *loop, const struct resolve_addr *local,
    const struct udp_options *options, const struct udp_events *events, void *arg, struct udp **out,
    char *why, size_t why_size);

/* Bind to what an endpoint of HOST:PORT names, an object per address, at most `max`; host "*": IPv6
 * and IPv4, on the same port.  Resolves blockingly (10 s at most): call it before the loop runs.
 * Returns how many, or an error as above, OP_NOT_FOUND or OP_TIMEOUT for names. */
int udp_bind(struct ev_loop *loop, const struct endpoint *e, const struct udp_options *options,
    const struct udp_events *events, void *arg, struct udp **out, int max, char *why,
    size_t why_size);

/* From now on only to and from this address; errors still come by `failed`. */
int udp_connect(struct udp *u, const struct resolve_addr *to);

void udp_close(struct udp *u); /* leaves all groups; NULL is fine */

/* Never blocks.  `to` NULL: connected.  `path` NULL: the kernel chooses.  OP_AGAIN: the socket's
 * buffer is full, `drained` comes later.  OP_TOO_LARGE, OP_UNAVAILABLE (no route, network down),
 * OP_DENIED (broadcast not allowed), OP_SYSTEM with errno. */
int udp_send(struct udp *u, const void *bytes, size_t len, const struct resolve_addr *to,
    const struct udp_path *path);

/* The bound address and port.  OP_SYSTEM. */
int udp_local(const struct udp *u, struct resolve_addr *out);
int udp_family(const struct udp *u); /* AF_INET, AF_INET6 */
void *udp_arg(const struct udp *u);

/* Addresses as socket addresses: any address of a family; a known address. */
void udp_any(int family, uint16_t port, struct resolve_addr *out);
void udp_addr(const struct netaddr *a, uint16_t port, struct resolve_addr *out);

/* --- multicast: options of what this object sends --- */

/* Hops, 0 … 255; default 1.  0 should not leave this host, but Linux holds it back only when
 * somebody here is in the group.  OP_BAD_REQUEST. */
int udp_set_ttl(struct udp *u, int ttl);
int udp_ttl(const struct udp *u);

/* Whether members on this host get them, too (default: yes). */
int udp_set_loopback(struct udp *u, bool on);
bool udp_loopback(const struct udp *u);

/* The interface that they leave by, by name or by an address of it; "" = as routed.  OP_NOT_FOUND:
 * no such interface; OP_BAD_REQUEST: down, not capable of multicast, or without an address of the
 * family; with `why`. */
int udp_set_interface(struct udp *u, const char *name_or_address, char *why, size_t why_size);
/* Its index, 0 = as routed. */
unsigned udp_interface(const struct udp *u);

/* --- multicast: memberships --- */

struct udp_membership {
	struct netaddr group;
	unsigned ifindex; /* 0: the kernel chose */
};

/*
 * Join on an interface (name, address, or "" for the kernel's choice).  The object must be bound to
 * the "any" address, or to the group.  OP_CONFLICT: is in it already; OP_BAD_REQUEST: not a group
 * of this family, or the interface as for udp_set_interface(); OP_NOT_FOUND: no such interface;
 * OP_UNAVAILABLE: no interface was named and no route leads there; OP_SYSTEM.  With `why`.
 */
int udp_join(struct udp *u, const struct netaddr *group, const char *name_or_address, char *why,
    size_t why_size);

/* OP_NOT_FOUND: not in that group there. */
int udp_leave(struct udp *u, const struct netaddr *group, const char *name_or_address, char *why,
    size_t why_size);

/* Borrowed until the next join or leave; *count of them, in order of joining. */
const struct udp_membership *udp_memberships(const struct udp *u, size_t *count);

#endif
