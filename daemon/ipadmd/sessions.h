/* SPDX-License-Identifier: ISC */
/*
 * Which sessions are there.  A session is a UUID of the client's; it lives while a connection uses
 * it, and for a time of grace after the last one has ended, so that a client that reconnects finds
 * its locks.  Pure; in the engine.
 */
#ifndef OPDESK_DAEMON_IPADMD_SESSIONS_H
#define OPDESK_DAEMON_IPADMD_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/uuid.h"

struct session_row {
	char token[UUID_SIZE];
	size_t clients;  /* connections that use it */
	int64_t lost_ms; /* clients is 0: since when (CLOCK_BOOTTIME) */
};

struct sessions {
	struct session_row *list; /* owned */
	size_t count, room;
};

void sessions_fini(struct sessions *s);

/* One more connection uses it.  OP_NO_MEMORY. */
int sessions_join(struct sessions *s, const char *token);
/* One less. */
void sessions_leave(struct sessions *s, const char *token, int64_t now_ms);
/* Forget those that were lost `grace_ms` ago or earlier; how many. */
size_t sessions_expire(struct sessions *s, int64_t now_ms, int64_t grace_ms);
/* Milliseconds until the next one can be forgotten; -1: none is lost. */
int64_t sessions_next_ms(const struct sessions *s, int64_t now_ms, int64_t grace_ms);

#endif
