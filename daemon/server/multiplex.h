/* SPDX-License-Identifier: ISC */
/*
 * The personality "a few workers with many connections each": the life of such a worker.  Clients
 * come through its channel (handover.h) until the acceptor ends that; the numbers of those that
 * have ended go back on it.  The sessions are the same as those of worker.h.
 */
#ifndef OPDESK_DAEMON_SERVER_MULTIPLEX_H
#define OPDESK_DAEMON_SERVER_MULTIPLEX_H

#include "daemon/server/tree.h"

/* It gives a sign of life that often. */
#define MULTIPLEX_BEAT_MS 500

void multiplex_main(struct tree *t, int channel) __attribute__((noreturn));

#endif
