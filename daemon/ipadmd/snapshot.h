/* SPDX-License-Identifier: ISC */
/*
 * The subnet files of one commit, read from the history, parsed: what is published is a commit,
 * never a directory in the middle of a change.  Files that do not differ from the commit before are
 * not parsed again.  Blocking; in the publisher.
 */
#ifndef OPDESK_DAEMON_IPADMD_SNAPSHOT_H
#define OPDESK_DAEMON_IPADMD_SNAPSHOT_H

#include "daemon/ipadmd/history.h"
#include "lib/sdb/check.h"
#include "lib/sdb/name.h"

struct snapshot_file {
	struct sdb_name name;
	char text[SDB_NAME_TEXT];
	char version[COMMIT_TEXT];
	struct sdb_file *file;
};

struct snapshot {
	struct snapshot_file *files; /* owned, in the order of names */
	size_t count;
	char commit[COMMIT_TEXT]; /* "": none */
};

/* Become that commit.  OP_NOT_FOUND, OP_SYSTEM, OP_NO_MEMORY: as it was. */
int snapshot_load(struct snapshot *s, struct history *h, const char *commit);
void snapshot_fini(struct snapshot *s);

/* For lib/publish/; an array of s->count, borrowing.  NULL: no memory. */
struct sdb_input *snapshot_inputs(const struct snapshot *s);

/* When the first commit after `published` was made ("": the first of all); 0: there is none.
 * Looks back SNAPSHOT_BACK commits at most. */
#define SNAPSHOT_BACK 100000
int64_t snapshot_waits_since(struct history *h, const char *published);

/* `commit` and those before it, newest first, `max` at most; how many. */
size_t snapshot_recent(struct history *h, const char *commit, char (*out)[COMMIT_TEXT], size_t max);

#endif
