/* SPDX-License-Identifier: ISC */
/*
 * STATE/pending: the commit that is being made, and what each of its files was and is to be.
 *   commit COMMIT
 *   file NAME OLD NEW      versions; - is no file
 */
#ifndef OPDESK_DAEMON_IPADMD_PENDING_H
#define OPDESK_DAEMON_IPADMD_PENDING_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/history.h"

struct pending_file {
	struct place place;
	char old[COMMIT_TEXT], new[COMMIT_TEXT]; /* "": no file */
};

struct pending {
	char commit[COMMIT_TEXT];
	struct pending_file *files; /* owned */
	size_t count;
};

int pending_write(int state_fd, const struct pending *p);
/* OP_NOT_FOUND: nothing is pending.  OP_PROTOCOL: it is broken, or names a file that the
 * configuration does not have (anymore). */
int pending_read(int state_fd, const struct catalog *c, struct pending *out);
int pending_remove(int state_fd);
void pending_fini(struct pending *p);

#endif
