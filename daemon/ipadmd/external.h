/* SPDX-License-Identifier: ISC */
/*
 * The configured checker of a file: a program that is run on a private copy, with an argument list
 * instead of a shell, an environment of ours and a time limit.  What it prints when it says no
 * becomes findings.  Blocking.
 */
#ifndef OPDESK_DAEMON_IPADMD_EXTERNAL_H
#define OPDESK_DAEMON_IPADMD_EXTERNAL_H

#include "daemon/ipadmd/clerk.h"

/* Appends to `out`.  OP_OK: it has said yes or no, or there is none.  OP_SYSTEM with k->why:
 * it could not be run, or did not end: that is no yes.  OP_CANCELLED: killed, as the call was given
 * up. */
int external_check(
    struct clerk *k, const struct place *p, const struct buf *bytes, struct flat_findings *out);

#endif
