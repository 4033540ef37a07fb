/* SPDX-License-Identifier: ISC */
/*
 * Names without waiting (lib/ev/resolve.h).  Only names that every host knows are asked for; a
 * resolver that hangs is a name server of ours that never answers, reached through a mount
 * namespace of the test with its own resolv.conf (skipped where the test may not make one).
 */
#include "tests/unit/ev/evtest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include "lib/ev/resolve.h"

struct fixture {
	struct ev_loop *loop;
	struct resolve_answer a;
	int answers;
	int ticks;
	ev_timer ticker;
};

static void
on_answer(const struct resolve_answer *a, void *arg)
{
	struct fixture *f = arg;

	f->a = *a;
	f->answers++;
}

static void
on_tick(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct fixture *f = w->data;

	(void)loop;
	(void)revents;
	f->ticks++;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	ev_timer_init(&f->ticker, on_tick, 0.001, 0.001);
	f->ticker.data = f;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 200; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

/* No child of this process is left, dead or alive. */
static void
check_no_children(void)
{
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void
check_addr(const struct resolve_answer *a, int i, const char *text, uint16_t port)
{
	char have[NETADDR_TEXT];
	struct netaddr addr;
	uint16_t have_port;

	assert_true(i < a->count);
	netaddr_from_sockaddr((const struct sockaddr *)&a->addrs[i].sa, &addr, &have_port);
	assert_string_equal(netaddr_format(have, &addr), text);
	assert_int_equal(have_port, port);
}

static void
resolve_numbers_are_answered_without_a_child_from_the_loop(void **state)
{
	struct fixture *f = *state;
	int before = open_descriptors();

	assert_non_null(resolve_forward(f->loop, "192.0.2.7", "8979", 1000, on_answer, f));
	assert_int_equal(f->answers, 0);
	assert_int_equal(open_descriptors(), before);
	check_no_children();
	turn(f->loop);
	assert_int_equal(f->answers, 1);
	check_addr(&f->a, 0, "192.0.2.7", 8979);
	assert_non_null(resolve_forward(f->loop, "::1", "80", 1000, on_answer, f));
	turn(f->loop);
	check_addr(&f->a, 0, "::1", 80);
	assert_int_equal(f->a.count, 1);
}

static void
resolve_localhost_while_other_events_go_on(void **state)
{
	struct fixture *f = *state;
	int before = open_descriptors();

	ev_timer_start(f->loop, &f->ticker);
	assert_non_null(resolve_forward(f->loop, "localhost", "8979", DEADLINE_MS, on_answer, f));
	assert_true(reaches(f->loop, &f->answers, 1));
	ev_timer_stop(f->loop, &f->ticker);
	assert_int_equal(f->a.err, OP_OK);
	assert_true(f->a.count >= 1);
	assert_int_equal(open_descriptors(), before);
	check_no_children();
}

static void
resolve_service_name_is_understood(void **state)
{
	struct fixture *f = *state;

	resolve_forward_wait("127.0.0.1", "no-such-service", DEADLINE_MS, NULL, &f->a);
	assert_int_equal(f->a.err, OP_NOT_FOUND);
	assert_string_equal(f->a.why, "the port is no service that this host knows");
	assert_true(f->a.why[0] != '\0');
	check_no_children();
}

static void
resolve_unknown_name_is_an_error_with_a_reason(void **state)
{
	struct fixture *f = *state;

	assert_non_null(resolve_forward(f->loop, "no such host", "1", DEADLINE_MS, on_answer, f));
	assert_true(reaches(f->loop, &f->answers, 1));
	assert_true(f->a.err == OP_NOT_FOUND || f->a.err == OP_UNAVAILABLE);
	assert_true(f->a.why[0] >= 'a' && f->a.why[0] <= 'z');
	assert_int_equal(f->a.count, 0);
}

static void
resolve_reverse_of_loopback_is_localhost_without_a_child(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_in sin = {.sin_family = AF_INET};
	struct sockaddr_in6 sin6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};

	sin.sin_addr.s_addr = htonl(0x7f000001);
	assert_non_null(
	    resolve_reverse(f->loop, (struct sockaddr *)&sin, sizeof(sin), 1000, on_answer, f));
	assert_int_equal(f->answers, 0);
	check_no_children();
	turn(f->loop);
	assert_int_equal(f->answers, 1);
	assert_string_equal(f->a.name, "localhost");
	assert_true(f->a.verified);
	resolve_reverse_wait((struct sockaddr *)&sin6, sizeof(sin6), 1000, NULL, &f->a);
	assert_string_equal(f->a.name, "localhost");
}

static void
resolve_cancel_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	int before = open_descriptors();

	for (int i = 0; i < 10; i++) {
		struct resolve *r =
		    resolve_forward(f->loop, "localhost", "1", DEADLINE_MS, on_answer, f);

		assert_non_null(r);
		if (i % 2 == 1)
			turn(f->loop);
		if (f->answers == 0)
			resolve_cancel(r);
		f->answers = 0;
	}
	struct resolve *r = resolve_forward(f->loop, "127.0.0.1", "1", 1000, on_answer, f);

	resolve_cancel(r);
	run_for(f->loop, 5);
	assert_int_equal(f->answers, 0);
	assert_int_equal(open_descriptors(), before);
	check_no_children();
}

