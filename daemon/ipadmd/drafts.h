/* SPDX-License-Identifier: ISC */
/*
 * Drafts: what somebody could not put, or not yet.  A directory for each user in STATE/drafts/, a
 * file for each draft, named FILE,ID: a head, the message, the text.  Nobody sees those of others,
 * and none is ever removed but by its owner.  Blocking; the committer writes, the reader looks.
 */
#ifndef OPDESK_DAEMON_IPADMD_DRAFTS_H
#define OPDESK_DAEMON_IPADMD_DRAFTS_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/history.h"
#include "lib/buf.h"
#include "lib/uuid.h"

struct draft {
	char id[UUID_SIZE];
	char file[FILE_TEXT];
	char base[COMMIT_TEXT]; /* "": a new file */
	int64_t saved_ms;       /* wall clock */
	struct buf message, text;
};

void draft_init(struct draft *d);
void draft_fini(struct draft *d);

/* STATE/drafts, made when missing: a descriptor, or -1 with errno. */
int drafts_open(int state_fd);

/* Each user may have so much. */
struct draft_limits {
	size_t count;
	uint64_t bytes;
};

/* Keep it; one with its id is replaced.  OP_CONFLICT: that one is of another file.  OP_TOO_LARGE:
 * too many, or too large together.  OP_SYSTEM. */
int drafts_save(int fd, const char *who, const struct draft *d, const struct draft_limits *limits);

/* OP_NOT_FOUND; OP_PROTOCOL: it is broken. */
int drafts_read(int fd, const char *who, const char *id, struct draft *out);
int drafts_drop(int fd, const char *who, const char *id);

/* Every draft of the user, in no order, by its file and id; `fn` returns 0 to go on. */
typedef int drafts_fn(const char *file, const char *id, void *arg);
int drafts_walk(int fd, const char *who, drafts_fn *fn, void *arg);

#endif
