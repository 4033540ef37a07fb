/* SPDX-License-Identifier: ISC */
/*
 * The root of the tree: a ppoll() loop that listens, forks workers, keeps the engine alive, reaps,
 * reloads and stops.  acceptor.c is the loop and the signals, accept.c connections, rest.c workers
 * that wait for another, roster.c multiplexed ones, supervise.c the engine.  Nothing large may live
 * in this process: every fork copies it.
 */
#ifndef OPDESK_DAEMON_SERVER_ACCEPTOR_H
#define OPDESK_DAEMON_SERVER_ACCEPTOR_H

#include <poll.h>
#include <signal.h>
#include "daemon/server/accounting.h"
#include "daemon/server/datagrams.h"
#include "daemon/server/hooks.h"
#include "daemon/server/idle.h"
#include "daemon/server/refusal.h"
#include "daemon/server/restart.h"
#include "daemon/server/roster.h"
#include "daemon/server/tree.h"

#define MAX_LISTENERS 32

struct engine_life {
	pid_t pid;         /* 0: none runs */
	int report_fd;     /* or -1 */
	char report[1024]; /* a line that is not complete yet */
	size_t report_len;
	int64_t started_ms, due_ms; /* due: of the next start */
	int64_t pause_ms;
	char why[512]; /* what it said before it failed */
};

/* A client whose multiplexed worker was not there at that moment. */
struct held {
	int fd; /* -1: none */
	struct arrival client;
	struct source source;
};

struct acceptor {
	struct tree tree;
	struct listener listeners[MAX_LISTENERS];
	size_t listener_count;
	size_t first; /* of them to be looked at: under a flood at one, none is always the last */
	struct datagram_life datagrams[MAX_LISTENERS]; /* of those that are such sockets */
	int64_t quiet_ms[MAX_LISTENERS]; /* when the listener's time is out; INT64_MAX: it is not
					    counted */
	struct engine_life engine;
	struct accounting workers;
	struct idle idle;     /* personality fork */
	struct roster roster; /* personality multiplex */
	struct held held;
	struct restart restart;
	struct dequeue dequeue;
	int pid_fd;        /* of the pid file, for whoever takes over; or -1 */
	bool took_over;    /* from the acceptor before: no failure of an engine ends us */
	bool kept_workers; /* and its workers, as we understand each other */
	struct refusals refusals;
	int reserve_fd; /* given up to turn a connection away when descriptors have run out */
	int64_t accept_after_ms;
	bool ready, stopping;
	int64_t kill_engine_ms, kill_all_ms; /* stopping */
	/* Once the first engine runs. */
	void (*on_ready)(struct acceptor *a, void *arg);
	void *on_ready_arg;
};

/* Signals wait for acceptor_run().  Before others can know our process id: a HUP would end us. */
void acceptor_catch_signals(void);

/* Sockets, door, lifeline; or those of the acceptor before (taking_over, restart.h).  A reload
 * replaces the configuration (a->tree.config) and frees the old one.  OP_* with `why`.  In any case
 * acceptor_fini() afterwards. */
int acceptor_init(struct acceptor *a, struct server_config *config,
    const struct server_options *options, bool taking_over, char *why, size_t why_size);

/* Runs until stopped: 0; or the first engine failed: OP_UNAVAILABLE with a->engine.why. */
int acceptor_run(struct acceptor *a);
void acceptor_fini(struct acceptor *a);

/* --- between its files --- */

int accept_open(struct acceptor *a, char *why, size_t why_size);
void accept_reserve(struct acceptor *a); /* a part of accept_open() */
void accept_close(struct acceptor *a);
void accept_batch(struct acceptor *a, size_t listener);
/* The pause is over, or nearly: bring whom we hold to a worker. */
void accept_again(struct acceptor *a, int64_t now_ms);
void accept_log_refusals(struct acceptor *a, int64_t now_ms);

/* Workers that wait for their source's next connection (rest.c). */
void rest_hear(struct acceptor *a); /* the bell rings */
bool rest_reuse(
    struct acceptor *a, const struct source *source, const struct arrival *client, int fd);
void rest_expire(struct acceptor *a, int64_t now_ms); /* INT64_MAX: all */
void rest_died(struct acceptor *a, pid_t pid);

void supervise_start(struct acceptor *a);
void supervise_read(struct acceptor *a);
void supervise_ended(struct acceptor *a, int status);

/* "exit 1", "signal 9"; returns dst. */
const char *acceptor_describe(int status, char *dst, size_t size);

#endif
