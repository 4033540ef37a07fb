/* SPDX-License-Identifier: ISC */
/* Who is alive, silent, off the time (client/opnet/roster.h). */
#include "tests/unit/unit.h"

#include "client/opnet/roster.h"
#include "lib/err.h"

#define T0 1793898263000

struct fixture {
	struct roster *r;
	int counts[ROSTER_FULL + 1];
	enum roster_what last;
	char host[BEACON_HOST_MAX];
	enum roster_clock clock;
	int64_t now_ms;
};

static void
on_event(
    enum roster_what what, const struct roster_host *h, const struct netaddr *before, void *arg)
{
	struct fixture *f = arg;

	f->counts[what]++;
	f->last = what;
	assert_int_equal(before != NULL, what == ROSTER_MOVED);
	assert_int_equal(h == NULL, what == ROSTER_FULL);
	if (h == NULL)
		return;
	snprintf(f->host, sizeof(f->host), "%s", h->name);
	f->clock = h->clock;
}

static int
setup(void **state)
{
	static const struct roster_options o = {
	    .period_ms = 15000, .silent_periods = 3, .max_offset_ms = 2000, .max_hosts = 3};
	struct fixture *f = calloc(1, sizeof(*f));

	f->r = roster_new(&o, on_event, f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	roster_free(f->r);
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
	roster_beacon(f->r, &b, &from, f->now_ms, T0 + f->now_ms, 60);
}

static void
roster_host_falls_silent_after_its_periods_and_comes_back(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 10);
	assert_int_equal(f->last, ROSTER_NEW);
	assert_int_equal(roster_tick(f->r, 0), 31000);
	assert_int_equal(roster_tick(f->r, 30999), 31000);
	assert_int_equal(f->counts[ROSTER_SILENT], 0);
	assert_int_equal(roster_tick(f->r, 31000), ROSTER_FOREVER);
	assert_int_equal(f->counts[ROSTER_SILENT], 1);
	assert_string_equal(f->host, "lamp");
	/* Told once. */
	assert_int_equal(roster_tick(f->r, 99000), ROSTER_FOREVER);
	assert_int_equal(f->counts[ROSTER_SILENT], 1);
	f->now_ms = 100000;
	hear(f, "lamp", 0, 1, 10);
	assert_int_equal(f->counts[ROSTER_BACK], 1);
	assert_int_equal(f->counts[ROSTER_NEW], 1);
	assert_int_equal(roster_tick(f->r, 100000), 131000);
}

static void
roster_beacon_without_a_period_gets_ours(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 0);
	assert_int_equal(roster_tick(f->r, 0), 46000);
}

static void
roster_clock_needs_two_beacons_to_be_off_and_to_be_good(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 2001, 1, 15);
	assert_int_equal(f->counts[ROSTER_CLOCK], 0);
	hear(f, "lamp", 0, 1, 15);
	hear(f, "lamp", -2001, 1, 15);
	assert_int_equal(f->counts[ROSTER_CLOCK], 0);
	hear(f, "lamp", -2001, 1, 15);
	assert_int_equal(f->counts[ROSTER_CLOCK], 1);
	assert_int_equal(f->clock, ROSTER_CLOCK_OFF);
	hear(f, "lamp", 2000, 1, 15);
	assert_int_equal(f->counts[ROSTER_CLOCK], 1);
	hear(f, "lamp", 2000, 1, 15);
	assert_int_equal(f->counts[ROSTER_CLOCK], 2);
	assert_int_equal(f->clock, ROSTER_CLOCK_GOOD);
}

static void
roster_short_beacon_of_another_zone_is_no_wrong_clock(void **state)
{
	struct fixture *f = *state;
	struct netaddr from = {.family = 4, .bytes = {192, 0, 2, 1}};
	struct beacon b = {.host = "lamp", .local_s = T0 / 1000 + 3600 + 7200};

	roster_beacon(f->r, &b, &from, 0, T0, 60);
	roster_beacon(f->r, &b, &from, 0, T0, 60);
	assert_int_equal(f->counts[ROSTER_CLOCK], 1);
	assert_int_equal(f->clock, ROSTER_CLOCK_ZONE);
}

static void
roster_name_from_another_address_is_told(void **state)
{
	struct fixture *f = *state;

	hear(f, "lamp", 0, 1, 15);
	hear(f, "lamp", 0, 1, 15);
	assert_int_equal(f->counts[ROSTER_MOVED], 0);
	hear(f, "lamp", 0, 2, 15);
	assert_int_equal(f->counts[ROSTER_MOVED], 1);
}

static void
roster_is_bounded_sorted_and_says_once_that_it_is_full(void **state)
{
	static const char *const names[] = {"c", "a", "d", "b", "e"};
	struct fixture *f = *state;
	size_t count;

	for (size_t i = 0; i < UNIT_COUNT(names); i++)
		hear(f, names[i], 0, 1, 15);
	assert_int_equal(f->counts[ROSTER_FULL], 1);
	const struct roster_host *const *hosts = roster_hosts(f->r, &count);

	assert_int_equal(count, 3);
	assert_string_equal(hosts[0]->name, "a");
	assert_string_equal(hosts[1]->name, "c");
	assert_string_equal(hosts[2]->name, "d");
	hear(f, "c", 0, 1, 15);
	assert_int_equal(hosts[1]->beacons, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(roster_host_falls_silent_after_its_periods_and_comes_back),
	    TEST(roster_beacon_without_a_period_gets_ours),
	    TEST(roster_clock_needs_two_beacons_to_be_off_and_to_be_good),
	    TEST(roster_short_beacon_of_another_zone_is_no_wrong_clock),
	    TEST(roster_name_from_another_address_is_told),
	    TEST(roster_is_bounded_sorted_and_says_once_that_it_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
