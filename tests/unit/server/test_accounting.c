/* SPDX-License-Identifier: ISC */
/* The acceptor's table of workers, against a plain array; its limits; refusals for the log. */
#include "tests/unit/unit.h"

#include "daemon/server/accounting.h"
#include "daemon/server/refusal.h"
#include "lib/err.h"

static struct netaddr
addr(const char *text)
{
	struct netaddr a = {0};

	if (text)
		assert_int_equal(netaddr_parse(text, &a), OP_OK);
	return a;
}

static void
add(struct accounting *a, pid_t pid, const char *source)
{
	struct source from = {.addr = addr(source)};

	assert_int_equal(accounting_add(a, pid, &from), OP_OK);
}

static const char *
refuses(const struct accounting *a, const char *source)
{
	struct accounting_limits limits = {.max_workers = 4, .max_per_source = 2};
	struct source from = {.addr = addr(source)};

	return accounting_refuses(a, &limits, &from);
}

static void
accounting_limits_hold_and_local_peers_are_exempt(void **state)
{
	struct accounting a;
	struct source source;

	(void)state;
	accounting_init(&a);
	add(&a, 10, "192.0.2.1");
	assert_null(refuses(&a, "192.0.2.1"));
	add(&a, 11, "::ffff:192.0.2.1");
	assert_string_equal(refuses(&a, "192.0.2.1"), "max_workers_per_source");
	assert_null(refuses(&a, "192.0.2.2"));
	add(&a, 12, "127.0.0.1");
	assert_null(refuses(&a, "127.0.0.1"));
	add(&a, 13, NULL);
	assert_string_equal(refuses(&a, NULL), "max_workers");
	assert_string_equal(refuses(&a, "127.0.0.1"), "max_workers");
	assert_true(accounting_remove(&a, 10, &source));
	assert_null(refuses(&a, "192.0.2.1"));
	accounting_fini(&a);
}

static void
accounting_counts_the_network_of_an_ipv6_address(void **state)
{
	struct netaddr far = addr("2001:db8:1:2:3::4"), near = addr("fe80::1"), here = addr("::1");
	struct netaddr nobody = {0};
	char text[SOURCE_TEXT];
	struct accounting a;

	(void)state;
	accounting_init(&a);
	add(&a, 10, "2001:db8:1:2::1");
	add(&a, 11, "2001:db8:1:2:3::1");
	assert_string_equal(refuses(&a, "2001:db8:1:2:ffff::9"), "max_workers_per_source");
	assert_null(refuses(&a, "2001:db8:1:3::1"));
	assert_null(refuses(&a, "::1"));
	accounting_fini(&a);
	accounting_init(&a);
	add(&a, 10, "fe80::1");
	add(&a, 11, "fe80::2");
	assert_null(refuses(&a, "fe80::1"));
	accounting_fini(&a);
	assert_string_equal(source_counted_text(text, &far), "2001:db8:1:2::/64");
	assert_string_equal(source_counted_text(text, &near), "fe80::1");
	assert_string_equal(source_counted_text(text, &here), "::1");
	assert_string_equal(source_counted_text(text, &nobody), "local");
}

static void
accounting_unknown_pid_is_no_worker(void **state)
{
	struct accounting a;
	struct source source;

	(void)state;
	accounting_init(&a);
	assert_false(accounting_has(&a, 5));
	assert_false(accounting_remove(&a, 5, &source));
	add(&a, 5, NULL);
	assert_true(accounting_has(&a, 5));
	assert_false(accounting_has(&a, 0));
	assert_false(accounting_has(&a, -5));
	accounting_fini(&a);
}

static size_t
walk(const struct accounting *a, const bool *alive)
{
	size_t slot = 0, n = 0;
	pid_t pid;

	while ((pid = accounting_next(a, &slot)) > 0) {
		assert_true(alive[pid]);
		n++;
	}
	return n;
}

static void
accounting_random_life_equals_a_plain_array(void **state)
{
	static bool alive[400];
	struct accounting a;
	struct source source;
	size_t count = 0;

	(void)state;
	unit_random_start("accounting");
	accounting_init(&a);
	for (int i = 0; i < 50000; i++) {
		pid_t pid = 1 + (pid_t)unit_random(399);

		if (alive[pid]) {
			assert_true(accounting_remove(&a, pid, &source));
			count--;
		} else {
			add(&a, pid, pid % 2 ? "192.0.2.1" : NULL);
			count++;
		}
		alive[pid] = !alive[pid];
		assert_int_equal(a.count, count);
		pid = 1 + (pid_t)unit_random(399);
		assert_int_equal(accounting_has(&a, pid), alive[pid]);
	}
	assert_int_equal(walk(&a, alive), count);
	accounting_fini(&a);
}

static void
accounting_without_memory_stays_whole(void **state)
{
	struct accounting a;
	struct source local = {0};

	(void)state;
	accounting_init(&a);
	failing_malloc_at(1);
	assert_int_equal(accounting_add(&a, 1, &local), OP_NO_MEMORY);
	failing_malloc_at(0);
	assert_int_equal(a.count, 0);
	assert_int_equal(accounting_add(&a, 1, &local), OP_OK);
	accounting_fini(&a);
}

static void
refusals_make_one_line_per_source_and_second(void **state)
{
	struct refusals r = {0};
	struct refusal out;
	struct netaddr one = addr("192.0.2.1"), two = addr("192.0.2.2");

	(void)state;
	assert_true(refusals_next_ms(&r) == INT64_MAX);
	for (int i = 0; i < 100; i++) {
		refusals_add(&r, &one, "max_workers", 5000 + i, &out);
		assert_int_equal(out.count, 0);
	}
	refusals_add(&r, &two, "max_workers", 5200, &out);
	assert_int_equal(refusals_next_ms(&r), 6000);
	assert_int_equal(refusals_take(&r, 5999).count, 0);
	out = refusals_take(&r, 6000);
	assert_int_equal(out.count, 100);
	assert_true(netaddr_equal(&out.source, &one));
	assert_int_equal(refusals_take(&r, 6000).count, 0);
	assert_int_equal(refusals_take(&r, 6200).count, 1);
}

static void
refusals_many_sources_lose_no_count(void **state)
{
	struct refusals r = {0};
	struct refusal out;
	struct netaddr from = addr("10.0.0.1");
	unsigned told = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		from.bytes[3] = (uint8_t)i;
		refusals_add(&r, &from, "max_workers", 1000 + i, &out);
		told += out.count;
	}
	while ((out = refusals_take(&r, 100000)).count)
		told += out.count;
	assert_int_equal(told, 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(accounting_limits_hold_and_local_peers_are_exempt),
	    cmocka_unit_test(accounting_counts_the_network_of_an_ipv6_address),
	    cmocka_unit_test(accounting_unknown_pid_is_no_worker),
	    cmocka_unit_test(accounting_random_life_equals_a_plain_array),
	    cmocka_unit_test(accounting_without_memory_stays_whole),
	    cmocka_unit_test(refusals_make_one_line_per_source_and_second),
	    cmocka_unit_test(refusals_many_sources_lose_no_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
