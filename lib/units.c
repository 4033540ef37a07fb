/* SPDX-License-Identifier: ISC */
/*
 * Numbers with a unit.  Reckoned in integers: a fraction must come out whole in the smallest unit,
 * so that a tiny duration never becomes 0, which means "off" in many settings.
 */
#include "lib/units.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/err.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)
#define DURATION_MAX (10000 * DAY_MS)
#define FRACTION_DIGITS 9 /* keeps fraction × largest unit within 64 bits */

struct unit {
	const char *name;
	uint64_t size;
};

static const struct unit durations[] = {
    {"", SECOND_MS},
    {"ms", 1},
    {"s", SECOND_MS},
    {"m", MINUTE_MS},
    {"h", HOUR_MS},
    {"d", DAY_MS},
    {NULL, 0},
};

static const struct unit sizes[] = {
    {"", 1},
    {"k", 1u << 10},
    {"K", 1u << 10},
    {"m", 1u << 20},
    {"M", 1u << 20},
    {"g", 1u << 30},
    {"G", 1u << 30},
    {NULL, 0},
};

/* Digits at *s as a number; false when there are none or it does not fit. */
static bool
read_digits(const char **s, uint64_t *value, unsigned *count)
{
	const char *p = *s;
	uint64_t v = 0;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			return false;
	if (p == *s)
		return false;
	*count = (unsigned)(p - *s);
	*value = v;
	*s = p;
	return true;
}

static const struct unit *
find_unit(const struct unit *units, const char *name)
{
	while (units->name && strcmp(units->name, name) != 0)
		units++;
	return units->name ? units : NULL;
}

static int
scale(const char *s, const struct unit *units, uint64_t max, uint64_t *out)
{
	uint64_t whole, fraction = 0, divisor = 1, total;
	const struct unit *unit;
	unsigned digits;

	if (!read_digits(&s, &whole, &digits))
		return OP_BAD_REQUEST;
	if (*s == '.') {
		s++;
		if (!read_digits(&s, &fraction, &digits) || digits > FRACTION_DIGITS)
			return OP_BAD_REQUEST;
		while (digits-- > 0)
			divisor *= 10;
	}
	unit = find_unit(units, s);
	if (!unit || fraction * unit->size % divisor != 0 ||
	    __builtin_mul_overflow(whole, unit->size, &total) ||
	    __builtin_add_overflow(total, fraction * unit->size / divisor, &total) || total > max)
		return OP_BAD_REQUEST;
	*out = total;
	return OP_OK;
}

int
units_duration(const char *s, int64_t *ms)
{
	uint64_t v;
	int err = scale(s, durations, (uint64_t)DURATION_MAX, &v);

	if (err)
		return err;
	*ms = (int64_t)v;
	return OP_OK;
}

int
units_size(const char *s, uint64_t *bytes)
{
	return scale(s, sizes, UINT64_MAX, bytes);
}

const char *
units_format_ms(char *dst, size_t size, int64_t ms)
{
	static const struct {
		int64_t big, small;
		const char *big_name, *small_name;
	} steps[] = {
	    {DAY_MS, HOUR_MS, "d", "h"},
	    {HOUR_MS, MINUTE_MS, "h", "min"},
	    {MINUTE_MS, SECOND_MS, "min", "s"},
	    {SECOND_MS, SECOND_MS, "s", ""},
	    {1, 1, "ms", ""},
	};
	const char *sign = ms < 0 ? "-" : "";
	size_t i = 0;
	int64_t big, small;

	if (ms < 0)
		ms = ms == INT64_MIN ? INT64_MAX : -ms;
	while (steps[i].big > 1 && ms < steps[i].big)
		i++;
	big = ms / steps[i].big;
	small = ms % steps[i].big / steps[i].small;
	if (small && *steps[i].small_name)
		snprintf(dst, size, "%s%jd %s %jd %s", sign, (intmax_t)big, steps[i].big_name,
		    (intmax_t)small, steps[i].small_name);
	else
		snprintf(dst, size, "%s%jd %s", sign, (intmax_t)big, steps[i].big_name);
	return dst;
}
