/* SPDX-License-Identifier: ISC */
/*
 * The commit sequence: files and the history change together, whatever dies in between.
 *   1 commit objects into the history, synced
 *   2 STATE/pending (commit; name, old and new version of each file), synced
 *   3 the new version of each file beside it as .FILE.new, synced; then one after the other is
 *     exchanged with its FILE (renameat2), and what was displaced is compared with the base: if it
 *     differs, somebody edited by hand in this moment, and all are put back
 *   4 the branch moves
 *   5 what was displaced and pending are removed
 * At start a pending is completed, forwards: all files become the new ones.  Only when one of them
 * is as somebody else left it all are put back, and the change is made anew on top of that.
 * Blocking; in the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_COMMIT_H
#define OPDESK_DAEMON_IPADMD_COMMIT_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/history.h"

struct committer {
	const struct catalog *catalog;
	int state_fd; /* of the state directory */
	struct history *history;
};

/* What the files of the entry hold now, in its order; NULL: it must not be there. */
typedef const struct buf *const commit_bases[];

/* OP_CONFLICT: a file is not what its base says; nothing has changed: look again.  OP_SYSTEM,
 * OP_NO_MEMORY: nothing has changed (*failed names the step).  OP_INTERNAL: the outcome is not
 * known and the process must end. */
int commit_run(const struct committer *c, const struct history_entry *e, commit_bases bases,
    char commit[COMMIT_TEXT], const char **failed);

/* Complete what a pending file says.  OP_OK: done, or there was none.  OP_AGAIN: a file is as
 * somebody else left it; *unfinished is the commit to make anew on top of that, then
 * commit_forget(). */
int commit_recover(const struct committer *c, char unfinished[COMMIT_TEXT]);
int commit_forget(const struct committer *c);

/* Test builds: the places where OPDESK_COMMIT_DIES="PLACE FILE" ends the process, once: when FILE
 * is there, which is removed.  PLACE.N: the N-th time that it is reached. */
enum commit_place {
	COMMIT_OBJECTS = 1, /* step 1 is done */
	COMMIT_PENDING,
	COMMIT_WRITTEN,   /* each .FILE.new is there */
	COMMIT_EXCHANGED, /* one file, not yet compared */
	COMMIT_SYNCED,
	COMMIT_MOVED,
	COMMIT_DONE
};

#endif
