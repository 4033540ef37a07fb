/* SPDX-License-Identifier: ISC */
/* lib/ev/conn.c: what is read, the pause, the stall timer, and callbacks that free. */
#include "tests/unit/ev/conntest.h"

/* --- reading --- */

#define STREAM "\0\0\0\1a\0\0\0\3bcd\0\0\0\6efghij"
#define STREAM_LEN (sizeof(STREAM) - 1)

static void
conn_every_split_gives_the_same_frames(void **state)
{
	struct fixture *f = *state;

	for (size_t cut = 0; cut <= STREAM_LEN; cut++) {
		open_conn(f, NULL);
		put(f->fds[1], STREAM, cut);
		until_read(f->loop, f->fds[0]);
		put(f->fds[1], STREAM + cut, STREAM_LEN - cut);
		until_read(f->loop, f->fds[0]);
		check_got(f, "a;bcd;efghij;");
		close_conn(f);
	}
}

static void
conn_one_byte_at_a_time_gives_the_frames(void **state)
{
	struct fixture *f = *state;

	open_conn(f, NULL);
	for (size_t i = 0; i < STREAM_LEN; i++) {
		put(f->fds[1], STREAM + i, 1);
		until_read(f->loop, f->fds[0]);
	}
	check_got(f, "a;bcd;efghij;");
	hang_up(f);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_OK);
}

static void
conn_large_frame_arrives_whole(void **state)
{
	struct fixture *f = *state;
	size_t len = 3 * 1024 * 1024;
	char *big = malloc(len);
	pid_t pid;

	memset(big, 'x', len);
	open_conn(f, NULL);
	pid = fork();
	if (pid == 0) {
		close(f->fds[0]);
		put_frame(f->fds[1], big, len);
		_exit(0);
	}
	assert_true(reaches(f->loop, &f->frames, 1));
	assert_int_equal(buf_len(&f->got), len + 1);
	assert_memory_equal(buf_bytes(&f->got), big, len);
	waitpid(pid, NULL, 0);
	free(big);
}

static void
conn_zero_frame_ends_with_protocol_and_can_say_why(void **state)
{
	struct fixture *f = *state;
	char text[8];

	f->answer_at_end = true;
	f->free_at_end = true;
	open_conn(f, NULL);
	put(f->fds[1], "\0\0\0\1a\0\0\0\0\0\0\0\1b", 14);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_PROTOCOL);
	assert_non_null(strstr(f->why, "0 bytes"));
	check_got(f, "a;");
	assert_int_equal(get_frame(f->fds[1], text, sizeof(text)), 3);
	assert_memory_equal(text, "bad", 3);
	assert_int_equal(get_some(f->fds[1], text, 1), 0);
}

static void
conn_oversized_frame_ends_at_its_header(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.max_frame = 100};

	open_conn(f, &limits);
	put(f->fds[1], "\0\0\0\145", 4);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TOO_LARGE);
	assert_non_null(strstr(f->why, "101 bytes"));
	assert_non_null(strstr(f->why, "100"));
}

static void
conn_first_byte_not_zero_ends_with_too_large(void **state)
{
	struct fixture *f = *state;

	open_conn(f, NULL);
	put(f->fds[1], "GET / HTTP/1.0\r\n\r\n", 18);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TOO_LARGE);
}

static void
conn_peer_closes_inside_a_frame_ends_with_closed(void **state)
{
	struct fixture *f = *state;

	for (size_t cut = 1; cut < 8; cut++) {
		open_conn(f, NULL);
		put(f->fds[1], "\0\0\0\4abcd", cut);
		hang_up(f);
		assert_true(reaches(f->loop, &f->ends, 1));
		assert_int_equal(f->end_err, OP_CLOSED);
		assert_int_equal(conn_send(f->c, "x", 1), OP_CLOSED);
		turn(f->loop);
		assert_int_equal(f->ends, 1);
		close_conn(f);
	}
}

static void
conn_reset_ends_with_closed(void **state)
{
	struct fixture *f = *state;

	open_conn(f, NULL);
	assert_int_equal(conn_send(f->c, "never read", 10), OP_OK);
	turn(f->loop);
	hang_up(f); /* with unread bytes: the kernel resets */
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_CLOSED);
}

static void
conn_last_words_are_read_when_writing_fails(void **state)
{
	struct fixture *f = *state;

	open_conn(f, NULL);
	put_frame(f->fds[1], "full", 4);
	hang_up(f);
	assert_int_equal(conn_send(f->c, "x", 1), OP_OK);
	assert_true(reaches(f->loop, &f->ends, 1));
	check_got(f, "full;");
}

static void
conn_read_error_ends_with_it(void **state)
{
	struct fixture *f = *state;

	open_fake(f, (struct fake){.read_errno = EIO}, NULL);
	put(f->fds[1], "x", 1);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_SYSTEM);
	assert_string_equal(f->why, "input/output error");
}

