/* SPDX-License-Identifier: ISC */
/* What fails again and again is told when it begins, once an hour, and when it is over. */
#include "tests/unit/unit.h"

#include "daemon/mediachanged/trouble.h"

static void
trouble_that_lasts_is_told_once_an_hour(void **state)
{
	struct trouble t = {0};
	int told = 0;

	(void)state;
	for (int64_t now = 1000; now < 1000 + 3 * TROUBLE_AGAIN_MS; now += 5000)
		told += trouble_failed(&t, now);
	assert_int_equal(told, 3);
	assert_int_equal(t.count, 3 * TROUBLE_AGAIN_MS / 5000);
	assert_int_equal(t.from_ms, 1000);
}

static void
trouble_is_over_after_a_while_without_another_failure(void **state)
{
	struct trouble t = {0};

	(void)state;
	assert_true(trouble_failed(&t, 1000));
	assert_true(trouble_end_ms(&t) == INT64_MAX);
	trouble_worked(&t, 2000);
	trouble_worked(&t, 9000);
	assert_int_equal(trouble_end_ms(&t), 2000 + TROUBLE_CALM_MS);
	/* it has worked once in between: the same trouble */
	assert_false(trouble_failed(&t, 11000));
	assert_true(trouble_end_ms(&t) == INT64_MAX);
	trouble_worked(&t, 20000);
	assert_int_equal(trouble_end_ms(&t), 20000 + TROUBLE_CALM_MS);
	assert_int_equal(t.count, 2);
	assert_int_equal(t.last_ms, 11000);
}

static void
trouble_that_was_none_is_not_over(void **state)
{
	struct trouble t = {0};

	(void)state;
	trouble_worked(&t, 1000);
	assert_true(trouble_end_ms(&t) == INT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(trouble_that_lasts_is_told_once_an_hour),
	    cmocka_unit_test(trouble_is_over_after_a_while_without_another_failure),
	    cmocka_unit_test(trouble_that_was_none_is_not_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
