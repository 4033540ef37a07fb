/* SPDX-License-Identifier: ISC */
/* Files of the user's own. */
#ifndef OPDESK_CLIENT_IPADMC_INPUT_H
#define OPDESK_CLIENT_IPADMC_INPUT_H

#include "client/ipadmc/ipadmc.h"

#define INPUT_MAX (64u << 20)

/* Append all of a file, or of standard input for "-".  IPADMC_UNREADABLE, OP_TOO_LARGE,
 * OP_NO_MEMORY; said. */
int input_read(const struct query *q, const char *path, struct buf *out);

/* Append all that is still to be read.  OP_SYSTEM (errno), OP_TOO_LARGE, OP_NO_MEMORY. */
int input_read_fd(int fd, struct buf *out);

#endif
