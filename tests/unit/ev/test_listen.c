/* SPDX-License-Identifier: ISC */
/*
 * Listening (lib/ev/listen.h): the rules for socket files, each refusal told apart, IPv4 and IPv6.
 */
#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/un.h>
#include "lib/ev/dial.h"
#include "lib/ev/listen.h"

struct fixture {
	char folder[80];
	struct endpoint e; /* unix, in the folder */
	char why[200];
	int fds[8];
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	make_folder(f->folder, sizeof(f->folder));
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/socket", f->folder);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->e.path);
	rmdir(f->folder);
	free(f);
	return 0;
}

static int
open_it(struct fixture *f)
{
	return listen_open(&f->e, NULL, f->fds, 8, f->why, sizeof(f->why));
}

static bool
answers(const struct endpoint *e)
{
	struct transport t;
	char why[200];

	if (dial_wait(e, DEADLINE_MS, NULL, &t, why, sizeof(why)) != OP_OK)
		return false;
	transport_close(&t);
	return true;
}

static void
listen_unix_makes_a_private_file_and_removes_it(void **state)
{
	struct fixture *f = *state;
	struct endpoint bound;
	struct stat st;

	assert_int_equal(open_it(f), 1);
	assert_int_equal(lstat(f->e.path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(fcntl(f->fds[0], F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(f->fds[0], F_GETFL) & O_NONBLOCK);
	assert_int_equal(listen_endpoint(f->fds[0], &bound), OP_OK);
	assert_string_equal(bound.path, f->e.path);
	assert_true(answers(&bound));
	listen_close(f->fds[0]);
	assert_int_equal(lstat(f->e.path, &st), -1);
}

static void
listen_unix_mode_is_as_configured(void **state)
{
	struct fixture *f = *state;
	struct listen_options o = {.mode = 0666, .owner = getuid(), .group = getgid()};
	struct stat st;

	assert_int_equal(listen_open(&f->e, &o, f->fds, 8, f->why, sizeof(f->why)), 1);
	assert_int_equal(lstat(f->e.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	listen_close(f->fds[0]);
}

static void
listen_unix_live_server_is_refused(void **state)
{
	struct fixture *f = *state;
	int first;

	assert_int_equal(open_it(f), 1);
	first = f->fds[0];
	assert_int_equal(open_it(f), OP_CONFLICT);
	assert_string_equal(f->why, "in use by a running server");
	assert_true(answers(&f->e));
	listen_close(first);
}

static void
listen_unix_full_backlog_is_a_live_server(void **state)
{
	struct fixture *f = *state;
	struct listen_options o = {.backlog = 1, .owner = (uid_t)-1, .group = (gid_t)-1};
	struct transport t[8];
	int count = 0, first;

	assert_int_equal(listen_open(&f->e, &o, f->fds, 8, f->why, sizeof(f->why)), 1);
	first = f->fds[0];
	while (count < 8 && dial_wait(&f->e, 50, NULL, &t[count], f->why, sizeof(f->why)) == OP_OK)
		count++;
	assert_in_range(count, 1, 7);
	assert_int_equal(open_it(f), OP_CONFLICT);
	while (count > 0)
		transport_close(&t[--count]);
	listen_close(first);
}

static void
listen_unix_stale_file_is_replaced(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_it(f), 1);
	close(f->fds[0]); /* as a crash leaves it */
	assert_int_equal(access(f->e.path, F_OK), 0);
	assert_false(answers(&f->e));
	assert_int_equal(open_it(f), 1);
	assert_true(answers(&f->e));
	listen_close(f->fds[0]);
}

static void
listen_unix_folder_that_others_lock_does_not_stop_it(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->folder, O_RDONLY | O_DIRECTORY);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	alarm(DEADLINE_MS / 1000);
	assert_int_equal(open_it(f), 1);
	alarm(0);
	assert_true(answers(&f->e));
	listen_close(f->fds[0]);
	close(fd);
}

static void
listen_unix_other_file_is_never_removed(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->e.path, O_CREAT | O_WRONLY, 0600);
	struct stat st;

	close(fd);
	assert_int_equal(open_it(f), OP_CONFLICT);
	assert_string_equal(f->why, "exists and is not a socket");
	assert_int_equal(lstat(f->e.path, &st), 0);
	unlink(f->e.path);
	assert_int_equal(symlink("/nonexistent/elsewhere", f->e.path), 0);
	assert_int_equal(open_it(f), OP_CONFLICT);
	assert_int_equal(lstat(f->e.path, &st), 0);
}

static void
listen_unix_bad_folders_are_told_apart(void **state)
{
	struct fixture *f = *state;
	struct endpoint e = {.kind = ENDPOINT_UNIX};
	int fd = open(f->e.path, O_CREAT | O_WRONLY, 0600);

	close(fd);
	snprintf(e.path, sizeof(e.path), "%.90s/x", f->e.path);
	assert_int_equal(listen_open(&e, NULL, f->fds, 8, f->why, sizeof(f->why)), OP_BAD_REQUEST);
	assert_string_equal(f->why, "a component of the path is not a directory");
	snprintf(e.path, sizeof(e.path), "%.70s/no/x", f->folder);
	assert_int_equal(listen_open(&e, NULL, f->fds, 8, f->why, sizeof(f->why)), OP_NOT_FOUND);
	assert_string_equal(f->why, "no such directory");
}

/* Root may write anywhere: the attempt is made by nobody. */
static void
listen_unix_no_permission_says_so(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (getuid() == 0 && setuid(65534) != 0)
			_exit(2);
		if (getuid() != 65534)
			chmod(f->folder, 0500);
		_exit(open_it(f) == OP_DENIED && strcmp(f->why, "permission denied") == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	chmod(f->folder, 0700);
	assert_int_equal(status, 0);
}

static void
listen_unix_child_does_not_remove_the_file(void **state)
{
	struct fixture *f = *state;
	pid_t pid;

	assert_int_equal(open_it(f), 1);
	pid = fork();
	if (pid == 0) {
		listen_close(f->fds[0]);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	assert_true(answers(&f->e));
	listen_close(f->fds[0]);
}

static void
listen_unix_file_of_a_successor_is_left_alone(void **state)
{
	struct fixture *f = *state;
	int ready[2], done[2], old;
	char byte = 'x';
	pid_t pid;

	assert_int_equal(open_it(f), 1);
	old = f->fds[0];
	unlink(f->e.path);
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(done, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		close(done[1]);
		byte = open_it(f) == 1 ? 'y' : 'n';
		(void)!write(ready[1], &byte, 1);
		(void)!read(done[0], &byte, 1);
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	listen_close(old);
	assert_true(answers(&f->e));
	close(done[1]);
	waitpid(pid, NULL, 0);
	close(done[0]);
	close(ready[0]);
	close(ready[1]);
}

#define RACERS 8

/* One of the servers that start at once: waits for the start, tells whether it listens, stays. */
static _Noreturn void
race(struct fixture *f, const int start[2], const int results[2], const int hold[2])
{
	char byte;

	close(start[1]);
	close(hold[1]);
	(void)!read(start[0], &byte, 1);
	byte = open_it(f) == 1;
	(void)!write(results[1], &byte, 1);
	(void)!read(hold[0], &byte, 1);
	_exit(0);
}

static int
race_once(struct fixture *f)
{
	int start[2], results[2], hold[2], winners = 0;
	char byte;

	assert_int_equal(
	    pipe2(start, O_CLOEXEC) | pipe2(results, O_CLOEXEC) | pipe2(hold, O_CLOEXEC), 0);
	assert_int_equal(open_it(f), 1);
	close(f->fds[0]);
	for (int i = 0; i < RACERS; i++)
		if (fork() == 0)
			race(f, start, results, hold);
	close(start[1]);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(read(results[0], &byte, 1), 1);
		winners += byte;
	}
	assert_true(answers(&f->e));
	close(hold[1]);
	while (wait(NULL) > 0)
		;
	close(start[0]);
	close(hold[0]);
	close(results[0]);
	close(results[1]);
	return winners;
}

static void
listen_unix_racing_servers_have_one_winner(void **state)
{
	for (int round = 0; round < 30; round++)
		assert_int_equal(race_once(*state), 1);
}

static int
open_tcp(struct fixture *f, const char *host, const char *port)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};

	snprintf(e.host, sizeof(e.host), "%s", host);
	snprintf(e.port, sizeof(e.port), "%s", port);
	return listen_open(&e, NULL, f->fds, 8, f->why, sizeof(f->why));
}

static void
listen_tcp_port_zero_reports_the_real_one(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	struct fixture *f = *state;
	struct endpoint e;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(open_tcp(f, hosts[i], "0"), 1);
		assert_int_equal(listen_endpoint(f->fds[0], &e), OP_OK);
		assert_string_equal(e.host, hosts[i]);
		assert_string_not_equal(e.port, "0");
		assert_true(answers(&e));
		assert_int_equal(open_tcp(f, hosts[i], e.port), OP_CONFLICT);
		assert_string_equal(f->why, "in use by a running server");
		listen_close(f->fds[0]);
	}
}

static void
listen_tcp_star_is_both_families_on_one_port(void **state)
{
	struct fixture *f = *state;
	struct endpoint six, four;

	assert_int_equal(open_tcp(f, "*", "0"), 2);
	assert_int_equal(listen_endpoint(f->fds[0], &six), OP_OK);
	assert_int_equal(listen_endpoint(f->fds[1], &four), OP_OK);
	assert_string_equal(six.host, "::");
	assert_string_equal(four.host, "0.0.0.0");
	assert_string_equal(six.port, four.port);
	listen_close(f->fds[0]);
	listen_close(f->fds[1]);
}

static void
listen_tcp_bad_hosts_say_why(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(open_tcp(f, "192.0.2.1", "0"), OP_UNAVAILABLE);
	assert_string_equal(f->why, "not an address of this host");
	assert_true(open_tcp(f, "no such host", "0") < 0);
	assert_true(f->why[0] != '\0');
}

static void
listen_ssh_is_refused(void **state)
{
	struct fixture *f = *state;

	f->e.kind = ENDPOINT_SSH;
	assert_int_equal(open_it(f), OP_BAD_REQUEST);
	f->e.kind = ENDPOINT_UNIX;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(listen_unix_makes_a_private_file_and_removes_it),
	    TEST(listen_unix_mode_is_as_configured),
	    TEST(listen_unix_live_server_is_refused),
	    TEST(listen_unix_full_backlog_is_a_live_server),
	    TEST(listen_unix_stale_file_is_replaced),
	    TEST(listen_unix_folder_that_others_lock_does_not_stop_it),
	    TEST(listen_unix_other_file_is_never_removed),
	    TEST(listen_unix_bad_folders_are_told_apart),
	    TEST(listen_unix_no_permission_says_so),
	    TEST(listen_unix_child_does_not_remove_the_file),
	    TEST(listen_unix_file_of_a_successor_is_left_alone),
	    TEST(listen_unix_racing_servers_have_one_winner),
	    TEST(listen_tcp_port_zero_reports_the_real_one),
	    TEST(listen_tcp_star_is_both_families_on_one_port),
	    TEST(listen_tcp_bad_hosts_say_why),
	    TEST(listen_ssh_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
