/* SPDX-License-Identifier: ISC */
/*
 * What the sub-commands of mediachangeq share: the settings, one conversation with the daemon, and
 * calls that survive the loss of it (every call is harmless when made twice).  Errors are said on
 * standard error where they arise, so a command only hands the number up.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_QUERY_H
#define OPDESK_CLIENT_MEDIACHANGEQ_QUERY_H

#include <stdbool.h>
#include <stdint.h>
#include "client/common/rpcsync.h"
#include "lib/mp.h"
#include "lib/uuid.h"

struct query_settings {
	const char *server, *note, *since, *host, *text; /* as given; NULL: not */
	bool json;
};

struct query {
	const struct query_settings *settings;
	const char *command; /* its name, for messages */
	char **operands;     /* of the command, NULL-terminated */
	struct endpoint endpoint;
	struct rpcsync *rpc;       /* NULL: not connected */
	int64_t since_at;          /* of --since; 0: not given */
	char answer_id[UUID_SIZE]; /* of this run: answering twice is the same as once */
};

void query_disconnect(struct query *q);

/* After the connection was lost: try until it is back.  Only errors that waiting does not mend. */
int query_reconnect(struct query *q);

/* Writes the parameters: exactly one map. */
typedef void query_pack_fn(struct mp_out *o, const struct query *q, const void *arg);
query_pack_fn query_pack_nothing;

/* Call and wait, connecting first if need be.  OP_OK: *result is borrowed until the next call.
 * Errors are said. */
int query_call(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    const msgpack_object **result);

/* "mediachangeq: COMMAND: …"; returns err. */
int query_complain(const struct query *q, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for an answer that is not what it should be; returns OP_PROTOCOL. */
int query_nonsense(const struct query *q);

/* Print a value as one line of JSON, or an array as one line for each item. */
int query_print_json(const msgpack_object *v);
int query_print_json_lines(const msgpack_object_array *items);

#endif
