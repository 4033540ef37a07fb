/* SPDX-License-Identifier: ISC */
/* A change that is worked out on the file as it is now (write_calls.c). */
#ifndef OPDESK_DAEMON_IPADMD_EDIT_H
#define OPDESK_DAEMON_IPADMD_EDIT_H

#include "daemon/ipadmd/clerk.h"
#include "lib/sdb/file.h"

struct edit {
	const msgpack_object *params;
	struct sdb_file *file; /* to be changed */
	void *arg;
};

typedef int edit_fn(struct clerk *k, struct edit *e);

/* A whole changing call: `fn` edits, then it is committed.  `fallback`: the message when the caller
 * gave none. */
int edit_run(
    struct clerk *k, const msgpack_object *params, edit_fn *fn, const char *fallback, void *arg);

/* An address as people write it, with or without brackets.  OP_BAD_REQUEST. */
int edit_address(struct sdb_text text, struct netaddr *out);

#endif
