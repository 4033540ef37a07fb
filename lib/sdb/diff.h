/* SPDX-License-Identifier: ISC */
/*
 * Two versions of a subnet file compared by header key and node, whatever their order.  Nodes are
 * the same when address and name are; else by address (renamed), else by name (renumbered).
 * Comments, blank and broken lines are the same when their text is.  Pure, linear.
 */
#ifndef OPDESK_LIB_SDB_DIFF_H
#define OPDESK_LIB_SDB_DIFF_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/sdb/file.h"

enum sdb_change_kind { SDB_ADDED, SDB_REMOVED, SDB_CHANGED };

/* Lines are borrowed from the two files. */
struct sdb_change {
	enum sdb_change_kind kind;
	const struct sdb_line *old; /* NULL: added; its kind says what it is */
	const struct sdb_line *new; /* NULL: removed */
	unsigned fields;            /* of a changed node: bit 1 << enum sdb_field for each */
};

/* Removed ones first, then the rest in the order of the new file. */
struct sdb_diff {
	struct sdb_change *list;
	size_t count;
	bool reordered;  /* lines that both have stand in another order */
	bool same_bytes; /* the files are identical */
};

int sdb_diff(const struct sdb_file *old, const struct sdb_file *new, struct sdb_diff *out);
void sdb_diff_fini(struct sdb_diff *d);

#endif
