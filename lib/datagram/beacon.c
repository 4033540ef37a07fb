/* SPDX-License-Identifier: ISC */
/* The beacon's text: a stamp, a host, and keys with numbers, between slashes. */
#include "lib/datagram/beacon.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/datagram/daytime.h"
#include "lib/err.h"
#include "lib/text.h"

#define QUARTER_MS (15 * 60 * 1000)
#define NEAR_MS 60000 /* how far from a multiple a zone may seem */
#define ZONES_MS                                                                                  \
	(15 * 3600000LL) /* time zones differ from each other by 26 hours at most, from UTC by 14 \
			  */

static bool
is_host(const char *s, size_t len)
{
	if (len == 0 || len >= BEACON_HOST_MAX || !text_is_utf8(s, len))
		return false;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f || s[i] == '/')
			return false;
	return true;
}

size_t
beacon_format(char *dst, size_t size, const struct beacon *b)
{
	char stamp[DAYTIME_CHARS + 1];
	int n, zone = abs(b->zone_min);

	if (!is_host(b->host, strlen(b->host)))
		return 0;
	daytime_stamp(stamp, b->local_s);
	if (b->full)
		n = snprintf(dst, size, "%s/%s/t=%lld.%03d/tz=%c%02d%02d/period=%d/seq=%u/v=1",
		    stamp, b->host, (long long)(b->sent_ms / 1000), (int)(b->sent_ms % 1000),
		    b->zone_min < 0 ? '-' : '+', zone / 60, zone % 60, b->period_s, b->seq);
	else
		n = snprintf(dst, size, "%s/%s", stamp, b->host);
	return (size_t)n < size ? (size_t)n : 0;
}

/* --- reading: each key has one reader of a value that ends with a NUL --- */

/* At most `digits` digits; the rest is at *end.  False: none. */
static bool
take_digits(const char *s, int digits, int64_t *v, const char **end)
{
	int n = 0;

	for (*v = 0; n < digits && isdigit((unsigned char)s[n]); n++)
		*v = *v * 10 + (s[n] - '0');
	*end = s + n;
	return n > 0;
}

static bool
read_time(const char *s, struct beacon *b)
{
	const char *end, *fraction;
	int64_t seconds, ms;

	if (!take_digits(s, 12, &seconds, &end) || *end != '.')
		return false;
	fraction = end + 1;
	if (!take_digits(fraction, 3, &ms, &end) || end != fraction + 3 || *end != '\0')
		return false;
	b->sent_ms = seconds * 1000 + ms;
	b->full = true;
	return true;
}

static bool
read_zone(const char *s, struct beacon *b)
{
	const char *end;
	int64_t v;

	if ((s[0] != '+' && s[0] != '-') || !take_digits(s + 1, 4, &v, &end) || end != s + 5 ||
	    *end != '\0' || v % 100 > 59 || v > 1500)
		return false;
	b->zone_min = (int)(v / 100 * 60 + v % 100) * (s[0] == '-' ? -1 : 1);
	return true;
}

static bool
read_period(const char *s, struct beacon *b)
{
	const char *end;
	int64_t v;

	if (!take_digits(s, 6, &v, &end) || *end != '\0' || v > BEACON_PERIOD_MAX_S)
		return false;
	b->period_s = (int)v;
	return true;
}

static bool
read_seq(const char *s, struct beacon *b)
{
	const char *end;
	int64_t v;

	if (!take_digits(s, 10, &v, &end) || *end != '\0' || v > UINT32_MAX)
		return false;
	b->seq = (uint32_t)v;
	return true;
}

static const struct {
	const char *key;
	bool (*read)(const char *s, struct beacon *b);
} keys[] = {{"t=", read_time}, {"tz=", read_zone}, {"period=", read_period}, {"seq=", read_seq}};

static int
read_part(const char *part, struct beacon *b)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		size_t n = strlen(keys[i].key);

		if (strncmp(part, keys[i].key, n) == 0)
			return keys[i].read(part + n, b) ? OP_OK : OP_BAD_REQUEST;
	}
	return OP_OK;
}

int
beacon_parse(const void *bytes, size_t len, struct beacon *out)
{
	char text[BEACON_BYTES_MAX + 1], *rest = text;
	struct beacon b = {0};

	if (len > BEACON_BYTES_MAX || memchr(bytes, '\0', len) != NULL)
		return OP_BAD_REQUEST;
	memcpy(text, bytes, len);
	text[len] = '\0';
	text[strcspn(text, "\r\n")] = '\0'; /* as echo(1) or a Perl script sends it */

	const char *stamp = strsep(&rest, "/"), *host = strsep(&rest, "/"), *part;

	if (host == NULL || !is_host(host, strlen(host)) ||
	    daytime_parse_stamp(stamp, strlen(stamp), &b.local_s) != OP_OK)
		return OP_BAD_REQUEST;
	memcpy(b.host, host, strlen(host) + 1);
	while ((part = strsep(&rest, "/")) != NULL)
		if (read_part(part, &b) != OP_OK)
			return OP_BAD_REQUEST;
	*out = b;
	return OP_OK;
}

/* --- clocks --- */

/* The multiple of a quarter of an hour that is nearest. */
static int64_t
nearest_quarter(int64_t ms)
{
	int64_t half = ms < 0 ? -QUARTER_MS / 2 : QUARTER_MS / 2;

	return (ms + half) / QUARTER_MS * QUARTER_MS;
}

enum beacon_clock
beacon_offset(const struct beacon *b, int64_t now_ms, int zone_min, int64_t *offset_ms)
{
	int64_t difference, zone;

	if (b->full) {
		*offset_ms = b->sent_ms - now_ms;
		return BEACON_CLOCK;
	}
	/* The middle of the second that the stamp names. */
	difference = b->local_s * 1000 + 500 - (now_ms + zone_min * 60000LL);
	zone = nearest_quarter(difference);
	if (zone != 0 && llabs(difference) <= 2 * ZONES_MS && llabs(difference - zone) <= NEAR_MS) {
		*offset_ms = difference - zone;
		return BEACON_TIME_ZONE;
	}
	*offset_ms = difference;
	return BEACON_CLOCK;
}
