/* SPDX-License-Identifier: ISC */
/*
 * Connections of the message toolkit (lib/ev/msg_conn.c): the loop and blocking calls against a
 * fake peer, and what happens when writing fails.
 */
#include "tests/unit/ev/msgtest.h"

/* --- receiving --- */

#define STREAM "\0\0\0\1a\0\0\0\3bcd\0\0\0\6efghij"
#define STREAM_LEN (sizeof(STREAM) - 1)

static void
msg_loop_and_rcv_now_finish_each_others_messages(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	buf_init(&b);
	for (size_t cut = 0; cut <= STREAM_LEN; cut++) {
		attach(f);
		put(f->peer, STREAM, cut);
		while (cut > 0 && f->messages < (cut >= 5) + (cut >= 12) + (cut >= 22))
			msg_event_loop(f->m, 1);
		one_turn(f);
		put(f->peer, STREAM + cut, STREAM_LEN - cut);
		if (f->messages < 3) {
			assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_OK);
			note(f, buf_bytes(&b), buf_len(&b));
		}
		assert_true(until(f, &f->messages, 3));
		check_got(f, "a;bcd;efghij;");
		detach(f);
	}
	buf_fini(&b);
}

static void
msg_rcv_now_inside_the_receiver_gets_the_next_message(void **state)
{
	struct fixture *f = *state;

	f->ask_in_message = true;
	attach(f);
	put(f->peer, STREAM, STREAM_LEN);
	assert_true(until(f, &f->messages, 3));
	check_got(f, "a;bcd;efghij;");
}

static void
msg_rcv_now_does_not_call_the_receiver_and_times_out(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	buf_init(&b);
	attach(f);
	put(f->peer, "\0\0\0\2x", 5);
	assert_int_equal(msg_rcv_now(f->c, 20, &b), OP_TIMEOUT);
	put(f->peer, "y", 1);
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_OK);
	assert_memory_equal(buf_bytes(&b), "xy", 2);
	assert_int_equal(f->messages, 0);
	buf_fini(&b);
}

static void
msg_rcv_now_writes_the_queue_meanwhile(void **state)
{
	struct fixture *f = *state;
	char text[16];
	struct buf b;
	pid_t pid;

	buf_init(&b);
	attach(f);
	assert_int_equal(msg_send_later(f->c, "question", 8), OP_OK);
	pid = fork();
	if (pid == 0) {
		if (get_frame(f->peer, text, sizeof(text)) == 8)
			put_frame(f->peer, "answer", 6);
		_exit(0);
	}
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_OK);
	assert_memory_equal(buf_bytes(&b), "answer", 6);
	assert_int_equal(msg_queued(f->c), 0);
	waitpid(pid, NULL, 0);
	buf_fini(&b);
}

static void
msg_peer_that_closes_gives_null_and_closes_us(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	buf_init(&b);
	attach(f);
	put_frame(f->peer, "last", 4);
	hang_up(f);
	assert_true(until(f, &f->ends, 1));
	check_got(f, "last;");
	assert_int_equal(f->end_err, OP_OK);
	assert_false(f->open_at_end);
	assert_int_equal(msg_send_now(f->c, "x", 1, 100), OP_CLOSED);
	assert_int_equal(msg_send_later(f->c, "x", 1), OP_CLOSED);
	assert_int_equal(msg_rcv_now(f->c, 100, &b), OP_CLOSED);
	assert_int_equal(msg_resume(f->c), OP_CLOSED);
	assert_false(msg_event_loop(f->m, 0));
}

static void
msg_rcv_now_sees_the_end_and_its_reason(void **state)
{
	struct fixture *f = *state;
	struct buf b;

	buf_init(&b);
	attach(f);
	put_frame(f->peer, "one", 3);
	hang_up(f);
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_OK);
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_CLOSED);
	assert_int_equal(msg_error(f->c), OP_OK);
	assert_false(msg_is_open(f->c));
	detach(f);

	attach(f);
	put(f->peer, "\0\0\0\3x", 5);
	hang_up(f);
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_CLOSED);
	assert_int_equal(msg_error(f->c), OP_CLOSED);
	assert_int_equal(f->ends, 0);
	buf_fini(&b);
}

