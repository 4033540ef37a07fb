/* SPDX-License-Identifier: ISC */
/* Names of time zones from strangers (examples/localtime). */
#include "tests/unit/unit.h"

#include "examples/localtime/zone.h"
#include "lib/err.h"

static int
ask(const char *name, char *text)
{
	return zone_time(name, strlen(name), 1795712400, text, 600); /* 2026-11-26 17:00 UTC */
}

static void
zone_tells_the_time_there(void **state)
{
	char text[600];

	(void)state;
	assert_int_equal(ask("UTC", text), OP_OK);
	assert_string_equal(text, "Thu Nov 26 17:00:00 2026");
	assert_int_equal(ask("Asia/Tokyo\r\n", text), OP_OK);
	assert_string_equal(text, "Fri Nov 27 02:00:00 2026");
	assert_int_equal(ask("America/Argentina/Buenos_Aires", text), OP_OK);
	assert_string_equal(text, "Thu Nov 26 14:00:00 2026");
	assert_int_equal(ask("Etc/GMT+5", text), OP_OK);
	assert_string_equal(text, "Thu Nov 26 12:00:00 2026");
	assert_int_equal(ask(" ", text), OP_OK);
}

static void
zone_refuses_what_is_no_name(void **state)
{
	const char *bad[] = {"../zoneinfo/UTC", "/etc/localtime", "Europe/../UTC", ":UTC",
	    "Europe/", "Europe//Zurich", "UTC\nroot", "EST5EDT,M3.2.0", ".", "-", "\xc3\xa4"};
	char text[600], longer[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ask(bad[i], text), OP_BAD_REQUEST);
		assert_non_null(strstr(text, "not the name of a time zone"));
		assert_null(strchr(text, '\n'));
	}
	memset(longer, 'A', sizeof(longer));
	assert_int_equal(zone_time(longer, sizeof(longer), 0, text, sizeof(text)), OP_BAD_REQUEST);
	assert_int_equal(zone_time("UTC\0x", 5, 0, text, sizeof(text)), OP_BAD_REQUEST);
}

static void
zone_unknown_is_not_taken_for_utc(void **state)
{
	char text[600];

	(void)state;
	assert_int_equal(ask("Mars/Olympus", text), OP_NOT_FOUND);
	assert_string_equal(text, "Mars/Olympus: unknown time zone");
	assert_int_equal(ask("Europe", text), OP_NOT_FOUND); /* a folder */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zone_tells_the_time_there),
	    cmocka_unit_test(zone_refuses_what_is_no_name),
	    cmocka_unit_test(zone_unknown_is_not_taken_for_utc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
