/* SPDX-License-Identifier: ISC */
/* All subnets of a daemon, for commands that work on many. */
#ifndef OPDESK_CLIENT_IPADMC_SUBNETS_H
#define OPDESK_CLIENT_IPADMC_SUBNETS_H

#include "client/ipadmc/subnet.h"
#include "lib/sdb/file.h"

#define SUBNETS_VERSION 64

struct subnets_file {
	char name[SUBNET_FILE];
	char version[SUBNETS_VERSION];
	struct buf text;       /* as it is there */
	struct sdb_file *file; /* owned; its text parsed */
};

struct subnets {
	struct subnets_file *list; /* in the order of names */
	size_t count;
};

/* All of them, or those that the operands name (NULL-terminated, as people type them).  What
 * query_call() gives, OP_NO_MEMORY; said.  A file that cannot be read ends it. */
int subnets_load(struct query *q, char *const *operands, struct subnets *out);
void subnets_fini(struct subnets *s);

#endif
