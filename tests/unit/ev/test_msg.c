/* SPDX-License-Identifier: ISC */
/*
 * The message toolkit (lib/ev/msg.h): a server and clients in one process on real sockets, blocking
 * calls against a fake peer, foreign descriptors, timers, and what happens when writing fails.  All
 * of it on each back end.
 */
#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include "lib/ev/msg.h"
#include "lib/frame.h"

#define MANY 40 /* descriptors: more than the poll back end has room for at first */

static const struct msg_backend *backend; /* the tests run on each */

struct fixture {
	struct msg *m;
	struct msg_conn *c;
	int peer; /* the fake peer's end of a stream */
	struct buf got;
	int messages, ends, end_err, events, drains;
	int many[MANY][2], depth;
	bool open_at_end, disconnect_in_message, disconnect_at_end, ask_in_message;
};

static void
note(struct fixture *f, const void *bytes, size_t len)
{
	assert_int_equal(buf_append(&f->got, bytes, len), 0);
	assert_int_equal(buf_append(&f->got, ";", 1), 0);
	f->messages++;
}

static void
on_message(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	struct fixture *f = arg;
	struct buf next;

	if (bytes == NULL) {
		f->ends++;
		f->end_err = err;
		f->open_at_end = msg_is_open(c);
		if (f->disconnect_at_end)
			(void)msg_disconnect(c);
		return;
	}
	note(f, bytes, len);
	if (f->ask_in_message) {
		f->ask_in_message = false;
		buf_init(&next);
		assert_int_equal(msg_rcv_now(c, DEADLINE_MS, &next), OP_OK);
		note(f, buf_bytes(&next), buf_len(&next));
		buf_fini(&next);
	}
	if (f->disconnect_in_message) {
		(void)msg_disconnect(c);
		f->c = NULL;
	}
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	signal(SIGPIPE, SIG_IGN);
	f->m = msg_new_on(backend);
	f->peer = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	msg_free(f->m);
	if (f->peer >= 0)
		close(f->peer);
	buf_fini(&f->got);
	free(f);
	return 0;
}

static void
attach(struct fixture *f)
{
	int fds[2];

	stream_pair(fds);
	f->peer = fds[1];
	f->c = msg_attach(f->m, transport_socket(fds[0]), on_message, f);
	assert_non_null(f->c);
}

static void
detach(struct fixture *f)
{
	(void)msg_disconnect(f->c);
	f->c = NULL;
	if (f->peer >= 0)
		close(f->peer);
	f->peer = -1;
	buf_fini(&f->got);
	f->messages = f->ends = 0;
}

static void
hang_up(struct fixture *f)
{
	close(f->peer);
	f->peer = -1;
}

static void
check_got(struct fixture *f, const char *want)
{
	assert_int_equal(buf_len(&f->got), strlen(want));
	assert_memory_equal(buf_bytes(&f->got), want, strlen(want));
}

static void
on_tick(void *arg)
{
	if (arg != NULL)
		*(int *)arg += 1;
}

/* Whatever can happen without waiting, happens. */
static void
one_turn(struct fixture *f)
{
	assert_non_null(msg_timer_start(f->m, 0, 0, on_tick, NULL));
	msg_event_loop(f->m, 1);
}

static bool
until(struct fixture *f, const int *flag, int value)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	struct msg_timer *t = msg_timer_start(f->m, 0.05, 0.05, on_tick, NULL);

	while (*flag < value && clock_boot_ms() < until_ms)
		msg_event_loop(f->m, 1);
	msg_timer_stop(t);
	return *flag >= value;
}

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

/* --- servers --- */

struct server {
	struct fixture *f;
	const char *host;
	int logins;
};

static void
echo(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	(void)err;
	(void)arg;
	if (bytes == NULL)
		(void)msg_disconnect(c);
	else
		assert_int_equal(msg_send_later(c, bytes, len), OP_OK);
}