/* --- pause --- */

static void
conn_pause_in_a_callback_holds_the_rest_in_order(void **state)
{
	struct fixture *f = *state;

	f->pause_after = 1;
	open_conn(f, NULL);
	put(f->fds[1], STREAM, STREAM_LEN);
	assert_true(reaches(f->loop, &f->frames, 1));
	put_frame(f->fds[1], "later", 5);
	hang_up(f);
	run_for(f->loop, 20);
	check_got(f, "a;");
	assert_int_equal(f->ends, 0);
	f->pause_after = 2;
	conn_pause(f->c, false);
	assert_true(reaches(f->loop, &f->frames, 2));
	run_for(f->loop, 20);
	check_got(f, "a;bcd;");
	conn_pause(f->c, false);
	assert_true(reaches(f->loop, &f->ends, 1));
	check_got(f, "a;bcd;efghij;later;");
	assert_int_equal(f->end_err, OP_OK);
}

/* --- stall --- */

static void
conn_peer_that_never_reads_stalls(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 40};
	char payload[60000] = {1};

	open_conn(f, &limits);
	for (int i = 0; i < 10; i++)
		assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TIMEOUT);
	assert_true(conn_unsent(f->c) > 0);
}

static void
conn_peer_that_read_while_the_loop_was_away_has_not_stalled(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 40};
	char payload[60000] = {1}, seen[60000];

	open_conn(f, &limits);
	for (int i = 0; i < 20; i++)
		assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
	turn(f->loop);
	turn(f->loop);
	assert_true(conn_unsent(f->c) > 0);
	while (recv(f->fds[1], seen, sizeof(seen), MSG_DONTWAIT) > 0)
		;
	for (int64_t until_ms = clock_boot_ms() + 60; clock_boot_ms() < until_ms;)
		;
	turn(f->loop);
	assert_int_equal(f->ends, 0);
	/* and now it reads no more */
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TIMEOUT);
}

static void
conn_queue_that_the_look_at_the_stall_empties_is_not_written_again(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 40, .high_water = 1000, .low_water = 1};
	char payload[30000] = {1}, seen[60000];

	open_fake(f, (struct fake){0}, &limits);
	while (conn_unsent(f->c) == 0) {
		assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
		turn(f->loop);
	}
	while (recv(f->fds[1], seen, sizeof(seen), MSG_DONTWAIT) > 0)
		;
	for (int64_t until_ms = clock_boot_ms() + 60; clock_boot_ms() < until_ms;)
		;
	f->drains = 0;
	assert_true(reaches(f->loop, &f->drains, 1));
	assert_int_equal(conn_unsent(f->c), 0);
	assert_int_equal(f->ends, 0);
}

static void
conn_sending_pings_does_not_excuse_not_reading(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 60};
	char payload[60000] = {1};

	open_conn(f, &limits);
	for (int i = 0; i < 10; i++)
		assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
	for (int i = 0; i < 1000 && f->ends == 0; i++) {
		put_frame(f->fds[1], "ping", 4);
		run_for(f->loop, 10);
	}
	assert_int_equal(f->end_err, OP_TIMEOUT);
}

static void
conn_progress_renews_the_stall_timer(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 150};

	open_conn(f, &limits);
	put(f->fds[1], "\0\0\0\40", 4);
	for (int i = 0; i < 20; i++) {
		run_for(f->loop, 20);
		put(f->fds[1], "x", 1);
	}
	assert_int_equal(f->ends, 0);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TIMEOUT);
	assert_int_equal(f->frames, 0);
}

static void
conn_slow_reader_that_goes_on_never_stalls(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 250};
	char payload[60000] = {1}, seen[60000];

	open_conn(f, &limits);
	for (int i = 0; i < 40; i++)
		assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
	for (int i = 0; i < 25; i++) {
		run_for(f->loop, 20);
		assert_true(get_some(f->fds[1], seen, sizeof(seen)) > 0);
	}
	assert_int_equal(f->ends, 0);
	assert_true(conn_unsent(f->c) > 0);
	assert_true(reaches(f->loop, &f->ends, 1));
}

static void
conn_idle_or_paused_never_stalls(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.stall_ms = 20};

	open_conn(f, &limits);
	put_frame(f->fds[1], "whole", 5);
	assert_true(reaches(f->loop, &f->frames, 1));
	run_for(f->loop, 60);
	put(f->fds[1], "\0\0", 2);
	until_read(f->loop, f->fds[0]);
	conn_pause(f->c, true);
	run_for(f->loop, 60);
	assert_int_equal(f->ends, 0);
	conn_pause(f->c, false);
	assert_true(reaches(f->loop, &f->ends, 1));
}

/* --- free inside callbacks, fairness, memory --- */

