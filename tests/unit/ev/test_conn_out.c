/* SPDX-License-Identifier: ISC */
/* lib/ev/conn_out.c: the queue and its bounds, writes that are short or fail, the end of our
 * direction, urgent data. */
#include "tests/unit/ev/conntest.h"

#include <limits.h>
#include <netinet/in.h>
#include "lib/ev/urgent.h"
#include "lib/frame.h"

/* --- writing --- */

static void
conn_peer_that_never_reads_fills_to_the_bound(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.high_water = 10000, .low_water = 2000, .max_queue = 20000};
	char payload[996] = {1}, seen[1000];
	int sent = 0, err;

	open_conn(f, &limits);
	while ((err = conn_send(f->c, payload, sizeof(payload))) == OP_OK) {
		sent++;
		assert_int_equal(conn_is_full(f->c), conn_unsent(f->c) >= 10000);
		if (!conn_is_full(f->c))
			turn(f->loop);
	}
	assert_int_equal(err, OP_UNAVAILABLE);
	assert_int_equal(conn_unsent(f->c), 20000);
	run_for(f->loop, 20);
	assert_int_equal(f->drains, 0);
	for (int i = 0; i < sent; i++) {
		while (waiting(f->fds[1]) < 1000)
			turn(f->loop);
		assert_int_equal(get_frame(f->fds[1], seen, sizeof(seen)), sizeof(payload));
	}
	turn(f->loop);
	assert_int_equal(f->drains, 1);
	assert_false(conn_is_full(f->c));
	assert_int_equal(conn_unsent(f->c), 0);
}

static void
conn_refused_frames_leave_no_trace(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, FRAME_MAX + 1);
	char text[8];

	open_conn(f, NULL);
	assert_int_equal(conn_send(f->c, "", 0), OP_BAD_REQUEST);
	assert_int_equal(conn_send(f->c, big, FRAME_MAX + 1), OP_TOO_LARGE);
	(void)buf_append(conn_send_begin(f->c), "gone", 4);
	conn_send_undo(f->c);
	assert_int_equal(conn_unsent(f->c), 0);
	(void)buf_append(conn_send_begin(f->c), "here", 4);
	assert_int_equal(conn_send_end(f->c), OP_OK);
	turn(f->loop);
	assert_int_equal(get_frame(f->fds[1], text, sizeof(text)), 4);
	assert_memory_equal(text, "here", 4);
	free(big);
}

static void
conn_finish_writes_the_queue_then_ends_our_direction(void **state)
{
	struct fixture *f = *state;
	size_t len = 1000000;
	char *big = malloc(len), *seen = malloc(len);
	size_t got = 0, n;

	memset(big, 'y', len);
	open_conn(f, NULL);
	assert_int_equal(conn_send(f->c, big, len), OP_OK);
	conn_finish(f->c);
	assert_int_equal(conn_send(f->c, "x", 1), OP_CLOSED);
	while (got < len + 4) {
		turn(f->loop);
		n = get_some(f->fds[1], seen, len);
		assert_true(n > 0);
		got += n;
	}
	turn(f->loop);
	assert_int_equal(get_some(f->fds[1], seen, 1), 0);
	put_frame(f->fds[1], "thanks", 6);
	assert_true(reaches(f->loop, &f->frames, 1));
	assert_int_equal(f->ends, 0);
	hang_up(f);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_OK);
	free(big);
	free(seen);
}

static void
conn_finish_with_a_peer_that_stays_ends_by_stall(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 30};

	open_conn(f, &limits);
	conn_finish(f->c);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TIMEOUT);
}

/* --- how it is written --- */

/* As TLS, whose last record has no room behind what is queued. */
static void
conn_finish_tries_an_end_again_that_does_not_fit(void **state)
{
	struct fixture *f = *state;
	char byte;

	open_fake(f, (struct fake){.end_again = 2}, NULL);
	assert_int_equal(conn_send(f->c, "a", 1), OP_OK);
	conn_finish(f->c);
	assert_true(reaches(f->loop, &fake.ends, 3));
	assert_int_equal(get_frame(f->fds[1], &byte, 1), 1);
	assert_int_equal(get_some(f->fds[1], &byte, 1), 0);
	turn(f->loop);
	assert_int_equal(fake.ends, 3);
	hang_up(f);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_OK);
}

static void
conn_finish_whose_end_never_fits_ends_by_stall(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 30};

	open_fake(f, (struct fake){.end_again = INT_MAX}, &limits);
	conn_finish(f->c);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TIMEOUT);
}

static void
conn_what_a_turn_queues_is_one_write(void **state)
{
	struct fixture *f = *state;
	char seen[500];

	open_fake(f, (struct fake){0}, NULL);
	for (int i = 0; i < 100; i++)
		assert_int_equal(conn_send(f->c, "x", 1), OP_OK);
	assert_int_equal(fake.writes, 0);
	turn(f->loop);
	assert_int_equal(fake.writes, 1);
	get(f->fds[1], seen, 500);
}

static void
send_in_prepare(struct ev_loop *loop, ev_prepare *w, int revents)
{
	(void)revents;
	assert_int_equal(conn_send(w->data, "x", 1), OP_OK);
	ev_prepare_stop(loop, w);
}

static void
conn_send_just_before_the_loop_waits_is_not_delayed(void **state)
{
	struct fixture *f = *state;
	ev_prepare p;
	char text[8];

	open_conn(f, NULL);
	turn(f->loop);
	ev_prepare_init(&p, send_in_prepare);
	p.data = f->c;
	ev_prepare_start(f->loop, &p);
	turn(f->loop);
	assert_int_equal(get_frame(f->fds[1], text, sizeof(text)), 1);
}

