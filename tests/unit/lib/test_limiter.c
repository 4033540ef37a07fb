/* SPDX-License-Identifier: ISC */
/* Rates per source and for all, in bounded memory. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/limiter.h"

static struct netaddr
address(const char *text)
{
	struct netaddr a;

	assert_int_equal(netaddr_parse(text, &a), OP_OK);
	return a;
}

static int
allowed(struct limiter *l, const char *source, int tries, int64_t now_ms)
{
	struct netaddr a = address(source);
	int n = 0;

	while (tries-- > 0)
		n += limiter_allows(l, &a, now_ms);
	return n;
}

static void
limiter_source_has_a_burst_and_then_its_rate(void **state)
{
	struct limiter_options o = {.per_second = 2, .burst = 5};
	struct limiter *l = limiter_new(&o);

	(void)state;
	assert_int_equal(allowed(l, "192.0.2.1", 20, 1000), 5);
	assert_int_equal(allowed(l, "192.0.2.2", 20, 1000), 5);
	assert_int_equal(limiter_take_refused(l), 30);
	assert_int_equal(limiter_take_refused(l), 0);
	assert_int_equal(allowed(l, "192.0.2.1", 20, 1499), 0);
	assert_int_equal(allowed(l, "192.0.2.1", 20, 1500), 1);
	assert_int_equal(allowed(l, "192.0.2.1", 20, 3500), 4);
	assert_int_equal(allowed(l, "192.0.2.1", 20, 1000000), 5);
	limiter_free(l);
}

static void
limiter_all_together_are_bounded(void **state)
{
	struct limiter_options o = {
	    .per_second = 10, .burst = 10, .all_per_second = 100, .all_burst = 50};
	struct limiter *l = limiter_new(&o);
	int n = 0;

	(void)state;
	for (int i = 0; i < 250; i++) {
		char text[32];

		snprintf(text, sizeof(text), "198.51.100.%d", i);
		n += allowed(l, text, 10, 5000);
	}
	assert_int_equal(n, 50);
	assert_int_equal(allowed(l, "203.0.113.1", 10, 5100), 10);
	limiter_free(l);
}

static void
limiter_ipv6_is_counted_by_its_network(void **state)
{
	struct limiter_options o = {.per_second = 1, .burst = 3};
	struct limiter *l = limiter_new(&o);

	(void)state;
	assert_int_equal(allowed(l, "2001:db8::1", 2, 0), 2);
	assert_int_equal(allowed(l, "2001:db8::ffff:1", 2, 0), 1);
	assert_int_equal(allowed(l, "2001:db8:0:1::1", 5, 0), 3);
	limiter_free(l);
}

static void
limiter_loopback_and_no_limit_pass(void **state)
{
	struct limiter_options o = {.per_second = 1, .burst = 1}, none = {0};
	struct limiter *l = limiter_new(&o);

	(void)state;
	assert_int_equal(allowed(l, "127.0.0.1", 100, 0), 100);
	assert_int_equal(allowed(l, "::1", 100, 0), 100);
	limiter_free(l);
	l = limiter_new(&none);
	assert_int_equal(allowed(l, "192.0.2.1", 100, 0), 100);
	limiter_free(l);
}

static void
limiter_flood_of_sources_does_not_grow_and_spares_the_active(void **state)
{
	struct limiter_options o = {.per_second = 1, .burst = 2, .sources = 64, .seed = 7};
	struct limiter *l = limiter_new(&o);

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct netaddr a = {.family = 4, .bytes = {198, 51, (uint8_t)(i >> 8), (uint8_t)i}};

		(void)limiter_allows(l, &a, i);
	}
	/* Still counting: a source that came a moment ago is known. */
	assert_int_equal(allowed(l, "192.0.2.1", 5, 10000), 2);
	assert_int_equal(allowed(l, "192.0.2.1", 5, 10001), 0);
	limiter_free(l);
}

static void
limiter_without_memory_is_null(void **state)
{
	struct limiter_options o = {0};

	(void)state;
	failing_malloc_at(1);
	assert_null(limiter_new(&o));
	failing_malloc_at(0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limiter_source_has_a_burst_and_then_its_rate),
	    cmocka_unit_test(limiter_all_together_are_bounded),
	    cmocka_unit_test(limiter_ipv6_is_counted_by_its_network),
	    cmocka_unit_test(limiter_loopback_and_no_limit_pass),
	    cmocka_unit_test(limiter_flood_of_sources_does_not_grow_and_spares_the_active),
	    cmocka_unit_test(limiter_without_memory_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
