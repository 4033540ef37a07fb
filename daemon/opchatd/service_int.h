/* SPDX-License-Identifier: ISC */
/* Inside opchatd's engine only: the room, its sockets, and the administrator (admin.c). */
#ifndef OPDESK_DAEMON_OPCHATD_SERVICE_INT_H
#define OPDESK_DAEMON_OPCHATD_SERVICE_INT_H

#include "daemon/opchatd/chat_settings.h"
#include "daemon/opchatd/room.h"
#include "daemon/opchatd/service.h"
#include "lib/ev/udp.h"

#define SOCKETS_MAX 16

struct service {
	struct engine *engine;
	const struct chat_settings *settings;
	struct room *room;
	struct acl *members;
	struct acl *channels[ROOM_CHANNELS_MAX];
	struct udp *sockets[SOCKETS_MAX];
	struct udp *groups[2]; /* sends multicast: IPv4, IPv6; may be NULL */
	size_t count;
	struct discoverable *discoverable;
	ev_timer tick;
};

/* Do what the room wants done. */
void service_act(struct service *s);

/* A call of the administrator. */
void service_request(struct client *c, const struct rpc_msg *m);

#endif
