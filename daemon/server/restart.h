/* SPDX-License-Identifier: ISC */
/*
 * Restart in place: SIGUSR2 lets the acceptor replace itself by the program that is now at its
 * path, in the same process.  Listening sockets, door, bell, lifeline and the flock of the pid file
 * stay open, so clients that come meanwhile wait in the backlog and workers keep theirs: they
 * attach to the new engine as they do after a crash.  Order: the new program checks its
 * configuration
 * (--check); the engine finishes what is queued and exits; exec; the new acceptor takes over what
 * it finds and starts an engine.  When anything before the exec fails the old daemon goes on.
 */
#ifndef OPDESK_DAEMON_SERVER_RESTART_H
#define OPDESK_DAEMON_SERVER_RESTART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct acceptor;

/* What workers and acceptor say to each other, and workers and engine.  Whoever changes that (door,
 * bell, links) counts this up: workers of another version are told to stop instead of kept. */
#ifndef RESTART_VERSION /* tests build a newer program */
#define RESTART_VERSION 3
#endif

struct restart {
	enum { RESTART_NO, RESTART_CHECKING, RESTART_ENDING } step;
	pid_t checker;
	int64_t limit_ms;
};

/* In main(), first: whether this process is taking over.  It knows its own path from now on. */
bool restart_prepare(void);
/* Whether a daemon that is about to be replaced by this program asked for its --check. */
bool restart_asked_for_check(void);

/* SIGUSR2. */
void restart_begin(struct acceptor *a);
/* False: not the checker. */
bool restart_reaped(struct acceptor *a, pid_t pid, int status);
/* Limits; and when the engine has gone, exec. */
void restart_look(struct acceptor *a, int64_t now_ms);
int64_t restart_next_ms(const struct acceptor *a); /* INT64_MAX when nothing is under way */

/* Take over: listeners, the tree's pairs, workers; the pid file's descriptor, or -1.
 * OP_PROTOCOL with `why`. */
int restart_adopt(struct acceptor *a, char *why, size_t why_size);

#endif
