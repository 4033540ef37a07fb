/* SPDX-License-Identifier: ISC */
/*
 * The types of files, one row each: how two changes are merged, how a difference is shown, what is
 * wrong with a file by itself, and its row in a list.  Pure but for what they pack.
 */
#ifndef OPDESK_DAEMON_IPADMD_FILE_TYPE_H
#define OPDESK_DAEMON_IPADMD_FILE_TYPE_H

#include "daemon/ipadmd/catalog.h"
#include "lib/buf.h"
#include "lib/flat/check.h"
#include "lib/mp.h"

struct tree_file;

struct file_type {
	const char *name; /* on the wire and in the configuration */

	/* OP_CONFLICT: `conflicts` (a writer) has got the array of them, and `out` nothing. */
	int (*merge)(const struct place *p, const struct buf *base, const struct buf *mine,
	    const struct buf *theirs, struct buf *out, struct mp_out *conflicts);

	/* Packs {changes, reordered}. */
	int (*pack_diff)(
	    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);

	/* Packs the array of nodes that a change has added or changed. */
	int (*pack_changed)(
	    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);

	/* Findings of a file by itself.  NULL: all files of the type are checked together
	 * (lib/sdb/check.h). */
	int (*check)(const struct place *p, const struct buf *bytes, struct flat_findings *out);

	/* Keys of its row that only this type has: how many, then them. */
	size_t (*row_keys)(const struct tree_file *f);
	void (*pack_row)(const struct tree_file *f, struct mp_out *o);
};

extern const struct file_type *const file_type_subnet;

/* By name; NULL. */
const struct file_type *file_type_find(const char *name);

#endif
