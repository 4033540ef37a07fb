/* SPDX-License-Identifier: ISC */
/* What several calls of the clerks share (read_calls.c, lock_calls.c). */
#ifndef OPDESK_DAEMON_IPADMD_ANSWER_H
#define OPDESK_DAEMON_IPADMD_ANSWER_H

#include "daemon/ipadmd/clerk.h"

/* The call's file, if it can be read, of the tree as it was refreshed last.  OP_NOT_FOUND,
 * OP_TOO_LARGE, OP_SYSTEM, with the reason. */
int answer_find(struct clerk *k, const struct tree_file **out);

/* The answer of sdb.get; `locked`: the lock is the caller's. */
int answer_get(struct clerk *k, bool locked);

/* The lock of a file that was put is freed, if it is the caller's. */
void lock_done(struct clerk *k, const char *file);

#endif
