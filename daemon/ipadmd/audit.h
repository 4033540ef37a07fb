/* SPDX-License-Identifier: ISC */
/*
 * STATE/audit.log: who tried to change what, from where, and what became of it, refusals included.
 * One JSON object a line, appended in one write; never read by us.  It
 * may be moved away at any time: the next line makes a new one.  In the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_AUDIT_H
#define OPDESK_DAEMON_IPADMD_AUDIT_H

#include "daemon/ipadmd/clerk.h"

/* Can it be written?  OP_SYSTEM with errno. */
int audit_check(int state_fd);
/* After the call in hand of `k`. */
void audit_write(struct clerk *k, struct mp_text method, int err);

#endif
