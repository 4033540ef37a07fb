/* SPDX-License-Identifier: ISC */
/* DAYTIME lines and stamps (RFC 867), TIME numbers (RFC 868). */
#include "tests/unit/unit.h"

#include "lib/datagram/daytime.h"
#include "lib/datagram/time868.h"
#include "lib/err.h"

static void
daytime_stamp_is_that_of_asctime(void **state)
{
	char ours[DAYTIME_CHARS + 1], libc[64];

	(void)state;
	unit_random_start("daytime");
	for (int i = 0; i < 2000; i++) {
		time_t t = (time_t)unit_random(UINT32_MAX) * (time_t)(1 + unit_random(50));
		int64_t again;
		struct tm tm;

		gmtime_r(&t, &tm);
		asctime_r(&tm, libc);
		libc[strlen(libc) - 1] = '\0';
		assert_string_equal(daytime_stamp(ours, t), libc);
		assert_int_equal(daytime_parse_stamp(ours, strlen(ours), &again), OP_OK);
		assert_int_equal(again, t);
	}
	assert_string_equal(daytime_stamp(ours, INT64_MAX), "Fri Dec 31 23:59:59 9999");
	assert_string_equal(daytime_stamp(ours, INT64_MIN), "Wed Jan  1 00:00:00 1000");
}

static void
daytime_bad_stamps_are_refused(void **state)
{
	static const char *const bad[] = {"", "Thu Nov 26 17:04:23 2026 ",
	    "Thu Nov 26 17:04:23 202", "Fri Nov 26 17:04:23 2026", "Thu Nov 31 17:04:23 2026",
	    "Thu Nov 00 17:04:23 2026", "Thu Xov 26 17:04:23 2026", "Thu Nov 26 24:04:23 2026",
	    "Thu Nov 26 17:60:23 2026", "Thu Nov 26 17:04:61 2026", "Thu Nov 26 17-04-23 2026",
	    "Thu Nov 26 1a:04:23 2026", "thu Nov 26 17:04:23 2026"};
	int64_t t = 7;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		if (daytime_parse_stamp(bad[i], strlen(bad[i]), &t) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(t, 7);
	}
	assert_int_equal(daytime_parse_stamp("Thu Nov 05 17:04:23 2026", 24, &t), OP_OK);
	assert_int_equal(t, 1793898263);
	assert_int_equal(daytime_parse_stamp("Sat Dec 31 23:59:60 2016", 24, &t), OP_OK);
	assert_int_equal(t, 1483228800);
}

static void
daytime_line_of_others_is_found(void **state)
{
	static const struct {
		const char *answer, *line;
	} cases[] = {
	    {"Thu Nov 26 17:04:23 2026\r\n", "Thu Nov 26 17:04:23 2026"},
	    {"26 NOV 2026 17:04:23 UTC\r\n", "26 NOV 2026 17:04:23 UTC"},
	    {"\n61370 26-11-26 17:04:23 00 0 0 895.5 UTC(NIST) * \n",
		"61370 26-11-26 17:04:23 00 0 0 895.5 UTC(NIST) * "},
	    {"no line end", "no line end"},
	    {"one\ntwo\n", "one"},
	    {"", NULL},
	    {" \r\n\n", NULL},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		size_t start, len;
		int err = daytime_parse(cases[i].answer, strlen(cases[i].answer), &start, &len);

		assert_int_equal(err, cases[i].line ? OP_OK : OP_BAD_REQUEST);
		if (!cases[i].line)
			continue;
		assert_int_equal(len, strlen(cases[i].line));
		assert_memory_equal(cases[i].answer + start, cases[i].line, len);
	}
}

static void
daytime_answer_has_its_line_end(void **state)
{
	char answer[DAYTIME_BYTES];

	(void)state;
	assert_string_equal(daytime_format(answer, 1793898263), "Thu Nov  5 17:04:23 2026\r\n");
}

