/* SPDX-License-Identifier: ISC */
/* What a client's hello must say: the relay judges it, the engine holds the relay to that. */
#ifndef OPDESK_DAEMON_SERVER_HELLO_H
#define OPDESK_DAEMON_SERVER_HELLO_H

#include "lib/mp.h"

/* "asker" (also when it names none), "desk" or "tool"; NULL: another word. */
const char *hello_role(const msgpack_object *params);

/* OP_OK; OP_CONFLICT: another protocol; OP_BAD_REQUEST: another role.  `why` then. */
int hello_check(const msgpack_object *params, char *why, size_t why_size);

#endif
