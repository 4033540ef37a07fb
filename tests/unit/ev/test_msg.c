/* SPDX-License-Identifier: ISC */
/*
 * The message toolkit's loop (lib/ev/msg.h): a server and clients in one process on real sockets,
 * foreign descriptors, timers.
 */
#include "tests/unit/ev/msgtest.h"

#include <sys/resource.h>

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
serve(struct fixture *f, const char *endpoint, msg_login_fn *fn, struct server *s)
{
	struct endpoint e;
	const char *bad;
	char why[200];
	struct msg_server *server;

	assert_int_equal(endpoint_parse(endpoint, "0", &e, &bad), OP_OK);
	server = msg_new_server(f->m, &e, NULL, fn, s, why, sizeof(why));
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
	struct msg_server *a = serve(f, "tcp:127.0.0.1:0", login, &tcp);
	struct msg_server *b = serve(f, endpoint, login, &local);
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

/* Says something, and lets the loop run before it has decided. */
static msg_rcv_fn *
login_that_takes_its_time(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	struct server *s = arg;

	(void)host;
	(void)port;
	s->logins++;
	assert_int_equal(msg_send_later(c, "welcome", 7), OP_OK);
	for (int i = 0; i < 3; i++)
		one_turn(s->f);
	return echo;
}

static void
msg_login_may_run_the_loop_and_nothing_is_lost(void **state)
{
	struct fixture *f = *state;
	struct server s = {f, "127.0.0.1", 0};
	struct msg_server *server = serve(f, "tcp:127.0.0.1:0", login_that_takes_its_time, &s);
	struct msg_conn *c = connect_to(f, server);

	/* It is there before the login has decided. */
	assert_int_equal(msg_send_now(c, "hello", 5, DEADLINE_MS), OP_OK);
	assert_true(until(f, &f->messages, 2));
	check_got(f, "welcome;hello;");
	assert_int_equal(s.logins, 1);
	msg_close_server(server);
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

static void
connect_and_leave(void *arg)
{
	const struct endpoint *e = arg;
	struct msg *m = msg_new_on(backend);
	struct msg_conn *c;
	char why[200] = "";

	if (m == NULL)
		return;
	if (msg_connect(m, e, DEADLINE_MS, echo, NULL, &c, why, sizeof(why)) != OP_OK)
		assert_true(why[0] != '\0');
	msg_free(m);
}

static void
msg_connect_without_memory_says_so(void **state)
{
	struct fixture *f = *state;
	struct server s = {f, "127.0.0.1", 0};
	struct msg_server *server = serve(f, "tcp:127.0.0.1:0", login, &s);
	struct endpoint e;

	assert_int_equal(msg_server_endpoint(server, &e), OP_OK);
	failing_malloc_each(connect_and_leave, &e);
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

/* poll(2) takes no more entries than a process may have descriptors open, and a descriptor that is
 * both read and written has two. */
static void
msg_event_handlers_may_be_more_than_descriptors(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, few;
	int fds[2];

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (int i = 0; i < MANY; i++) {
		stream_pair(f->many[i]);
		for (int k = 0; k < 2; k++)
			assert_int_equal(
			    msg_set_event_handler(f->m, f->many[i][k], MSG_READ, on_event, f),
			    OP_OK);
	}
	stream_pair(fds);
	few = (struct rlimit){(rlim_t)fds[1] - 20, before.rlim_max};
	assert_true(few.rlim_cur < 2 * MANY);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (int i = 0; i < MANY; i++)
		put(f->many[i][1], "x", 1);
	assert_true(until(f, &f->events, MANY));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	close(fds[0]);
	close(fds[1]);
	for (int i = 0; i < MANY; i++)
		for (int k = 0; k < 2; k++) {
			(void)msg_set_event_handler(f->m, f->many[i][k], MSG_READ, NULL, NULL);
			close(f->many[i][k]);
		}
}

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
msg_timer_of_ages_does_not_fire(void **state)
{
	struct fixture *f = *state;
	int rung = 0;

	assert_non_null(msg_timer_start(f->m, 1e12, 0, on_tick, &rung));
	assert_non_null(msg_timer_start(f->m, 1e300, 1e300, on_tick, &rung));
	one_turn(f);
	one_turn(f);
	assert_int_equal(rung, 0);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(msg_servers_give_each_connection_its_own_receiver_or_refuse),
	    TEST(msg_login_may_run_the_loop_and_nothing_is_lost),
	    TEST(msg_connect_to_nobody_is_a_clean_error),
	    TEST(msg_connect_without_memory_says_so),
	    TEST(msg_event_handlers_are_one_per_kind_and_null_removes),
	    TEST(msg_event_handlers_take_files_pipes_and_terminals),
	    TEST(msg_event_handlers_may_remove_each_other),
	    TEST(msg_event_handlers_may_be_more_than_descriptors),
	    TEST(msg_event_loop_inside_a_handler_serves_the_others),
	    TEST(msg_timer_of_zero_lets_other_events_in_between),
	    TEST(msg_timer_of_ages_does_not_fire),
	    TEST(msg_timers_fire_once_or_repeat_and_stop),
	    TEST(msg_event_loop_counts_turns_and_can_be_broken),
	};

	return RUN_ON_EACH_BACKEND(tests);
}
