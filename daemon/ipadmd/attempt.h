/* SPDX-License-Identifier: ISC */
/* One try at a change: what its files are to hold, and whether that may be (attempt.c, verdict.c).
 */
#ifndef OPDESK_DAEMON_IPADMD_ATTEMPT_H
#define OPDESK_DAEMON_IPADMD_ATTEMPT_H

#include "daemon/ipadmd/change.h"

struct attempt_file {
	const struct change_file *wanted;
	const struct tree_file *there; /* NULL: no such file */
	struct buf next;               /* what it is to hold */
	bool is_gone;                  /* it is to go instead */
	bool is_merged;
	bool is_same; /* nothing is to be done */
};

struct attempt {
	struct attempt_file *files; /* owned */
	size_t count;
};

/* Work out every file against the tree.  OP_CONFLICT with data; OP_SYSTEM, OP_TOO_LARGE.
 * attempt_fini() in any case. */
int attempt_make(struct clerk *k, const struct change *c, struct attempt *a);
void attempt_fini(struct attempt *a);
bool attempt_is_empty(const struct attempt *a); /* nothing is to be done */

/* The check of all files as they would be: OP_BAD_REQUEST with the findings when they bring an
 * error that was not there before. */
int attempt_judge(struct clerk *k, const struct attempt *a);

#endif
