/* SPDX-License-Identifier: ISC */
/*
 * The command line, made from the tables of settings: every row with an option name is a long
 * option with a value.  --help prints rows, limits and defaults.
 */
#ifndef OPDESK_DAEMON_SERVER_OPTIONS_H
#define OPDESK_DAEMON_SERVER_OPTIONS_H

#include "daemon/server/generic.h"

/*
 * Read what is no setting (-f, -c, --check); settings are only checked.  OP_OK: go on; 1: --help or
 * --version was printed; OP_BAD_REQUEST: a complaint was printed on standard error.
 */
int options_parse(const struct server_app *app, int argc, char **argv, struct server_options *out);

/* Put the settings that were given over the values; a list option replaces the list. */
int options_apply(
    const struct server_options *o, const struct settings_part *parts, char *why, size_t why_size);

#endif
