/* SPDX-License-Identifier: ISC */
/* Beats at whole multiples of a period: a thousand of them on a virtual clock that is never quite
 * on time, and clocks that are set. */
#include "tests/unit/unit.h"

#include "lib/beat.h"

#define PERIOD 15000

static void
beat_thousand_periods_none_missed_none_doubled(void **state)
{
	int64_t now = 1700000003217, first;
	struct beat b;

	(void)state;
	unit_random_start("beat");
	beat_init(&b, PERIOD, now);
	first = now / PERIOD + 1;
	for (int64_t i = 0; i < 1000;) {
		/* Timers come early by a millisecond or late by up to 200; others wake us, too. */
		int64_t wait = beat_wait_ms(&b, now);

		assert_in_range(wait, 1, PERIOD);
		if (unit_random(4) == 0)
			now += unit_random((uint32_t)wait);
		else
			now += wait - 1 + unit_random(202);
		if (beat_check(&b, now) != BEAT_NOW)
			continue;
		assert_int_equal(now / PERIOD, first + i);
		assert_in_range(now % PERIOD, 0, 1000);
		assert_int_equal(beat_check(&b, now), BEAT_WAIT);
		i++;
	}
}

static void
beat_starts_on_the_multiple_itself(void **state)
{
	struct beat b;

	(void)state;
	beat_init(&b, PERIOD, 30000);
	assert_int_equal(beat_check(&b, 30000), BEAT_NOW);
	beat_init(&b, PERIOD, 30001);
	assert_int_equal(beat_check(&b, 30001), BEAT_WAIT);
	assert_int_equal(beat_wait_ms(&b, 30001), 14999);
}

static void
beat_clock_set_back_a_little_doubles_none(void **state)
{
	struct beat b;

	(void)state;
	beat_init(&b, PERIOD, 29000);
	assert_int_equal(beat_check(&b, 30000), BEAT_NOW);
	/* Back over the multiple: it comes again and is not done again. */
	assert_int_equal(beat_check(&b, 29500), BEAT_WAIT);
	assert_int_equal(beat_wait_ms(&b, 29500), 45000 - 29500);
	assert_int_equal(beat_check(&b, 30000), BEAT_WAIT);
	assert_int_equal(beat_check(&b, 45000), BEAT_NOW);
}

static void
beat_clock_set_back_far_goes_on_there(void **state)
{
	struct beat b;

	(void)state;
	beat_init(&b, PERIOD, 899000);
	assert_int_equal(beat_check(&b, 900000), BEAT_NOW);
	assert_int_equal(beat_check(&b, 31000), BEAT_WAIT);
	assert_int_equal(beat_wait_ms(&b, 31000), 14000);
	assert_int_equal(beat_check(&b, 45000), BEAT_NOW);
}

static void
beat_clock_set_ahead_is_told_and_goes_on_there(void **state)
{
	struct beat b;

	(void)state;
	beat_init(&b, PERIOD, 29000);
	assert_int_equal(beat_check(&b, 30000), BEAT_NOW);
	assert_int_equal(beat_check(&b, 98000), BEAT_MISSED);
	assert_int_equal(beat_check(&b, 99000), BEAT_WAIT);
	assert_int_equal(beat_check(&b, 105000), BEAT_NOW);
	/* Exactly onto a multiple: that one is on time. */
	assert_int_equal(beat_check(&b, 150000), BEAT_NOW);
}

static void
beat_short_period_is_late_sooner(void **state)
{
	struct beat b;

	(void)state;
	beat_init(&b, 1000, 100);
	assert_int_equal(beat_check(&b, 1250), BEAT_NOW);
	assert_int_equal(beat_check(&b, 2251), BEAT_MISSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(beat_thousand_periods_none_missed_none_doubled),
	    cmocka_unit_test(beat_starts_on_the_multiple_itself),
	    cmocka_unit_test(beat_clock_set_back_a_little_doubles_none),
	    cmocka_unit_test(beat_clock_set_back_far_goes_on_there),
	    cmocka_unit_test(beat_clock_set_ahead_is_told_and_goes_on_there),
	    cmocka_unit_test(beat_short_period_is_late_sooner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
