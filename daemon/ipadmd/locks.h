/* SPDX-License-Identifier: ISC */
/*
 * Locks on disk, as the original has them: a symbolic link FILE-lock in a directory of its own,
 * made and removed under an exclusive flock of `single_thread.lock` there, so that other programs
 * can take part.  The link's target is the lease's text, its time the start.  Only the committer
 * changes locks; the reader looks.  Blocking.
 */
#ifndef OPDESK_DAEMON_IPADMD_LOCKS_H
#define OPDESK_DAEMON_IPADMD_LOCKS_H

#include "daemon/ipadmd/lease.h"

struct locks {
	int dir_fd;
	int mutex_fd; /* -1: this process only looks */
};

/* The directory is made when missing.  OP_SYSTEM with errno. */
int locks_open(struct locks *l, const char *directory, bool writes);
void locks_fini(struct locks *l);

/* `file` is a name of the catalog.  OP_NOT_FOUND: not locked; OP_SYSTEM. */
int locks_read(const struct locks *l, const char *file, struct lease *out);

/* Both wait for the flock, 3 s at most: OP_TIMEOUT.
 *
 * Try to get it.  *before is the lock there was (owner empty: none).  On success *now has its new
 * time.  OP_LOCKED: *before says by whom; OP_SYSTEM. */
int locks_take(const struct locks *l, const char *file, struct lease *now, int64_t now_ms,
    int64_t guaranteed_ms, struct lease *before);

/* Free it if it is still the one that the caller has seen; OP_NOT_FOUND: it is not. */
int locks_free(const struct locks *l, const char *file, const struct lease *seen);

/* Every lock there is, in no order, of whatever file; `fn` may free it. */
int locks_walk(const struct locks *l,
    void (*fn)(const char *file, const struct lease *lease, void *arg), void *arg);

#endif
