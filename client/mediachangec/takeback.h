/* SPDX-License-Identifier: ISC */
/*
 * Daemons that may keep our question and shall not: another one has taken it, or we have given up,
 * and no operator may see a question for nobody.
 *
 * One that is slow and still connected is told on that connection, behind the question, so that it
 * hears both when it comes to life.  One whose connection was lost, or which is restarted just now,
 * is told by a child process that holds nothing of ours open and tries for a minute.  Neither is
 * waited for.  Two endpoints may be one daemon: it keeps a question for which we wait there.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_TAKEBACK_H
#define OPDESK_CLIENT_MEDIACHANGEC_TAKEBACK_H

#include "client/common/rpcsync.h"
#include "client/mediachangec/settings.h"

#define TAKEBACK_NONE SIZE_MAX

struct takeback {
	const struct settings *settings;
	struct takeback_place {
		bool is_sent;             /* it may have the question */
		char instance[UUID_SIZE]; /* as which daemon it was sent it; "": unknown */
		struct rpcsync *rpc;      /* owned; NULL: not connected, or in use for asking */
	} at[OPTION_TEXTS_MAX];           /* by endpoint */
};

void takeback_init(struct takeback *t, const struct settings *s);
void takeback_fini(struct takeback *t);

/* Endpoint i is about to be sent the question; `instance` is the daemon's there. */
void takeback_sent(struct takeback *t, size_t i, const char *instance);
/* Another endpoint at which this daemon was sent the question already, or TAKEBACK_NONE.  Over
 * another transport we are somebody else, who asks for the same: a conflict. */
size_t takeback_other(const struct takeback *t, size_t i, const char *instance);
/* It did not say that it keeps it; the connection still holds and is given away. */
void takeback_keep(struct takeback *t, size_t i, struct rpcsync *rpc);
/* It certainly does not keep it. */
void takeback_forget(struct takeback *t, size_t i);

/* Take it back from all but `except` (TAKEBACK_NONE).  Does not block. */
void takeback_all(struct takeback *t, size_t except, const char *reason);
/* From this one alone, which was told and has not said that it heard: by the child process. */
void takeback_later(struct takeback *t, size_t i, const char *reason);

/* The call itself, on a connection, for alert `id`: OP_OK when it is written; errors of rpcsync.
 * if_alone: not when we wait there ourselves, on another connection. */
int takeback_send(struct rpcsync *rpc, const struct settings *s, const char *id, bool if_alone,
    const char *reason, int64_t deadline_ms, uint32_t *msgid);

/* As whom mediachangec speaks. */
extern const struct rpcsync_hello takeback_hello;

#endif
