/* SPDX-License-Identifier: ISC */
/*
 * Asking name servers for the serials of zones, by real queries (SOA, over UDP, and TCP when that
 * is cut short), through c-ares.  Only answers with authority count.  Blocking, with a time limit;
 * in the publisher.
 */
#ifndef OPDESK_DAEMON_IPADMD_PROBE_H
#define OPDESK_DAEMON_IPADMD_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/server/server.h"
#include "lib/netaddr.h"

struct probe_server {
	struct netaddr address;
	uint16_t port; /* 53 */
};

/* ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT.  OP_BAD_REQUEST. */
int probe_server_parse(const char *text, struct probe_server *out);

enum probe_want {
	PROBE_REACHED, /* this serial, or one that is newer: a server may sign zones itself */
	PROBE_LEFT     /* anything that is older than this one */
};

struct probe_zone {
	const char *name; /* no final dot; borrowed */
	uint32_t serial;
	enum probe_want want;
	/* the result */
	bool answered;
	uint32_t served;
};

struct probe {
	const struct string_list *servers;
	int64_t limit_ms;
	int stop_fd[2]; /* end of file on one of them: OP_CLOSED */
};

/* Ask each server about each zone until all say what is wanted or the time is over.  OP_OK;
 * OP_TIMEOUT, and *why names the first server and zone and what it said; OP_CLOSED, OP_NO_MEMORY.
 */
int probe_wait(
    const struct probe *p, struct probe_zone *zones, size_t n, char *why, size_t why_size);

/* Ask once: the newest serial of each that a server has goes to `served`.  Takes limit_ms at most
 * and never fails: who does not answer does not know. */
void probe_ask(const struct probe *p, struct probe_zone *zones, size_t n);

#endif
