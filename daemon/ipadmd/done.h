/* SPDX-License-Identifier: ISC */
/*
 * Which changes were made already: the ids that askers gave them, of the newest DONE_MAX commits.
 * A client whose connection broke asks again with the same id.  Pure; in the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_DONE_H
#define OPDESK_DAEMON_IPADMD_DONE_H

#include <stddef.h>
#include "daemon/ipadmd/history.h"

#define DONE_MAX 10000

struct done_row {
	char change[UUID_SIZE];
	char commit[COMMIT_TEXT];
};

struct done {
	struct done_row *ring; /* owned; DONE_MAX */
	size_t count, next;
};

int done_init(struct done *d); /* OP_NO_MEMORY */
void done_fini(struct done *d);
void done_add(struct done *d, const char *change, const char *commit);
const char *done_find(const struct done *d, const char *change); /* the commit, or NULL */

#endif
