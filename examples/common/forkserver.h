/* SPDX-License-Identifier: ISC */
/*
 * The classical server of the examples: one listening socket, a child for each connection, every
 * child accounted for.  Daemons that matter stand on daemon/server/; this is what can be read in
 * one sitting.  Logs: server started on ..., connection from NAME [ADDR] at port P, begat PID,
 * reaped PID with exit STATUS, cannot fork: ...
 */
#ifndef OPDESK_EXAMPLES_COMMON_FORKSERVER_H
#define OPDESK_EXAMPLES_COMMON_FORKSERVER_H

#include <stdbool.h>
#include "lib/endpoint.h"

#define FORKSERVER_MAX_CHILDREN 100

struct forkserver {
	const char *name; /* of the program, for the log */
	struct endpoint listen;
	bool iterative; /* no children: one after another, the others wait in the backlog */
	/* One connection (blocking, CLOEXEC, closed by the caller); the exit status of its child.
	 * SIGTERM and SIGINT have their ordinary meaning in a child. */
	int (*serve)(int fd, bool is_unix, void *arg);
	void *arg;
};

/* Serve until SIGTERM or SIGINT.  Prints `listening ENDPOINT` on standard output.  The program's
 * exit status: 0, or 1 when it cannot listen. */
int forkserver_run(const struct forkserver *s);

/* fd, or its peer's name and address: "NAME [ADDR] at port P", "the local host" for UNIX sockets.
 * Asks a name server, so it may block; dst is returned. */
const char *forkserver_peer(int fd, char *dst, size_t size);

/* --- blocking streams, as children use them --- */

/* All of it, EINTR and short writes handled, for at most 60 s without progress: false: gone. */
bool forkserver_write(int fd, const void *bytes, size_t len);

#endif
