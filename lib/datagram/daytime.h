/* SPDX-License-Identifier: ISC */
/*
 * DAYTIME (RFC 867): any datagram, or a connection, is answered with one line of text that says
 * what time it is.  RFC 867 leaves the form open; ours is that of asctime(3), "Www Mon DD HH:MM:SS
 * YYYY", in English whatever the locale, which beacons begin with, too.  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_DAYTIME_H
#define OPDESK_LIB_DATAGRAM_DAYTIME_H

#include <stddef.h>
#include <stdint.h>

#define DAYTIME_PORT "13"
#define DAYTIME_CHARS 24                  /* of the stamp */
#define DAYTIME_BYTES (DAYTIME_CHARS + 3) /* of our answer: stamp, CRLF, and a NUL not sent */

/* local_s: seconds since 1970 as the clock on the wall counts them (UTC plus the zone's offset), of
 * the years 1000 … 9999; what lies outside is shown as the nearest.  Returns dst. */
const char *daytime_stamp(char dst[DAYTIME_CHARS + 1], int64_t local_s);

/* The opposite; the day may be padded with a blank or a zero.  OP_BAD_REQUEST: not exactly such a
 * stamp, no such day, or the weekday is not that day's. */
int daytime_parse_stamp(const char *s, size_t len, int64_t *local_s);

/* An answer: the stamp and CRLF.  Returns dst. */
const char *daytime_format(char dst[DAYTIME_BYTES], int64_t local_s);

/* Somebody's answer, in whatever form: its first line that is not empty, without the line end, lies
 * at bytes + *start and is *line_len long; it may hold anything else: make it plain before it is
 * shown (lib/text.h).  OP_BAD_REQUEST: nothing there. */
int daytime_parse(const void *bytes, size_t len, size_t *start, size_t *line_len);

#endif
