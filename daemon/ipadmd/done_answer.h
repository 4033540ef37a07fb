/* SPDX-License-Identifier: ISC */
/* What a change has done, for the asker: *done* of docs/protocol.md. */
#ifndef OPDESK_DAEMON_IPADMD_DONE_ANSWER_H
#define OPDESK_DAEMON_IPADMD_DONE_ANSWER_H

#include "daemon/ipadmd/attempt.h"

/* As the result of the call: of one file, or of a set.  `commit` NULL: nothing had to be done. */
int done_answer(
    struct clerk *k, const struct change *c, const struct attempt *a, const char *commit);

/* What it would do, as the result of the call: {files: [{file, gone, merged, diff}...]}. */
int done_preview(struct clerk *k, const struct attempt *a);

/* The answer once more, from the history: about k->file, or of all files of the commit. */
int done_again(struct clerk *k, bool is_set, const char *commit);

#endif
