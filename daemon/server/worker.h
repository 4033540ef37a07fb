/* SPDX-License-Identifier: ISC */
/*
 * The personality "a process per connection": the life of a forked worker.  (A personality that
 * multiplexes many connections in one process will run the same sessions on one loop.)
 */
#ifndef OPDESK_DAEMON_SERVER_WORKER_H
#define OPDESK_DAEMON_SERVER_WORKER_H

#include <sys/socket.h>
#include "daemon/server/tree.h"

struct worker_start {
	int fd; /* the client, non-blocking */
	struct sockaddr_storage sa;
	socklen_t sa_len;
	const char *listener; /* the endpoint it came through */
};

void worker_main(struct tree *t, const struct worker_start *w) __attribute__((noreturn));

#endif
