/* SPDX-License-Identifier: ISC */
/*
 * Of two versions of a subnet file what tells them apart: both headers, and of the nodes and what
 * stands among them the lines that the other has not, each as often as it has more of them.  The
 * excerpts differ in the same lines as the files (lib/sdb/diff.h), but a few edits of 65,536 nodes
 * leave a few lines to be read.  Pure, linear; knows nothing of lines but their bytes.
 */
#ifndef OPDESK_LIB_SDB_EXCERPT_H
#define OPDESK_LIB_SDB_EXCERPT_H

#include "lib/buf.h"
#include "lib/sdb/text.h"

/* Appended to the two buffers.  A file without a line __NODES__ is left whole, and the other one
 * then, too.  OP_NO_MEMORY: what is in the buffers is of no use. */
int sdb_excerpt(struct sdb_text old, struct sdb_text new, struct buf *old_out, struct buf *new_out);

#endif
