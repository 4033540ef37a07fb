/* SPDX-License-Identifier: ISC */
/*
 * One daemon per state directory: an flock on STATE/lock, whose content is the daemon's pid.  The
 * engine holds it; a child that writes there inherits it, so it outlives an engine that was killed.
 */
#ifndef OPDESK_DAEMON_SERVER_LOCK_H
#define OPDESK_DAEMON_SERVER_LOCK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Make the directory (0700) when missing and take its lock, for `owner`.  Waits at most wait_ms for
 * another holder, or until stop_fd is readable.  The descriptor, or a negative op_err with `why`:
 * OP_LOCKED (who holds it), OP_CANCELLED, OP_DENIED, OP_SYSTEM.
 */
int lock_state(
    const char *dir, pid_t owner, int64_t wait_ms, int stop_fd, char *why, size_t why_size);

#endif
