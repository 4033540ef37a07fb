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

struct tls_file {
	const char *path; /* PEM; NULL or empty: none */
	const char *name; /* what whoever names the file sets: "tls_key", "OPDESK_TLS_KEY" */
};

struct tls_files {                   /* borrowed for the call */
	struct tls_file certificate; /* our own, with its chain; none: clients may do without */
	struct tls_file key;         /* its key; none: it is in the same file */
	/* Who signs the peer's: of a server's clients, each must have one then (none: none is asked
	 * for); of a client's server (none: the system's authorities). */
	struct tls_file authorities;
};

struct tls;

/* OP_OK; OP_NO_MEMORY; OP_BAD_REQUEST with `why`: "tls_key: /etc/key.pem: Permission denied". */
int tls_server_new(const struct tls_files *files, struct tls **out, char *why, size_t why_size);
int tls_client_new(const struct tls_files *files, struct tls **out, char *why, size_t why_size);
/* The same with the files of the environment: OPDESK_TLS_CERT, OPDESK_TLS_KEY, OPDESK_TLS_CA. */
int tls_client_of_environment(struct tls **out, char *why, size_t why_size);
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
