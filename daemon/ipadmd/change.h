/* SPDX-License-Identifier: ISC */
/*
 * How files are changed, one or several at once: the locks, the versions that the asker started
 * from, a three-way merge where a file has moved on, the check of all files as they would be, the
 * commit sequence, and telling everybody.  Before each change what others have edited by hand is
 * committed as theirs.  In the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_CHANGE_H
#define OPDESK_DAEMON_IPADMD_CHANGE_H

#include "daemon/ipadmd/clerk.h"

struct change_file {
	struct place place;
	const struct buf *base; /* NULL: a new file */
	const struct buf *mine; /* NULL: the file is to go */
};

struct change {
	struct change_file *files; /* each file once */
	size_t count;
	bool is_set;          /* answered as sdb.commit is */
	bool is_dry;          /* worked out, merged and judged, but not done: see done_preview() */
	const char *message;  /* may be NULL */
	const char *fallback; /* the message then */
	const char *id;
};

/* Complete what is pending, remember the ids of commits, commit foreign edits.  At start. */
int change_start(struct clerk *k);

/* A commit is made: remember it, and tell everybody. */
void change_tell(struct clerk *k, const struct history_entry *e, const char *commit);

/* Commit what differs from the history, as edits by other means.  After tree_refresh(). */
int change_notice(struct clerk *k);

/* The files as they are, foreign edits committed. */
int change_refresh(struct clerk *k);

/* OP_LOCKED with the lock as data. */
int change_admit(struct clerk *k, const char *file);

/* The key `id` of params.  OP_AGAIN: this id was committed already and the result is written (as
 * for a set when `is_set`, else about k->file): answer OP_OK. */
int change_once(struct clerk *k, const msgpack_object *params, bool is_set, char id[UUID_SIZE]);

/* Begin a call that changes one file: `file` and `id` of params are read, and its lock.  OP_AGAIN
 * as above. */
int change_begin(
    struct clerk *k, const msgpack_object *params, struct change_file *f, char id[UUID_SIZE]);

/* After change_refresh(): do it and write *done*, or that of a set, as the result.  OP_CONFLICT,
 * OP_BAD_REQUEST with data.
 */
int change_run(struct clerk *k, const struct change *c);

#endif
