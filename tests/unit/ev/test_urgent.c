/* SPDX-License-Identifier: ISC */
/*
 * Urgent data (lib/ev/urgent.h) on real loopback connections.  What the kernel does with a second
 * byte, with the mark and with SIGURG is what the header promises to its callers, so it is held
 * here.
 */
#include "tests/unit/ev/evtest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include "lib/ev/urgent.h"

struct fixture {
	struct ev_loop *loop;
	int in, out; /* reader and writer of one connection */
	int seen;
	struct urgent_watch *watch;
};

static void
connect_pair(int *in, int *out)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&a, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &size), 0);
	*out = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(*out, (struct sockaddr *)&a, size), 0);
	*in = accept(listener, NULL, NULL);
	assert_true(*in >= 0);
	close(listener);
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_EPOLL);
	connect_pair(&f->in, &f->out);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	urgent_watch_stop(f->watch);
	close(f->in);
	close(f->out);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void
say(const struct fixture *f, const char *text)
{
	assert_int_equal(write(f->out, text, strlen(text)), strlen(text));
}

static void
shout(const struct fixture *f, const char *text)
{
	size_t sent = 0;

	assert_int_equal(urgent_send(f->out, text, strlen(text), &sent), OP_OK);
	assert_int_equal(sent, strlen(text));
}

/* The mark arrives with its segment: loopback is quick, but not before the call returns. */
static void
await_urgent(const struct fixture *f)
{
	struct pollfd p = {.fd = f->in, .events = POLLPRI};

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
}

static void
reads(const struct fixture *f, const char *want)
{
	char got[100] = "";
	struct pollfd p = {.fd = f->in, .events = POLLIN};

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
	assert_true(read(f->in, got, sizeof(got) - 1) > 0);
	assert_string_equal(got, want);
}

static void
take_out_of_band_gets_the_byte_once(void **state)
{
	struct fixture *f = *state;
	unsigned char byte = 0;

	assert_int_equal(urgent_take(f->in, &byte), OP_NOT_FOUND);
	say(f, "ab");
	shout(f, "!");
	say(f, "cd");
	await_urgent(f);
	assert_true(urgent_waits(f->in));
	assert_false(urgent_at_mark(f->in));
	reads(f, "ab"); /* not a byte past the mark */
	assert_true(urgent_at_mark(f->in));
	assert_int_equal(urgent_take(f->in, &byte), OP_OK);
	assert_int_equal(byte, '!');
	assert_int_equal(urgent_take(f->in, &byte), OP_NOT_FOUND);
	assert_false(urgent_waits(f->in));
	reads(f, "cd");
}

static void
send_of_several_makes_only_the_last_urgent(void **state)
{
	struct fixture *f = *state;
	unsigned char byte = 0, many[100];

	shout(f, "xyz");
	await_urgent(f);
	assert_int_equal(recv(f->in, many, sizeof(many), MSG_OOB | MSG_PEEK), 1);
	assert_int_equal(urgent_take(f->in, &byte), OP_OK);
	assert_int_equal(byte, 'z');
	reads(f, "xy");
}

static void
second_byte_before_the_mark_drops_the_first_into_the_stream(void **state)
{
	struct fixture *f = *state;
	unsigned char byte = 0;

	say(f, "abc");
	shout(f, "1");
	await_urgent(f);
	say(f, "def");
	shout(f, "2");
	say(f, "g");
	/* the second mark is known when the reader is not held up at the first one */
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;

	while (urgent_take(f->in, &byte) != OP_OK || byte != '2')
		assert_true(clock_boot_ms() < until_ms);
	reads(f, "abc1def");
	reads(f, "g");
}

static void
inline_byte_stays_in_the_stream(void **state)
{
	struct fixture *f = *state;
	unsigned char byte = 0;

	assert_int_equal(urgent_set_inline(f->in, true), OP_OK);
	say(f, "ab");
	shout(f, "!");
	say(f, "cd");
	await_urgent(f);
	assert_int_equal(urgent_take(f->in, &byte), OP_NOT_FOUND);
	reads(f, "ab");
	assert_true(urgent_at_mark(f->in));
	reads(f, "!cd");
	assert_false(urgent_waits(f->in));
}

