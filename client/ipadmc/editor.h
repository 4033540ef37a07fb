/* SPDX-License-Identifier: ISC */
/*
 * $VISUAL, $EDITOR, `editor` or `vi` on a file, while the conversation with the daemon is kept up:
 * a lost connection is made again, so that the session keeps its lock, and who takes the lock over
 * is remembered for later, as the screen is the editor's.
 */
#ifndef OPDESK_CLIENT_IPADMC_EDITOR_H
#define OPDESK_CLIENT_IPADMC_EDITOR_H

#include "client/common/query.h"

struct editor {
	struct query *q;
	const char *session;
	const char *file;   /* its name at the daemon */
	char taken_by[200]; /* who has taken the lock over; empty: nobody */
};

/* Make the session known on this connection, and be told of its locks.  As query_try(). */
int editor_join(struct editor *e);

/* Wait until the editor has ended.  OP_OK: with 0.  OP_CANCELLED: a signal came (stop_signal()),
 * which the editor was sent too.  OP_SYSTEM: it could not be started, or ended with another status;
 * said. */
int editor_run(struct editor *e, const char *path);

#endif