static void
msg_bad_framing_ends_with_its_error(void **state)
{
	struct fixture *f = *state;

	attach(f);
	put(f->peer, "\0\0\0\0", 4);
	assert_true(until(f, &f->ends, 1));
	assert_int_equal(f->end_err, OP_PROTOCOL);
	detach(f);
	attach(f);
	msg_set_limits(f->c, 100, 0);
	put(f->peer, "\0\0\0\145", 4);
	assert_true(until(f, &f->ends, 1));
	assert_int_equal(f->end_err, OP_TOO_LARGE);
}

static void
msg_disconnect_inside_the_receiver_is_safe(void **state)
{
	struct fixture *f = *state;

	f->disconnect_in_message = true;
	attach(f);
	put(f->peer, STREAM, STREAM_LEN);
	assert_false(msg_event_loop(f->m, 0));
	check_got(f, "a;");
}

static void
msg_large_backlog_is_delivered_in_slices(void **state)
{
	struct fixture *f = *state;
	char *big = calloc(1, 400000);
	pid_t pid;

	attach(f);
	pid = fork();
	if (pid == 0) {
		put_frame(f->peer, big, 400000);
		for (int i = 0; i < 100; i++)
			put_frame(f->peer, big, 2000);
		_exit(0);
	}
	hang_up(f);
	assert_true(until(f, &f->ends, 1));
	assert_int_equal(f->messages, 101);
	assert_int_equal(buf_len(&f->got), 400000 + 100 * 2000 + 101);
	waitpid(pid, NULL, 0);
	free(big);
}

/* --- sending --- */

static void
msg_send_now_flushes_the_queue_first(void **state)
{
	struct fixture *f = *state;
	char text[16];

	attach(f);
	assert_int_equal(msg_send_later(f->c, "first", 5), OP_OK);
	assert_int_equal(msg_send_now(f->c, "second", 6, DEADLINE_MS), OP_OK);
	assert_int_equal(get_frame(f->peer, text, sizeof(text)), 5);
	assert_int_equal(get_frame(f->peer, text, sizeof(text)), 6);
	assert_int_equal(msg_send_now(f->c, "", 0, 100), OP_BAD_REQUEST);
}

static void
msg_send_now_to_a_peer_that_never_reads_times_out_and_goes_on(void **state)
{
	struct fixture *f = *state;
	size_t len = 1000000;
	char *big = malloc(len), *seen = malloc(len);
	size_t got = 0;

	memset(big, 'z', len);
	attach(f);
	assert_int_equal(msg_send_now(f->c, big, len, 20), OP_TIMEOUT);
	assert_int_equal(msg_queued(f->c), 1);
	while (got < len + 4) {
		one_turn(f);
		got += get_some(f->peer, seen, len);
	}
	assert_int_equal(msg_queued(f->c), 0);
	free(big);
	free(seen);
}

static void
on_drained(struct msg_conn *c, void *arg)
{
	struct fixture *f = arg;

	assert_true(msg_queued(c) == 0);
	f->drains++;
}

static void
msg_queue_is_bounded_and_tells_when_drained(void **state)
{
	struct fixture *f = *state;
	char text[100];
	int sent = 0;

	attach(f);
	msg_set_limits(f->c, 0, 1000);
	msg_on_drained(f->c, on_drained);
	while (msg_send_later(f->c, "0123456789", 10) == OP_OK)
		sent++;
	assert_int_equal(msg_send_later(f->c, "x", 1), OP_UNAVAILABLE);
	assert_int_equal(sent, 72); /* 14 bytes each, the last begins below 1000 */
	assert_int_equal(msg_queued(f->c), 72);
	assert_true(until(f, &f->drains, 1));
	for (int i = 0; i < sent; i++)
		assert_int_equal(get_frame(f->peer, text, sizeof(text)), 10);
	assert_int_equal(msg_send_later(f->c, "x", 1), OP_OK);
}

