/* SPDX-License-Identifier: ISC */
/* Which descriptors a process of the tree goes on with after its fork. */
#ifndef OPDESK_DAEMON_SERVER_DESCRIPTORS_H
#define OPDESK_DAEMON_SERVER_DESCRIPTORS_H

#include <stddef.h>

#define DESCRIPTORS_KEEP_MAX 8

/* Close everything but 0, 1, 2, the log's and those listed (-1 is skipped; at most
 * DESCRIPTORS_KEEP_MAX). */
void descriptors_keep(const int *keep, size_t count);

/* In main(), first: those of 0, 1 and 2 that whoever has started us keeps closed are opened on
 * /dev/null, lest a socket or the lifeline get the number and be written to as standard output. */
void descriptors_fill(void);

/* As many as this process may have (RLIMIT_NOFILE); how many that is. */
size_t descriptors_raise(void);

#endif
