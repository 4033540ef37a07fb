/* SPDX-License-Identifier: ISC */
/* Who may ask for a lock again, against a naive model over random calls; and who is forgotten. */
#include "tests/unit/unit.h"

#include "daemon/ipadmd/nudge.h"

#define FILES 4
#define PEOPLE 3

static void
name(char out[20], const char *what, int64_t n)
{
	snprintf(out, 20, "%s%d", what, (int)n);
}

static void
nudges_random_calls_agree_with_a_table(void **state)
{
	struct nudges n = {0};
	int64_t asked[FILES][PEOPLE] = {0}; /* 0: never */

	(void)state;
	unit_random_start(__func__);
	for (int64_t now = 1; now < 100 * NUDGE_MS; now += unit_random(NUDGE_MS / 4)) {
		uint32_t f = unit_random(FILES), p = unit_random(PEOPLE);
		int64_t *last = &asked[f][p], left = *last ? *last + NUDGE_MS - now : 0;
		char file[20], who[20];

		name(file, "Subnet_", f);
		name(who, "tom", p);
		assert_int_equal(nudges_wait(&n, file, who, now), left > 0 ? left : 0);
		if (left <= 0)
			*last = now;
	}
	assert_int_equal(n.count, FILES * PEOPLE);
}

static void
nudges_last_moment_still_waits_and_the_next_does_not(void **state)
{
	struct nudges n = {0};

	(void)state;
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom", 5), 0);
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom", 5 + NUDGE_MS - 1), 1);
	/* being refused does not make it longer */
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom", 5 + NUDGE_MS), 0);
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom", 5 + NUDGE_MS), NUDGE_MS);
}

static void
nudges_full_table_forgets_the_oldest(void **state)
{
	struct nudges n = {0};
	char who[20];

	(void)state;
	for (int64_t i = 0; i <= NUDGES_MAX; i++) {
		name(who, "tom", i);
		assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", who, 1 + i), 0);
	}
	assert_int_equal(n.count, NUDGES_MAX);
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom1", 100), 2 + NUDGE_MS - 100);
	assert_int_equal(nudges_wait(&n, "Subnet_2.sdb", "tom0", 100), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nudges_random_calls_agree_with_a_table),
	    cmocka_unit_test(nudges_last_moment_still_waits_and_the_next_does_not),
	    cmocka_unit_test(nudges_full_table_forgets_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
