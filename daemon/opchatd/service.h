/* SPDX-License-Identifier: ISC */
/* The engine of opchatd: the room (room.h) on UDP sockets, and the administrator's calls. */
#ifndef OPDESK_DAEMON_OPCHATD_SERVICE_H
#define OPDESK_DAEMON_OPCHATD_SERVICE_H

#include "daemon/server/engine.h"

extern const struct engine_events service_events;

#endif
