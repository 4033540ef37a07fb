/* SPDX-License-Identifier: ISC */
/* The private copy of a file that an editor works on: in a directory of its own (0700) under
 * $TMPDIR or /var/tmp, so that it outlives a crash of this machine. */
#ifndef OPDESK_CLIENT_IPADMC_DRAFT_H
#define OPDESK_CLIENT_IPADMC_DRAFT_H

#include <limits.h>
#include <stdbool.h>
#include "lib/buf.h"

struct draft {
	char dir[PATH_MAX];
	char path[PATH_MAX]; /* DIR/NAME; empty: there is none */
};

/* `name` has no slash.  OP_SYSTEM (errno), OP_TOO_LARGE. */
int draft_new(struct draft *d, const char *name);

/* A copy of that name that an earlier edit has left, the first one that is found.  False: none. */
bool draft_find_kept(const char *name, char path[PATH_MAX]);

/* The whole text; an editor may have put another file in its place.  OP_SYSTEM (errno),
 * OP_NO_MEMORY, OP_TOO_LARGE. */
int draft_write(const struct draft *d, const struct buf *text);
int draft_read(const struct draft *d, struct buf *text);

/* The copy and the directory, unless the editor has left something else there. */
void draft_remove(struct draft *d);

#endif
