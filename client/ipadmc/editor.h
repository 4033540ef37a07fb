/* SPDX-License-Identifier: ISC */
/*
 * $VISUAL, $EDITOR, `editor` or `vi` on a file, while the conversation with the daemon is kept up:
 * a lost connection is made again, so that the session keeps its lock, and who takes the lock over
 * is remembered for later, as the screen is the editor's.
 */
#ifndef OPDESK_CLIENT_IPADMC_EDITOR_H
#define OPDESK_CLIENT_IPADMC_EDITOR_H

#include "client/ipadmc/ipadmc.h"

struct editor {
	struct query *q;
	const char *session;
	const char *file;   /* its name at the daemon */
	char taken_by[200]; /* who has taken the lock over; empty: nobody */
	bool is_running;    /* a signal to us did not end it within seconds */
};

/* Make the session known on this connection, and be told of its locks.  As query_try(). */
int editor_join(struct editor *e);

/* Wait until the editor has ended.  OP_OK: with 0.  OP_CANCELLED: a signal came (stop_signal()),
 * which the editor was sent too.  IPADMC_NO_EDITOR: there is no such program.  OP_SYSTEM: no
 * process could be made, or it ended with another status.  All but OP_CANCELLED are said. */
int editor_run(struct editor *e, const char *path);

#endif