static void
shout(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	(void)err;
	(void)len;
	if (bytes == NULL)
		(void)msg_disconnect(c);
	else
		assert_int_equal(msg_send_later(c, arg, strlen(arg)), OP_OK);
}

/* The first gets one receive function, the second another, the third none. */
static msg_rcv_fn *
login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	struct server *s = arg;

	assert_string_equal(host, s->host);
	assert_int_equal(port != 0, strcmp(host, "local") != 0);
	s->logins++;
	if (s->logins == 2)
		msg_set_arg(c, "HA");
	return s->logins == 1 ? echo : s->logins == 2 ? shout : NULL;
}

static struct msg_conn *
connect_to(struct fixture *f, const struct msg_server *s)
{
	struct endpoint e;
	struct msg_conn *c = NULL;
	char why[200];

	assert_int_equal(msg_server_endpoint(s, &e), OP_OK);
	assert_int_equal(
	    msg_connect(f->m, &e, DEADLINE_MS, on_message, f, &c, why, sizeof(why)), OP_OK);
	return c;
}

static struct msg_server *
serve(struct fixture *f, const char *endpoint, struct server *s)
{
	struct endpoint e;
	const char *bad;
	char why[200];
	struct msg_server *server;

	assert_int_equal(endpoint_parse(endpoint, "0", &e, &bad), OP_OK);
	server = msg_new_server(f->m, &e, NULL, login, s, why, sizeof(why));
	assert_non_null(server);
	return server;
}

static void
msg_servers_give_each_connection_its_own_receiver_or_refuse(void **state)
{
	struct fixture *f = *state;
	char folder[100], path[150], endpoint[160];

	make_folder(folder, sizeof(folder));
	snprintf(path, sizeof(path), "%s/s", folder);
	snprintf(endpoint, sizeof(endpoint), "unix:%s", path);
	f->disconnect_at_end = true;

	struct server tcp = {f, "127.0.0.1", 0}, local = {f, "local", 0};
	struct msg_server *a = serve(f, "tcp:127.0.0.1:0", &tcp);
	struct msg_server *b = serve(f, endpoint, &local);
	struct msg_server *servers[] = {a, b};

	for (int i = 0; i < 2; i++) {
		struct msg_conn *c[3] = {connect_to(f, servers[i]), connect_to(f, servers[i]),
		    connect_to(f, servers[i])};

		f->messages = f->ends = 0;
		assert_int_equal(msg_send_later(c[0], "hi", 2), OP_OK);
		assert_true(until(f, &f->messages, 1));
		assert_int_equal(msg_send_later(c[1], "hi", 2), OP_OK);
		assert_true(until(f, &f->messages, 2));
		assert_true(until(f, &f->ends, 1));
		check_got(f, i == 0 ? "hi;HA;" : "hi;HA;hi;HA;");
		(void)msg_disconnect(c[0]);
		(void)msg_disconnect(c[1]);
	}
	assert_int_equal(tcp.logins, 3);
	assert_int_equal(local.logins, 3);
	msg_close_server(a);
	msg_close_server(b);
	assert_int_equal(access(path, F_OK), -1);
	assert_false(msg_event_loop(f->m, 0)); /* the served ends notice and nothing is left */
	rmdir(folder);
}

static void
msg_connect_to_nobody_is_a_clean_error(void **state)
{
	struct fixture *f = *state;
	struct endpoint e = {.kind = ENDPOINT_UNIX, .path = "/nonexistent/socket"};
	struct msg_conn *c = NULL;
	char why[200];

	assert_int_equal(
	    msg_connect(f->m, &e, 1000, on_message, f, &c, why, sizeof(why)), OP_UNAVAILABLE);
	assert_null(c);
	assert_string_equal(why, "no such file or directory");
}

/* --- foreign descriptors and timers --- */

static void
on_event(int fd, void *arg)
{
	struct fixture *f = arg;
	char byte;

	(void)!read(fd, &byte, 1);
	f->events++;
}

static void
on_other_event(int fd, void *arg)
{
	(void)fd;
	*(int *)arg += 1;
}

