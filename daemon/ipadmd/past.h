/* SPDX-License-Identifier: ISC */
/* What the calls about the history share (history_calls.c, blame_calls.c). */
#ifndef OPDESK_DAEMON_IPADMD_PAST_H
#define OPDESK_DAEMON_IPADMD_PAST_H

#include "daemon/ipadmd/clerk.h"
#include "lib/sdb/file.h"

/* The call's file as a commit left it; empty when it was not there ("" for no commit). */
int past_bytes(struct clerk *k, const char *commit, struct buf *out);
/* The same, parsed; empty when it was not there ("" for no commit). */
int past_parse(struct clerk *k, const char *commit, struct sdb_file **out);
/* Did this commit change the call's file? */
int past_touches(struct clerk *k, const struct history_commit *c, bool *out);

/* The key `node` of params; its text is borrowed from there. */
struct past_which {
	bool any;
	struct sdb_text text;
	struct netaddr address; /* family 0: a name */
};

struct past_which past_which(const msgpack_object *params);
bool past_is_it(const struct past_which *w, const struct sdb_line *line);

#endif
