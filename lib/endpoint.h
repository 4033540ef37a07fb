/* SPDX-License-Identifier: ISC */
/*
 * Where a service is: tcp:HOST:PORT, tcp:[V6]:PORT, tls: likewise, unix:PATH,
 * ssh:[USER@]HOST[/PROGRAM], or bare HOST[:PORT] and [V6][:PORT] (tcp with the service's default
 * port).  PORT is a number or a service name.  Pure: parsing and printing; lib/ev/ resolves,
 * connects and listens.
 */
#ifndef OPDESK_LIB_ENDPOINT_H
#define OPDESK_LIB_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENDPOINT_HOST_MAX 256
#define ENDPOINT_PATH_MAX 108 /* sockaddr_un.sun_path with its NUL (unix(7)) */
#define ENDPOINT_TEXT 512

enum endpoint_kind {
	ENDPOINT_TCP,
	ENDPOINT_UNIX,
	ENDPOINT_SSH,
	ENDPOINT_TLS, /* as tcp, with TLS inside */
	/* of endpoint_parse_link() only: nothing else dials them */
	ENDPOINT_CHAT,
	ENDPOINT_WATCH,
	/* of servers alone (daemon/server/datagrams.h) */
	ENDPOINT_UDP,
	ENDPOINT_UNIXGRAM
};

struct endpoint {
	enum endpoint_kind kind;
	/* tcp, tls: no brackets; "*" = every address (listening only).  ssh: [USER@]HOST */
	char host[ENDPOINT_HOST_MAX];
	char port[32]; /* tcp, tls, chat, watch: a number 0 … 65535 or a service name */
	/* unix: the path, absolute.  ssh: the program, empty when none is named */
	char path[ENDPOINT_PATH_MAX];
};

/*
 * default_port: used for HOST without a port, "8979".  OP_BAD_REQUEST: *why (static) says what is
 * wrong with it ("the path is longer than 107 bytes"); nothing is truncated.
 */
int endpoint_parse(const char *s, const char *default_port, struct endpoint *out, const char **why);

/* The same, and the datagram services that the desk's helper speaks itself: chat:HOST[:PORT], with
 * port 2027 for none, and watch:GROUP[:PORT], with 2070, GROUP being an address. */
int endpoint_parse_link(
    const char *s, const char *default_port, struct endpoint *out, const char **why);

/* An ssh endpoint that names no program gets this one; borrowed for the call. */
void endpoint_default_program(struct endpoint *e, const char *program);

/* Whether its port is a number or a service that this host knows; true where there is no port.
 * "ftp:x" is read as a host called ftp and a service called x: ask before saying that nobody
 * answers there. Reads services(5). */
bool endpoint_port_is_known(const struct endpoint *e);
#define ENDPOINT_PORT_UNKNOWN "the port is neither a number nor a service that this host knows"
/* The same to who names a server. */
#define ENDPOINT_SERVER_UNKNOWN \
	ENDPOINT_PORT_UNKNOWN ", and what begins an endpoint is tcp:, tls:, unix: or ssh:"

/* The canonical form ("tcp:[::1]:8979"); returns dst. */
const char *endpoint_format(char *dst, size_t size, const struct endpoint *e);

#endif
