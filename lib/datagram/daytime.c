/* SPDX-License-Identifier: ISC */
/* Stamps of the form of asctime(3), which itself would follow nobody's locale but is not safe with
 * years past 9999; and the one line of RFC 867. */
#include "lib/datagram/daytime.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "lib/err.h"

#define FIRST_S (-30610224000) /* 1000-01-01 00:00:00 */
#define LAST_S 253402300799    /* 9999-12-31 23:59:59 */

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const char *
daytime_stamp(char dst[DAYTIME_CHARS + 1], int64_t local_s)
{
	time_t t = local_s < FIRST_S ? FIRST_S : local_s > LAST_S ? LAST_S : local_s;
	char text[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(text, sizeof(text), "%s %s %2d %02d:%02d:%02d %d", days[tm.tm_wday],
	    months[tm.tm_mon], tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_year + 1900);
	memcpy(dst, text, DAYTIME_CHARS + 1);
	return dst;
}

static int
find_word(const char *const *words, int count, const char *s)
{
	int i = 0;

	while (i < count && strncmp(words[i], s, 3) != 0)
		i++;
	return i < count ? i : -1;
}

/* `digits` of them; the first may be a blank where `blank`.  -1: it is no number. */
static int
take_number(const char *s, int digits, bool blank)
{
	int v = 0;

	for (int i = 0; i < digits; i++) {
		if (i == 0 && blank && s[0] == ' ')
			continue;
		if (!isdigit((unsigned char)s[i]))
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

static bool
punctuation_fits(const char *s)
{
	static const char pattern[] = "... ... .. ..:..:.. ....";

	for (int i = 0; i < DAYTIME_CHARS; i++)
		if (pattern[i] != '.' && s[i] != pattern[i])
			return false;
	return true;
}

int
daytime_parse_stamp(const char *s, size_t len, int64_t *local_s)
{
	char again[DAYTIME_CHARS + 1];

	if (len != DAYTIME_CHARS || !punctuation_fits(s))
		return OP_BAD_REQUEST;
	struct tm tm = {.tm_mon = find_word(months, 12, s + 4),
	    .tm_mday = take_number(s + 8, 2, true),
	    .tm_hour = take_number(s + 11, 2, false),
	    .tm_min = take_number(s + 14, 2, false),
	    .tm_sec = take_number(s + 17, 2, false),
	    .tm_year = take_number(s + 20, 4, false) - 1900};
	bool fits = tm.tm_mon >= 0 && tm.tm_mday >= 1 && tm.tm_hour >= 0 && tm.tm_hour < 24 &&
		    tm.tm_min >= 0 && tm.tm_min < 60 && tm.tm_sec >= 0 && tm.tm_sec <= 60 &&
		    tm.tm_year >= 1000 - 1900;

	if (!fits)
		return OP_BAD_REQUEST;
	bool leap_second = tm.tm_sec == 60;

	tm.tm_sec -= leap_second;
	int64_t t = timegm(&tm);

	/* What was not a day of the calendar, or not that weekday, comes back different. */
	daytime_stamp(again, t);
	if (memcmp(again, s, 8) != 0 || take_number(again + 8, 2, true) != tm.tm_mday)
		return OP_BAD_REQUEST;
	*local_s = t + leap_second;
	return OP_OK;
}

const char *
daytime_format(char dst[DAYTIME_BYTES], int64_t local_s)
{
	daytime_stamp(dst, local_s);
	memcpy(dst + DAYTIME_CHARS, "\r\n", 3);
	return dst;
}

int
daytime_parse(const void *bytes, size_t len, size_t *start, size_t *line_len)
{
	const char *s = bytes;
	size_t from = 0, to;

	while (from < len && isspace((unsigned char)s[from]))
		from++;
	for (to = from; to < len && s[to] != '\r' && s[to] != '\n';)
		to++;
	if (to == from)
		return OP_BAD_REQUEST;
	*start = from;
	*line_len = to - from;
	return OP_OK;
}
