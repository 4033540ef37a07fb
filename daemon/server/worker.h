/* SPDX-License-Identifier: ISC */
/*
 * The personality "a process per connection": the life of a forked worker.  When its client has
 * ended cleanly it waits a moment (worker_linger) for another one of the same source.
 */
#ifndef OPDESK_DAEMON_SERVER_WORKER_H
#define OPDESK_DAEMON_SERVER_WORKER_H

#include "daemon/server/tree.h"

/* fd: the client, non-blocking. */
void worker_main(struct tree *t, const struct arrival *client, int fd) __attribute__((noreturn));

#endif