static void
msg_rcv_now_that_empties_the_queue_tells_it(void **state)
{
	struct fixture *f = *state;
	const size_t len = 4u << 20; /* more than a socket takes */
	char *big = calloc(1, len);
	struct buf b;
	pid_t pid;

	buf_init(&b);
	attach(f);
	msg_set_limits(f->c, 0, 100);
	msg_on_drained(f->c, on_drained);
	assert_int_equal(msg_send_later(f->c, big, len), OP_OK);
	one_turn(f);
	one_turn(f);
	assert_int_equal(msg_send_later(f->c, "x", 1), OP_UNAVAILABLE);
	pid = fork();
	if (pid == 0) {
		if (get_frame(f->peer, big, len) == len)
			put_frame(f->peer, "answer", 6);
		_exit(0);
	}
	assert_int_equal(msg_rcv_now(f->c, DEADLINE_MS, &b), OP_OK);
	assert_int_equal(msg_queued(f->c), 0);
	assert_true(until(f, &f->drains, 1));
	waitpid(pid, NULL, 0);
	buf_fini(&b);
	free(big);
}

static void
msg_disconnect_tells_what_was_not_written(void **state)
{
	struct fixture *f = *state;

	attach(f);
	assert_int_equal(msg_send_later(f->c, "a", 1), OP_OK);
	assert_int_equal(msg_send_later(f->c, "b", 1), OP_OK);
	assert_int_equal(msg_disconnect(f->c), 2);
}

/* --- failing writes --- */

static struct fake {
	const struct transport_ops *real;
	int errnum;
	size_t max_write;
} fake;

static ssize_t
fake_read(struct transport *t, void *bytes, size_t len)
{
	return fake.real->read(t, bytes, len);
}

static ssize_t
fake_write(struct transport *t, const void *bytes, size_t len)
{
	if (fake.max_write == 0) {
		errno = fake.errnum;
		return -1;
	}
	if (len > fake.max_write)
		len = fake.max_write;
	fake.max_write -= len;
	return fake.real->write(t, bytes, len);
}

static int
fake_end(struct transport *t)
{
	return fake.real->end(t);
}

static void
fake_close(struct transport *t)
{
	fake.real->close(t);
}

static const struct transport_ops fake_ops = {
    "fake", fake_read, fake_write, fake_end, fake_close, NULL};

/* Three messages of 5 bytes each on the wire; the first and one byte of the second get through. */
static void
attach_failing(struct fixture *f)
{
	struct transport t;
	int fds[2];

	stream_pair(fds);
	f->peer = fds[1];
	t = transport_socket(fds[0]);
	fake = (struct fake){.real = t.ops, .errnum = ENOBUFS, .max_write = 6};
	t.ops = &fake_ops;
	f->c = msg_attach(f->m, t, on_message, f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(msg_send_later(f->c, "abc" + i, 1), OP_OK);
	assert_true(until(f, &f->ends, 1));
	assert_int_equal(f->end_err, OP_SYSTEM);
	assert_true(f->open_at_end);
	assert_int_equal(msg_queued(f->c), 2);
	assert_int_equal(msg_send_later(f->c, "d", 1), OP_SYSTEM);
	assert_int_equal(msg_send_now(f->c, "d", 1, 100), OP_SYSTEM);
	assert_int_equal(msg_error(f->c), OP_SYSTEM);
}

static void
msg_resume_after_a_failed_write_loses_no_byte(void **state)
{
	struct fixture *f = *state;
	char text[8];

	attach_failing(f);
	fake.max_write = 100;
	assert_int_equal(msg_resume(f->c), OP_OK);
	assert_int_equal(msg_send_now(f->c, "d", 1, DEADLINE_MS), OP_OK);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(get_frame(f->peer, text, sizeof(text)), 1);
		assert_int_equal(text[0], 'a' + i);
	}
}

