/* SPDX-License-Identifier: ISC */
/*
 * The engine's side of publishing: when a run begins (gather.h), who waits for its end, and what
 * `sdb.status` says.  On the engine's loop; nothing blocks.
 */
#ifndef OPDESK_DAEMON_IPADMD_PUBLISHING_H
#define OPDESK_DAEMON_IPADMD_PUBLISHING_H

#include "daemon/ipadmd/history.h"
#include "daemon/ipadmd/ipadm_settings.h"
#include "daemon/server/engine.h"
#include "lib/rpc.h"

struct publishing;

struct publishing_events {
	/* For everybody who subscribed. */
	void (*tell)(const struct rpc_msg *m, void *arg);
	/* NULL: it has gone. */
	struct client *(*find)(uint64_t id, void *arg);
};

/* NULL: no memory.  With no generators configured it does nothing. */
struct publishing *publishing_new(struct engine *e, const struct ipadm_settings *settings,
    const struct publishing_events *events, void *arg);

/* Something was committed. */
void publishing_changed(struct publishing *p);
/* The configuration was read anew. */
void publishing_reload(struct publishing *p, const struct ipadm_settings *settings);

/* What a call sdb.publish says. */
struct publishing_wish {
	bool wait, confirm;
	char commit[COMMIT_TEXT]; /* "": whatever is the newest */
};
struct publishing_wish publishing_wish_of(const msgpack_object *params);

/* The calls sdb.publish (which the committer has allowed, and put into the audit log) and
 * sdb.status of a client, answered now or later. */
void publishing_call(
    struct publishing *p, struct client *c, uint32_t msgid, const struct publishing_wish *wish);
/* The client no longer waits for its call sdb.publish, if it does: answered OP_CANCELLED.  The
 * publication, which is everybody's, goes on. */
void publishing_cancel(struct publishing *p, struct client *c, uint32_t msgid);
void publishing_status(struct publishing *p, struct client *c, const struct rpc_msg *m);

#endif
