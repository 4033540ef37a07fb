/* SPDX-License-Identifier: ISC */
/*
 * Being found: a daemon answers the questions of docs/protocol.md ("discovery") that reach UDP 8978
 * by broadcast, by the group, or directly.  Several daemons of a host share the port.  IPv4, as
 * broadcasts are.  Answers are never longer than their question and each source has a rate.
 */
#ifndef OPDESK_LIB_EV_DISCOVERABLE_H
#define OPDESK_LIB_EV_DISCOVERABLE_H

#include <ev.h>
#include <stddef.h>

struct discoverable;

/*
 * program: "mediachanged"; endpoint: "tcp:*:8979" (lib/datagram/discovery.h); both copied.
 * Interfaces that come up later are noticed.  OP_OK: *out is answering.  Else
 * an error of udp_open(), or OP_BAD_REQUEST: program or endpoint cannot be told, with `why`.
 */
int discoverable_start(struct ev_loop *loop, const char *program, const char *endpoint,
    struct discoverable **out, char *why, size_t why_size);

void discoverable_stop(struct discoverable *d); /* NULL is fine */

#endif
