/* SPDX-License-Identifier: ISC */
/*
 * A merge for a person with an editor: what sdb_merge() can do is done, and each conflict stands in
 * the file between marks, as version control tools write them:
 *
 *	<<<<<<< yours
 *	tug1:192.0.2.33::::mole
 *	=======
 *	tug1:192.0.2.33::::harbour
 *	>>>>>>> theirs
 *
 * No mark is a good line of a subnet file, so one that is left behind is an error of the check.
 * Pure; n log n.
 */
#ifndef OPDESK_LIB_SDB_MARKED_H
#define OPDESK_LIB_SDB_MARKED_H

#include "lib/buf.h"
#include "lib/sdb/text.h"

/* Append the merged file; *count is the number of conflicts in it.  Files of other kinds (`nodes`
 * false), and what cannot be told apart by node, are marked from the first line that differs to
 * the last.  OP_TOO_LARGE, OP_NO_MEMORY. */
int sdb_merge_marked(struct sdb_text base, struct sdb_text mine, struct sdb_text theirs, bool nodes,
    struct buf *out, size_t *count);

/* The first line (from 1) that is a mark; 0: none. */
size_t sdb_marked_line(struct sdb_text text);

#endif
