/* SPDX-License-Identifier: ISC */
/*
 * Becoming a daemon: the parent waits until the daemon is ready and exits 0, or passes on what
 * went wrong and exits with the daemon's status.  And the pid file, whose flock says that its owner
 * lives: exclusive while it runs, shared while it stops.
 */
#ifndef OPDESK_DAEMON_SERVER_BACKGROUND_H
#define OPDESK_DAEMON_SERVER_BACKGROUND_H

#include <stddef.h>
#include <stdint.h>

/*
 * Returns in the new session's leader only, with standard streams on /dev/null; the parent stays
 * inside until the outcome is known and exits; after limit_ms without one it sends the daemon
 * SIGTERM, says so and exits with EX_TEMPFAIL.  The result is a descriptor for background_ready()
 * or background_failed(); when the daemon dies before either, the parent says so.  OP_SYSTEM.
 */
int background_start(const char *program, int64_t limit_ms);
void background_ready(int fd);
/* `why` goes to the parent's standard error, `status` (1 to 255) is what it exits with. */
void background_failed(int fd, int status, const char *why);

/*
 * The descriptor, kept open for life (the lock), or OP_CONFLICT (another one runs), OP_DENIED,
 * OP_SYSTEM with `why`.  Waits up to PID_FILE_WAIT_MS for an owner that is stopping.  The runtime
 * directory is made when it is missing, no other one.
 */
#define PID_FILE_WAIT_MS 6000
int pid_file_open(const char *path, char *why, size_t why_size);
/* The owner stops: the next one waits for its end.  -1 is fine. */
void pid_file_stopping(int fd);
/* Unless it is another's by now. */
void pid_file_remove(const char *path, int fd);

#endif
