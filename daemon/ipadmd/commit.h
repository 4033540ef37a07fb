/* SPDX-License-Identifier: ISC */
/*
 * The commit sequence: a file and the history change together, whatever dies in between.
 *   1 commit objects into the history, synced
 *   2 STATE/pending (commit, file, old and new version), synced
 *   3 .FILE.new written and synced, exchanged with FILE (renameat2), and what was displaced
 * compared with the base: if it differs, somebody edited by hand in this moment, and both are put
 * back 4 the branch moves 5 pending is removed At start a pending is completed.  Blocking; in the
 * committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_COMMIT_H
#define OPDESK_DAEMON_IPADMD_COMMIT_H

#include "daemon/ipadmd/history.h"
#include "lib/sdb/name.h"

struct committer {
	int dir_fd;   /* of the files */
	int state_fd; /* of the state directory */
	struct history *history;
};

/* The entry is about one file, with bytes.  `base`: what FILE holds now; NULL: it must not be
 * there.  OP_CONFLICT: it does not; nothing has changed: look again.  OP_SYSTEM, OP_NO_MEMORY
 * before step 3: nothing has changed (*failed names the step); after it the process must end, for
 * the outcome is not known: OP_INTERNAL. */
int commit_run(const struct committer *c, const struct history_entry *e, const struct buf *base,
    char commit[COMMIT_TEXT], const char **failed);

/* Complete what a pending file says.  OP_OK: done, or there was none.  OP_AGAIN: FILE is as
 * somebody else left it; *unfinished is the commit to make anew on top of it, then
 * commit_forget(). */
int commit_recover(const struct committer *c, char unfinished[COMMIT_TEXT], struct sdb_name *file);
int commit_forget(const struct committer *c);

/* Test builds: the places where OPDESK_COMMIT_DIES="PLACE FILE" ends the process, once: when FILE
 * is there, which is removed. */
enum commit_place {
	COMMIT_OBJECTS = 1, /* step 1 is done */
	COMMIT_PENDING,
	COMMIT_WRITTEN,   /* .FILE.new is there */
	COMMIT_EXCHANGED, /* not yet compared */
	COMMIT_SYNCED,
	COMMIT_MOVED,
	COMMIT_DONE
};

#endif
