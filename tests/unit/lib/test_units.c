/* SPDX-License-Identifier: ISC */
/* Durations and sizes: the whole string counts. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/units.h"

static void
units_durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
	    {"0", 0},
	    {"90", 90000},
	    {"250ms", 250},
	    {"90s", 90000},
	    {"15m", 900000},
	    {"2h", 7200000},
	    {"1.5h", 5400000},
	    {"0.5", 500},
	    {"1.001s", 1001},
	    {"2d", 172800000},
	    {"10000d", INT64_C(864000000000)},
	    {"007s", 7000},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		int64_t ms = -1;

		if (units_duration(cases[i].text, &ms) != OP_OK || ms != cases[i].ms)
			fail_msg("%s gives %jd", cases[i].text, (intmax_t)ms);
	}
}

static void
units_bad_durations_are_refused(void **state)
{
	static const char *const bad[] = {"", " ", "s", "10m;", "10m ", " 10m", "10 m", "-5s",
	    "+5s", "5x", "5S", "5min", "1h30m", "1..5h", "1.h", ".5h", "1,5h", "1e3", "0x10", "inf",
	    "10000.1d", "10001d", "864000001", "0.5ms", "1.0000000000s", "1.0001s", "0.0000000001d",
	    "18446744073709551616", "99999999999999999999999999", "18446744073709552s", "5\n"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		int64_t ms = 77;

		if (units_duration(bad[i], &ms) != OP_BAD_REQUEST || ms != 77)
			fail_msg("\"%s\" is accepted as %jd", bad[i], (intmax_t)ms);
	}
}

static void
units_sizes_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} cases[] = {
	    {"0", 0},
	    {"4096", 4096},
	    {"64k", 65536},
	    {"64K", 65536},
	    {"16M", 16777216},
	    {"1.5m", 1572864},
	    {"1G", 1073741824},
	    {"1g", 1073741824},
	    {"18446744073709551615", UINT64_MAX},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		uint64_t bytes = 77;

		if (units_size(cases[i].text, &bytes) != OP_OK || bytes != cases[i].bytes)
			fail_msg("%s gives %ju", cases[i].text, (uintmax_t)bytes);
	}
}

static void
units_bad_sizes_are_refused(void **state)
{
	static const char *const bad[] = {"", "k", "-1", "1kB", "1 k", "1T", "0.5", "1.0001k",
	    "18446744073709551616", "17179869184G", "16M;"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		uint64_t bytes = 77;

		if (units_size(bad[i], &bytes) != OP_BAD_REQUEST || bytes != 77)
			fail_msg("\"%s\" is accepted as %ju", bad[i], (uintmax_t)bytes);
	}
}

static void
units_durations_are_written_for_people(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
	    {0, "0 ms"},
	    {850, "850 ms"},
	    {1000, "1 s"},
	    {42999, "42 s"},
	    {60000, "1 min"},
	    {200000, "3 min 20 s"},
	    {3600000, "1 h"},
	    {7500000, "2 h 5 min"},
	    {7559999, "2 h 5 min"},
	    {86400000, "1 d"},
	    {273600000, "3 d 4 h"},
	    {-5000, "-5 s"},
	    {INT64_MAX, "106751991167 d 7 h"},
	    {INT64_MIN, "-106751991167 d 7 h"},
	};
	char dst[32];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++)
		assert_string_equal(units_format_ms(dst, sizeof(dst), cases[i].ms), cases[i].text);
	assert_string_equal(units_format_ms(dst, 4, 200000), "3 m");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(units_durations_are_read),
	    cmocka_unit_test(units_bad_durations_are_refused),
	    cmocka_unit_test(units_sizes_are_read),
	    cmocka_unit_test(units_bad_sizes_are_refused),
	    cmocka_unit_test(units_durations_are_written_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
