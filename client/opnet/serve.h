/* SPDX-License-Identifier: ISC */
/*
 * What the little servers share: where they listen, whom they answer and how often.  Answers go to
 * senders who have not shown that they receive: each source has a rate, and who asks from the port
 * of such a service himself gets none, or two servers could be set talking to each other.
 */
#ifndef OPDESK_CLIENT_OPNET_SERVE_H
#define OPDESK_CLIENT_OPNET_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "client/common/options.h"
#include "client/opnet/shell.h"
#include "lib/ev/udp.h"

#define SERVE_SOCKETS_MAX 32

struct serve_settings {
	struct option_texts listen; /* HOST[:PORT]; none: every address */
	const char *port;           /* default of the above */
	int64_t rate;               /* answers a second and source */
	bool udp, tcp;              /* both false: both */
};

#define SERVE_UDP_ROW(field)                                                 \
	{                                                                    \
		0, "udp", NULL, OPTION_FLAG, field, NULL, "only by datagram" \
	}
#define SERVE_TCP_ROW(field)                                                   \
	{                                                                      \
		0, "tcp", NULL, OPTION_FLAG, field, NULL, "only by connection" \
	}

/* The rows of these settings for the option tables of the commands. */
#define SERVE_RATE 50
#define SERVE_LISTEN_ROW(field)                                                    \
	{                                                                          \
		'l', "listen", "HOST[:PORT]", OPTION_TEXTS, field, NULL,           \
		    "where to listen; may be repeated (default: *, every address)" \
	}
#define SERVE_RATE_ROW(field, default_rate)                                          \
	{                                                                            \
		0, "rate", "N", OPTION_NUMBER, field, NULL,                          \
		    "datagrams answered a second and source (default: " default_rate \
		    "); loopback is free"                                            \
	}

struct serve;

/* A datagram that may be answered; send with udp_send(u, …, d->from, &d->path). */
typedef void serve_datagram_fn(struct udp *u, const struct udp_datagram *d, void *arg);

/* A connection, non-blocking; fd is given away. */
typedef void serve_connection_fn(int fd, void *arg);

/*
 * Listen by datagram with `datagram`, and by connection with `connection`; either may be NULL.
 * Prints "listening udp:…" for each socket.  OP_OK: *out; else said on standard error.
 */
int serve_open(struct shell *shell, const struct serve_settings *s, serve_datagram_fn *datagram,
    serve_connection_fn *connection, void *arg, struct serve **out);
/* The bound datagram sockets, *count of them; borrowed. */
struct udp *const *serve_udps(const struct serve *s, size_t *count);
void serve_ready(void);            /* says "ready" */
void serve_close(struct serve *s); /* NULL is fine */

#endif
