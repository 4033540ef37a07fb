/* SPDX-License-Identifier: ISC */
/*
 * How it is known, without reading it, that a file holds what it held when it was read.  Contents
 * decide and never times; a stamp only saves reading again what cannot have changed:
 *
 * - It is device, inode, size, and the times of the last change of contents and of the inode, as
 *   fstat(2) gave them *before* the file was read.  Every write, truncation, rename over it, and
 *   setting back of its time sets the inode's time (ctime), which nobody can choose but who sets
 *   the machine's clock.
 * - The clock of ctime moves in steps, ticks of 10 ms at most, seconds where inodes have no room
 *   for more (ext2, ext3): two writes in one step look alike.  So a stamp counts only when the file
 *   had been at rest for STAMP_REST_MS when it was read, as git has it with its index, by another
 *   rule; one that was changed a moment ago is read each time until it has been.
 * - Only file systems of this host, whose ctime is the kernel's own, are believed.  The clock of a
 *   server (NFS), or attributes from a cache, are not: there every file is read each time.
 *
 * What is left is a program that writes through a mapping (mmap(2): the time is set at the first
 * write to a page, in tmpfs never), and a clock that was set back to the very tick.  So all files
 * are read again when they have not been for a while (tree.h), when an edit by other means was
 * noticed, and when something was not as it had been known.  And what is written takes its place
 * only if what it displaces is, byte for byte, what the writer has seen (switch.h): stamps have no
 * say there.
 *
 * inotify(7) was not taken for this: it does not see writes through another link or a mapping,
 * either, its queue can overflow, and to ask 1,000 files for their stamps takes 1 to 2 ms.
 */
#ifndef OPDESK_DAEMON_IPADMD_STAMP_H
#define OPDESK_DAEMON_IPADMD_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define STAMP_REST_MS 2000

struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
	bool counts; /* all zero: it proves nothing */
};

/* Of a file that is to be read now; `now` (CLOCK_REALTIME) was asked before fstat(2).  rest_ms:
 * STAMP_REST_MS, but in tests. */
struct stamp stamp_of(const struct stat *st, struct timespec now, int64_t rest_ms);

/* Does the file still hold what it held then? */
bool stamp_proves(const struct stamp *s, const struct stat *st);

/* Is this directory in a file system where stamps count? */
bool stamp_counts(int dir_fd);

#endif
