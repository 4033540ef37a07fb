/* SPDX-License-Identifier: ISC */
/*
 * Finding the daemons of a network (docs/protocol.md, Datagrams): "opdesk? " padded with blanks to
 * 64 bytes, or "opdesk? PROGRAM" when only that one shall answer, goes to every broadcast address
 * and to a group of each family; who is there answers "opdesk! PROGRAM VERSION ENDPOINT".  The
 * answer is never longer than the request, whose sender may be anybody.  ENDPOINT is "tcp:*:PORT"
 * or "udp:*:PORT" for "at the address that this came from", which keeps it short and right on hosts
 * with several addresses.  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_DISCOVERY_H
#define OPDESK_LIB_DATAGRAM_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>

#define DISCOVERY_PORT 8978
#define DISCOVERY_GROUP "239.255.89.78"
/* Of the link, and of nobody for ever (RFC 4291, 2.7). */
#define DISCOVERY_GROUP6 "ff12::efff:594e"
#define DISCOVERY_REQUEST_BYTES 64
#define DISCOVERY_BYTES_MAX 512 /* of any datagram of this format */

/* program NULL: everybody.  Fills out[], without a NUL.  OP_BAD_REQUEST: no name of a program
 * (a-z, 0-9, dash; at most 31). */
int discovery_request(char out[DISCOVERY_REQUEST_BYTES], const char *program);

/* Whether these bytes ask for the program. */
bool discovery_asks(const void *bytes, size_t len, const char *program);

struct discovery_reply {
	char program[32];  /* a-z, 0-9, dash */
	char version[32];  /* letters, digits, . + ~ - */
	char endpoint[80]; /* printable ASCII without blanks */
};

/* The answer to a request of request_len bytes: its length, at most that; 0: it would be longer, or
 * a field is not as it must be. */
size_t discovery_format(char *dst, size_t request_len, const struct discovery_reply *r);

/* OP_BAD_REQUEST: not exactly three good fields. */
int discovery_parse(const void *bytes, size_t len, struct discovery_reply *out);

/* The endpoint with "*" replaced by the address that the answer came from ("[…]" for IPv6, a zone
 * in it: "fe80::1%eth0"); false: it does not fit into dst. */
bool discovery_resolve(
    char *dst, size_t size, const struct discovery_reply *r, const char *address);

#endif
