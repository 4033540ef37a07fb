/* SPDX-License-Identifier: ISC */
/*
 * A program as a transport (lib/ev/program.h), with /bin/sh as the program: what it says, what its
 * end is told as, and that it always ends.
 */
#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include "lib/ev/conn.h"
#include "lib/ev/program.h"

struct fixture {
	struct ev_loop *loop;
	struct transport t;
	struct conn *conn;
	int frames, ends, err;
	char frame[100];
	char why[400];
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	conn_free(f->conn);
	if (f->loop != NULL)
		ev_loop_destroy(f->loop);
	/* Whatever the test did, nobody is left behind, not even as a zombie. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	free(f);
	return 0;
}

static void
run(struct fixture *f, struct ev_loop *loop, const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};

	assert_int_equal(program_start(loop, argv, &f->t, f->why, sizeof(f->why)), OP_OK);
}

/* --- a connection over it --- */

static void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct fixture *f = arg;

	(void)c;
	snprintf(f->frame, sizeof(f->frame), "%.*s", (int)len, (const char *)payload);
	f->frames++;
}

static void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	f->ends++;
	f->err = err;
	conn_free(c);
	f->conn = NULL;
	/* As the owners do: used after the connection. */
	snprintf(f->why, sizeof(f->why), "%s", why);
}

static const struct conn_events events = {on_frame, on_end, NULL};

static void
connect_to(struct fixture *f, const char *script)
{
	run(f, f->loop, script);
	f->conn = conn_new(f->loop, f->t, &events, NULL, f);
	assert_non_null(f->conn);
}

/* The end of the connection to a script, to which a frame was sent that it need not read. */
static void
ends_with(struct fixture *f, const char *script, int err, const char *why)
{
	f->ends = 0;
	connect_to(f, script);
	assert_int_equal(conn_send(f->conn, "hello", 5), OP_OK);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_string_equal(f->why, why);
	assert_int_equal(f->err, err);
}

static void
program_echoes_frames_and_ends_with_its_input(void **state)
{
	struct fixture *f = *state;

	connect_to(f, "exec cat");
	assert_int_equal(conn_send(f->conn, "hello", 5), OP_OK);
	assert_true(reaches(f->loop, &f->frames, 1));
	assert_string_equal(f->frame, "hello");
	conn_finish(f->conn);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->err, OP_OK);
}

static void
program_last_error_line_is_the_reason(void **state)
{
	struct fixture *f = *state;

	ends_with(f,
	    "echo 'Warning: something else' >&2;"
	    "printf 'me@host: Permission denied (publickey).\\r\\n\\n' >&2; exit 255",
	    OP_CLOSED, "me@host: Permission denied (publickey)");
	ends_with(f, "printf 'no newline' >&2; exit 1", OP_CLOSED, "no newline");
	ends_with(f, "printf 'evil \\033[2J\\n' >&2", OP_CLOSED, "evil \\x1b[2J");
}

static void
program_silent_end_is_told(void **state)
{
	ends_with(*state, "exit 3", OP_CLOSED, "sh ended without a word");
}

static void
program_warning_of_the_beginning_is_no_reason(void **state)
{
	struct fixture *f = *state;

	ends_with(f, "echo Warning >&2; printf '\\0\\0\\0\\003abc'", OP_OK, "closed by the peer");
	assert_int_equal(f->frames, 1);
	ends_with(f, "echo Warning >&2; printf '\\0\\0\\0\\003abc\\0\\0'", OP_CLOSED,
	    "closed by the peer inside a message");
}

static void
program_loss_after_the_first_byte_is_explained(void **state)
{
	struct fixture *f = *state;

	/* It waits for its input, so that the byte is read before the words come. */
	connect_to(f, "printf '\\0\\0\\0\\003abc'; head -c 9 >/dev/null; echo Connection lost >&2");
	assert_true(reaches(f->loop, &f->frames, 1));
	assert_int_equal(conn_send(f->conn, "hello", 5), OP_OK);
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->err, OP_CLOSED);
	assert_string_equal(f->why, "Connection lost");
}

static void
program_flood_of_errors_does_not_block(void **state)
{
	struct fixture *f = *state;

	/* Far more than a pipe holds, while nothing moves on the transport. */
	connect_to(f, "head -c 1000000 /dev/zero | tr '\\0' x 1>&2;"
		      "printf '\\0\\0\\0\\003abc'; exec cat");
	assert_true(reaches(f->loop, &f->frames, 1));
}

/* --- starting --- */

static void
program_missing_is_unavailable(void **state)
{
	struct fixture *f = *state;
	const char *const argv[] = {"/nonexistent/ssh", NULL};

	assert_int_equal(
	    program_start(f->loop, argv, &f->t, f->why, sizeof(f->why)), OP_UNAVAILABLE);
	assert_string_equal(f->why, "cannot run /nonexistent/ssh: no such file or directory");
}

