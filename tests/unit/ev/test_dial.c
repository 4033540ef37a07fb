/* SPDX-License-Identifier: ISC */
/*
 * Connecting (lib/ev/dial.h): success and every failure, on loopback and in a temporary folder.
 */
#include "tests/unit/ev/evtest.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include "lib/ev/dial.h"
#include "lib/ev/listen.h"
#include "lib/ev/resolve.h"

struct fixture {
	struct ev_loop *loop;
	struct transport t;
	int results, err;
	char why[200];
	int listener;
	struct endpoint e;
};

static void
on_result(struct transport *t, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(t == NULL, err != OP_OK);
	f->results++;
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	if (t != NULL)
		f->t = *t;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->listener = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->t.ops != NULL)
		transport_close(&f->t);
	if (f->listener >= 0)
		listen_close(f->listener);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void
listen_on(struct fixture *f, const char *host, int backlog)
{
	struct listen_options o = {.backlog = backlog, .owner = (uid_t)-1, .group = (gid_t)-1};
	struct endpoint e = {.kind = ENDPOINT_TCP, .port = "0"};

	snprintf(e.host, sizeof(e.host), "%s", host);
	assert_int_equal(listen_open(&e, &o, &f->listener, 1, f->why, sizeof(f->why)), 1);
	assert_int_equal(listen_endpoint(f->listener, &f->e), OP_OK);
}

static void
dial(struct fixture *f, int64_t timeout_ms)
{
	assert_non_null(dial_start(f->loop, &f->e, timeout_ms, on_result, f));
	assert_int_equal(f->results, 0);
	assert_true(reaches(f->loop, &f->results, 1));
}

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

/* Fill the backlog, so that the kernel answers no more connection requests. */
static int
fill_backlog(struct fixture *f, struct transport *t, int max)
{
	int count = 0;

	while (
	    count < max && dial_wait(&f->e, 100, NULL, &t[count], f->why, sizeof(f->why)) == OP_OK)
		count++;
	assert_in_range(count, 1, max - 1);
	return count;
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

static void
dial_unix_full_backlog_waits_for_room(void **state)
{
	struct fixture *f = *state;
	struct listen_options o = {.backlog = 1, .owner = (uid_t)-1, .group = (gid_t)-1};
	struct transport t[8];
	char folder[80];
	int count;

	make_folder(folder, sizeof(folder));
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/s", folder);
	assert_int_equal(listen_open(&f->e, &o, &f->listener, 1, f->why, sizeof(f->why)), 1);
	count = fill_backlog(f, t, 8);
	dial(f, 60);
	assert_int_equal(f->err, OP_TIMEOUT);
	f->results = 0;
	assert_non_null(dial_start(f->loop, &f->e, DEADLINE_MS, on_result, f));
	run_for(f->loop, 50);
	assert_int_equal(f->results, 0);
	close(accept4(f->listener, NULL, NULL, SOCK_CLOEXEC));
	assert_true(reaches(f->loop, &f->results, 1));
	assert_int_equal(f->err, OP_OK);
	while (count > 0)
		transport_close(&t[--count]);
	listen_close(f->listener);
	f->listener = -1;
	assert_int_equal(rmdir(folder), 0);
}

static void
dial_unix_missing_file_is_unavailable(void **state)
{
	struct fixture *f = *state;

	f->e = (struct endpoint){.kind = ENDPOINT_UNIX, .path = "/nonexistent/socket"};
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_UNAVAILABLE);
	assert_string_equal(f->why, "no such file or directory");
}

static void
dial_unix_longest_path_works_and_a_longer_one_is_refused(void **state)
{
	struct fixture *f = *state;
	char folder[60], text[300];
	const char *why;
	size_t len;

	make_folder(folder, sizeof(folder));
	f->e.kind = ENDPOINT_UNIX;
	len = (size_t)snprintf(f->e.path, sizeof(f->e.path), "%s/", folder);
	memset(f->e.path + len, 'x', sizeof(f->e.path) - 1 - len);
	assert_int_equal(strlen(f->e.path), 107);
	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, f->why, sizeof(f->why)), 1);
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_OK);
	snprintf(text, sizeof(text), "unix:%sx", f->e.path);
	assert_int_equal(endpoint_parse(text, "1", &f->e, &why), OP_BAD_REQUEST);
	listen_close(f->listener);
	f->listener = -1;
	assert_int_equal(rmdir(folder), 0);
}

static void
dial_unix_no_permission_is_denied(void **state)
{
	struct fixture *f = *state;
	char folder[80];
	int status;
	pid_t pid;

	make_folder(folder, sizeof(folder));
	assert_int_equal(chmod(folder, 0755), 0);
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/s", folder);
	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, f->why, sizeof(f->why)), 1);
	pid = fork();
	if (pid == 0) {
		if (getuid() != 0)
			chmod(f->e.path, 0);
		else if (setuid(65534) != 0)
			_exit(2);
		_exit(dial_wait(&f->e, 1000, NULL, &f->t, f->why, sizeof(f->why)) == OP_DENIED ? 0
											       : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	listen_close(f->listener);
	f->listener = -1;
	rmdir(folder);
}

/* Everything that comes from the transport. */
static void
read_all(struct transport *t, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		struct pollfd p = {.fd = t->rfd, .events = POLLIN};

		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		n = transport_read(t, text + len, size - 1 - len);
		assert_true(n >= 0 || errno == EAGAIN);
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0);
	text[len] = '\0';
}

