/* SPDX-License-Identifier: ISC */
/*
 * lib/ev/conn.c against a fake peer at the other end of a socketpair, and against fake transports
 * that write short, refuse or fail.
 */
#include "tests/unit/ev/evtest.h"

#include "lib/buf.h"
#include <netinet/in.h>
#include "lib/ev/conn.h"
#include "lib/ev/urgent.h"
#include "lib/frame.h"

struct fixture {
	struct ev_loop *loop;
	int fds[2]; /* ours (owned by the connection), the peer's */
	struct conn *c;
	struct buf got; /* payloads, one after the other, each with a ';' */
	int frames;
	int ends;
	int end_err;
	char why[200];
	int drains;
	int pause_after; /* frames; 0 = never */
	int free_at;     /* frames; 0 = never */
	bool free_at_end, free_at_drain, answer_at_end;
};

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(buf_append(&f->got, payload, len), 0);
	assert_int_equal(buf_append(&f->got, ";", 1), 0);
	f->frames++;
	if (f->frames == f->pause_after)
		conn_pause(c, true);
	if (f->frames == f->free_at) {
		conn_free(c);
		f->c = NULL;
		assert_true(len > 0 && payload[0] != 0); /* still readable */
	}
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	f->ends++;
	f->end_err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	if (f->answer_at_end) {
		assert_int_equal(conn_send(c, "bad", 3), OP_OK);
		conn_finish(c);
	}
	if (f->free_at_end) {
		conn_free(c);
		f->c = NULL;
	}
}

static void
on_drained(struct conn *c, void *arg)
{
	struct fixture *f = arg;

	f->drains++;
	if (f->free_at_drain) {
		conn_free(c);
		f->c = NULL;
	}
}

static const struct conn_events events = {on_frame, on_end, on_drained};

static void
open_conn(struct fixture *f, const struct conn_limits *limits)
{
	stream_pair(f->fds);
	f->c = conn_new(f->loop, transport_socket(f->fds[0]), &events, limits, f);
	assert_non_null(f->c);
}

static void
close_conn(struct fixture *f)
{
	conn_free(f->c);
	f->c = NULL;
	if (f->fds[1] >= 0)
		close(f->fds[1]);
	f->fds[1] = -1;
	buf_fini(&f->got);
	f->frames = f->ends = f->drains = 0;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->fds[1] = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	close_conn(f);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void
hang_up(struct fixture *f)
{
	close(f->fds[1]);
	f->fds[1] = -1;
}

static void
check_got(struct fixture *f, const char *want)
{
	assert_int_equal(buf_len(&f->got), strlen(want));
	assert_memory_equal(buf_bytes(&f->got), want, strlen(want));
}

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

/* --- fake transports --- */

static struct fake {
	const struct transport_ops *real;
	int writes;
	int closes;
	size_t max_write; /* 0 = as much as the socket takes */
	bool again;       /* every second write moves nothing */
	int fail_at;      /* the n-th write fails with fail_errno */
	int fail_errno;
	int read_errno;
} fake;

static ssize_t
fake_read(struct transport *t, void *bytes, size_t len)
{
	if (fake.read_errno == 0)
		return fake.real->read(t, bytes, len);
	errno = fake.read_errno;
	return -1;
}

static ssize_t
fake_write(struct transport *t, const void *bytes, size_t len)
{
	fake.writes++;
	errno = fake.writes == fake.fail_at ? fake.fail_errno : EAGAIN;
	if (fake.writes == fake.fail_at || (fake.again && fake.writes % 2 == 0))
		return -1;
	if (fake.max_write != 0 && len > fake.max_write)
		len = fake.max_write;
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
	fake.closes++;
	fake.real->close(t);
}

static const struct transport_ops fake_ops = {
    "fake", fake_read, fake_write, fake_end, fake_close, NULL};

static void
open_fake(struct fixture *f, struct fake how, const struct conn_limits *limits)
{
	struct transport t;

	stream_pair(f->fds);
	t = transport_socket(f->fds[0]);
	fake = how;
	fake.real = t.ops;
	t.ops = &fake_ops;
	f->c = conn_new(f->loop, t, &events, limits, f);
	assert_non_null(f->c);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
	    TEST(conn_pause_in_a_callback_holds_the_rest_in_order),
	    TEST(conn_peer_that_never_reads_fills_to_the_bound),
	    TEST(conn_refused_frames_leave_no_trace),
	    TEST(conn_finish_writes_the_queue_then_ends_our_direction),
	    TEST(conn_finish_with_a_peer_that_stays_ends_by_stall),
	    TEST(conn_what_a_turn_queues_is_one_write),
	    TEST(conn_send_just_before_the_loop_waits_is_not_delayed),
	    TEST(conn_short_writes_and_eagain_lose_nothing),
	    TEST(conn_write_error_ends_with_it),
	    TEST(conn_write_error_while_paused_ends),
	    TEST(conn_read_error_ends_with_it),
	    TEST(conn_peer_that_never_reads_stalls),
	    TEST(conn_peer_that_read_while_the_loop_was_away_has_not_stalled),
	    TEST(conn_sending_pings_does_not_excuse_not_reading),
	    TEST(conn_progress_renews_the_stall_timer),
	    TEST(conn_slow_reader_that_goes_on_never_stalls),
	    TEST(conn_idle_or_paused_never_stalls),
	    TEST(conn_free_inside_the_frame_callback_stops_everything),
	    TEST(conn_free_inside_a_kept_frame_stops_everything),
	    TEST(conn_free_inside_end_and_drained_is_safe),
	    TEST(conn_flood_does_not_keep_another_waiting),
	    TEST(conn_urged_frame_is_in_its_place_and_marked_at_its_last_byte),
	    TEST(conn_urging_changes_nothing_but_on_tcp),
	    TEST(conn_without_memory_is_whole_or_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
