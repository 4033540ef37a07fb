/* SPDX-License-Identifier: ISC */
/*
 * Serial arithmetic and the brake.
 */
#include "tests/unit/publish/publish.h"

static void
serial_newer_follows_the_circle(void **state)
{
	(void)state;
	assert_true(publish_serial_newer(1, 0));
	assert_false(publish_serial_newer(0, 0));
	assert_false(publish_serial_newer(0, 1));
	assert_true(publish_serial_newer(0, UINT32_MAX));
	assert_true(publish_serial_newer(0x7fffffff, 0));
	assert_false(publish_serial_newer(0x80000000, 0)); /* undefined in RFC 1982: not newer */
	assert_false(publish_serial_newer(0, 0x80000000));
	assert_true(publish_serial_newer(0x80000000, 1));
}

static void
serial_next_always_rises_and_is_never_zero(void **state)
{
	static const uint32_t some[] = {
	    1, 2, 2026112099, 0x7fffffff, 0x80000000, UINT32_MAX - 1, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(some); i++)
		for (size_t j = 0; j < UNIT_COUNT(some); j++) {
			uint32_t next = publish_serial_next(some[i], some[j]);

			assert_true(next != 0 && publish_serial_newer(next, some[i]));
		}
	assert_int_equal(publish_serial_next(0, 0), 1);
	assert_int_equal(publish_serial_next(0, 4000000000u), 4000000000u);
	assert_int_equal(publish_serial_next(2026112000, 2026112100), 2026112100);
	assert_int_equal(publish_serial_next(2026112100, 2026112000), 2026112101);
	assert_int_equal(publish_serial_next(2026112099, 0), 2026112100);
	assert_int_equal(publish_serial_next(UINT32_MAX, 0), 1);
}

static bool
brake(size_t a_before, size_t a_after, size_t b_before, size_t b_after, struct publish_brake *out)
{
	const struct publish_previous before[] = {
	    {.path = "a", .records = a_before}, {.path = "b", .records = b_before}};
	const struct publish_file after[] = {
	    {.path = (char *)"a", .records = a_after}, {.path = (char *)"b", .records = b_after}};

	return publish_brake(before, 2, after, 2, PUBLISH_BRAKE_PERCENT, out);
}

static void
brake_more_than_the_share_of_a_file_asks(void **state)
{
	struct publish_brake out;

	(void)state;
	assert_false(brake(10, 7, 1000, 1000, &out));
	assert_true(brake(10, 6, 1000, 1000, &out));
	assert_string_equal(out.path, "a");
	assert_int_equal(out.before, 10);
	assert_int_equal(out.after, 6);
	assert_true(brake(10, 6, 10, 5, &out));
	assert_string_equal(out.path, "b");
	assert_false(brake(9, 0, 1000, 1000, &out)); /* too small to count by itself */
	assert_true(brake(9, 0, 9, 9, &out));        /* but not among all */
	assert_null(out.path);
	assert_false(brake(0, 100, 0, 100, &out));
}

static void
brake_growth_elsewhere_hides_no_loss(void **state)
{
	struct publish_brake out;

	(void)state;
	assert_true(brake(9, 0, 9, 100, &out));
	assert_int_equal(out.before, 18);
	assert_int_equal(out.after, 9);
}

static void
brake_file_that_is_gone_has_lost_all(void **state)
{
	const struct publish_previous before[] = {{.path = "a", .records = 100},
	    {.path = "b", .records = 20}, {.path = "d", .records = 5}};
	const struct publish_file after[] = {
	    {.path = (char *)"a", .records = 100}, {.path = (char *)"c", .records = 20}};
	struct publish_brake out;

	(void)state;
	assert_true(publish_brake(before, 3, after, 2, PUBLISH_BRAKE_PERCENT, &out));
	assert_string_equal(out.path, "b");
	assert_int_equal(out.after, 0);
	assert_false(publish_brake(NULL, 0, after, 2, PUBLISH_BRAKE_PERCENT, NULL));
	assert_true(publish_brake(before, 3, NULL, 0, 99, NULL));
	assert_false(publish_brake(before, 3, NULL, 0, 100, NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(serial_newer_follows_the_circle),
	    cmocka_unit_test(serial_next_always_rises_and_is_never_zero),
	    cmocka_unit_test(brake_more_than_the_share_of_a_file_asks),
	    cmocka_unit_test(brake_growth_elsewhere_hides_no_loss),
	    cmocka_unit_test(brake_file_that_is_gone_has_lost_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
