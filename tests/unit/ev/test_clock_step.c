/* SPDX-License-Identifier: ISC */
/*
 * What lib/ev/ waits for does not move with the wall clock: here it can be set back, for libev too,
 * because this program's clock functions come before the C library's.
 */
#include "tests/unit/ev/evtest.h"

#include <math.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include "lib/ev/conn.h"

#define DAY_S 86400

static time_t wall_offset_s;

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = (int)syscall(SYS_clock_gettime, id, ts);

	if (id == CLOCK_REALTIME)
		ts->tv_sec += wall_offset_s;
	return rc;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	int rc = (int)syscall(SYS_gettimeofday, tv, zone);

	tv->tv_sec += wall_offset_s;
	return rc;
}

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	(void)c;
	(void)payload;
	(void)len;
	(void)arg;
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	int *ends = arg;

	(void)c;
	(void)why;
	assert_int_equal(err, OP_TIMEOUT);
	(*ends)++;
}

static const struct conn_events events = {on_frame, on_end, NULL};

/* A peer that stops inside a message while the clock is set by `step_s`. */
static void
stalls_after_a_step_of(time_t step_s)
{
	struct conn_limits limits = {.stall_ms = 1500};
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	int fds[2], ends = 0;

	wall_offset_s = 0;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	struct conn *c = conn_new(loop, transport_socket(fds[0]), &events, &limits, &ends);
	int64_t began_ms = clock_boot_ms();

	assert_int_equal(write(fds[1], "\0\0\0\7half", 8), 8);
	run_for(loop, 50);
	wall_offset_s = step_s;
	run_for(loop, 1000); /* libev looks at the wall clock now and then */
	assert_true(fabs(ev_now(loop) - (double)clock_wall_ms() / 1e3) < 1.0);
	assert_int_equal(ends, 0);
	assert_true(reaches(loop, &ends, 1));
	assert_true(clock_boot_ms() - began_ms < 4000);
	conn_free(c);
	close(fds[1]);
	ev_loop_destroy(loop);
}

static void
conn_stall_ends_in_time_when_the_clock_is_set_back(void **state)
{
	(void)state;
	stalls_after_a_step_of(-DAY_S);
}

static void
conn_stall_ends_no_earlier_when_the_clock_is_set_forward(void **state)
{
	(void)state;
	stalls_after_a_step_of(DAY_S);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conn_stall_ends_in_time_when_the_clock_is_set_back),
	    cmocka_unit_test(conn_stall_ends_no_earlier_when_the_clock_is_set_forward),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
