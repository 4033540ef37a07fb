/* SPDX-License-Identifier: ISC */
/*
 * The acceptor's multiplexed workers: each with its channel and the number of its clients, replaced
 * when it dies, retired when the settings have changed: it then gets no more clients and ends with
 * its last one.  A client's number is made of its worker's place and a serial number; by it the
 * rows of accounting.h are kept.
 */
#ifndef OPDESK_DAEMON_SERVER_ROSTER_H
#define OPDESK_DAEMON_SERVER_ROSTER_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define ROSTER_MAX 128 /* twice the largest `workers`: as many may be retiring */

struct acceptor;
struct arrival;
struct source;

struct roster_worker {
	pid_t pid;        /* 0: none runs here */
	int channel;      /* of a running one */
	size_t load;      /* clients */
	bool wanted;      /* to be there; false with a pid: retiring */
	int64_t heard_ms; /* its last sign of life */
	int64_t started_ms, due_ms,
	    pause_ms; /* due: of the next start, when wanted without a pid */
};

struct roster {
	struct roster_worker items[ROSTER_MAX];
	uint32_t serial;
	size_t running;
	int64_t looked_ms; /* when its silence was judged last */
};

/* Start as many as the settings say; after new settings: others in their place. */
void roster_renew(struct acceptor *a);
/* Start those whose pause is over; kill those that hang: no sign of life for worker_silence. */
void roster_look(struct acceptor *a, int64_t now_ms);
int64_t roster_next_ms(const struct acceptor *a); /* INT64_MAX when none */

/* Whether a client would find a worker that keeps up. */
bool roster_has_room(const struct roster *r);
/* To the one with the fewest clients.  OP_AGAIN: none is there that takes it now; OP_TOO_LARGE: all
 * have max_per_worker. */
int roster_hand_over(
    struct acceptor *a, const struct source *source, struct arrival *client, int fd);

/* Fill in what to wait for; then what has come. */
size_t roster_poll(const struct roster *r, struct pollfd p[ROSTER_MAX]);
void roster_hear(struct acceptor *a, int channel);
/* False: no worker of the roster. */
bool roster_died(struct acceptor *a, pid_t pid, int status);
bool roster_has(const struct roster *r, pid_t pid);
void roster_kill(const struct roster *r);

#endif