static int reaped;

static void
reap_everybody(int sig)
{
	int saved = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped++;
	errno = saved;
}

static void
resolve_lives_with_any_handling_of_children(void **state)
{
	struct fixture *f = *state;
	void (*const handlers[])(int) = {SIG_IGN, reap_everybody, SIG_DFL};

	for (int i = 0; i < 3; i++) {
		signal(SIGCHLD, handlers[i]);
		f->answers = 0;
		assert_non_null(
		    resolve_forward(f->loop, "localhost", "1", DEADLINE_MS, on_answer, f));
		assert_true(reaches(f->loop, &f->answers, 1));
		assert_int_equal(f->a.err, OP_OK);
		check_no_children();
	}
}

/* A name server that never answers.  False where a namespace is not allowed. */
static bool
silent_name_server(int *fd)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(53)};
	FILE *conf;
	char path[] = "/tmp/ev-resolv-XXXXXX";
	int file;

	sin.sin_addr.s_addr = htonl(0x7f000135);
	*fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	file = mkstemp(path);
	conf = fdopen(file, "w");
	fprintf(conf, "nameserver 127.0.1.53\n");
	fclose(conf);

	bool ok = bind(*fd, (struct sockaddr *)&sin, sizeof(sin)) == 0 &&
		  unshare(CLONE_NEWNS) == 0 &&
		  mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		  mount(path, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0;

	unlink(path);
	return ok;
}

static volatile int stop;

static void
on_alarm(int sig)
{
	(void)sig;
	stop = 1;
}

/* While the child hangs: our descriptors are closed in it.  Cancelled, it is gone at once. */
static bool
child_is_alone_and_mortal(struct fixture *f)
{
	struct pollfd p = {.events = POLLIN};
	struct resolve *r;
	int fds[2];

	stream_pair(fds);
	r = resolve_forward(f->loop, "slow.example.org", "1", DEADLINE_MS, on_answer, f);
	close(fds[1]);
	p.fd = fds[0];
	if (r == NULL || poll(&p, 1, 3000) != 1 || waitpid(-1, NULL, WNOHANG) != 0)
		return false;
	resolve_cancel(r);
	close(fds[0]);
	return waitpid(-1, NULL, WNOHANG) == -1;
}

/* Runs in a child of the test, as the namespace is for the whole process.  0 = all well. */
static int
ask_silent_server(void)
{
	struct fixture f = {.loop = ev_loop_new(EVBACKEND_POLL)};
	struct resolve_answer a;
	int fd;

	if (!silent_name_server(&fd))
		return 77;
	ev_timer_init(&f.ticker, on_tick, 0.001, 0.001);
	f.ticker.data = &f;
	ev_timer_start(f.loop, &f.ticker);
	if (resolve_forward(f.loop, "slow.example.org", "1", 100, on_answer, &f) == NULL ||
	    !reaches(f.loop, &f.answers, 1) || f.a.err != OP_TIMEOUT || f.ticks < 10)
		return 1;
	if (waitpid(-1, NULL, WNOHANG) != -1)
		return 2;
	resolve_forward_wait("slow.example.org", "1", 50, NULL, &a);
	if (a.err != OP_TIMEOUT)
		return 3;
	if (!child_is_alone_and_mortal(&f))
		return 5;
	signal(SIGALRM, on_alarm);
	ualarm(20000, 0);
	resolve_forward_wait("slow.example.org", "1", DEADLINE_MS, &stop, &a);
	if (a.err != OP_CANCELLED || waitpid(-1, NULL, WNOHANG) != -1)
		return 4;
	ev_loop_destroy(f.loop);
	close(fd);
	return 0;
}

static void
resolve_hanging_name_server_costs_only_its_time_limit(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(ask_silent_server());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("skipped: a mount namespace is not allowed here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
resolve_without_memory_is_null(void **state)
{
	struct fixture *f = *state;

	failing_malloc_at(1);
	assert_null(resolve_forward(f->loop, "127.0.0.1", "1", 1000, on_answer, f));
	failing_malloc_at(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(resolve_numbers_are_answered_without_a_child_from_the_loop),
	    TEST(resolve_localhost_while_other_events_go_on),
	    TEST(resolve_service_name_is_understood),
	    TEST(resolve_unknown_name_is_an_error_with_a_reason),
	    TEST(resolve_reverse_of_loopback_is_localhost_without_a_child),
	    TEST(resolve_cancel_leaves_nothing_behind),
	    TEST(resolve_lives_with_any_handling_of_children),
	    TEST(resolve_hanging_name_server_costs_only_its_time_limit),
	    TEST(resolve_without_memory_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