static void
conn_short_writes_and_eagain_lose_nothing(void **state)
{
	struct fixture *f = *state;
	char want[2000], seen[2000 + 20 * 4];
	size_t got = 0;

	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = (char)('a' + i % 26);
	open_fake(f, (struct fake){.max_write = 3, .again = true}, NULL);
	for (size_t i = 0; i < sizeof(want); i += 100)
		assert_int_equal(conn_send(f->c, want + i, 100), OP_OK);
	while (conn_unsent(f->c) > 0) {
		turn(f->loop);
		while (waiting(f->fds[1]) > 0)
			got += get_some(f->fds[1], seen + got, sizeof(seen) - got);
	}
	assert_int_equal(got, sizeof(seen));
	for (size_t i = 0; i < 20; i++) {
		assert_memory_equal(seen + i * 104, "\0\0\0\144", 4);
		assert_memory_equal(seen + i * 104 + 4, want + i * 100, 100);
	}
	assert_true(fake.writes > 1000);
}

static void
conn_write_error_ends_with_it(void **state)
{
	static const struct {
		int errnum, err;
	} cases[] = {{EIO, OP_SYSTEM}, {EPIPE, OP_CLOSED}, {ENOMEM, OP_NO_MEMORY}};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		open_fake(f,
		    (struct fake){.max_write = 2, .fail_at = 2, .fail_errno = cases[i].errnum},
		    NULL);
		assert_int_equal(conn_send(f->c, "abc", 3), OP_OK);
		assert_true(reaches(f->loop, &f->ends, 1));
		assert_int_equal(f->end_err, cases[i].err);
		assert_int_equal(conn_unsent(f->c), 5);
		assert_int_equal(fake.writes, 2);
		run_for(f->loop, 10);
		assert_int_equal(f->ends, 1);
		close_conn(f);
		assert_int_equal(fake.closes, 1);
	}
}

static void
conn_write_error_while_paused_ends(void **state)
{
	struct fixture *f = *state;

	open_fake(f, (struct fake){.fail_at = 1, .fail_errno = EPIPE}, NULL);
	conn_pause(f->c, true);
	assert_int_equal(conn_send(f->c, "abc", 3), OP_OK);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_CLOSED);
}

/* --- attention --- */

/* A connected TCP pair in place of the stream pair; the peer keeps urgent bytes in their place. */
static void
open_tcp(struct fixture *f)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(sin);

	assert_int_equal(bind(listener, (struct sockaddr *)&sin, len), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&sin, &len), 0);
	f->fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(f->fds[0], (struct sockaddr *)&sin, len), 0);
	f->fds[1] = accept(listener, NULL, NULL);
	assert_true(f->fds[1] >= 0);
	assert_int_equal(urgent_set_inline(f->fds[1], true), OP_OK);
	close(listener);
	f->c = conn_new(f->loop, transport_socket(f->fds[0]), &events, NULL, f);
	assert_non_null(f->c);
}

static void
send_with_mark(struct fixture *f)
{
	assert_int_equal(conn_send(f->c, "one", 3), OP_OK);
	assert_int_equal(conn_send(f->c, "cancel", 6), OP_OK);
	conn_urge(f->c);
	assert_int_equal(conn_send(f->c, "two", 3), OP_OK);
	while (conn_unsent(f->c) > 0)
		turn(f->loop);
}

#define MARKED "\0\0\0\3one\0\0\0\6cancel\0\0\0\3two"
#define BEFORE_MARK (7 + 4 + 5) /* up to the last byte of "cancel" */

static void
conn_urged_frame_is_in_its_place_and_marked_at_its_last_byte(void **state)
{
	struct fixture *f = *state;
	char bytes[sizeof(MARKED) - 1];

	open_tcp(f);
	send_with_mark(f);
	assert_true(urgent_waits(f->fds[1]));
	get(f->fds[1], bytes, BEFORE_MARK);
	assert_true(urgent_at_mark(f->fds[1]));
	get(f->fds[1], bytes + BEFORE_MARK, sizeof(bytes) - BEFORE_MARK);
	assert_memory_equal(bytes, MARKED, sizeof(bytes));
	assert_false(urgent_waits(f->fds[1]));
}

static void
conn_urging_changes_nothing_but_on_tcp(void **state)
{
	struct fixture *f = *state;
	char bytes[sizeof(MARKED) - 1];

	open_conn(f, NULL);
	send_with_mark(f);
	get(f->fds[1], bytes, sizeof(bytes));
	assert_memory_equal(bytes, MARKED, sizeof(bytes));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(conn_peer_that_never_reads_fills_to_the_bound),
	    TEST(conn_refused_frames_leave_no_trace),
	    TEST(conn_finish_writes_the_queue_then_ends_our_direction),
	    TEST(conn_finish_with_a_peer_that_stays_ends_by_stall),
	    TEST(conn_finish_tries_an_end_again_that_does_not_fit),
	    TEST(conn_finish_whose_end_never_fits_ends_by_stall),
	    TEST(conn_what_a_turn_queues_is_one_write),
	    TEST(conn_send_just_before_the_loop_waits_is_not_delayed),
	    TEST(conn_short_writes_and_eagain_lose_nothing),
	    TEST(conn_write_error_ends_with_it),
	    TEST(conn_write_error_while_paused_ends),
	    TEST(conn_urged_frame_is_in_its_place_and_marked_at_its_last_byte),
	    TEST(conn_urging_changes_nothing_but_on_tcp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