static void
msg_event_handlers_are_one_per_kind_and_null_removes(void **state)
{
	struct fixture *f = *state;
	int fds[2], writes = 0, other = 0;

	stream_pair(fds);
	assert_int_equal(msg_set_event_handler(f->m, fds[0], MSG_READ, on_event, f), OP_OK);
	assert_int_equal(
	    msg_set_event_handler(f->m, fds[0], MSG_WRITE, on_other_event, &writes), OP_OK);
	put(fds[1], "x", 1);
	assert_true(until(f, &f->events, 1));
	assert_true(until(f, &writes, 1));
	assert_int_equal(msg_set_event_handler(f->m, fds[0], MSG_WRITE, NULL, NULL), OP_OK);
	writes = 0;
	put(fds[1], "y", 1);
	assert_true(until(f, &f->events, 2));
	assert_int_equal(writes, 0);
	assert_int_equal(
	    msg_set_event_handler(f->m, fds[0], MSG_READ, on_other_event, &other), OP_OK);
	put(fds[1], "z", 1);
	assert_true(until(f, &other, 1));
	assert_int_equal(f->events, 2);
	assert_int_equal(msg_set_event_handler(f->m, fds[0], MSG_READ, NULL, NULL), OP_OK);
	assert_false(msg_event_loop(f->m, 0));
	assert_int_equal(msg_set_event_handler(f->m, 9999, MSG_READ, on_event, f), OP_BAD_REQUEST);
	close(fds[0]);
	close(fds[1]);
}

static void
msg_event_handlers_take_files_pipes_and_terminals(void **state)
{
	struct fixture *f = *state;
	int pipes[2], terminal = posix_openpt(O_RDWR | O_NOCTTY);
	FILE *file = tmpfile();
	int fds[3], slave;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0 && file != NULL);
	assert_int_equal(write(pipes[1], "x", 1), 1);
	assert_int_equal(write(terminal, "x\n", 2), 2);
	fds[0] = fileno(file);
	fds[1] = pipes[0];
	fds[2] = slave;
	for (int i = 0; i < 3; i++) {
		f->events = 0;
		assert_int_equal(msg_set_event_handler(f->m, fds[i], MSG_READ, on_event, f), OP_OK);
		assert_true(until(f, &f->events, 1));
		assert_int_equal(msg_set_event_handler(f->m, fds[i], MSG_READ, NULL, NULL), OP_OK);
	}
	fclose(file);
	close(pipes[0]);
	close(pipes[1]);
	close(slave);
	close(terminal);
}

struct slices {
	struct fixture *f;
	int count;
	int events_seen;
};

static void
on_slice(void *arg)
{
	struct slices *s = arg;

	if (s->f->events > 0 && s->events_seen == 0)
		s->events_seen = s->count;
	if (++s->count < 1000)
		assert_non_null(msg_timer_start(s->f->m, 0, 0, on_slice, s));
}

static void
msg_timer_of_zero_lets_other_events_in_between(void **state)
{
	struct fixture *f = *state;
	struct slices s = {.f = f};
	int fds[2];

	stream_pair(fds);
	put(fds[1], "x", 1);
	assert_int_equal(msg_set_event_handler(f->m, fds[0], MSG_READ, on_event, f), OP_OK);
	assert_non_null(msg_timer_start(f->m, 0, 0, on_slice, &s));
	assert_true(until(f, &s.count, 1000));
	assert_in_range(s.events_seen, 1, 10);
	close(fds[0]);
	close(fds[1]);
}

static void
msg_timers_fire_once_or_repeat_and_stop(void **state)
{
	struct fixture *f = *state;
	int once = 0, often = 0;
	struct msg_timer *t = msg_timer_start(f->m, 0.005, 0.005, on_tick, &often);

	assert_non_null(msg_timer_start(f->m, 0.001, 0, on_tick, &once));
	assert_true(until(f, &often, 5));
	assert_int_equal(once, 1);
	msg_timer_stop(t);
	assert_false(msg_event_loop(f->m, 0));
}

