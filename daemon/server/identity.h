/* SPDX-License-Identifier: ISC */
/*
 * Who a client is, by the kernel's word on its connection: address, or user of a UNIX socket
 * (SO_PEERCRED, SO_PEERGROUPS).  The name that the worker resolved is for show only.
 */
#ifndef OPDESK_DAEMON_SERVER_IDENTITY_H
#define OPDESK_DAEMON_SERVER_IDENTITY_H

#include "daemon/server/engine.h"
#include "daemon/server/generic.h"

/* name: what the worker resolved, "" when nothing.  OP_SYSTEM: it is no connected socket. */
int identity_read(
    int fd, const char *name, const struct server_config *config, struct identity *out);

/* Whether that peer is an operator, as identity_read() would say.  addr: family 0 on a UNIX socket.
 * The kernel and our own lists are asked, no directory: the acceptor may ask. */
bool identity_operates(int fd, const struct netaddr *addr, const struct server_config *config);

#endif
