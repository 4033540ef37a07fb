/* SPDX-License-Identifier: ISC */
/*
 * The engine's handle on a child that does slow work, a clerk (clerk.h) or the publisher
 * (publisher.h): starts the process, carries calls to it and answers back, and starts another one
 * when it has ended (pauses 50 ms ... 5 s).  On the engine's loop; nothing blocks.
 */
#ifndef OPDESK_DAEMON_IPADMD_HANDS_H
#define OPDESK_DAEMON_IPADMD_HANDS_H

#include "daemon/ipadmd/clerk.h"
#include "daemon/server/engine.h"
#include "lib/ev/peer.h"

struct hands;

/* Which process. */
struct hands_role {
	const char *name;
	bool writes; /* keeps the state locked while it lives */
	int (*run)(
	    int fd, int lifeline_fd, const struct ipadm_settings *settings, const char *state);
};

extern const struct hands_role hands_committer, hands_reader, hands_publisher;

struct hands_events {
	void (*up)(struct hands *h, void *arg);
	/* It has ended; calls in hand were answered OP_CLOSED before.  why: it could not begin. */
	void (*down)(struct hands *h, const char *why, void *arg);
	void (*notify)(struct hands *h, const struct rpc_msg *m, void *arg);
};

/* The settings are those of now for as long as it lives: both clerks must look at the same files.
 * NULL: no memory. */
struct hands *hands_new(struct engine *e, const struct ipadm_settings *settings,
    const struct hands_role *role, const struct hands_events *events, void *arg);
bool hands_is_up(const struct hands *h);
/* Other settings from the next start on.  OP_NO_MEMORY: those of before stay. */
int hands_set(struct hands *h, const struct ipadm_settings *settings);
/* End it, to be started again; it must be safe to kill. */
void hands_restart(struct hands *h);

/* A call, to one that is up: its params, one map, go to the returned writer; then hands_send().
 * `done` as peer_call_begin() says.  OP_UNAVAILABLE, OP_TOO_LARGE: it was not sent. */
struct mp_out *hands_begin(struct hands *h, const char *method, peer_reply_fn *done, void *arg);
int hands_send(struct hands *h);
/* The number of the call that hands_begin() began last, and giving such a call up: `done` gets
 * OP_CANCELLED, from the loop, and the process is told, which stops where it looks
 * (wire_is_cancelled()).  One that is answered already is nothing. */
uint32_t hands_call_id(const struct hands *h);
void hands_cancel(struct hands *h, uint32_t id);
/* The same for one whose outcome counts: the process is told, `done` gets what it says in the end.
 */
void hands_ask_end(struct hands *h, uint32_t id);

#endif
