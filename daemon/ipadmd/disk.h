/* SPDX-License-Identifier: ISC */
/* Files on disk as the commit sequence and the drafts use them.  Blocking; OP_SYSTEM with errno. */
#ifndef OPDESK_DAEMON_IPADMD_DISK_H
#define OPDESK_DAEMON_IPADMD_DISK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "daemon/ipadmd/history.h"
#include "lib/buf.h"

/* Write, sync, close; removed when that fails.  `like` (may be NULL) gives mode and owner. */
int disk_write(int dir_fd, const char *name, const struct buf *bytes, const struct stat *like);
/* Appends to `out`.  OP_NOT_FOUND: there is none.  What is no regular file is an OP_SYSTEM. */
int disk_read(int dir_fd, const char *name, struct buf *out);
/* The version of a file there; "" when there is none. */
int disk_version(int dir_fd, const char *name, char out[COMMIT_TEXT]);

bool disk_same(const struct buf *a, const struct buf *b);

#endif
