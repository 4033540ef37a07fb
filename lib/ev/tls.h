/* SPDX-License-Identifier: ISC */
/*
 * TLS 1.3 (RFC 8446) as a transport, by OpenSSL: whoever reads and writes transports need not know.
 * A context is made in the process that uses it, never before a fork.  The error queue of OpenSSL
 * is drained here and nowhere else.  Nothing blocks but the reading of files.
 */
#ifndef OPDESK_LIB_EV_TLS_H
#define OPDESK_LIB_EV_TLS_H

#include <stddef.h>
#include "lib/ev/transport.h"

struct tls_files {               /* PEM; borrowed for the call */
	const char *certificate; /* our own, with its chain; NULL: none (clients) */
	const char *key;         /* its key; NULL: in the same file */
	/* Who signs the peer's: of a server's clients, each must have one then (NULL: none is asked
	 * for); of a client's server (NULL: the system's authorities). */
	const char *authorities;
};

struct tls;

/* OP_OK; else OP_BAD_REQUEST with `why`, which names the file: "key.pem: permission denied". */
int tls_server_new(const struct tls_files *files, struct tls **out, char *why, size_t why_size);
int tls_client_new(const struct tls_files *files, struct tls **out, char *why, size_t why_size);
void tls_free(struct tls *t); /* NULL is fine; before or after its transports */

/*
 * TLS on a connected, non-blocking socket, which is given away when it succeeds.  name: of a
 * client's server, a host name or an address, which its certificate must be for; NULL on a server.
 * tls_handshake() must have succeeded before it is read or written.  Read with room for at least 16
 * KiB, else what was decrypted may wait where poll(2) does not see it.  OP_NO_MEMORY.
 */
int tls_wrap(struct tls *t, int fd, const char *name, struct transport *out);

/* Goes on with the handshake.  OP_OK: it is done.  OP_AGAIN: call again when the descriptor is
 * ready for *events (POLLIN or POLLOUT).  OP_DENIED: the peer's certificate, or ours, was refused;
 * OP_CLOSED; OP_PROTOCOL: anything else; `why` for people. */
int tls_handshake(struct transport *t, short *events, char *why, size_t why_size);

/* The subject of the peer's certificate (RFC 2253), "" when it has shown none; returns dst. */
const char *tls_subject(const struct transport *t, char *dst, size_t size);

#endif
