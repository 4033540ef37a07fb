/* SPDX-License-Identifier: ISC */
/*
 * From the params of a call to what the book takes.  The framework has held them against the method
 * table (types, lengths, UTF-8); here is what a table cannot say.  Pure.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_REQUEST_H
#define OPDESK_DAEMON_MEDIACHANGED_REQUEST_H

#include "daemon/mediachanged/alert.h"
#include "daemon/server/engine.h"

/* The id under `key`, in lower case. */
void request_id(const msgpack_object *params, const char *key, char out[UUID_SIZE]);

/* alert.ask: a new alert, given away.  OP_BAD_REQUEST: *why (static) names the key; OP_NO_MEMORY.
 */
int request_ask(
    const msgpack_object *params, const struct identity *who, struct alert **out, const char **why);

/* With defaults for what is absent. */
int64_t request_int(const msgpack_object *params, const char *key, int64_t otherwise);
bool request_bool(const msgpack_object *params, const char *key, bool otherwise);

#endif
