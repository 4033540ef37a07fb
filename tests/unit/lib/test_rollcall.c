/* SPDX-License-Identifier: ISC */
/* Who is alive, silent, off the time (lib/rollcall.h). */
#include "tests/unit/unit.h"

#include "lib/rollcall.h"
#include "lib/err.h"

#define T0 1793898263000

struct fixture {
	struct rollcall *r;
	int counts[ROLLCALL_FULL + 1];
	enum rollcall_what last;
	char host[BEACON_HOST_MAX];
	enum rollcall_clock clock;
	int64_t now_ms;
};

static void
on_event(
    enum rollcall_what what, const struct rollcall_host *h, const struct netaddr *before, void *arg)
{
	struct fixture *f = arg;

	f->counts[what]++;
	f->last = what;
	assert_int_equal(before != NULL, what == ROLLCALL_MOVED);
	assert_int_equal(h == NULL, what == ROLLCALL_FULL);
	if (h == NULL)
		return;
	snprintf(f->host, sizeof(f->host), "%s", h->name);
	f->clock = h->clock;
}

static int
setup(void **state)
{
	static const struct rollcall_options o = {
	    .period_ms = 15000, .silent_periods = 3, .max_offset_ms = 2000, .max_hosts = 3};
	struct fixture *f = calloc(1, sizeof(*f));

	f->r = rollcall_new(&o, on_event, f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	rollcall_free(f->r);
	free(f);
	return 0;
}

/* A long beacon of a host whose clock is off by so much, from 192.0.2.<last>. */
static void
hear(struct fixture *f, const char *host, int64_t offset_ms, uint8_t last, int period_s)
{
	struct netaddr from = {.family = 4, .bytes = {192, 0, 2, last}};
	struct beacon b = {
	    .full = true, .sent_ms = T0 + f->now_ms + offset_ms, .period_s = period_s};

	snprintf(b.host, sizeof(b.host), "%s", host);
	rollcall_beacon(f->r, &b, &from, f->now_ms, T0 + f->now_ms, 60);
}

static void
rollcall_host_falls_silent_after_its_periods_and_comes_back(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 10);
	assert_int_equal(f->last, ROLLCALL_NEW);
	assert_int_equal(rollcall_tick(f->r, 0), 31000);
	assert_int_equal(rollcall_tick(f->r, 30999), 31000);
	assert_int_equal(f->counts[ROLLCALL_SILENT], 0);
	assert_int_equal(rollcall_tick(f->r, 31000), ROLLCALL_FOREVER);
	assert_int_equal(f->counts[ROLLCALL_SILENT], 1);
	assert_string_equal(f->host, "lamp");
	/* Told once. */
	assert_int_equal(rollcall_tick(f->r, 99000), ROLLCALL_FOREVER);
	assert_int_equal(f->counts[ROLLCALL_SILENT], 1);
	f->now_ms = 100000;
	hear(f, "lamp", 0, 1, 10);
	assert_int_equal(f->counts[ROLLCALL_BACK], 1);
	assert_int_equal(f->counts[ROLLCALL_NEW], 1);
	assert_int_equal(rollcall_tick(f->r, 100000), 131000);
}

static void
rollcall_beacon_without_a_period_gets_ours(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 0);
	assert_int_equal(rollcall_tick(f->r, 0), 46000);
}

static void
rollcall_clock_needs_two_beacons_to_be_off_and_to_be_good(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 2001, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 0);
	hear(f, "lamp", 0, 1, 15);
	hear(f, "lamp", -2001, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 0);
	hear(f, "lamp", -2001, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 1);
	assert_int_equal(f->clock, ROLLCALL_CLOCK_OFF);
	hear(f, "lamp", 2000, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 1);
	hear(f, "lamp", 2000, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 2);
	assert_int_equal(f->clock, ROLLCALL_CLOCK_GOOD);
}

static void
rollcall_short_beacon_of_another_zone_is_no_wrong_clock(void **state)
{
	struct fixture *f = *state;
	struct netaddr from = {.family = 4, .bytes = {192, 0, 2, 1}};
	struct beacon b = {.host = "lamp", .local_s = T0 / 1000 + 3600 + 7200};

	rollcall_beacon(f->r, &b, &from, 0, T0, 60);
	rollcall_beacon(f->r, &b, &from, 0, T0, 60);
	assert_int_equal(f->counts[ROLLCALL_CLOCK], 1);
	assert_int_equal(f->clock, ROLLCALL_CLOCK_ZONE);
}

static void
rollcall_name_from_another_address_is_told(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 15);
	hear(f, "lamp", 0, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_MOVED], 0);
	hear(f, "lamp", 0, 2, 15);
	assert_int_equal(f->counts[ROLLCALL_MOVED], 1);
}

static void
rollcall_is_bounded_sorted_and_says_once_that_it_is_full(void **state)
{
	static const char *const names[] = {"c", "a", "d", "b", "e"};
	struct fixture *f = *state;
	size_t count;

	for (size_t i = 0; i < UNIT_COUNT(names); i++)
		hear(f, names[i], 0, 1, 15);
	assert_int_equal(f->counts[ROLLCALL_FULL], 1);
	const struct rollcall_host *const *hosts = rollcall_hosts(f->r, &count);

	assert_int_equal(count, 3);
	assert_string_equal(hosts[0]->name, "a");
	assert_string_equal(hosts[1]->name, "c");
	assert_string_equal(hosts[2]->name, "d");
	hear(f, "c", 0, 1, 15);
	assert_int_equal(hosts[1]->beacons, 2);
}

/* Who there is no memory for is not there, and the list stays whole. */
static void
two_hosts(void *arg)
{
	struct fixture *f = arg;
	const struct rollcall_options o = {.period_ms = 15000, .silent_periods = 3, .max_hosts = 3};
	size_t count;

	rollcall_free(f->r);
	memset(f, 0, sizeof(*f));
	f->r = rollcall_new(&o, on_event, f);
	if (f->r == NULL)
		return;
	hear(f, "tug", 0, 1, 15);
	hear(f, "lamp", 0, 2, 15);
	const struct rollcall_host *const *hosts = rollcall_hosts(f->r, &count);

	assert_int_equal(count + (size_t)failing_malloc_hit(), 2);
	assert_int_equal(f->counts[ROLLCALL_NEW], count);
	assert_int_equal(f->counts[ROLLCALL_FULL], failing_malloc_hit());
	for (size_t i = 0; i < count; i++)
		assert_int_equal(hosts[i]->beacons, 1);
	assert_true(count < 2 || strcmp(hosts[0]->name, "lamp") == 0);
}

static void
rollcall_without_memory_stays_whole(void **state)
{
	failing_malloc_each(two_hosts, *state);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(rollcall_host_falls_silent_after_its_periods_and_comes_back),
	    TEST(rollcall_beacon_without_a_period_gets_ours),
	    TEST(rollcall_clock_needs_two_beacons_to_be_off_and_to_be_good),
	    TEST(rollcall_short_beacon_of_another_zone_is_no_wrong_clock),
	    TEST(rollcall_name_from_another_address_is_told),
	    TEST(rollcall_is_bounded_sorted_and_says_once_that_it_is_full),
	    TEST(rollcall_without_memory_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
