/* SPDX-License-Identifier: ISC */
/*
 * Three-way merge and difference of flat files (lib/flat/flat.h).  `hosts` and `table` go by key:
 * what one side touched is taken from it, the same change on both sides once, different changes of
 * one key are a conflict; the order is that of theirs, and what mine added follows the line that it
 * follows there.  `text` goes by lines, as diff3 does, through libgit2.  If one side did not change
 * anything the result is the other, byte for byte.
 */
#ifndef OPDESK_LIB_FLAT_MERGE_H
#define OPDESK_LIB_FLAT_MERGE_H

#include "lib/buf.h"
#include "lib/flat/flat.h"

/* Lines, or groups of lines of a text; s NULL: not there. */
struct flat_conflict {
	struct sdb_text base, mine, theirs;
};

struct flat_merge {
	struct buf bytes;           /* the merged file; empty when there are conflicts */
	struct flat_conflict *list; /* owned; texts borrowed from the three files, or from raw */
	size_t count;
	char *raw; /* owned, or NULL */
};

/* 0 with or without conflicts: look at count.  OP_NO_MEMORY, OP_SYSTEM leave nothing to free. */
int flat_merge(const struct flat_format *format, struct sdb_text base, struct sdb_text mine,
    struct sdb_text theirs, struct flat_merge *out);
void flat_merge_fini(struct flat_merge *m);

/* Of a text (merge_text.c). */
int flat_merge_text(
    struct sdb_text base, struct sdb_text mine, struct sdb_text theirs, struct flat_merge *out);

struct flat_change {
	struct sdb_text old, new; /* s NULL: added, removed */
};

struct flat_diff {
	struct flat_change *list; /* owned; texts borrowed from the two files */
	size_t count, room;
	bool reordered;
};

/* Removed ones first, then the rest in the order of the new file; of a text in the order of its
 * lines, a changed line being one removed and one added.  OP_NO_MEMORY, OP_SYSTEM. */
int flat_diff(const struct flat_format *format, struct sdb_text old, struct sdb_text new,
    struct flat_diff *out);
void flat_diff_fini(struct flat_diff *d);

/* Inside lib/flat/. */
int flat_diff_add(struct flat_diff *d, struct sdb_text old, struct sdb_text new);
int flat_diff_text(struct sdb_text old, struct sdb_text new, struct flat_diff *out);
int flat_merge_conflict(
    struct flat_merge *m, struct sdb_text base, struct sdb_text mine, struct sdb_text theirs);

#endif
