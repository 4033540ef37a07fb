/* SPDX-License-Identifier: ISC */
/*
 * MessagePack-RPC messages (https://github.com/msgpack-rpc/msgpack-rpc/blob/master/spec.md) as the
 * payload of one frame: request [0, msgid, method, [{…}]], response [1, msgid, error, result],
 * notification [2, method, [{…}]].  Pure: encoding into a buffer, decoding from bytes.
 * lib/pending.h keeps the calls that wait for their response.
 */
#ifndef OPDESK_LIB_RPC_H
#define OPDESK_LIB_RPC_H

#include <stdint.h>
#include "lib/err.h"
#include "lib/mp.h"

#define RPC_PROTO 1 /* what hello{proto} carries */

enum rpc_type { RPC_REQUEST = 0, RPC_RESPONSE = 1, RPC_NOTIFY = 2 };

struct rpc_msg {
	enum rpc_type type;
	uint32_t msgid;               /* request, response */
	struct mp_text method;        /* request, notification */
	const msgpack_object *params; /* request, notification: the map; NULL when params is [] */
	const msgpack_object *error;  /* response: the map, NULL for nil */
	const msgpack_object *result; /* response: any object; NULL when there was an error */
	struct mp_doc doc;            /* owns what the above point to, not the bytes */
};

/* Decode one payload.  The bytes must outlive *m.  OP_PROTOCOL: no MessagePack-RPC; OP_BAD_REQUEST:
 * params is not [] or [{…}], or an error that is neither nil, a map nor a string (m->type, m->msgid
 * are valid then, m is otherwise empty); OP_NO_MEMORY.  rpc_fini() after success only. */
int rpc_parse(struct rpc_msg *m, const void *payload, size_t len);
void rpc_fini(struct rpc_msg *m);

/* The head alone, for one who passes on what another process of the same program has packed: what
 * comes after it is neither checked nor looked at.  OP_PROTOCOL. */
struct rpc_head {
	enum rpc_type type;
	uint32_t msgid; /* request, response */
	bool failed;    /* response: its error is not nil */
};
int rpc_head(struct rpc_head *h, const void *payload, size_t len);

/* What an error map says.  err: the number for its `name` (OP_INTERNAL for unknown names). */
struct rpc_error {
	int err;
	struct mp_text message;     /* may be empty */
	const msgpack_object *data; /* or NULL */
};
struct rpc_error rpc_error_of(const struct rpc_msg *m);

/* Heads: the caller appends exactly one object after each, a map for requests and notifications
 * (its params), any value for a response. */
void rpc_request(struct mp_out *o, uint32_t msgid, const char *method);
void rpc_notify(struct mp_out *o, const char *method);
void rpc_result(struct mp_out *o, uint32_t msgid);

/* A whole error response; `message` NULL means op_strerror(err). */
void rpc_error(struct mp_out *o, uint32_t msgid, int err, const char *message);
/* The same with `data`: one object, already packed. */
void rpc_error_data(
    struct mp_out *o, uint32_t msgid, int err, const char *message, const struct buf *data);

#endif
