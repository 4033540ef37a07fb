/* SPDX-License-Identifier: ISC */
/*
 * The values that several answers hold, as docs/protocol.md (ipadmd) describes them.  Pure.
 */
#ifndef OPDESK_DAEMON_IPADMD_PACK_H
#define OPDESK_DAEMON_IPADMD_PACK_H

#include "daemon/ipadmd/history.h"
#include "daemon/ipadmd/lease.h"
#include "lib/flat/check.h"
#include "lib/mp.h"
#include "lib/sdb/check.h"

/* Text of a file; what is not UTF-8 is made visible. */
void pack_text(struct mp_out *o, struct sdb_text t);
void pack_line(struct mp_out *o, const char *key, const struct sdb_line *line); /* NULL: nil */

#define PACK_NODE_KEYS 8
void pack_node(struct mp_out *o, const char *file, const struct sdb_line *line, uint32_t number);
void pack_lock(struct mp_out *o, const struct lease *l, int64_t now_ms, int64_t guaranteed_ms);
/* Of a file that is no subnet. */
void pack_flat_finding(struct mp_out *o, const char *file, const struct flat_finding *f);
/* `in`: what was checked. */
void pack_finding(struct mp_out *o, const struct sdb_input *in, const struct sdb_finding *f);

/* A commit's keys, without the map's head; how many. */
#define PACK_COMMIT_KEYS 6
void pack_commit(struct mp_out *o, const struct history_commit *c);

#endif
