/* SPDX-License-Identifier: ISC */
/* Connecting (lib/ev/dial.h): success and every failure of TCP, names, waiting. */
#include "tests/unit/ev/dialtest.h"

static void
dial_tcp_gives_a_tuned_transport(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		int on = 0;
		socklen_t len = sizeof(on);

		f->results = 0;
		listen_on(f, hosts[i], 0);
		dial(f, DEADLINE_MS);
		assert_int_equal(f->err, OP_OK);
		assert_true(fcntl(f->t.rfd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(f->t.rfd, F_GETFL) & O_NONBLOCK);
		assert_int_equal(getsockopt(f->t.rfd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
		assert_true(on != 0);
		transport_close(&f->t);
		f->t.ops = NULL;
		listen_close(f->listener);
		f->listener = -1;
	}
}

static void
dial_name_tries_the_next_address(void **state)
{
	struct fixture *f = *state;

	/* localhost is ::1 and 127.0.0.1 on most hosts: only the second listens. */
	listen_on(f, "127.0.0.1", 0);
	snprintf(f->e.host, sizeof(f->e.host), "localhost");
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_OK);
}

static void
dial_refused_is_unavailable_with_a_reason(void **state)
{
	struct fixture *f = *state;

	listen_on(f, "127.0.0.1", 0);
	listen_close(f->listener);
	f->listener = -1;
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_UNAVAILABLE);
	assert_string_equal(f->why, "connection refused");
}

static void
dial_unknown_name_is_not_found(void **state)
{
	struct fixture *f = *state;

	f->e = (struct endpoint){.kind = ENDPOINT_TCP, .host = "no such host", .port = "1"};
	dial(f, DEADLINE_MS);
	assert_true(f->err == OP_NOT_FOUND || f->err == OP_UNAVAILABLE);
	assert_true(f->why[0] != '\0');
}

static void
dial_black_hole_ends_at_the_deadline(void **state)
{
	struct fixture *f = *state;
	struct transport t[8];
	int count;
	int64_t before;

	listen_on(f, "127.0.0.1", 1);
	count = fill_backlog(f, t, 8);
	before = clock_boot_ms();
	dial(f, 120);
	assert_int_equal(f->err, OP_TIMEOUT);
	assert_in_range(clock_boot_ms() - before, 115, 5000);
	assert_string_equal(f->why, "no answer within 120 ms");
	while (count > 0)
		transport_close(&t[--count]);
}

/* A name with two addresses, in a hosts file that only this process sees. */
static bool
name_two_addresses(void)
{
	char path[] = "/tmp/ev-hosts-XXXXXX";
	FILE *hosts = fdopen(mkstemp(path), "w");
	bool ok;

	fprintf(hosts, "127.0.0.1 two.test\n127.0.0.2 two.test\n");
	fclose(hosts);
	ok = unshare(CLONE_NEWNS) == 0 &&
	     mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	     mount(path, "/etc/hosts", NULL, MS_BIND, NULL) == 0;
	unlink(path);
	return ok;
}

/* The first address never answers, the second does.  Runs in a child; 0 = all well. */
static int
dial_past_a_black_hole(struct fixture *f)
{
	char host[NETADDR_TEXT];
	struct transport t[8];
	struct resolve_answer a;
	struct netaddr addr;
	struct endpoint second;
	int64_t before;
	uint16_t port;
	int good;

	if (!name_two_addresses())
		return 77;
	resolve_forward_wait("two.test", "1", DEADLINE_MS, NULL, &a);
	if (a.count != 2)
		return 1;
	netaddr_from_sockaddr((struct sockaddr *)&a.addrs[0].sa, &addr, &port);
	listen_on(f, netaddr_format(host, &addr), 1);
	(void)fill_backlog(f, t, 8);
	second = f->e;
	netaddr_from_sockaddr((struct sockaddr *)&a.addrs[1].sa, &addr, &port);
	snprintf(second.host, sizeof(second.host), "%s", netaddr_format(host, &addr));
	if (listen_open(&second, NULL, &good, 1, f->why, sizeof(f->why)) != 1)
		return 2;
	snprintf(f->e.host, sizeof(f->e.host), "two.test");
	before = clock_boot_ms();
	dial(f, DEADLINE_MS);
	/* A quarter of a second later, and before the first address is asked again after a second.
	 */
	return f->err == OP_OK && clock_boot_ms() - before >= 240 && clock_boot_ms() - before < 950
		   ? 0
		   : 3;
}

static void
dial_name_does_not_wait_for_a_silent_address(void **state)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(dial_past_a_black_hole(*state));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: a mount namespace is not allowed here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static volatile int stop;

static void
on_alarm(int sig)
{
	(void)sig;
	stop = 1;
}

static void
dial_wait_is_ended_by_a_signal(void **state)
{
	struct fixture *f = *state;
	struct transport t[8];
	int count;

	listen_on(f, "127.0.0.1", 1);
	count = fill_backlog(f, t, 8);
	signal(SIGALRM, on_alarm);
	ualarm(20000, 0);
	assert_int_equal(
	    dial_wait(&f->e, DEADLINE_MS, &stop, &f->t, f->why, sizeof(f->why)), OP_CANCELLED);
	assert_string_equal(f->why, "cancelled");
	signal(SIGALRM, SIG_DFL);
	while (count > 0)
		transport_close(&t[--count]);
}

static void
attempt(void *arg)
{
	struct fixture *f = arg;
	int err = dial_wait(&f->e, DEADLINE_MS, NULL, &f->t, f->why, sizeof(f->why));

	assert_true(err == OP_OK || f->why[0] != '\0');
	if (err == OP_OK)
		transport_close(&f->t);
	f->t.ops = NULL;
}

static void
dial_without_memory_is_a_clean_error(void **state)
{
	struct fixture *f = *state;

	listen_on(f, "127.0.0.1", 0);
	failing_malloc_each(attempt, f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(dial_tcp_gives_a_tuned_transport),
	    TEST(dial_name_tries_the_next_address),
	    TEST(dial_refused_is_unavailable_with_a_reason),
	    TEST(dial_unknown_name_is_not_found),
	    TEST(dial_black_hole_ends_at_the_deadline),
	    TEST(dial_name_does_not_wait_for_a_silent_address),
	    TEST(dial_wait_is_ended_by_a_signal),
	    TEST(dial_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
