/* SPDX-License-Identifier: ISC */
/*
 * What time it is in a time zone of the tz database (tzfile(5)).  Names are checked before the C
 * library sees them: it would read any file, and takes UTC for what it does not know.
 */
#ifndef OPDESK_EXAMPLES_LOCALTIME_ZONE_H
#define OPDESK_EXAMPLES_LOCALTIME_ZONE_H

#include <stddef.h>
#include <time.h>

#define ZONE_NAME_MAX 128

/* `name` of `len` bytes; blanks only: the zone of this host.  OP_OK: "Thu Nov 26 17:00:00 2026" in
 * dst.  OP_BAD_REQUEST: no name of a zone; OP_NOT_FOUND: there is none of this name; dst then says
 * so in words.  Changes TZ of this process. */
int zone_time(const char *name, size_t len, time_t at, char *dst, size_t size);

#endif
