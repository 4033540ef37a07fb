/* SPDX-License-Identifier: ISC */
/*
 * Durations and sizes as people write them, in configuration files and options: "90s", "15m",
 * "1.5h", "2d", "250ms"; "64k", "16M", "1G" (powers of 1024).  The whole string must be used:
 * "10m;" is an error.  Pure.
 */
#ifndef OPDESK_LIB_UNITS_H
#define OPDESK_LIB_UNITS_H

#include <stddef.h>
#include <stdint.h>

#define UNITS_DURATION_HELP "a duration such as 500ms, 90s, 15m, 2h or 1d"
#define UNITS_DURATION_MOST ", at most 10000d" /* where no narrower bound is told */
#define UNITS_SIZE_HELP "a size in bytes such as 4096, 64k or 16M"

/* Milliseconds.  A bare number is seconds.  OP_BAD_REQUEST: not a duration, negative, or past
 * 10,000 days. */
int units_duration(const char *s, int64_t *ms);

/* Bytes.  OP_BAD_REQUEST. */
int units_size(const char *s, uint64_t *bytes);

/* "850 ms", "42 s", "3 min 20 s", "2 h 5 min", "3 d 4 h" into dst; returns dst. */
const char *units_format_ms(char *dst, size_t size, int64_t ms);

#endif
