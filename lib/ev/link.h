/* SPDX-License-Identifier: ISC */
/*
 * A link to a daemon that keeps itself up: resolves, connects, says hello, pings, and after a loss
 * tries again with growing pauses (0.2 s doubling to link_pause_most(), ±20 %; from the beginning
 * when it was up for 10 s).  Used by the helper, which forwards whole messages, so incoming
 * messages are handed over raw as well as parsed.
 */
#ifndef OPDESK_LIB_EV_LINK_H
#define OPDESK_LIB_EV_LINK_H

#include <ev.h>
#include "lib/endpoint.h"
#include "lib/ev/conn.h"
#include "lib/rpc.h"

enum link_state { LINK_CONNECTING, LINK_UP, LINK_DOWN, LINK_FAILED };
const char *link_state_name(enum link_state s); /* "connecting", "up", "down", "failed" */

struct link;

struct link_events {
	/* A change of state.  reason: for people, empty when up; retry_ms: pause before the next
	 * try, -1 when there is none (UP, CONNECTING, FAILED).  FAILED: trying again would not help
	 * (other protocol version, hello denied): only link_retry() starts anew. */
	void (*state)(
	    struct link *l, enum link_state s, const char *reason, int64_t retry_ms, void *arg);
	/* A message of the daemon other than answers to the link's own hello and ping; `m` is
	 * parsed from the payload; both borrowed. */
	void (*message)(struct link *l, const struct rpc_msg *m, const unsigned char *payload,
	    size_t len, void *arg);
	void (*drained)(struct link *l, void *arg); /* may be NULL */
};

/* What the daemon has said in its answer to hello; an empty text where it said nothing. */
struct link_peer {
	char program[64], version[64];
	char you[200];    /* who we are to it, as in the fields that name people */
	bool is_operator; /* whether it lets us do what operators do */
};

struct link_options {
	const char *program, *version, *role; /* for hello; borrowed for ever */
	int64_t connect_ms;                   /* 0 = 10 s, hello included */
	int64_t ping_ms;                      /* silence after which we ping; 0 = 20 s */
	int64_t dead_ms; /* silence after which the peer is dead; 0 = 3 * ping_ms */
	struct conn_limits limits;
};

/* 2 s on this host (a UNIX socket, a loopback address, "localhost"), where a try costs nothing and
 * somebody may be waiting for a daemon that he has just started; 30 s elsewhere. */
int64_t link_pause_most(const struct endpoint *e);

/* Starts at once.  The link's own calls have msgids from 0x80000000 on.  NULL: no memory. */
struct link *link_new(struct ev_loop *loop, const struct endpoint *e, const struct link_options *o,
    const struct link_events *events, void *arg);
void link_free(struct link *l);

/* Queue a whole RPC message.  OP_UNAVAILABLE when the link is not up or its queue is full; else as
 * conn_send(). */
int link_send(struct link *l, const void *payload, size_t len);
/* What was sent last is a cancellation: conn_urge(), where nothing lies between us and the daemon,
 * which then sees us at the address and port that we have (hello's `from`). */
void link_urge(struct link *l);
void link_retry(struct link *l);              /* try now */
void link_pause(struct link *l, bool paused); /* stop reading from the daemon */
bool link_is_full(const struct link *l);
enum link_state link_state(const struct link *l);
const struct link_peer *link_peer(const struct link *l); /* of the last hello; borrowed */

#endif
