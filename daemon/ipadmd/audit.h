/* SPDX-License-Identifier: ISC */
/*
 * STATE/audit.log: who tried to change what, from where, and what became of it, refusals included.
 * One JSON object a line, appended in one write; never read by us.  In the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_AUDIT_H
#define OPDESK_DAEMON_IPADMD_AUDIT_H

#include "daemon/ipadmd/clerk.h"

int audit_open(int state_fd); /* a descriptor, or -1 with errno */
/* After the call in hand of `k`. */
void audit_write(struct clerk *k, struct mp_text method, int err);

#endif
