/* SPDX-License-Identifier: ISC */
/*
 * The history: a bare git repository that ordinary git reads, through libgit2 with its fsync option
 * on.  One branch, `main`; a commit holds all subnet files and changes some.  The last line of a
 * message is `Change: UUID`, the asker's id, or `Change: foreign` for an edit that was made by
 * other means.  Commits are named by forty hexadecimal digits.  Blocking; the committer alone
 * writes.
 */
#ifndef OPDESK_DAEMON_IPADMD_HISTORY_H
#define OPDESK_DAEMON_IPADMD_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/uuid.h"

#define COMMIT_TEXT 41 /* with its NUL; also of versions */

struct history;

/* Open it; with `create` make it when missing, look whether it is whole, and remove what a writer
 * that was killed has left.  What is damaged is left as it is.  OP_SYSTEM, and why: the file, what
 * is wrong, what to do. */
int history_open(const char *path, bool create, struct history **out, char *why, size_t why_size);
void history_close(struct history *h);

/* The hash of a file's bytes, as `git hash-object` gives it. */
void history_version(const void *bytes, size_t len, char out[COMMIT_TEXT]);

/* The newest commit.  OP_NOT_FOUND: none yet. */
int history_head(struct history *h, char out[COMMIT_TEXT]);

struct history_commit {
	char id[COMMIT_TEXT];
	char parent[COMMIT_TEXT]; /* "": the first */
	int64_t at_ms;
	char author[160]; /* "lena" */
	char who[200];    /* "lena@local": authenticated */
	bool foreign;
	char change[UUID_SIZE]; /* "": foreign */
	char *message;          /* owned: without its last line */
};

/* By an id or the beginning of one (7 digits at least).  OP_NOT_FOUND. */
int history_read(struct history *h, const char *id, struct history_commit *out);
void history_commit_fini(struct history_commit *c);

/* The file as that commit left it; `bytes` (initialised) may be NULL.  OP_NOT_FOUND. */
int history_file(struct history *h, const char *commit, const char *file, struct buf *bytes,
    char version[COMMIT_TEXT]);

/* Groups of lines of the file as `commit` has it, and which commit gave each group its present
 * form: `line` from 1.  OP_NOT_FOUND. */
typedef int history_blame_fn(size_t line, size_t count, const char *commit, void *arg);
int history_blame(
    struct history *h, const char *commit, const char *file, history_blame_fn *fn, void *arg);

/* All files of a commit, or (changed) only those that it changed, "" being the version of one that
 * it removed; `fn` returns 0 to go on. */
typedef int history_fn(const char *file, const char *version, void *arg);
int history_files(struct history *h, const char *commit, bool changed, history_fn *fn, void *arg);

/* Write blobs, tree and commit; the branch stays where it is. */
struct history_blob {
	const char *file;
	const struct buf *bytes; /* NULL: the file is removed */
};
struct history_entry {
	const struct history_blob *files;
	size_t count;
	const char *author, *who, *message;
	const char *change; /* NULL: foreign */
	int64_t at_ms;
};
int history_write(struct history *h, const struct history_entry *e, char commit[COMMIT_TEXT]);

/* Why the last history_write() has failed, for people; NULL: it has not, or errno says it. */
const char *history_error(void);

/* Move the branch to a commit whose parent is where it is now.  OP_CONFLICT: it is not. */
int history_move(struct history *h, const char *commit);
/* Keep a commit that is in no branch, as refs/drafts/COMMIT. */
int history_keep_draft(struct history *h, const char *commit);

#endif
