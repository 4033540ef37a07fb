/* SPDX-License-Identifier: ISC */
/*
 * The session handlers of daemons that speak our frames (docs/protocol.md): the first byte tells
 * frames from a line; every message of the client is parsed and held against the method table here,
 * in the worker, and only good ones go on to the engine, byte for byte.  The client is kept when
 * the engine dies: the relay attaches again, repeats hello and the calls that wait, and tells a
 * client that had subscribed (a successful call of a method named *.subscribe) `server.reset`.
 */
#ifndef OPDESK_DAEMON_SERVER_RELAY_H
#define OPDESK_DAEMON_SERVER_RELAY_H

#include "daemon/server/session.h"
#include "lib/rpc.h"

/* What server_app.session points to. */
extern const struct session_events relay_events;

/*
 * A client of the one-line protocol as an RPC client: its line becomes one request, the response
 * becomes its line.  `id` is a fresh UUID per connection, the same in all four.  request, gone and
 * delivered write one whole request: rpc_request(o, msgid, METHOD) and its map.
 */
struct relay_line {
	/* The line was accepted by line_parse(); not terminated. */
	void (*request)(
	    struct mp_out *o, uint32_t msgid, const char *id, const char *line, size_t len);
	/* Append what the client gets, line end included; nothing appended: it is closed without a
	 * byte (and an error response is logged by the relay). */
	void (*reply)(const struct rpc_msg *response, struct buf *out);
	/* The client went away before it had its answer. */
	void (*gone)(struct mp_out *o, uint32_t msgid, const char *id);
	/* The answer was written and shut down without error. */
	void (*delivered)(struct mp_out *o, uint32_t msgid, const char *id);
};

#endif
