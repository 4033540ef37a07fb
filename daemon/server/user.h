/* SPDX-License-Identifier: ISC */
/* Becoming another user once the sockets are open (settings `user` and `group`). */
#ifndef OPDESK_DAEMON_SERVER_USER_H
#define OPDESK_DAEMON_SERVER_USER_H

#include <stddef.h>
#include "daemon/server/generic.h"

/*
 * Gives the state directory (made if missing) and the log file to the user, takes his groups (or,
 * with `group` alone, that one), becomes him for good.  Nothing to do: the settings name nobody, or
 * we are he.  OP_DENIED: not root; OP_SYSTEM; with `why`.
 */
int user_become(const struct server_config *c, char *why, size_t why_size);

#endif
