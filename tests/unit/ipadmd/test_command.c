/* SPDX-License-Identifier: ISC */
/* Programs that clerks run: words, exit, output, time limit, the daemon that ends meanwhile. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "daemon/ipadmd/command.h"
#include "daemon/ipadmd/probe.h"
#include "lib/clock.h"
#include "lib/err.h"

static struct command_result
run(const char *script, int64_t limit_ms)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, strdup(script), NULL};
	const struct command_run r = {.argv = argv, .limit_ms = limit_ms, .stop_fd = {-1, -1}};
	struct command_result result;

	assert_int_equal(command_run(&r, &result), OP_OK);
	free(argv[2]);
	return result;
}

static void
command_words_and_label(void **state)
{
	struct command_line c;

	(void)state;
	assert_int_equal(command_line_parse("bind: rndc  -s\thost reload", &c), OP_OK);
	assert_string_equal(c.label, "bind");
	assert_int_equal(c.argc, 4);
	assert_string_equal(c.argv[2], "host");
	assert_null(c.argv[4]);
	assert_int_equal(command_line_add(&c, "more"), OP_OK);
	assert_string_equal(c.argv[4], "more");
	command_line_fini(&c);
	assert_int_equal(command_line_parse("zone:", &c), OP_OK);
	assert_int_equal(c.argc, 0);
	command_line_fini(&c);
	assert_int_equal(command_line_parse("rndc bind: x", &c), OP_OK);
	assert_string_equal(c.label, "");
	assert_int_equal(c.argc, 3);
	command_line_fini(&c);
	assert_int_equal(command_line_parse(" \t", &c), OP_BAD_REQUEST);
	assert_int_equal(command_line_parse("a a a a a a a a a a a a a a a a a a a a a a a a a a a "
					    "a a a a a a",
			     &c),
	    OP_BAD_REQUEST);
}

static void
command_status_and_output(void **state)
{
	struct command_result r;

	(void)state;
	r = run("echo out; echo err >&2; exit 3", 10000);
	assert_int_equal(r.status, 3);
	assert_string_equal(r.output, "out\nerr");
	r = run("kill -TERM $$", 10000);
	assert_int_equal(r.status, 128 + SIGTERM);
	r = run("printf '\\033[31mred\\377'", 10000);
	assert_null(strchr(r.output, '\033'));
	/* nothing of ours but the fixed ones; a closed standard input */
	r = run("env | sort | cut -d= -f1 | tr '\\n' ' '; read x || echo none; ls /proc/self/fd | "
		"wc -l",
	    10000);
	assert_non_null(strstr(r.output, "LANG"));
	assert_null(strstr(r.output, "HOME"));
	assert_non_null(strstr(r.output, "none\n4"));
}

static void
command_that_cannot_start(void **state)
{
	char *argv[] = {(char[]){"/nonexistent/program"}, NULL};
	const struct command_run r = {.argv = argv, .limit_ms = 10000, .stop_fd = {-1, -1}};
	struct command_result result;

	(void)state;
	assert_int_equal(command_run(&r, &result), OP_OK);
	assert_int_equal(result.status, 127);
	assert_non_null(strstr(result.output, "cannot run /nonexistent/program"));
	assert_true(command_exists("sh"));
	assert_true(command_exists("/bin/sh"));
	assert_false(command_exists("/nonexistent/program"));
	assert_false(command_exists("no-such-program-anywhere"));
}

static void
command_output_is_bounded_to_its_end(void **state)
{
	struct command_result r;

	(void)state;
	r = run(
	    "i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; echo the end", 60000);
	assert_int_equal(r.status, 0);
	assert_true(strlen(r.output) <= COMMAND_OUTPUT);
	assert_non_null(strstr(r.output, "the end"));
}

static void
command_that_hangs_is_killed_with_its_children(void **state)
{
	int64_t began = clock_boot_ms();
	struct command_result r;

	(void)state;
	r = run("echo before; sleep 600 & sleep 600", 300);
	assert_int_equal(r.status, -1);
	assert_non_null(strstr(r.output, "before"));
	assert_non_null(strstr(r.output, "killed: not done after 300 ms"));
	assert_true(clock_boot_ms() - began < 30000);
}

static void
command_child_left_behind_does_not_hold_it(void **state)
{
	int64_t began = clock_boot_ms();
	struct command_result r;

	(void)state;
	r = run("sleep 600 & echo $!", 60000);
	assert_int_equal(r.status, 0);
	assert_true(clock_boot_ms() - began < 30000);
	/* it is left alone: a reload command may start a server */
	assert_int_equal(kill((pid_t)atoi(r.output), SIGKILL), 0);
}

static void
command_ends_with_the_daemon(void **state)
{
	char *argv[] = {(char[]){"sleep"}, (char[]){"600"}, NULL};
	struct command_run r = {.argv = argv, .limit_ms = 60000, .stop_fd = {-1, -1}};
	struct command_result result;
	int lifeline[2];

	(void)state;
	assert_int_equal(pipe(lifeline), 0);
	close(lifeline[1]);
	r.stop_fd[1] = lifeline[0];
	assert_int_equal(command_run(&r, &result), OP_CLOSED);
	close(lifeline[0]);
}

static bool
third_time(void *arg)
{
	int *asked = arg;

	return ++*asked == 3;
}

static void
command_that_is_given_up_is_killed(void **state)
{
	char *argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"sleep 600 & sleep 600"}, NULL};
	int asked = 0;
	const struct command_run r = {.argv = argv,
	    .limit_ms = 60000,
	    .stop_fd = {-1, -1},
	    .given_up = third_time,
	    .given_up_arg = &asked};
	struct command_result result;
	int64_t began = clock_boot_ms();

	(void)state;
	assert_int_equal(command_run(&r, &result), OP_CANCELLED);
	assert_true(clock_boot_ms() - began < 30000);
	assert_int_equal(asked, 3);
}

static void
probe_servers_are_addresses(void **state)
{
	static const char *const bad[] = {"", "ns1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
	    "127.0.0.1:x", "[::1", "[::1]53", ":53"};
	struct probe_server s;

	(void)state;
	assert_int_equal(probe_server_parse("127.0.0.1", &s), OP_OK);
	assert_int_equal(s.port, 53);
	assert_int_equal(probe_server_parse("127.0.0.1:5300", &s), OP_OK);
	assert_int_equal(s.port, 5300);
	assert_int_equal(probe_server_parse("[::1]:5300", &s), OP_OK);
	assert_int_equal(s.address.family, 6);
	assert_int_equal(s.port, 5300);
	assert_int_equal(probe_server_parse("2001:db8::53", &s), OP_OK);
	assert_int_equal(s.port, 53);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(probe_server_parse(bad[i], &s), OP_BAD_REQUEST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(command_words_and_label),
	    cmocka_unit_test(command_status_and_output),
	    cmocka_unit_test(command_that_cannot_start),
	    cmocka_unit_test(command_output_is_bounded_to_its_end),
	    cmocka_unit_test(command_that_hangs_is_killed_with_its_children),
	    cmocka_unit_test(command_child_left_behind_does_not_hold_it),
	    cmocka_unit_test(command_ends_with_the_daemon),
	    cmocka_unit_test(command_that_is_given_up_is_killed),
	    cmocka_unit_test(probe_servers_are_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
