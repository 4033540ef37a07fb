/* SPDX-License-Identifier: ISC */
/*
 * The publisher: a child of the engine, plain blocking code, that turns commits into what name and
 * DHCP servers read (publication.h).  It reads the history, never the subnet files, and writes the
 * published directory, nothing else.  It speaks RPC with the engine: the call `publish`
 * {confirm, commit} is answered with *published*; the notification `status` is what `sdb.status`
 * answers; others are for everybody.
 */
#ifndef OPDESK_DAEMON_IPADMD_PUBLISHER_H
#define OPDESK_DAEMON_IPADMD_PUBLISHER_H

#include "daemon/ipadmd/ipadm_settings.h"

/* The process: runs until the engine or the lifeline ends; its exit status. */
int publisher_run(
    int fd, int lifeline_fd, const struct publish_settings *settings, const char *state);

#endif
