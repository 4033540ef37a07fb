/* SPDX-License-Identifier: ISC */
/*
 * Lines to the system's logger (journald, rsyslog …): the datagrams that syslog(3) sends to
 * /dev/log, by a socket of our own.  syslog(3) waits for as long as the logger hangs or its queue
 * is full, and hides a descriptor that cannot be kept when others are closed by their numbers.
 *
 * A datagram goes to the name, not to a connection: a logger that was restarted gets the next one.
 * One socket serves a process and what is forked from it, as datagrams stay whole.  Loggers that
 * listen with a stream socket are not served.  Used by lib/log.c alone.
 */
#ifndef OPDESK_LIB_DEVLOG_H
#define OPDESK_LIB_DEVLOG_H

#include <stdbool.h>
#include <stddef.h>

/* How long a process may wait for a logger whose queue is full, in any second: queues are short (10
 * datagrams unless told otherwise), so a few lines at once fill that of a logger in good health. */
#define DEVLOG_PATIENCE_MS 50

/* Open the socket if it is not; false: no descriptor is left (errno), and devlog_send() tries. */
bool devlog_open(void);
void devlog_close(void);
/* The socket, close-on-exec, or -1. */
int devlog_fd(void);

/* One datagram.  With `patient` waits for at most DEVLOG_PATIENCE_MS in a second, twice that when
 * the last wait began late, else never.  False: it was not sent (errno: EAGAIN: the logger does not
 * read; ENOENT, ECONNREFUSED: there is none). */
bool devlog_send(const char *line, size_t len, bool patient);

/* For tests: another path than /dev/log; borrowed until the next call. */
void devlog_set_path(const char *path);

#endif
