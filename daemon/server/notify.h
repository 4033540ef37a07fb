/* SPDX-License-Identifier: ISC */
/*
 * What a service manager is told (sd_notify(3)): one datagram to the socket that $NOTIFY_SOCKET
 * names; without the variable nothing happens.  And the sockets that it hands over
 * (sd_listen_fds(3)).
 */
#ifndef OPDESK_DAEMON_SERVER_NOTIFY_H
#define OPDESK_DAEMON_SERVER_NOTIFY_H

#include <stddef.h>

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* Sockets handed over to this very process: their number, at most `max`, from descriptor 3 on, made
 * close-on-exec and non-blocking; 0: none.  names: what the manager calls them, parted by colons
 * (LISTEN_FDNAMES), or "".  The variables are removed. */
#define NOTIFY_FIRST_FD 3
#define NOTIFY_NAMES 1024
int notify_listen_fds(int max, char names[NOTIFY_NAMES]);

#endif
