/* SPDX-License-Identifier: ISC */
/*
 * ipadmd: subnet files, edited safely from afar.  Everything a daemon does is in daemon/server/;
 * this file says what is special.
 */
#include "daemon/ipadmd/ipadm_settings.h"
#include "daemon/ipadmd/service.h"
#include "daemon/server/relay.h"
#include "daemon/server/server.h"

static const char *const listen_default[] = {"unix:", NULL};

static const struct server_app app = {
    .name = "ipadmd",
    .summary = "keeps subnet files and lets people edit them from afar",
    .default_port = "8980",
    /* A file is one message; max_file is 12M. */
    .default_max_frame = "15M",
    .default_listen = listen_default,
    .settings = ipadm_settings_table,
    .sections = ipadm_sections,
    .settings_size = sizeof(struct ipadm_settings),
    .check = ipadm_settings_check,
    .session = &relay_events,
    .engine = &service_events,
};

int
main(int argc, char **argv)
{
	return server_main(&app, argc, argv);
}
