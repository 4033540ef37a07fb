/* SPDX-License-Identifier: ISC */
/*
 * What service.c (who is connected, which sessions there are, who is told what) and errands.c (a
 * call's way to the process that answers it, and back) have in common.  On the engine's loop.
 */
#ifndef OPDESK_DAEMON_IPADMD_SERVICE_INT_H
#define OPDESK_DAEMON_IPADMD_SERVICE_INT_H

#include <sys/queue.h>

#include "daemon/ipadmd/hands.h"
#include "daemon/ipadmd/publishing.h"
#include "daemon/ipadmd/sessions.h"

struct errand; /* a call that a clerk has in hand */

struct guest {
	LIST_ENTRY(guest) link;
	struct client *client;
	uint64_t id;
	char session[UUID_SIZE]; /* its own, until it names another */
	bool has_joined;
	bool subscribed;
};

struct service {
	struct engine *engine;
	const struct ipadm_settings *settings;
	struct hands *committer, *reader;
	struct publishing *publishing;
	LIST_HEAD(, guest) guests;
	LIST_HEAD(, errand) errands;
	struct sessions sessions;
	ev_timer sweep;
	char failed[300];
	bool stopping;
};

/* NULL: it has gone. */
struct guest *service_guest(struct service *s, uint64_t id);

/* The session that a call names becomes its connection's.  OP_NO_MEMORY, or that there are too
 * many. */
int service_join(struct service *s, struct guest *g, const struct rpc_msg *m);

/* A client's call: it is answered, now or later. */
void errands_request(struct client *c, const struct rpc_msg *m);

/* The guest's call of that msgid is given up: one that only looks is answered at once; a change is
 * not made unless its writing has begun, and its answer says what became of it; who waits for a
 * publication waits no longer. */
void errands_cancel(struct service *s, const struct guest *g, uint32_t msgid);
/* The guest goes: what only looks for him is given up. */
void errands_forget(struct service *s, const struct guest *g);

/* When the daemon stops, and nothing is in hand any more: tell the engine. */
void errands_check_stopped(struct service *s);

#endif