/* --- RFC 868 --- */

static void
time868_examples_of_the_rfc(void **state)
{
	static const struct {
		uint32_t wire;
		int64_t unix_s;
	} cases[] = {{2208988800u, 0}, {2398291200u, 189302400}, {2524521600u, 315532800},
	    {2629584000u, 420595200}};
	unsigned char wire[TIME868_BYTES];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		unsigned char want[] = {(unsigned char)(cases[i].wire >> 24),
		    (unsigned char)(cases[i].wire >> 16), (unsigned char)(cases[i].wire >> 8),
		    (unsigned char)cases[i].wire};

		time868_encode(wire, cases[i].unix_s);
		assert_memory_equal(wire, want, sizeof(wire));
		assert_int_equal(time868_decode(wire, 4, 500000000, &t), OP_OK);
		assert_int_equal(t, cases[i].unix_s);
	}
}

static void
time868_wrap_is_resolved_to_the_nearest_era(void **state)
{
	static const int64_t eras[] = {-2208988800, 0, 1793898263, 2085978495, 2085978496,
	    2085978497, 4000000000, 6380945792, 10000000000};
	unsigned char wire[TIME868_BYTES];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(eras); i++)
		for (int64_t apart = -2000000000; apart <= 2000000000; apart += 250000001) {
			int64_t t;

			time868_encode(wire, eras[i] + apart);
			assert_int_equal(time868_decode(wire, 4, eras[i], &t), OP_OK);
			assert_int_equal(t, eras[i] + apart);
		}
}

static void
time868_short_answer_is_refused_and_long_is_not(void **state)
{
	unsigned char wire[6] = {0x83, 0xaa, 0x7e, 0x80, 0xff, 0xff};
	int64_t t = 9;

	(void)state;
	for (size_t len = 0; len < 4; len++)
		assert_int_equal(time868_decode(wire, len, 0, &t), OP_BAD_REQUEST);
	assert_int_equal(t, 9);
	assert_int_equal(time868_decode(wire, 6, 0, &t), OP_OK);
	assert_int_equal(t, 0);
}

static void
time868_offset_contains_the_truth(void **state)
{
	(void)state;
	unit_random_start("offset");
	for (int i = 0; i < 5000; i++) {
		int64_t asked = 1793898263000 + unit_random(100000), there = unit_random(3000);
		int64_t back = unit_random(3000), truth = (int64_t)unit_random(20000) - 10000;
		int64_t their_s = (asked + there + truth) / 1000;
		struct time868_offset o = time868_offset(their_s, asked, asked + there + back);

		assert_true(
		    truth >= o.offset_ms - o.within_ms && truth <= o.offset_ms + o.within_ms);
		assert_true(o.within_ms <= (there + back + 1000) / 2 + 1);
	}
}

static void
time868_offset_within_doubt_is_zero_seconds(void **state)
{
	(void)state;
	assert_int_equal(time868_offset_s(&(struct time868_offset){400, 501}), 0);
	assert_int_equal(time868_offset_s(&(struct time868_offset){-501, 501}), 0);
	assert_int_equal(time868_offset_s(&(struct time868_offset){600, 501}), 1);
	assert_int_equal(time868_offset_s(&(struct time868_offset){-3600400, 501}), -3600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(daytime_stamp_is_that_of_asctime),
	    cmocka_unit_test(daytime_bad_stamps_are_refused),
	    cmocka_unit_test(daytime_line_of_others_is_found),
	    cmocka_unit_test(daytime_answer_has_its_line_end),
	    cmocka_unit_test(time868_examples_of_the_rfc),
	    cmocka_unit_test(time868_wrap_is_resolved_to_the_nearest_era),
	    cmocka_unit_test(time868_short_answer_is_refused_and_long_is_not),
	    cmocka_unit_test(time868_offset_contains_the_truth),
	    cmocka_unit_test(time868_offset_within_doubt_is_zero_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
