/* SPDX-License-Identifier: ISC */
/*
 * The engine answers discovery (lib/ev/discoverable.h) when the daemon listens on TCP wider than
 * loopback and the setting `discovery` does not forbid it: who has written such an address into the
 * configuration wants to be reached, and who may ask what is for `access` to say as ever.
 */
#ifndef OPDESK_DAEMON_SERVER_DISCOVERY_H
#define OPDESK_DAEMON_SERVER_DISCOVERY_H

#include "daemon/server/generic.h"

/* What is told: "tcp:*:8979" when every address listens, else the first one that others can reach;
 * *family: 4 or 6, when only those can use it, else 0.  OP_NOT_FOUND: nobody else could reach us,
 * or it is not wanted. */
int discovery_endpoint(const struct server_config *c, char *dst, size_t size, uint8_t *family);

struct engine;

/* Begin, change or end it, as the configuration says now.  A port that cannot be had is logged: the
 * daemon does its work without. */
void discovery_update(struct engine *e);
void discovery_end(struct engine *e);

#endif
