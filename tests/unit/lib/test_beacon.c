/* SPDX-License-Identifier: ISC */
/* Beacons, long and short, and what they say about a clock. */
#include "tests/unit/unit.h"

#include "lib/datagram/beacon.h"
#include "lib/err.h"

#define NOW_S 1793898263 /* Thu Nov  5 17:04:23 2026 */

static struct beacon
example(bool full)
{
	return (struct beacon){.host = "lamp.example.org",
	    .local_s = NOW_S + 5400,
	    .full = full,
	    .sent_ms = NOW_S * 1000LL + 7,
	    .zone_min = 90,
	    .period_s = 15,
	    .seq = 42};
}

static void
beacon_forms_are_written_and_read(void **state)
{
	static const char *const texts[] = {"Thu Nov  5 18:34:23 2026/lamp.example.org",
	    "Thu Nov  5 18:34:23 2026/lamp.example.org/t=1793898263.007/tz=+0130/period=15/seq=42/"
	    "v=1"};
	char text[BEACON_BYTES_MAX];

	(void)state;
	for (int full = 0; full < 2; full++) {
		struct beacon b = example(full), again;

		assert_int_equal(beacon_format(text, sizeof(text), &b), strlen(texts[full]));
		assert_string_equal(text, texts[full]);
		assert_int_equal(beacon_parse(text, strlen(text), &again), OP_OK);
		assert_string_equal(again.host, b.host);
		assert_int_equal(again.local_s, b.local_s);
		assert_int_equal(again.full, full);
		assert_int_equal(again.sent_ms, full ? b.sent_ms : 0);
		assert_int_equal(again.zone_min, full ? b.zone_min : 0);
		assert_int_equal(again.period_s, full ? 15 : 0);
		assert_int_equal(again.seq, full ? 42 : 0);
	}
	struct beacon west = example(true), again;

	west.zone_min = -210;
	assert_true(beacon_format(text, sizeof(text), &west) > 0);
	assert_non_null(strstr(text, "/tz=-0330/"));
	assert_int_equal(beacon_parse(text, strlen(text), &again), OP_OK);
	assert_int_equal(again.zone_min, -210);
}

static void
beacon_that_does_not_fit_is_not_written(void **state)
{
	struct beacon b = example(true);
	char text[50];

	(void)state;
	assert_int_equal(beacon_format(text, sizeof(text), &b), 0);
	snprintf(b.host, sizeof(b.host), "a/b");
	assert_int_equal(beacon_format(text, sizeof(text), &b), 0);
	b.host[0] = '\0';
	assert_int_equal(beacon_format(text, sizeof(text), &b), 0);
}

static void
beacon_of_others_is_read(void **state)
{
	static const char *const good[] = {"Thu Nov 05 18:34:23 2026/lamp\n",
	    "Thu Nov  5 18:34:23 2026/Größe", "Thu Nov  5 18:34:23 2026/lamp/load=3/v=2/"};
	struct beacon b;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		if (beacon_parse(good[i], strlen(good[i]), &b) != OP_OK)
			fail_msg("\"%s\" is refused", good[i]);
}

static void
beacon_bad_ones_are_refused(void **state)
{
#define S "Thu Nov  5 18:34:23 2026"
	static const char *const bad[] = {"", S, S "/", "/lamp", "x/lamp", S "/la\tmp", S "/\xff",
	    S "/l/t=1", S "/l/t=1.5", S "/l/t=.123", S "/l/t=1.1234", S "/l/t=1234567890123.000",
	    S "/l/tz=0100", S "/l/tz=+100", S "/l/tz=+0160", S "/l/tz=+1600", S "/l/period=x",
	    S "/l/period=86401", S "/l/seq=-1", S "/l/seq=4294967296", S "/l/seq="};
	char large[BEACON_BYTES_MAX + 2];
	struct beacon b;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		if (beacon_parse(bad[i], strlen(bad[i]), &b) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
	assert_int_equal(beacon_parse(S "/la\0mp", sizeof(S "/la\0mp") - 1, &b), OP_BAD_REQUEST);
	memset(large, 'a', sizeof(large));
	memcpy(large, S "/", sizeof(S));
	assert_int_equal(beacon_parse(large, sizeof(large), &b), OP_BAD_REQUEST);
}

static void
beacon_offset_of_the_long_form_knows_no_zones(void **state)
{
	struct beacon b = example(true);
	int64_t offset;

	(void)state;
	assert_int_equal(beacon_offset(&b, b.sent_ms + 3600000, -300, &offset), BEACON_CLOCK);
	assert_int_equal(offset, -3600000);
}

static void
beacon_offset_near_a_quarter_hour_may_be_a_zone(void **state)
{
	static const struct {
		int apart_s;
		enum beacon_clock clock;
		int offset_s;
	} cases[] = {{0, BEACON_CLOCK, 0}, {3, BEACON_CLOCK, 3}, {-60, BEACON_CLOCK, -60},
	    {3600, BEACON_TIME_ZONE, 0}, {3602, BEACON_TIME_ZONE, 2}, {-3603, BEACON_TIME_ZONE, -3},
	    {5 * 3600 + 45 * 60 + 10, BEACON_TIME_ZONE, 10}, {900, BEACON_TIME_ZONE, 0},
	    {900 + 59, BEACON_TIME_ZONE, 59}, {900 + 61, BEACON_CLOCK, 961},
	    {450, BEACON_CLOCK, 450}, {40 * 3600, BEACON_CLOCK, 40 * 3600}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct beacon b = {.local_s = NOW_S + 7200 + cases[i].apart_s};
		int64_t offset;

		assert_int_equal(
		    beacon_offset(&b, NOW_S * 1000LL + 500, 120, &offset), cases[i].clock);
		assert_int_equal(offset, cases[i].offset_s * 1000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beacon_forms_are_written_and_read),
	    cmocka_unit_test(beacon_that_does_not_fit_is_not_written),
	    cmocka_unit_test(beacon_of_others_is_read),
	    cmocka_unit_test(beacon_bad_ones_are_refused),
	    cmocka_unit_test(beacon_offset_of_the_long_form_knows_no_zones),
	    cmocka_unit_test(beacon_offset_near_a_quarter_hour_may_be_a_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