static void
conn_free_inside_the_frame_callback_stops_everything(void **state)
{
	struct fixture *f = *state;
	char byte;

	f->free_at = 2;
	open_conn(f, NULL);
	put(f->fds[1], STREAM, STREAM_LEN);
	assert_true(reaches(f->loop, &f->frames, 2));
	turn(f->loop);
	check_got(f, "a;bcd;");
	assert_int_equal(f->ends, 0);
	assert_int_equal(get_some(f->fds[1], &byte, 1), 0);
}

static void
conn_free_inside_a_kept_frame_stops_everything(void **state)
{
	struct fixture *f = *state;

	f->free_at = 2;
	open_conn(f, NULL);
	put(f->fds[1], STREAM, 7);
	until_read(f->loop, f->fds[0]);
	put(f->fds[1], STREAM + 7, STREAM_LEN - 7);
	assert_true(reaches(f->loop, &f->frames, 2));
	check_got(f, "a;bcd;");
}

static void
conn_free_inside_end_and_drained_is_safe(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.high_water = 100};
	char payload[200] = {1};

	f->free_at_end = true;
	open_conn(f, NULL);
	hang_up(f);
	assert_true(reaches(f->loop, &f->ends, 1));
	turn(f->loop);
	close_conn(f);

	f->free_at_drain = true;
	open_conn(f, &limits);
	assert_int_equal(conn_send(f->c, payload, sizeof(payload)), OP_OK);
	assert_true(conn_is_full(f->c));
	assert_true(reaches(f->loop, &f->drains, 1));
	turn(f->loop);
}

static void
conn_flood_does_not_keep_another_waiting(void **state)
{
	struct fixture *f = *state;
	struct fixture quiet = {.loop = f->loop};
	char payload[1000] = {1};
	int size = 1 << 20;

	open_conn(f, NULL);
	open_conn(&quiet, NULL);
	assert_int_equal(setsockopt(f->fds[1], SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) &
			     setsockopt(f->fds[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)),
	    0);
	for (int i = 0; i < 150; i++)
		put_frame(f->fds[1], payload, sizeof(payload));
	put_frame(quiet.fds[1], "hello", 5);
	turn(f->loop);
	assert_int_equal(quiet.frames, 1);
	assert_in_range(f->frames, 1, CONN_SLICE / sizeof(payload));
	close_conn(&quiet);
}

static void
exchange(void *arg)
{
	struct fixture *f = arg;
	struct transport t;
	char text[4000] = {1};
	int err = OP_NO_MEMORY;

	stream_pair(f->fds);
	t = transport_socket(f->fds[0]);
	f->c = conn_new(f->loop, t, &events, NULL, f);
	if (f->c != NULL)
		err = conn_send(f->c, text, sizeof(text));
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	assert_true(err == OP_OK || f->c == NULL || conn_unsent(f->c) == 0);
	if (f->c != NULL) {
		put(f->fds[1], "\0\0", 2);
		until_read(f->loop, f->fds[0]);
		assert_true(f->ends == 0 || f->end_err == OP_NO_MEMORY);
	}
	close_conn(f);
}

static void
conn_without_memory_is_whole_or_a_clean_error(void **state)
{
	failing_malloc_each(exchange, *state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(conn_every_split_gives_the_same_frames),
	    TEST(conn_one_byte_at_a_time_gives_the_frames),
	    TEST(conn_large_frame_arrives_whole),
	    TEST(conn_zero_frame_ends_with_protocol_and_can_say_why),
	    TEST(conn_oversized_frame_ends_at_its_header),
	    TEST(conn_first_byte_not_zero_ends_with_too_large),
	    TEST(conn_peer_closes_inside_a_frame_ends_with_closed),
	    TEST(conn_reset_ends_with_closed),
	    TEST(conn_last_words_are_read_when_writing_fails),
	    TEST(conn_read_error_ends_with_it),
	    TEST(conn_pause_in_a_callback_holds_the_rest_in_order),
	    TEST(conn_peer_that_never_reads_stalls),
	    TEST(conn_peer_that_read_while_the_loop_was_away_has_not_stalled),
	    TEST(conn_queue_that_the_look_at_the_stall_empties_is_not_written_again),
	    TEST(conn_sending_pings_does_not_excuse_not_reading),
	    TEST(conn_progress_renews_the_stall_timer),
	    TEST(conn_slow_reader_that_goes_on_never_stalls),
	    TEST(conn_idle_or_paused_never_stalls),
	    TEST(conn_free_inside_the_frame_callback_stops_everything),
	    TEST(conn_free_inside_a_kept_frame_stops_everything),
	    TEST(conn_free_inside_end_and_drained_is_safe),
	    TEST(conn_flood_does_not_keep_another_waiting),
	    TEST(conn_without_memory_is_whole_or_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
