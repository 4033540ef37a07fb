/* SPDX-License-Identifier: ISC */
/* The two clocks are the ones they say they are. */
#include "tests/unit/unit.h"

#include "lib/clock.h"

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
clock_wall_is_milliseconds_since_1970(void **state)
{
	int64_t before = read_ms(CLOCK_REALTIME);
	int64_t now = clock_wall_ms();

	(void)state;
	assert_true(now >= before && now <= read_ms(CLOCK_REALTIME));
	assert_true(now > INT64_C(1700000000000));
}

static void
clock_boot_never_runs_backwards(void **state)
{
	int64_t before = read_ms(CLOCK_BOOTTIME);
	int64_t last = clock_boot_ms();

	(void)state;
	assert_true(last >= before);
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_boot_ms();

		assert_true(now >= last);
		last = now;
	}
	assert_true(last <= read_ms(CLOCK_BOOTTIME));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(clock_wall_is_milliseconds_since_1970),
	    cmocka_unit_test(clock_boot_never_runs_backwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
