/* SPDX-License-Identifier: ISC */
/* Beacons on a loop: when is it looked who has fallen silent? */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/beacons.h"

struct fixture {
	struct ev_loop *loop;
	struct beacons beacons;
	int silent;
};

static void
on_event(
    enum rollcall_what what, const struct rollcall_host *h, const struct netaddr *before, void *arg)
{
	struct fixture *f = arg;

	(void)h;
	(void)before;
	f->silent += what == ROLLCALL_SILENT;
}

static int
setup(void **state)
{
	static const struct rollcall_options o = {
	    .period_ms = 15000, .silent_periods = 3, .max_offset_ms = 2000, .max_hosts = 3};
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVFLAG_AUTO);
	assert_int_equal(beacons_start(&f->beacons, f->loop, &o, on_event, f), OP_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	beacons_stop(&f->beacons);
	beacons_stop(&f->beacons); /* again is fine */
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static bool
hear_text(struct fixture *f, const char *text, size_t len, bool truncated)
{
	struct resolve_addr from = {.len = sizeof(struct sockaddr_in)};
	struct sockaddr_in *sin = (struct sockaddr_in *)&from.sa;
	struct udp_datagram d = {.bytes = text, .len = len, .truncated = truncated, .from = &from};

	*sin = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201)};
	return beacons_hear(&f->beacons, &d);
}

static bool
hear(struct fixture *f, const char *host, int period_s)
{
	struct beacon b = {.full = true, .sent_ms = clock_wall_ms(), .period_s = period_s};
	char text[BEACON_BYTES_MAX];

	snprintf(b.host, sizeof(b.host), "%s", host);
	return hear_text(f, text, beacon_format(text, sizeof(text), &b), false);
}

/* Seconds until it is looked. */
static double
left(struct fixture *f)
{
	return ev_is_active(&f->beacons.tick) ? ev_timer_remaining(f->loop, &f->beacons.tick) : -1;
}

static void
beacons_what_is_no_beacon_is_not_heard(void **state)
{
	struct fixture *f = *state;
	size_t count;

	assert_false(hear_text(f, "nonsense", 8, false));
	assert_false(hear_text(f, "Thu Nov 26 10:00:00 2026/lamp", 29, true));
	assert_true(hear_text(f, "Thu Nov 26 10:00:00 2026/lamp", 29, false));
	(void)rollcall_hosts(f->beacons.hosts, &count);
	assert_int_equal(count, 1);
}

static void
beacons_silence_of_a_lively_host_is_not_hidden_by_a_slow_one(void **state)
{
	struct fixture *f = *state;

	assert_true(hear(f, "buoy", BEACON_PERIOD_MAX_S));
	assert_true(left(f) > BEACON_PERIOD_MAX_S);
	assert_true(hear(f, "tug", 10));
	assert_in_range((int)(left(f) + 0.5), 30, 32);
	/* Heard again, and all the others: no earlier than needed. */
	assert_true(hear(f, "buoy", BEACON_PERIOD_MAX_S));
	assert_in_range((int)(left(f) + 0.5), 30, 32);
}

static void
beacons_who_is_silent_is_told(void **state)
{
	struct fixture *f = *state;

	assert_true(hear(f, "tug", 10));
	/* As if the time were over. */
	assert_int_equal(
	    rollcall_tick(f->beacons.hosts, clock_boot_ms() + 60000), ROLLCALL_FOREVER);
	assert_int_equal(f->silent, 1);
	ev_feed_event(f->loop, &f->beacons.tick, EV_TIMER);
	ev_run(f->loop, EVRUN_NOWAIT);
	assert_true(left(f) < 0); /* nobody could fall silent: nothing wakes the loop */
	assert_true(hear(f, "tug", 10));
	assert_true(left(f) > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(beacons_what_is_no_beacon_is_not_heard),
	    TEST(beacons_silence_of_a_lively_host_is_not_hidden_by_a_slow_one),
	    TEST(beacons_who_is_silent_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
