/* SPDX-License-Identifier: ISC */
/*
 * What a relay decides about the messages that pass it: which of the client's are good, which calls
 * wait, what an engine may send, and what a new engine has to hear again.  Pure: payloads in,
 * verdicts out.  Called by relay.c.
 */
#ifndef OPDESK_DAEMON_SERVER_RELAY_CORE_H
#define OPDESK_DAEMON_SERVER_RELAY_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

enum relay_verdict {
	RELAY_FORWARD, /* pass these bytes on to the other side */
	RELAY_REPLY,   /* an answer for the client was appended to the buffer; nothing to pass on */
	RELAY_DROP,    /* nothing to do */
	RELAY_BAD,     /* the sender broke the protocol: `why` for the log */
};

struct relay_limits {
	size_t max_calls; /* open at a time */
	size_t max_bytes; /* of requests kept for repeating */
	bool no_askers;   /* it has a place of the reserve: whoever asks is told to come later */
};

struct relay_core;

struct relay_core *relay_core_new(const struct relay_limits *limits);
void relay_core_free(struct relay_core *r);

/* A payload of the client.  *why is static. */
enum relay_verdict relay_core_client(
    struct relay_core *r, const void *payload, size_t len, struct buf *reply, const char **why);
/* A payload of the engine.  RELAY_REPLY: the client gets `reply` instead: a result of more than
 * RELAY_WORTH_DROPPING bytes that was on its way when the call was cancelled gives way to that, if
 * the method only looks (lib/method.h): whoever has changed something hears of it. */
#define RELAY_WORTH_DROPPING 16384u
enum relay_verdict relay_core_engine(
    struct relay_core *r, const void *payload, size_t len, struct buf *reply, const char **why);

/* Is it a cancellation?  It may be passed before its turn, and again in its turn: once counts. */
bool relay_core_is_cancel(const void *payload, size_t len);

bool relay_core_said_hello(const struct relay_core *r); /* a good hello went to the engine */
size_t relay_core_open_calls(const struct relay_core *r);

/*
 * A new engine listens: give it hello and the open calls, in their order.  Calls that the client
 * has cancelled are answered instead (`reply`, one payload each).  Returns whether the client had
 * subscribed to something, which is forgotten.  OP_NO_MEMORY: end the connection.
 */
typedef int relay_send_fn(const void *payload, size_t len, void *arg);
int relay_core_repeat(struct relay_core *r, relay_send_fn *send, relay_send_fn *reply, void *arg,
    bool *had_subscribed);

#endif
