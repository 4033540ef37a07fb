/* SPDX-License-Identifier: ISC */
/*
 * A message with descriptors between two processes of the tree, and the kernel's word on who sent
 * it (unix(7): SCM_RIGHTS, SCM_CREDENTIALS).  The pairs keep the borders of messages and take some
 * two hundred of them; a datagram pair would take ten (net.unix.max_dgram_qlen).  Nothing here ever
 * waits.
 */
#ifndef OPDESK_DAEMON_SERVER_PARCEL_H
#define OPDESK_DAEMON_SERVER_PARCEL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

#define PARCEL_FDS 2

struct parcel {
	int fds[PARCEL_FDS];
	int count;  /* of descriptors that came: the caller's, close-on-exec */
	pid_t pid;  /* of the sender; 0: the pair was made without */
	size_t len; /* of the bytes, at least 1 */
};

/* Close-on-exec, non-blocking.  with_pid: fds[0] learns the senders' pids.  OP_SYSTEM with errno.
 */
int parcel_pair(int fds[2], bool with_pid);

/* The descriptors stay the caller's.  OP_AGAIN: no room, or too many descriptors are on their way;
 * OP_CLOSED: nobody reads the other end; OP_SYSTEM. */
int parcel_send(int fd, const struct iovec *parts, size_t count, const int *fds, int fd_count);

/* OP_AGAIN: nothing is there.  OP_CLOSED: the other end is.  OP_PROTOCOL: longer than `size`, or
 * too many descriptors; OP_NO_MEMORY: this process has no room for them (RLIMIT_NOFILE), which is
 * not the sender's fault.  All are closed then; out->pid says whose it was.  OP_SYSTEM. */
int parcel_receive(int fd, void *bytes, size_t size, struct parcel *out);
void parcel_close(struct parcel *p); /* its descriptors */

#endif
