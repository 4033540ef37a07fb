/* SPDX-License-Identifier: ISC */
/*
 * The engine's side of publishing: when a run begins (gather.h), who waits for its end, and what
 * `sdb.status` says.  On the engine's loop; nothing blocks.
 */
#ifndef OPDESK_DAEMON_IPADMD_PUBLISHING_H
#define OPDESK_DAEMON_IPADMD_PUBLISHING_H

#include "daemon/ipadmd/ipadm_settings.h"
#include "daemon/server/engine.h"
#include "lib/rpc.h"

struct publishing;

struct publishing_events {
	/* For everybody who subscribed. */
	void (*tell)(const struct rpc_msg *m, void *arg);
	/* The end of a call; the client may have gone. */
	void (*answer)(uint64_t client, uint32_t msgid, const msgpack_object *result, void *arg);
};

/* NULL: no memory.  With no generators configured it does nothing. */
struct publishing *publishing_new(struct engine *e, const struct ipadm_settings *settings,
    const struct publishing_events *events, void *arg);

/* Something was committed. */
void publishing_changed(struct publishing *p);
/* The configuration was read anew. */
void publishing_reload(struct publishing *p, const struct ipadm_settings *settings);

/* The call sdb.publish of a client that may make it.  OP_OK: it is answered later.  OP_AGAIN:
 * answer {} now.  OP_UNAVAILABLE: nothing is published here; OP_NO_MEMORY. */
int publishing_call(
    struct publishing *p, uint64_t client, uint32_t msgid, const msgpack_object *params);
/* *status. */
void publishing_status(const struct publishing *p, struct mp_out *o);

#endif
