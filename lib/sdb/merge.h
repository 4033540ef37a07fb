/* SPDX-License-Identifier: ISC */
/*
 * Three-way merge by header key and node (lib/sdb/diff.h says which are the same).  What only one
 * side touched is taken from it; the same change on both sides is taken once; different changes of
 * one node or key are a conflict, never a choice.  Order means nothing: that of theirs is kept,
 * unless only mine has moved lines.  Nobody's line is lost: a conflict gives no bytes; comments are
 * never one, those of both sides stay.  The caller checks the result (lib/sdb/check.h).  Pure,
 * linear.
 */
#ifndef OPDESK_LIB_SDB_MERGE_H
#define OPDESK_LIB_SDB_MERGE_H

#include <stddef.h>
#include "lib/buf.h"
#include "lib/sdb/file.h"

enum sdb_conflict_kind {
	SDB_CONFLICT_LINE,    /* both changed the node or the key, or one changed, one removed it */
	SDB_CONFLICT_ADDRESS, /* each gave this address to a node of its own */
	SDB_CONFLICT_NAME     /* each gave this name to a node of its own */
};

/* The three values side by side, borrowed from the three files; NULL: not there. */
struct sdb_conflict {
	enum sdb_conflict_kind kind;
	const struct sdb_line *base;
	const struct sdb_line *mine;
	const struct sdb_line *theirs;
};

struct sdb_merge {
	struct buf bytes; /* the merged file; empty when there are conflicts */
	struct sdb_conflict *list;
	size_t count;
};

/* 0 with or without conflicts: look at count.  OP_NO_MEMORY leaves nothing to free. */
int sdb_merge(const struct sdb_file *base, const struct sdb_file *mine,
    const struct sdb_file *theirs, struct sdb_merge *out);
void sdb_merge_fini(struct sdb_merge *m);

#endif
