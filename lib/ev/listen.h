/* SPDX-License-Identifier: ISC */
/*
 * Listening on an endpoint: sockets opened before the loop runs, with the rules for socket files of
 * docs/protocol.md ("local services").  Whether a socket file is stale is decided under a lock on
 * its directory, so that two servers starting at once cannot take each other's file away.
 */
#ifndef OPDESK_LIB_EV_LISTEN_H
#define OPDESK_LIB_EV_LISTEN_H

#include <stddef.h>
#include <sys/types.h>
#include "lib/endpoint.h"

struct listen_options {
	int backlog; /* 0 = SOMAXCONN */
	mode_t mode; /* unix: 0 = 0600 */
	uid_t owner; /* unix: (uid_t)-1 = leave */
	gid_t group; /* unix: (gid_t)-1 = leave */
};

/*
 * Open listening sockets for one endpoint: one per address it names, at most `max`, into fds[]
 * (close-on-exec, non-blocking).  Host "*": every IPv6 and every IPv4 address, on the same port.
 * Resolves blockingly (10 s at most): call it before the loop.  Port 0 asks the kernel for one.
 * options NULL: all defaults.  Returns how many, or a negative op_err with `why` for people: "in
 * use by a running server" (OP_CONFLICT), "exists and is not a socket" (OP_CONFLICT; never
 * removed), permission denied (OP_DENIED), a component that is no directory (OP_BAD_REQUEST), no
 * such directory (OP_NOT_FOUND), read-only file system (OP_SYSTEM), OP_NOT_FOUND and OP_TIMEOUT for
 * names.  A stale socket file is replaced.
 */
int listen_open(const struct endpoint *e, const struct listen_options *options, int *fds, int max,
    char *why, size_t why_size);

/* The bound endpoint of a listening socket, with the real port.  OP_SYSTEM. */
int listen_endpoint(int fd, struct endpoint *out);

/* Bind a UNIX socket of any type to a path by the same rules: a stale file is replaced, anything
 * else stays.  The file has its owner and mode, which nobody can connect to before.  Errors as
 * above. */
int listen_bind_unix(
    int fd, const char *path, const struct listen_options *options, char *why, size_t why_size);

/* Bind a datagram socket of the UNIX family to a path by the same rules and with the same errors.
 * Its file is the caller's to remove (lib/ev/local.h). */
int listen_bind_datagram(
    int fd, const char *path, const struct listen_options *options, char *why, size_t why_size);

/* Close; and remove the file of a UNIX socket, if this process opened it (listen_open() was called
 * in it, not in its parent) and the file still leads to this socket. */
void listen_close(int fd);

#endif