static void
remove_all(int fd, void *arg)
{
	struct fixture *f = arg;

	f->events++;
	for (int i = 0; i < MANY; i++)
		(void)msg_set_event_handler(f->m, f->many[i][0], MSG_READ, NULL, NULL);
	(void)fd;
}

static void
msg_event_handlers_may_remove_each_other(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < MANY; i++) {
		stream_pair(f->many[i]);
		put(f->many[i][1], "x", 1);
		assert_int_equal(
		    msg_set_event_handler(f->m, f->many[i][0], MSG_READ, remove_all, f), OP_OK);
	}
	assert_false(msg_event_loop(f->m, 0));
	assert_int_equal(f->events, 1);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(
		    msg_set_event_handler(f->m, f->many[i][0], MSG_READ, on_event, f), OP_OK);
	assert_true(until(f, &f->events, 1 + MANY));
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(
		    msg_set_event_handler(f->m, f->many[i][0], MSG_READ, NULL, NULL), OP_OK);
		close(f->many[i][0]);
		close(f->many[i][1]);
	}
}

/* A turn inside a callback goes on with what the outer turn has found. */
static void
turn_inside(int fd, void *arg)
{
	struct fixture *f = arg;
	char byte;

	(void)!read(fd, &byte, 1);
	f->depth++;
	if (f->depth == 1)
		while (f->events == 0)
			msg_event_loop(f->m, 1);
	f->events++;
	f->depth--;
}

static void
msg_event_loop_inside_a_handler_serves_the_others(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		stream_pair(f->many[i]);
		put(f->many[i][1], "x", 1);
		assert_int_equal(
		    msg_set_event_handler(f->m, f->many[i][0], MSG_READ, turn_inside, f), OP_OK);
	}
	assert_true(until(f, &f->events, 2));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    msg_set_event_handler(f->m, f->many[i][0], MSG_READ, NULL, NULL), OP_OK);
		close(f->many[i][0]);
		close(f->many[i][1]);
	}
}

static void
on_break(void *arg)
{
	msg_break(arg);
}

static void
msg_event_loop_counts_turns_and_can_be_broken(void **state)
{
	struct fixture *f = *state;
	int often = 0;

	assert_false(msg_event_loop(f->m, 5));
	assert_non_null(msg_timer_start(f->m, 0.001, 0.001, on_tick, &often));
	assert_true(msg_event_loop(f->m, 3));
	assert_in_range(often, 1, 3);
	assert_non_null(msg_timer_start(f->m, 0.002, 0, on_break, f->m));
	assert_true(msg_event_loop(f->m, 0));
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
	    TEST(msg_disconnect_tells_what_was_not_written),
	    TEST(msg_resume_after_a_failed_write_loses_no_byte),
	    TEST(msg_discard_after_a_failed_write_keeps_the_stream_sound),
	    TEST(msg_send_now_returns_the_error_of_a_dead_peer),
	    TEST(msg_servers_give_each_connection_its_own_receiver_or_refuse),
	    TEST(msg_connect_to_nobody_is_a_clean_error),
	    TEST(msg_event_handlers_are_one_per_kind_and_null_removes),
	    TEST(msg_event_handlers_take_files_pipes_and_terminals),
	    TEST(msg_event_handlers_may_remove_each_other),
	    TEST(msg_event_loop_inside_a_handler_serves_the_others),
	    TEST(msg_timer_of_zero_lets_other_events_in_between),
	    TEST(msg_timers_fire_once_or_repeat_and_stop),
	    TEST(msg_event_loop_counts_turns_and_can_be_broken),
	    TEST(msg_without_memory_is_whole_or_a_clean_error),
	};

	const struct msg_backend *backends[] = {&msg_libev, &msg_poll};
	int failed = 0;

	for (int i = 0; i < 2; i++) {
		backend = backends[i];
		failed += cmocka_run_group_tests_name(i == 0 ? "libev" : "poll", tests, NULL, NULL);
	}
	return failed;
}
