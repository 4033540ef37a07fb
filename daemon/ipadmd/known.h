/* SPDX-License-Identifier: ISC */
/*
 * What the history holds now: the version of every file of the catalog at the head.  It is kept, so
 * that a change of one file need not walk through a tree of 1,000; when the head is another than
 * the one that is known (somebody has used git), all is read again.  In the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_KNOWN_H
#define OPDESK_DAEMON_IPADMD_KNOWN_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/history.h"

struct known_file {
	char file[FILE_TEXT];
	char version[COMMIT_TEXT];
};

struct known {
	const struct catalog *catalog; /* borrowed */
	struct known_file *list;       /* owned, by name */
	size_t count;
	char head[COMMIT_TEXT]; /* "": nothing is known */
};

void known_fini(struct known *n);

/* Be as the history is; without a commit there is no file.  OP_SYSTEM, OP_NO_MEMORY. */
int known_update(struct known *n, struct history *h);
/* The head has become this commit of ours. */
void known_note(struct known *n, const struct history_entry *e, const char *commit);

const struct known_file *known_find(const struct known *n, const char *file); /* NULL: not there */

#endif
