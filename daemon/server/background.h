/* SPDX-License-Identifier: ISC */
/*
 * Becoming a daemon: the parent waits until the daemon is ready and exits 0, or passes on what
 * went wrong and exits non-zero.  And the pid file, whose flock says that its owner lives.
 */
#ifndef OPDESK_DAEMON_SERVER_BACKGROUND_H
#define OPDESK_DAEMON_SERVER_BACKGROUND_H

#include <stddef.h>

/*
 * Returns in the new session's leader only, with standard streams on /dev/null; the parent stays
 * inside until the outcome is known and exits.  The result is a descriptor for background_ready()
 * or background_failed(); when the daemon dies before either, the parent says so.  OP_SYSTEM.
 */
int background_start(const char *program);
void background_ready(int fd);
/* `why` goes to the parent's standard error. */
void background_failed(int fd, const char *why);

/* The descriptor, kept open for life (the lock), or OP_CONFLICT (another one runs), OP_DENIED,
 * OP_SYSTEM with `why`. */
int pid_file_open(const char *path, char *why, size_t why_size);
void pid_file_remove(const char *path, int fd);

#endif
