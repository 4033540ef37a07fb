/* SPDX-License-Identifier: ISC */
/*
 * mediachanged: takes questions from unattended jobs, keeps them, shows them on desks, and gives
 * each its one answer.  Everything a daemon does is in daemon/server/; this file says what is
 * special.
 */
#include "daemon/mediachanged/line_relay.h"
#include "daemon/mediachanged/service.h"
#include "daemon/mediachanged/alert_settings.h"
#include "daemon/server/server.h"

static const char *const listen_default[] = {"tcp:127.0.0.1:8979", "unix:", NULL};

static const struct server_app app = {
    .name = "mediachanged",
    .summary = "keeps the questions of unattended jobs until an operator has answered them",
    .default_port = "8979",
    .default_listen = listen_default,
    .settings = alert_settings_table,
    .settings_size = sizeof(struct alert_settings),
    .sections = alert_settings_sections,
    .check = alert_settings_check,
    .examine = alert_settings_examine,
    .session = &relay_events,
    .line = &line_relay,
    .engine = &service_events,
};

int
main(int argc, char **argv)
{
	return server_main(&app, argc, argv);
}
