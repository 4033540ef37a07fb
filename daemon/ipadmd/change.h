/* SPDX-License-Identifier: ISC */
/*
 * How a file is changed: the lock, the version that the asker started from, a three-way merge when
 * the file has moved on, the check of all files, the commit sequence, and telling everybody. Before
 * each change what others have edited by hand is committed as theirs.  In the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_CHANGE_H
#define OPDESK_DAEMON_IPADMD_CHANGE_H

#include "daemon/ipadmd/clerk.h"

struct change {
	struct sdb_name file;
	const struct buf *base; /* NULL: a new file */
	const struct buf *mine;
	const char *message;  /* may be NULL */
	const char *fallback; /* the message then */
	const char *id;
};

/* Complete what is pending, remember the ids of commits, commit foreign edits.  At start. */
int change_start(struct clerk *k);

/* Tell everybody of a commit. */
void change_tell(struct clerk *k, const struct history_entry *e, const char *commit);

/* Commit what differs from the history, as edits by other means.  After tree_refresh(). */
int change_notice(struct clerk *k);

/* The files as they are, foreign edits committed. */
int change_refresh(struct clerk *k);

/* OP_LOCKED with the lock as data. */
int change_admit(struct clerk *k, const struct sdb_name *file);

/* Begin a changing call: `file` and `id` of params are read.  OP_AGAIN: this id was committed
 * already and the result is written: answer OP_OK. */
int change_begin(
    struct clerk *k, const msgpack_object *params, struct change *c, char id[UUID_SIZE]);

/* Do it and write *done* as the result.  OP_CONFLICT, OP_BAD_REQUEST with data. */
int change_run(struct clerk *k, const struct change *c);

#endif
