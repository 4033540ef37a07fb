/* SPDX-License-Identifier: ISC */
/*
 * Who changed each file last, and when: from the history, newest first, kept from then on.  A long
 * history is walked in pieces; until all is known an old change may be missing.  In the reader.
 */
#ifndef OPDESK_DAEMON_IPADMD_LASTS_H
#define OPDESK_DAEMON_IPADMD_LASTS_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/history.h"

struct last {
	char file[FILE_TEXT];
	char commit[COMMIT_TEXT];
	char who[200];
	int64_t at_ms;
	uint64_t walk; /* the walk that has found it */
};

struct lasts {
	struct last *list; /* owned, by name */
	size_t count;
	char head[COMMIT_TEXT]; /* all from here on is known down to `next` */
	char next[COMMIT_TEXT]; /* "": down to the first commit */
	uint64_t walk;
};

void lasts_fini(struct lasts *l);

/* Look at what is new, and, for `budget_ms` at most, at what is older.  OP_AGAIN: there is more. */
int lasts_update(struct lasts *l, struct history *h, int64_t budget_ms);

const struct last *lasts_find(const struct lasts *l, const char *file); /* NULL: not known */

#endif
