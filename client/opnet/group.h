/* SPDX-License-Identifier: ISC */
/* The beacons' group, for who sends to it and who listens to it: options, and the socket. */
#ifndef OPDESK_CLIENT_OPNET_GROUP_H
#define OPDESK_CLIENT_OPNET_GROUP_H

#include "client/common/options.h"
#include "client/opnet/shell.h"
#include "lib/datagram/beacon.h"
#include "lib/ev/udp.h"

struct group_settings {
	const char *group; /* a multicast group, or a broadcast address */
	const char *interface;
	int64_t port;
};

#define GROUP_DEFAULTS                                     \
	{                                                  \
		.group = BEACON_GROUP, .port = BEACON_PORT \
	}

/* `at`: the offset of a struct group_settings. */
#define GROUP_ROWS(at)                                                                            \
	{'g', "group", "ADDRESS", OPTION_TEXT, (at) + offsetof(struct group_settings, group),     \
	    NULL, "the group, or a broadcast address (default: " BEACON_GROUP ")"},               \
	    {'p', "port", "N", OPTION_NUMBER, (at) + offsetof(struct group_settings, port), NULL, \
		"its port (default: 2070)"},                                                      \
	{                                                                                         \
		0, "interface", "NAME", OPTION_TEXT,                                              \
		    (at) + offsetof(struct group_settings, interface), NULL,                      \
		    "the interface, by name or address (default: as routed)"                      \
	}

struct group {
	struct udp *udp;
	struct resolve_addr to;
};

/*
 * events NULL: a socket that only sends.  Else it is bound to the port, shared with others of this
 * host, and in the group.  OP_OK, or an error that is said.
 */
int group_open(struct group *g, struct shell *shell, const struct group_settings *s,
    const struct udp_events *events, void *arg);
void group_close(struct group *g);

#endif
