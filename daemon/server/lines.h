/* SPDX-License-Identifier: ISC */
/*
 * Session handlers of daemons that talk to their clients in plain lines of text (nc, telnet): a
 * line of the client reaches the engine's `notify`, text of the engine is written to the client as
 * it is. `attached` and `detached` come as for other clients, again after a restart of the engine.
 * Lines are at most LINES_MAX bytes of UTF-8 and end with LF or CRLF; who sends anything else is
 * closed.
 */
#ifndef OPDESK_DAEMON_SERVER_LINES_H
#define OPDESK_DAEMON_SERVER_LINES_H

#include "daemon/server/engine.h"
#include "daemon/server/session.h"

#define LINES_MAX 8192u

/* What server_app.session points to. */
extern const struct session_events lines_events;

/* In the engine: the line that `notify` brought, without its end, terminated, control characters
 * made visible (it may go to somebody's terminal), cut to `size`; false: something else came. */
bool lines_text(const struct rpc_msg *m, char *dst, size_t size);
/* Text for the client, line ends included.  OP_UNAVAILABLE: it takes nothing at present and misses
 * this; its worker cuts it off after `stall`. */
int lines_send(struct client *c, const char *text);

#endif