static void
take_before_the_byte_is_here_says_again(void **state)
{
	struct fixture *f = *state;
	unsigned char byte = 0;
	int small = 16384;
	char bulk[1 << 16];
	size_t queued = 0;
	ssize_t n;

	/* A full window holds the byte back; the kernel announces the mark as soon as anything
	 * passes. */
	setsockopt(f->in, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(f->out, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	memset(bulk, 'x', sizeof(bulk));
	fcntl(f->out, F_SETFL, O_NONBLOCK);
	while ((n = write(f->out, bulk, sizeof(bulk))) > 0)
		queued += (size_t)n;
	int err = urgent_send(f->out, "!", 1, NULL);

	assert_true(err == OP_OK || err == OP_AGAIN);
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	size_t got = 0;

	while (err == OP_AGAIN) { /* no room to queue it: make some */
		n = read(f->in, bulk, sizeof(bulk));
		got += n > 0 ? (size_t)n : 0;
		err = urgent_send(f->out, "!", 1, NULL);
		assert_true(clock_boot_ms() < until_ms);
	}
	fcntl(f->in, F_SETFL, O_NONBLOCK);
	while ((err = urgent_take(f->in, &byte)) != OP_OK) {
		struct pollfd p = {.fd = f->in, .events = POLLIN};

		assert_true(err == OP_AGAIN || err == OP_NOT_FOUND);
		assert_true(clock_boot_ms() < until_ms);
		n = poll(&p, 1, 1) == 1 ? read(f->in, bulk, sizeof(bulk)) : 0;
		got += n > 0 ? (size_t)n : 0;
	}
	assert_int_equal(byte, '!');
	assert_true(got <= queued);
}

static void
read_that_begins_at_the_mark_loses_the_byte(void **state)
{
	struct fixture *f = *state;
	unsigned char byte;

	shout(f, "!");
	say(f, "after");
	await_urgent(f);
	reads(f, "after");
	assert_int_equal(urgent_take(f->in, &byte), OP_NOT_FOUND);
}

static void
on_seen(int fd, void *arg)
{
	struct fixture *f = arg;
	unsigned char byte;

	if (urgent_take(fd, &byte) == OP_OK)
		f->seen++;
}

static void
watch_sees_each_byte_once_taken(void **state)
{
	struct fixture *f = *state;

	f->watch = urgent_watch_start(f->loop, f->in, on_seen, f);
	assert_non_null(f->watch);
	run_for(f->loop, 20);
	assert_int_equal(f->seen, 0);
	shout(f, "!");
	assert_true(reaches(f->loop, &f->seen, 1));
	say(f, "plain data is no urgency");
	run_for(f->loop, 20);
	assert_int_equal(f->seen, 1);
	shout(f, "!");
	assert_true(reaches(f->loop, &f->seen, 2));
}

static void
on_seen_only(int fd, void *arg)
{
	struct fixture *f = arg;

	(void)fd;
	f->seen++;
}

static void
watch_rests_when_the_peer_is_gone(void **state)
{
	struct fixture *f = *state;
	struct linger reset = {.l_onoff = 1};

	f->watch = urgent_watch_start(f->loop, f->in, on_seen_only, f);
	setsockopt(f->out, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(f->out);
	f->out = -1;
	run_for(f->loop, 50);
	assert_int_equal(f->seen, 0);
	unsigned before = ev_iteration(f->loop);

	run_for(f->loop, 50);
	assert_true(ev_iteration(f->loop) - before < 20); /* the hang-up does not spin the loop */
}

static void
watch_stopped_inside_is_called_no_more(void **state)
{
	struct fixture *f = *state;

	f->watch = urgent_watch_start(f->loop, f->in, on_seen_only, f);
	shout(f, "!");
	assert_true(reaches(f->loop, &f->seen, 1));
	assert_true(reaches(f->loop, &f->seen, 2)); /* not taken: told again */
	urgent_watch_stop(f->watch);
	f->watch = NULL;
	int seen = f->seen;

	run_for(f->loop, 20);
	assert_int_equal(f->seen, seen);
}

static volatile sig_atomic_t signals;

static void
on_sigurg(int signo)
{
	(void)signo;
	signals++;
}

static void
own_raises_the_signal_but_not_for_what_came_before(void **state)
{
	struct fixture *f = *state;
	struct sigaction act = {.sa_handler = on_sigurg};
	struct sigaction old;
	sigset_t urg, before;
	const struct timespec limit = {.tv_sec = DEADLINE_MS / 1000};

	shout(f, "1");
	await_urgent(f);
	sigaction(SIGURG, &act, &old);
	assert_int_equal(urgent_own(f->in), OP_OK);
	assert_int_equal(signals, 0);
	assert_true(urgent_waits(f->in)); /* which is why one looks */
	sigemptyset(&urg);
	sigaddset(&urg, SIGURG);
	sigprocmask(SIG_BLOCK, &urg, &before);
	shout(f, "2");
	assert_int_equal(sigtimedwait(&urg, NULL, &limit), SIGURG);
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGURG, &old, NULL);
}

static void
start_without_memory_fails(void **state)
{
	struct fixture *f = *state;

	failing_malloc_at(1);
	struct urgent_watch *w = urgent_watch_start(f->loop, f->in, on_seen, f);

	failing_malloc_at(0);
	assert_null(w);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(take_out_of_band_gets_the_byte_once),
	    T(send_of_several_makes_only_the_last_urgent),
	    T(second_byte_before_the_mark_drops_the_first_into_the_stream),
	    T(inline_byte_stays_in_the_stream),
	    T(take_before_the_byte_is_here_says_again),
	    T(read_that_begins_at_the_mark_loses_the_byte),
	    T(watch_sees_each_byte_once_taken),
	    T(watch_rests_when_the_peer_is_gone),
	    T(watch_stopped_inside_is_called_no_more),
	    T(own_raises_the_signal_but_not_for_what_came_before),
	    T(start_without_memory_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
