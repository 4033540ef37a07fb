/* SPDX-License-Identifier: ISC */
/* A unified difference of two texts, by libgit2 (history_open() was called before). */
#ifndef OPDESK_DAEMON_IPADMD_TEXTDIFF_H
#define OPDESK_DAEMON_IPADMD_TEXTDIFF_H

#include <stdbool.h>
#include "lib/buf.h"

/* Append the hunks, without head lines; NULL: there is no such file.  More than `max` bytes are cut
 * at the end of a line, and *cut says so.  OP_NO_MEMORY. */
int textdiff(const struct buf *from, const struct buf *to, size_t max, struct buf *out, bool *cut);

#endif
