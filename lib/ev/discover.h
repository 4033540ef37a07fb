/* SPDX-License-Identifier: ISC */
/*
 * Looking for daemons: the question of docs/protocol.md ("discovery") goes three times, spread over
 * the time there is, to the broadcast address of every interface that has one, to the group of each
 * family from every address on an interface that can (loopback included), or to hosts that are
 * named.  By IPv6 a host may be found at an address of the link and at others.
 */
#ifndef OPDESK_LIB_EV_DISCOVER_H
#define OPDESK_LIB_EV_DISCOVER_H

#include <ev.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/datagram/discovery.h"
#include "lib/netaddr.h"

#define DISCOVER_WAIT_MS 3000
#define DISCOVER_FOUND_MAX 1000 /* answers that are told apart; more are passed over */
#define DISCOVER_ADDRESS (NETADDR_TEXT + IF_NAMESIZE)

struct discover;

struct discover_answer { /* borrowed for the call */
	const struct discovery_reply *reply;
	char from[DISCOVER_ADDRESS]; /* "192.0.2.1", "fe80::1%eth0" */
	char endpoint[160];          /* with the address in it: "tcp:192.0.2.1:8979" */
};

struct discover_host {
	struct netaddr address;
	unsigned ifindex; /* of an address of the link, else 0 */
};

/* Called from the loop; each may discover_stop(). */
struct discover_events {
	/* Once for each address asked; may be NULL.  interface: "" for a host that was named. */
	void (*asking)(const char *interface, const struct netaddr *to, void *arg);
	/* Once for each program at each endpoint. */
	void (*found)(const struct discover_answer *a, void *arg);
	/* The time is over. */
	void (*done)(void *arg);
};

/* program NULL: every one.  hosts: whom to ask instead of the networks; count 0: networks.  OP_OK;
 * OP_BAD_REQUEST: no name of a program; OP_UNAVAILABLE: there is no interface to ask on; else an
 * error of udp_open(); with `why`. */
int discover_start(struct ev_loop *loop, const char *program, const struct discover_host *hosts,
    size_t count, int64_t wait_ms, const struct discover_events *events, void *arg,
    struct discover **out, char *why, size_t why_size);

void discover_stop(struct discover *d); /* NULL is fine */

#endif
