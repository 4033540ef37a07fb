/* SPDX-License-Identifier: ISC */
/*
 * opchatd: chat for the people on duty.  Everything a daemon does is in daemon/server/; its
 * connections are the administrator's, on a UNIX socket.  Datagrams come to the engine itself,
 * which has neither files nor a database: what they can reach is the room.
 */
#include "daemon/opchatd/chat_settings.h"
#include "daemon/opchatd/service.h"
#include "daemon/server/relay.h"
#include "daemon/server/server.h"

static const char *const listen_default[] = {"unix:", NULL};

static const struct server_app app = {
    .name = "opchatd",
    .summary = "chat for the people on duty",
    .default_port = "2026",
    .default_listen = listen_default,
    .settings = chat_settings_table,
    .sections = chat_settings_sections,
    .settings_size = sizeof(struct chat_settings),
    .check = chat_settings_check,
    .session = &relay_events,
    .engine = &service_events,
};

int
main(int argc, char **argv)
{
	return server_main(&app, argc, argv);
}
