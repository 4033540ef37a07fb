/* SPDX-License-Identifier: ISC */
/* The command line of opdesk. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <getopt.h>
#include <sysexits.h>
#include "gui/options.h"

static struct options o;

#define PARSE(...) parse((char *[]){"opdesk", __VA_ARGS__, NULL})

static int
parse(char *argv[])
{
	int argc = 0;

	while (argv[argc])
		argc++;
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	return options_parse(&o, argc, argv);
}

static void
options_none_gives_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse((char *[]){"opdesk", NULL}), 0);
	assert_int_equal(o.n_servers, 0);
	assert_null(o.interval); /* as the user prefers */
	assert_null(o.max_windows);
	assert_null(o.helper);
}

static void
options_all_are_taken(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-s", "alpha", "--server", "unix:/run/x", "-s", "unix:", "--helper",
			     "/bin/sh", "--interval", "2m", "--max-windows", "5"),
	    0);
	assert_int_equal(o.n_servers, 3);
	assert_string_equal(o.servers[1], "unix:/run/x");
	assert_string_equal(o.helper, "/bin/sh");
	assert_string_equal(o.interval, "2m");
	assert_string_equal(o.max_windows, "5");
}

static void
options_wrong_are_usage_errors(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-s", "tcp:"), EX_USAGE);
	assert_int_equal(PARSE("--interval", "15s;"), EX_USAGE);
	assert_int_equal(PARSE("--interval", "10ms"), EX_USAGE);
	assert_int_equal(PARSE("--max-windows", "0"), EX_USAGE);
	assert_int_equal(PARSE("--max-windows", "3x"), EX_USAGE);
	assert_int_equal(PARSE("--helper", ""), EX_USAGE);
	assert_int_equal(PARSE("--helper", "/nonexistent/helper"), EX_USAGE);
	assert_int_equal(PARSE("--helper", "/"), EX_USAGE);
	assert_int_equal(PARSE("--nothing"), EX_USAGE);
	assert_int_equal(PARSE("alpha"), EX_USAGE);
}

static void
options_letters_are_those_of_every_program(void **state)
{
	(void)state;
	assert_int_equal(PARSE("-h"), 0);
	assert_true(o.help);
	assert_int_equal(parse((char *[]){"/usr/bin/ipadm", "-V", NULL}), 0);
	assert_true(o.version);
	assert_string_equal(o.name, "ipadm");
}

static void
options_too_many_servers_are_refused(void **state)
{
	char *argv[2 * OPTIONS_SERVERS_MAX + 4] = {"opdesk"};
	int n = 1;

	(void)state;
	for (int i = 0; i <= OPTIONS_SERVERS_MAX; i++) {
		argv[n++] = "-s";
		argv[n++] = "alpha";
	}
	assert_int_equal(parse(argv), EX_USAGE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(options_none_gives_defaults),
	    cmocka_unit_test(options_all_are_taken),
	    cmocka_unit_test(options_wrong_are_usage_errors),
	    cmocka_unit_test(options_letters_are_those_of_every_program),
	    cmocka_unit_test(options_too_many_servers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
