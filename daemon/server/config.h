/* SPDX-License-Identifier: ISC */
/*
 * The configuration file: `name = value` in the syntax of libconfuse, checked against the tables of
 * settings.  Every complaint reads "FILE:LINE: SETTING: what was expected".  config_parse_text() is
 * pure (bytes in, values out).
 */
#ifndef OPDESK_DAEMON_SERVER_CONFIG_H
#define OPDESK_DAEMON_SERVER_CONFIG_H

#include <stddef.h>
#include "daemon/server/settings.h"

/*
 * Put what the bytes say over the values that the parts have (settings_init() before).  A list in
 * the file replaces the default.  Nothing is changed when the file is bad: OP_BAD_REQUEST with
 * `why`; OP_NO_MEMORY may leave some values changed.
 */
int config_parse_text(const void *bytes, size_t len, const char *file,
    const struct settings_part *parts, char *why, size_t why_size);

/* The same from a file of at most 1 MiB.  OP_SYSTEM, OP_TOO_LARGE too, with `why`. */
int config_parse_file(
    const char *file, const struct settings_part *parts, char *why, size_t why_size);

/* Where the file sets it, for complaints that come later; 0: it does not.  setting: a name, or
 * "NAME N" for the N-th section of that name (from 1), or "NAME N: INNER" for a setting in it. */
int config_line_of(const char *file, const char *setting);

/*
 * Are braces, quotes and comments closed?  libconfuse takes an unterminated list for a whole one.
 * Comments become blanks on the way: libconfuse counts their lines twice.  NULL, or what is wrong,
 * with *line where it began.
 */
const char *config_prepare(char *text, size_t len, int *line);

#endif
