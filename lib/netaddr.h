/* SPDX-License-Identifier: ISC */
/*
 * Internet addresses and networks as values: parse, format, compare, match.  IPv4-mapped IPv6
 * addresses (RFC 4291, 2.5.5.2) count as their IPv4 address everywhere.  Pure: no lookups.
 */
#ifndef OPDESK_LIB_NETADDR_H
#define OPDESK_LIB_NETADDR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct netaddr {
	uint8_t family;    /* 4, 6, or 0 for a peer without an address (UNIX) */
	uint8_t bytes[16]; /* network order; 4 or 16 of them */
};

struct network {
	struct netaddr base; /* host bits zero */
	uint8_t prefix;      /* bits */
};

#define NETADDR_TEXT 46 /* longest text form with its NUL (INET6_ADDRSTRLEN) */

/* "192.0.2.1", "2001:db8::1" (with or without brackets).  OP_BAD_REQUEST. */
int netaddr_parse(const char *s, struct netaddr *out);
const char *netaddr_format(char dst[NETADDR_TEXT], const struct netaddr *a);
void netaddr_from_sockaddr(const struct sockaddr *sa, struct netaddr *out, uint16_t *port);
/* The opposite, for the families 4 and 6; returns the length of what is in *out. */
socklen_t netaddr_to_sockaddr(const struct netaddr *a, uint16_t port, struct sockaddr_storage *out);
bool netaddr_is_multicast(const struct netaddr *a); /* RFC 5771, RFC 4291 2.7 */
bool netaddr_equal(const struct netaddr *a, const struct netaddr *b);
bool netaddr_is_loopback(const struct netaddr *a);
bool netaddr_is_any(const struct netaddr *a);        /* 0.0.0.0, :: */
bool netaddr_is_link_local(const struct netaddr *a); /* fe80::/10: of use with a zone only */

/* "192.168.0.0/16", "192.168.0.0/255.255.0.0", "2001:db8::/32", a bare address (all bits).
 * OP_BAD_REQUEST: no network, a mask with holes, or bits set beyond the prefix. */
int network_parse(const char *s, struct network *out);
bool network_has(const struct network *n, const struct netaddr *a);

#endif
