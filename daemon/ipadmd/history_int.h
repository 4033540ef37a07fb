/* SPDX-License-Identifier: ISC */
/* Shared by history_open.c and history.c. */
#ifndef OPDESK_DAEMON_IPADMD_HISTORY_INT_H
#define OPDESK_DAEMON_IPADMD_HISTORY_INT_H

#include <git2.h>
#include "daemon/ipadmd/history.h"

#define HISTORY_BRANCH "refs/heads/main"

struct history {
	git_repository *repo;
};

#endif
