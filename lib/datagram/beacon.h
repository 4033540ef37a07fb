/* SPDX-License-Identifier: ISC */
/*
 * The beacon (docs/protocol.md, Datagrams): "Www Mon DD HH:MM:SS YYYY/host", the local time of the
 * sender, at every whole multiple of its period.  Ours append what makes a clock comparable:
 * "/t=UNIX.mmm/tz=+hhmm/period=15/seq=N/v=1".  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_BEACON_H
#define OPDESK_LIB_DATAGRAM_BEACON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BEACON_PORT 2070
#define BEACON_GROUP "224.225.226.227"
#define BEACON_TTL 31
#define BEACON_PERIOD_S 15
#define BEACON_PERIOD_MAX_S 86400
#define BEACON_BYTES_MAX 512
#define BEACON_HOST_MAX 256

struct beacon {
	char host[BEACON_HOST_MAX]; /* UTF-8 without controls and slashes */
	int64_t local_s;            /* the stamp: seconds since 1970 of its local time */
	bool full;                  /* the rest is there */
	int64_t sent_ms;            /* since 1970, UTC */
	int zone_min;               /* its local time minus UTC */
	int period_s;               /* 0: not told */
	uint32_t seq;
};

/* The long form, or with full = false the short one; returns its length without the NUL, or 0: it
 * does not fit, or the host is not as it must be. */
size_t beacon_format(char *dst, size_t size, const struct beacon *b);

/* Both forms; keys that are not known are passed over.  OP_BAD_REQUEST. */
int beacon_parse(const void *bytes, size_t len, struct beacon *out);

enum beacon_clock {
	BEACON_CLOCK,    /* the offset is that of its clock */
	BEACON_TIME_ZONE /* a short beacon from another time zone, it seems: the offset is what is
			  * left of the difference beside a multiple of 15 minutes */
};

/* Its clock minus ours, when it came at now_ms (ours, since 1970; our local time is zone_min from
 * UTC).  Not better than a second for the short form. */
enum beacon_clock beacon_offset(
    const struct beacon *b, int64_t now_ms, int zone_min, int64_t *offset_ms);

#endif
