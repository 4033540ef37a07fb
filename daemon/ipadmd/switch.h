/* SPDX-License-Identifier: ISC */
/*
 * Step 3 of a commit for one file: the new version is laid beside it, takes its place, and can be
 * taken back.  A file that is new, or is to go, has only one side to exchange.  .FILE.new appears
 * under that name only when it is complete and synced (it is written as .FILE.part): whatever lies
 * there is one whole version, ours or a displaced one.
 */
#ifndef OPDESK_DAEMON_IPADMD_SWITCH_H
#define OPDESK_DAEMON_IPADMD_SWITCH_H

#include "daemon/ipadmd/pending.h"

/* Lay the new version (NULL: the file is to go) beside a file that holds `base` (NULL: is not
 * there).  OP_CONFLICT: it is not so. */
int switch_lay(const struct pending_file *f, const struct buf *base, const struct buf *bytes);

/* Put it in its place.  OP_CONFLICT, OP_SYSTEM: it is not. */
int switch_in(const struct pending_file *f);
/* Does what was displaced equal `base`?  OP_CONFLICT. */
int switch_compare(const struct pending_file *f, const struct buf *base);
/* The displaced one in its place again, ours laid beside. */
int switch_back(const struct pending_file *f);

/* Remove what lies beside if it is a version that the history has or will have.  Else it is a third
 * one, that somebody has made in the same moment: kept under a name of its own. */
int switch_clean(const struct pending_file *f);

/* How far it has come, when it is not known: */
enum switch_state {
	SWITCH_OUT, /* the old version is in its place */
	SWITCH_IN,  /* the new one is, or was until somebody edited it */
	SWITCH_ODD, /* somebody else's is, and ours never was, or displaced an edit */
};
int switch_look(const struct pending_file *f, enum switch_state *state);

/* Out again, whatever the state; but a file that somebody has edited since ours came in stays: what
 * is made anew will be merged into it. */
int switch_undo(const struct pending_file *f);

#endif