static void
msg_discard_after_a_failed_write_keeps_the_stream_sound(void **state)
{
	struct fixture *f = *state;
	char text[8];

	attach_failing(f);
	fake.max_write = 100;
	assert_int_equal(msg_discard(f->c), 1);
	assert_int_equal(msg_send_now(f->c, "d", 1, DEADLINE_MS), OP_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(get_frame(f->peer, text, sizeof(text)), 1);
		assert_int_equal(text[0], "abd"[i]);
	}
}

static void
msg_discard_after_a_refusal_tells_that_there_is_room(void **state)
{
	struct fixture *f = *state;

	attach_failing(f);
	msg_on_drained(f->c, on_drained);
	msg_set_limits(f->c, 0, 9);
	fake.max_write = 4; /* the rest of the message that was begun */
	assert_int_equal(msg_resume(f->c), OP_OK);
	assert_int_equal(msg_send_later(f->c, "d", 1), OP_UNAVAILABLE);
	assert_true(until(f, &f->ends, 2)); /* it fails again */
	assert_int_equal(msg_discard(f->c), 1);
	assert_int_equal(msg_queued(f->c), 0);
	assert_true(until(f, &f->drains, 1));
}

static void
msg_send_now_returns_the_error_of_a_dead_peer(void **state)
{
	struct fixture *f = *state;

	attach(f);
	hang_up(f);
	assert_int_equal(msg_send_now(f->c, "x", 1, 100), OP_CLOSED);
	assert_int_equal(msg_queued(f->c), 1);
	assert_true(until(f, &f->ends, 1));
	assert_false(msg_is_open(f->c));
}

static void
exchange(void *arg)
{
	struct fixture f = {.m = msg_new_on(backend), .peer = -1};
	struct transport t;
	struct buf b;
	int fds[2], err = OP_OK;

	(void)arg;
	if (f.m == NULL)
		return;
	buf_init(&b);
	stream_pair(fds);
	t = transport_socket(fds[0]);
	f.c = msg_attach(f.m, t, on_message, &f);
	if (f.c != NULL) {
		put_frame(fds[1], "hello", 5);
		err = msg_send_now(f.c, "x", 1, 1000);
		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		err = msg_rcv_now(f.c, 1000, &b);
		assert_true(err == OP_OK || err == OP_NO_MEMORY);
	}
	buf_fini(&b);
	close(fds[1]);
	msg_free(f.m);
}

static void
msg_without_memory_is_whole_or_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(exchange, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(msg_loop_and_rcv_now_finish_each_others_messages),
	    TEST(msg_rcv_now_inside_the_receiver_gets_the_next_message),
	    TEST(msg_rcv_now_does_not_call_the_receiver_and_times_out),
	    TEST(msg_rcv_now_writes_the_queue_meanwhile),
	    TEST(msg_peer_that_closes_gives_null_and_closes_us),
	    TEST(msg_rcv_now_sees_the_end_and_its_reason),
	    TEST(msg_bad_framing_ends_with_its_error),
	    TEST(msg_disconnect_inside_the_receiver_is_safe),
	    TEST(msg_large_backlog_is_delivered_in_slices),
	    TEST(msg_send_now_flushes_the_queue_first),
	    TEST(msg_send_now_to_a_peer_that_never_reads_times_out_and_goes_on),
	    TEST(msg_queue_is_bounded_and_tells_when_drained),
	    TEST(msg_rcv_now_that_empties_the_queue_tells_it),
	    TEST(msg_disconnect_tells_what_was_not_written),
	    TEST(msg_resume_after_a_failed_write_loses_no_byte),
	    TEST(msg_discard_after_a_failed_write_keeps_the_stream_sound),
	    TEST(msg_discard_after_a_refusal_tells_that_there_is_room),
	    TEST(msg_send_now_returns_the_error_of_a_dead_peer),
	    TEST(msg_without_memory_is_whole_or_a_clean_error),
	};

	return RUN_ON_EACH_BACKEND(tests);
}