/* What it prints, to its end. */
static void
prints(struct fixture *f, const char *script, const char *want)
{
	char bytes[400];
	size_t len = 0;
	ssize_t n;

	run(f, NULL, script);
	do {
		struct pollfd p = {.fd = f->t.rfd, .events = POLLIN};

		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		n = transport_read(&f->t, bytes + len, sizeof(bytes) - 1 - len);
		assert_true(n >= 0 || errno == EAGAIN);
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0);
	bytes[len] = '\0';
	transport_close(&f->t);
	assert_string_equal(bytes, want);
}

static void
program_inherits_nothing_of_the_owner(void **state)
{
	struct fixture *f = *state;
	sigset_t set;
	int fd = dup2(STDERR_FILENO, 9); /* not close-on-exec */

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	prints(f, "grep -cE 'SigBlk:.0{16}|SigIgn:.*0{7}$' /proc/self/status", "2\n");
	prints(f, "test -e /proc/self/fd/9 || echo closed", "closed\n");
	prints(f, "read pid rest </proc/self/stat; set -- $rest; test $pid = $5 && echo leader",
	    "leader\n");
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	close(fd);
}

/* --- ending --- */

/* Close it and let the loop live until it is reaped; the loop's longest gap in ms. */
static int64_t
close_and_reap(struct fixture *f)
{
	int64_t before = clock_boot_ms(), gap = 0;
	int64_t until = before + DEADLINE_MS;
	siginfo_t info;

	transport_close(&f->t);
	while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && before < until) {
		int64_t now = clock_boot_ms();

		gap = now - before > gap ? now - before : gap;
		before = now;
		run_for(f->loop, 5);
	}
	assert_true(before < until);
	return gap;
}

static void
until_ready(struct fixture *f)
{
	struct pollfd p = {.fd = f->t.rfd, .events = POLLIN};

	assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
}

static void
program_closed_ends_by_the_end_of_its_input(void **state)
{
	struct fixture *f = *state;
	int64_t before = clock_boot_ms();

	run(f, f->loop, "exec cat");
	close_and_reap(f);
	assert_in_range(clock_boot_ms() - before, 0, 480); /* before SIGTERM */
}

static void
program_deaf_is_killed_without_blocking_the_loop(void **state)
{
	struct fixture *f = *state;
	int64_t before = clock_boot_ms();

	run(f, f->loop, "trap '' TERM; echo; while :; do read x </dev/zero; done");
	until_ready(f);
	assert_in_range(close_and_reap(f), 0, 250);
	assert_in_range(clock_boot_ms() - before, 990, 5000);
}

static void
program_ending_keeps_no_loop_running(void **state)
{
	struct fixture *f = *state;
	int64_t before = clock_boot_ms();

	run(f, f->loop, "trap '' TERM; echo; while :; do read x </dev/zero; done");
	until_ready(f);
	transport_close(&f->t);
	ev_run(f->loop, 0); /* nothing is registered */
	ev_loop_destroy(f->loop);
	f->loop = NULL;
	assert_in_range(clock_boot_ms() - before, 0, 400);
}

static void
program_without_a_loop_is_closed_within_a_second(void **state)
{
	struct fixture *f = *state;
	int64_t before = clock_boot_ms();

	run(f, NULL, "trap '' TERM; echo; while :; do read x </dev/zero; done");
	until_ready(f);
	transport_close(&f->t);
	assert_in_range(clock_boot_ms() - before, 990, 5000);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	run(f, NULL, "exec cat");
	transport_close(&f->t);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
reap_all(int sig)
{
	int errnum = errno;

	(void)sig;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = errnum;
}

static void
program_survives_an_owner_that_reaps_everybody(void **state)
{
	static void (*const handlers[])(int sig) = {SIG_IGN, reap_all};
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		signal(SIGCHLD, handlers[i]);
		ends_with(f, "head -c 9 >/dev/null; echo Connection lost >&2; exit 1", OP_CLOSED,
		    "Connection lost");
	}
	signal(SIGCHLD, SIG_DFL);
}

static void
attempt(void *arg)
{
	struct fixture *f = arg;
	const char *const argv[] = {"true", NULL};
	int err = program_start(NULL, argv, &f->t, f->why, sizeof(f->why));

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err == OP_OK)
		transport_close(&f->t);
}

static void
program_without_memory_is_a_clean_error(void **state)
{
	failing_malloc_each(attempt, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(program_echoes_frames_and_ends_with_its_input),
	    TEST(program_last_error_line_is_the_reason),
	    TEST(program_silent_end_is_told),
	    TEST(program_warning_of_the_beginning_is_no_reason),
	    TEST(program_loss_after_the_first_byte_is_explained),
	    TEST(program_flood_of_errors_does_not_block),
	    TEST(program_missing_is_unavailable),
	    TEST(program_inherits_nothing_of_the_owner),
	    TEST(program_closed_ends_by_the_end_of_its_input),
	    TEST(program_deaf_is_killed_without_blocking_the_loop),
	    TEST(program_ending_keeps_no_loop_running),
	    TEST(program_without_a_loop_is_closed_within_a_second),
	    TEST(program_survives_an_owner_that_reaps_everybody),
	    TEST(program_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