/* An ssh that prints its arguments, one a line. */
static void
fake_ssh(char *path, size_t size)
{
	char folder[80];
	FILE *script;

	make_folder(folder, sizeof(folder));
	snprintf(path, size, "%s/ssh", folder);
	script = fopen(path, "w");
	fprintf(script, "#!/bin/sh\nprintf '%%s\\n' \"$@\"\n");
	assert_int_equal(fchmod(fileno(script), 0700), 0);
	fclose(script);
	setenv("OPDESK_SSH", path, 1);
}

static void
remove_fake_ssh(char *path)
{
	unsetenv("OPDESK_SSH");
	unlink(path);
	*strrchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
}

static void
dial_ssh_passes_host_and_program_as_arguments(void **state)
{
	static const char want[] = "-T\n-oBatchMode=yes\n--\nme@host\nbin/mediachanged\n--stdio\n";
	struct fixture *f = *state;
	char path[100], text[200];

	fake_ssh(path, sizeof(path));
	f->e =
	    (struct endpoint){.kind = ENDPOINT_SSH, .host = "me@host", .path = "bin/mediachanged"};
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_OK);
	read_all(&f->t, text, sizeof(text));
	assert_string_equal(text, want);
	transport_close(&f->t);
	f->t.ops = NULL;
	assert_int_equal(dial_wait(&f->e, DEADLINE_MS, NULL, &f->t, f->why, sizeof(f->why)), OP_OK);
	read_all(&f->t, text, sizeof(text));
	assert_string_equal(text, want);
	remove_fake_ssh(path);
}

static void
dial_ssh_without_its_program_says_so(void **state)
{
	struct fixture *f = *state;

	setenv("OPDESK_SSH", "/nonexistent/ssh", 1);
	f->e = (struct endpoint){.kind = ENDPOINT_SSH, .host = "host", .path = "mediachanged"};
	dial(f, DEADLINE_MS);
	unsetenv("OPDESK_SSH");
	assert_int_equal(f->err, OP_UNAVAILABLE);
	assert_string_equal(f->why, "cannot run /nonexistent/ssh: no such file or directory");
}

static void
dial_ssh_to_nobody_is_refused(void **state)
{
	static const struct {
		const char *host, *program, *why;
	} cases[] = {
	    {"host", "", "which program? ssh:HOST/PROGRAM"},
	    {"", "mediachanged", "the host is no [USER@]HOST"},
	    {"-oProxyCommand=x", "mediachanged", "the host is no [USER@]HOST"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->results = 0;
		f->e = (struct endpoint){.kind = ENDPOINT_SSH};
		snprintf(f->e.host, sizeof(f->e.host), "%s", cases[i].host);
		snprintf(f->e.path, sizeof(f->e.path), "%s", cases[i].program);
		dial(f, DEADLINE_MS);
		assert_int_equal(f->err, OP_BAD_REQUEST);
		assert_string_equal(f->why, cases[i].why);
	}
}

static void
dial_cancelled_never_calls_back(void **state)
{
	struct fixture *f = *state;
	char path[100];
	struct endpoint kinds[4] = {
	    {.kind = ENDPOINT_SSH, .host = "host", .path = "mediachanged"},
	    {.kind = ENDPOINT_UNIX, .path = "/nonexistent/socket"},
	    {.kind = ENDPOINT_TCP, .host = "localhost"},
	};

	fake_ssh(path, sizeof(path));
	listen_on(f, "127.0.0.1", 0);
	snprintf(kinds[2].port, sizeof(kinds[2].port), "%s", f->e.port);
	kinds[3] = f->e;
	for (int i = 0; i < 4; i++)
		dial_cancel(dial_start(f->loop, &kinds[i], 1000, on_result, f));
	struct dial *d = dial_start(f->loop, &f->e, 1000, on_result, f);

	turn(f->loop); /* resolved, connecting */
	if (f->results == 0)
		dial_cancel(d);
	else
		f->results = 0;
	run_for(f->loop, 20);
	assert_int_equal(f->results, 0);
	ev_loop_destroy(f->loop); /* ssh may be ending there */
	f->loop = ev_loop_new(EVBACKEND_POLL);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	remove_fake_ssh(path);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
	    TEST(dial_unix_full_backlog_waits_for_room),
	    TEST(dial_unix_missing_file_is_unavailable),
	    TEST(dial_unix_longest_path_works_and_a_longer_one_is_refused),
	    TEST(dial_unix_no_permission_is_denied),
	    TEST(dial_ssh_passes_host_and_program_as_arguments),
	    TEST(dial_ssh_without_its_program_says_so),
	    TEST(dial_ssh_to_nobody_is_refused),
	    TEST(dial_cancelled_never_calls_back),
	    TEST(dial_wait_is_ended_by_a_signal),
	    TEST(dial_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
