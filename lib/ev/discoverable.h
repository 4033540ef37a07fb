/* SPDX-License-Identifier: ISC */
/*
 * Being found: a daemon answers the questions of docs/protocol.md ("discovery") that reach UDP 8978
 * by broadcast, by the group of its family, or directly.  Several daemons of a host share the port.
 * Answers are never longer than their question and each source has a rate.
 */
#ifndef OPDESK_LIB_EV_DISCOVERABLE_H
#define OPDESK_LIB_EV_DISCOVERABLE_H

#include <ev.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/ev/udp.h"

struct discoverable;

/*
 * program: "mediachanged"; endpoint: "tcp:*:8979" (lib/datagram/discovery.h); both copied.
 * family: 4 or 6 when only askers of that family can use the endpoint, else 0.
 * Interfaces that come up later are noticed.  OP_OK: *out is answering, by IPv6 if this host has
 * it. Else an error of udp_open(), or OP_BAD_REQUEST: program or endpoint cannot be told, with
 * `why`.
 */
int discoverable_start(struct ev_loop *loop, const char *program, const char *endpoint,
    uint8_t family, struct discoverable **out, char *why, size_t why_size);

/* The same for a service of datagrams that is bound to these.  OP_NOT_FOUND: to loopback only. */
int discoverable_sockets(struct ev_loop *loop, const char *program, struct udp *const *udps,
    size_t count, struct discoverable **out, char *why, size_t why_size);

void discoverable_stop(struct discoverable *d); /* NULL is fine */

#endif
