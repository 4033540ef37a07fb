/* SPDX-License-Identifier: ISC */
/*
 * The engine of ipadmd: a thin shell.  Clients' calls go to the reader or the committer with who
 * the caller is by the kernel's word; what the committer reports goes to those who subscribed;
 * sessions are watched, and the locks of lost ones freed.  It touches no file itself.
 */
#ifndef OPDESK_DAEMON_IPADMD_SERVICE_H
#define OPDESK_DAEMON_IPADMD_SERVICE_H

#include "daemon/server/engine.h"

extern const struct engine_events service_events;

#endif
