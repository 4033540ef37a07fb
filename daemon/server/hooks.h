/* SPDX-License-Identifier: ISC */
/* Calling the daemon's hooks (server.h), and the child that its `dequeue` runs in. */
#ifndef OPDESK_DAEMON_SERVER_HOOKS_H
#define OPDESK_DAEMON_SERVER_HOOKS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "daemon/server/server.h"

struct acceptor;

struct dequeue {
	pid_t pid;      /* 0: none runs */
	int64_t due_ms; /* 0: not planned yet */
};

/* The daemon's own of that kind, or a set of none. */
const struct server_hooks *hooks_of(const struct acceptor *a);
/* NULL is fine. */
void hooks_run(const struct acceptor *a, void (*hook)(const void *settings));

/* The time of a listener begins: the daemon is ready, or a client has come there. */
void quiet_begin(struct acceptor *a, size_t listener, int64_t now_ms);
/* Tell those whose time is out. */
void quiet_look(struct acceptor *a, int64_t now_ms);
int64_t quiet_next_ms(const struct acceptor *a); /* INT64_MAX: never */

/* Start one when it is time. */
void dequeue_look(struct acceptor *a, int64_t now_ms);
int64_t dequeue_next_ms(const struct acceptor *a); /* INT64_MAX: never */
/* False: it is not the child of `dequeue`. */
bool dequeue_reaped(struct acceptor *a, pid_t pid, int status);

#endif
