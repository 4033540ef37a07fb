/* SPDX-License-Identifier: ISC */
/* When a publish begins. */
#include "tests/unit/unit.h"

#include "daemon/ipadmd/gather.h"

#define DELAY 2000
#define RETRY 300000

static struct gather
fresh(void)
{
	struct gather g;

	gather_init(&g, DELAY, RETRY);
	return g;
}

static void
gather_waits_from_the_first_change(void **state)
{
	struct gather g = fresh();

	(void)state;
	assert_int_equal(gather_left_ms(&g, 0), -1);
	gather_changed(&g, 1000);
	gather_changed(&g, 2500);
	assert_int_equal(gather_left_ms(&g, 2500), 500);
	assert_int_equal(gather_left_ms(&g, 9000), 0);
	gather_begin(&g);
	assert_int_equal(gather_left_ms(&g, 9000), -1);
	gather_end(&g, 9500, false);
	assert_int_equal(gather_left_ms(&g, 9500), -1);
}

static void
gather_change_while_running_makes_another_run(void **state)
{
	struct gather g = fresh();

	(void)state;
	gather_changed(&g, 0);
	gather_begin(&g);
	gather_changed(&g, 100);
	gather_end(&g, 5000, true); /* the change counts, not the retry */
	assert_int_equal(gather_left_ms(&g, 5000), DELAY);
}

static void
gather_asked_is_at_once_and_has_a_run_of_its_own(void **state)
{
	struct gather g = fresh();

	(void)state;
	gather_changed(&g, 0);
	uint64_t run = gather_asked(&g, 100);

	assert_int_equal(gather_left_ms(&g, 100), 0);
	gather_begin(&g);
	assert_int_equal(g.run, run);
	/* what is asked while it runs is not in it */
	assert_int_equal(gather_asked(&g, 200), run + 1);
	assert_int_equal(gather_left_ms(&g, 200), -1);
	gather_end(&g, 300, false);
	assert_int_equal(gather_left_ms(&g, 300), 0);
}

static void
gather_tries_again_after_a_failure_and_a_change_is_sooner(void **state)
{
	struct gather g = fresh();

	(void)state;
	gather_asked(&g, 0);
	gather_begin(&g);
	gather_end(&g, 1000, true);
	assert_int_equal(gather_left_ms(&g, 1000), RETRY);
	gather_changed(&g, 2000);
	assert_int_equal(gather_left_ms(&g, 2000), DELAY);
	gather_begin(&g);
	g.retry_ms = 0;
	gather_end(&g, 3000, true);
	assert_int_equal(gather_left_ms(&g, 3000), -1);
}

static void
gather_begins_when_the_publisher_comes_up(void **state)
{
	struct gather g = fresh();

	(void)state;
	gather_up(&g, 10);
	assert_int_equal(gather_left_ms(&g, 10), 0);
	gather_begin(&g);
	gather_end(&g, 20, false); /* it has died */
	gather_up(&g, 70);
	assert_int_equal(gather_left_ms(&g, 70), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(gather_waits_from_the_first_change),
	    cmocka_unit_test(gather_change_while_running_makes_another_run),
	    cmocka_unit_test(gather_asked_is_at_once_and_has_a_run_of_its_own),
	    cmocka_unit_test(gather_tries_again_after_a_failure_and_a_change_is_sooner),
	    cmocka_unit_test(gather_begins_when_the_publisher_comes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
