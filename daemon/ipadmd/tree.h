/* SPDX-License-Identifier: ISC */
/*
 * The files of the catalog, in memory.  They are opened relative to their directory's descriptor,
 * by names of the catalog only, never through a link; what cannot be read has its error and does
 * not keep others from being read.  A refresh reads every file again whose stamp does not prove
 * that it holds what it held (stamp.h), now and then all, and parses only what differs: contents
 * decide.  Subnets are checked together, but only as many as a question concerns (lib/sdb/index.h).
 * Blocking; in the reader and the committer (tree.c, tree_read.c; tree_check.c).
 */
#ifndef OPDESK_DAEMON_IPADMD_TREE_H
#define OPDESK_DAEMON_IPADMD_TREE_H

#include <stdbool.h>
#include <sys/types.h>
#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/stamp.h"
#include "lib/buf.h"
#include "lib/flat/check.h"
#include "lib/sdb/check.h"
#include "lib/sdb/index.h"
#include "lib/sdb/space.h"

#define VERSION_TEXT 41 /* forty hexadecimal digits and a NUL */

struct tree_file {
	struct place place;
	struct buf bytes;
	char version[VERSION_TEXT];
	int err;      /* nothing below counts then */
	char why[80]; /* with err: for people */
	uid_t owner;
	struct stamp stamp;
	struct buf row; /* the part of its row in a list that its bytes decide; empty: not made */
	/* a subnet's */
	struct sdb_file *file; /* NULL: none, or see err */
	struct sdb_usage use;
	struct sdb_file *indexed; /* the one that the index knows, mostly `file`; NULL: none */
	uint32_t id;              /* in the index */
	struct sdb_tally tally;   /* since tree_tally(): what the check of all finds of it */
	/* the others' */
	struct flat_findings findings; /* our own check's */
	size_t lines, entries;
};

struct tree {
	const struct catalog *catalog; /* borrowed */
	size_t max_bytes;
	int64_t trust_ms, rest_ms; /* the latter: see stamp_of() */
	int64_t read_ms;           /* CLOCK_BOOTTIME: when all were read; 0: they are to be */
	struct tree_file *files;   /* owned, in the order of place_compare() */
	size_t count;
	struct sdb_index *index; /* of subnets; it follows when it is asked (tree_check.c) */
	size_t changed;          /* nodes of what has changed since the last tally */
	bool is_tallied;
};

/* trust_ms: all files are read again when they were not for so long; 0: each time. */
void tree_init(struct tree *t, const struct catalog *catalog, size_t max_bytes, int64_t trust_ms);
void tree_fini(struct tree *t);

/* Files found earlier are borrowed until now.  OP_SYSTEM: the directory cannot be read; nothing has
 * changed then.  OP_NO_MEMORY: what is there must not be used until it succeeds. */
int tree_refresh(struct tree *t);
/* The next refresh reads all files. */
void tree_distrust(struct tree *t);

/* By its whole name; NULL: it is not there. */
struct tree_file *tree_find(const struct tree *t, const char *name);

/* --- the check of all subnets that could be read (tree_check.c) --- */

/* Files to be checked, named by place.name, in their order; the index in a finding is that here.
 * Each of `n` in `replace` stands in the place of, or beside, the subnet of its name; one without a
 * file is left out.  only (NULL: all): of the others just these ids.  An array of *count; NULL: no
 * memory. */
struct sdb_input *tree_inputs(const struct tree *t, const bool *only,
    const struct sdb_input *replace, size_t n, size_t *count);

/* The ids of those among which a check finds of `name` what a check of all would, with `n` in
 * `replace` (one of them may be `name`).  *only is owned; NULL: all, as that costs no more than to
 * find out.  OP_NO_MEMORY. */
int tree_around(
    struct tree *t, const char *name, const struct sdb_input *replace, size_t n, bool **only);
/* Those among which a check without `replace` and one with it differ as checks of all would. */
int tree_concerned(struct tree *t, const struct sdb_input *replace, size_t n, bool **only);

/* Bring every tally up to date.  OP_NO_MEMORY. */
int tree_tally(struct tree *t);

/* --- one file (tree_read.c) --- */

/* Fill f, whose place is set, from the file; what has been made of its bytes moves over from `old`
 * (may be NULL), if these are the same; all of it, unread, if its stamp proves that and `trust`.
 * False: it is another one. */
bool tree_read(const struct tree *t, struct tree_file *f, struct tree_file *old, bool trust);
void tree_file_fini(struct tree_file *f);

#endif
