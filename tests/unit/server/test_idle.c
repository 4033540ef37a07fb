/* SPDX-License-Identifier: ISC */
/* Workers at rest: only the same source gets one, the last comes first, and who waits too long
 * goes. */
#include "tests/unit/unit.h"

#include "daemon/server/idle.h"
#include "lib/err.h"

static struct source
from(const char *address, uid_t uid)
{
	struct source s = {.uid = uid};

	if (address)
		assert_int_equal(netaddr_parse(address, &s.addr), OP_OK);
	return s;
}

static int
add(struct idle *i, pid_t pid, int64_t due_ms, struct source source)
{
	struct idle_worker w = {
	    .pid = pid, .channel = 1000 + pid, .due_ms = due_ms, .source = source};

	return idle_add(i, &w);
}

static pid_t
take(struct idle *i, struct source source)
{
	struct idle_worker w;

	return idle_take(i, &source, &w) ? w.pid : 0;
}

static void
idle_serves_the_same_source_only(void **state)
{
	struct idle i = {.count = 0};

	(void)state;
	add(&i, 1, 10, from("192.0.2.1", 0));
	add(&i, 2, 11, from(NULL, 1000));
	add(&i, 3, 12, from("192.0.2.1", 0));
	assert_int_equal(take(&i, from("192.0.2.2", 0)), 0);
	assert_int_equal(take(&i, from(NULL, 1001)), 0);
	assert_int_equal(take(&i, from("::ffff:192.0.2.1", 7)), 3);
	assert_int_equal(take(&i, from("192.0.2.1", 0)), 1);
	assert_int_equal(take(&i, from("192.0.2.1", 0)), 0);
	assert_int_equal(take(&i, from(NULL, 1000)), 2);
	assert_int_equal(i.count, 0);
}

static void
idle_unknown_user_is_like_no_other(void **state)
{
	struct idle i = {.count = 0};

	(void)state;
	add(&i, 1, 10, from(NULL, (uid_t)-1));
	assert_int_equal(take(&i, from(NULL, (uid_t)-1)), 0);
}

static void
idle_lets_go_who_is_due_or_too_many_or_dead(void **state)
{
	struct idle i = {.count = 0};

	(void)state;
	assert_true(idle_next_ms(&i) == INT64_MAX);
	for (int n = 0; n < IDLE_MAX; n++)
		assert_int_equal(add(&i, n, 100 + n, from("192.0.2.1", 0)), -1);
	assert_int_equal(add(&i, 500, 900, from("192.0.2.1", 0)), 1000);
	assert_int_equal(i.count, IDLE_MAX);
	assert_int_equal(idle_next_ms(&i), 101);
	assert_int_equal(idle_expire(&i, 100), -1);
	assert_int_equal(idle_expire(&i, 102), 1001);
	assert_int_equal(idle_expire(&i, 102), 1002);
	assert_int_equal(idle_expire(&i, 102), -1);
	assert_int_equal(idle_remove(&i, 7), 1007);
	assert_int_equal(idle_remove(&i, 7), -1);
	for (size_t left = i.count; left > 0; left--)
		assert_true(idle_expire(&i, INT64_MAX) != -1);
	assert_int_equal(idle_expire(&i, INT64_MAX), -1);
}

static void
idle_keeps_the_channels_of_who_serves_again(void **state)
{
	struct idle i = {.count = 0};

	(void)state;
	for (int n = 1; n <= IDLE_MAX; n++)
		assert_true(idle_keep(&i, n, 1000 + n));
	assert_false(idle_keep(&i, 500, 1500));
	assert_int_equal(idle_kept(&i, 500), -1);
	assert_int_equal(idle_kept(&i, 1), 1001);
	assert_int_equal(idle_kept(&i, 1), -1);
	assert_true(idle_keep(&i, 500, 1500));
	/* dead while it serves */
	assert_int_equal(idle_remove(&i, 7), 1007);
	assert_int_equal(idle_remove(&i, 7), -1);
	/* who serves is not at rest */
	assert_true(idle_next_ms(&i) == INT64_MAX);
	assert_int_equal(idle_expire(&i, INT64_MAX), -1);
	assert_int_equal(idle_kept(&i, 500), 1500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(idle_serves_the_same_source_only),
	    cmocka_unit_test(idle_unknown_user_is_like_no_other),
	    cmocka_unit_test(idle_lets_go_who_is_due_or_too_many_or_dead),
	    cmocka_unit_test(idle_keeps_the_channels_of_who_serves_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
