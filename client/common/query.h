/* SPDX-License-Identifier: ISC */
/*
 * What the sub-commands of a terminal client share: the settings, one conversation with the daemon,
 * and calls that survive the loss of it (every call is harmless when made twice).  Errors are said
 * on standard error where they arise, so a command only hands the number up.
 */
#ifndef OPDESK_CLIENT_COMMON_QUERY_H
#define OPDESK_CLIENT_COMMON_QUERY_H

#include <stdbool.h>
#include <stdint.h>
#include "client/common/rpcsync.h"
#include "client/common/server.h"
#include "lib/mp.h"

struct query;

/* The program. */
struct query_kind {
	struct rpcsync_hello hello;
	const struct server_kind *server;
	/* Says an error of the daemon in the program's own words and returns true; may be NULL. */
	bool (*explain)(const struct query *q, const struct rpc_error *e);
	int64_t call_ms; /* longest wait for an answer; 0: a minute */
};

struct query {
	const struct query_kind *kind;
	const void *settings; /* the program's own */
	bool json;
	const char *command; /* its name, for messages */
	char **operands;     /* of the command, NULL-terminated */
	struct endpoint endpoint;
	struct rpcsync *rpc; /* NULL: not connected */
	bool was_connected;  /* once: a daemon that is away now is waited for */
	bool is_patient;     /* waited for however long it takes, else for some seconds */
	bool said_slow;      /* that an answer is long in coming */
	bool said_away;      /* that the daemon is away, and not yet that it is back */
};

void query_disconnect(struct query *q);

/* The connection is lost: says so, ends it and waits a moment.  The next call makes a new one. */
void query_lost(struct query *q);

/* Writes the parameters: exactly one map. */
typedef void query_pack_fn(struct mp_out *o, const struct query *q, const void *arg);
query_pack_fn query_pack_nothing;

/* Call and wait, connecting first if need be.  OP_OK: *result is borrowed until the next call.
 * Errors are said. */
int query_call(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    const msgpack_object **result);

/* The same for callers that look at errors themselves: nothing is said.  m: the response, borrowed
 * until the next call, or NULL when none came. */
struct query_answer {
	const struct rpc_msg *m;
	char why[SERVER_WHY];
};
int query_try(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    struct query_answer *a);

/* Say why the call failed; returns its error. */
int query_complain_answer(const struct query *q, int err, const struct query_answer *a);

/* "PROGRAM: COMMAND: …"; returns err. */
int query_complain(const struct query *q, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for an answer that is not what it should be; returns OP_PROTOCOL. */
int query_nonsense(const struct query *q);

/* Print a value as one line of JSON, or an array as one line for each item. */
int query_print_json(const msgpack_object *v);
int query_print_json_lines(const msgpack_object_array *items);

#endif
