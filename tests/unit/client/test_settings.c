/* SPDX-License-Identifier: ISC */
/* mediachangec's command line: options, operands, checks, and the question that comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "client/mediachangec/settings.h"
#include "lib/err.h"

#define ARGS_MAX 24

/* Parse a command line; the program's name is put in front. */
static int
parse(struct settings *s, const char *const *args)
{
	static char *argv[ARGS_MAX];
	int argc = 1;

	argv[0] = "mediachangec";
	while (args[argc - 1]) {
		argv[argc] = (char *)args[argc - 1];
		argc++;
	}
	argv[argc] = NULL;
	return settings_parse(s, argc, argv);
}

#define PARSE(s, ...) parse(s, (const char *const[]){__VA_ARGS__, NULL})

static void
assert_text(const struct buf *b, const char *want)
{
	assert_int_equal(buf_len(b), strlen(want));
	assert_memory_equal(buf_bytes(b), want, strlen(want));
}

static void
host_and_message_as_the_original(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "desk", "Insert volume 2"), OP_OK);
	assert_int_equal(s.endpoint_count, 1);
	assert_string_equal(s.endpoints[0].host, "desk");
	assert_string_equal(s.endpoints[0].port, "8979");
	assert_text(&s.text, "Insert volume 2");
	assert_string_equal(s.kind, "okcancel");
	assert_true(uuid_valid(s.question_id, strlen(s.question_id)));
	settings_fini(&s);
}

static void
message_that_looks_like_an_option_is_a_message(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "desk", "--quiet"), OP_OK);
	assert_text(&s.text, "--quiet");
	assert_false(s.quiet);
	settings_fini(&s);
	assert_int_equal(PARSE(&s, "-s", "desk", "--", "--json"), OP_OK);
	assert_text(&s.text, "--json");
	settings_fini(&s);
}

static void
servers_are_kept_in_order(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(
	    PARSE(&s, "-s", "a:1", "--server", "unix:/b", "--server=[::1]", "text"), OP_OK);
	assert_int_equal(s.endpoint_count, 3);
	assert_string_equal(s.endpoints[0].port, "1");
	assert_string_equal(s.endpoints[1].path, "/b");
	assert_string_equal(s.endpoints[2].host, "::1");
	settings_fini(&s);
}

static void
unix_alone_is_the_default_socket(void **state)
{
	struct settings s;

	(void)state;
	setenv("OPDESK_RUNTIME", "/nowhere", 1);
	assert_int_equal(PARSE(&s, "-s", "unix:", "text"), OP_OK);
	assert_string_equal(s.endpoints[0].path, "/nowhere/mediachanged.sock");
	settings_fini(&s);
	unsetenv("OPDESK_RUNTIME");
}

static void
wrong_use_is_refused(void **state)
{
	static const char *const rows[][ARGS_MAX] = {
	    {NULL}, {"desk", NULL}, {"desk", "one", "two", NULL}, {"desk", "", NULL},
	    {"-s", "unix:relative", "text", NULL}, {"--unknown", "desk", "x", NULL},
	    {"--kind", "maybe", "desk", "x", NULL}, {"--kind", "choice", "desk", "x", NULL},
	    {"--kind", "ok", "--ask-text", "desk", "x", NULL},
	    {"--button", "A", "--ask-text", "desk", "x", NULL}, {"--button", "", "desk", "x", NULL},
	    {"--severity", "loud", "desk", "x", NULL}, {"--timeout", "10m;", "desk", "x", NULL},
	    {"--timeout", "1h", "--default", "Maybe", "desk", "x", NULL},
	    {"--timeout", "0", "desk", "x", NULL}, /* a script's time that is over, not for ever */
	    {"--default", "Ok", "desk", "x", NULL}, {"--id", "1234", "desk", "x", NULL},
	    {"--exit-map", "no", "desk", "x", NULL}, {"--line", "--json", "desk", "x", NULL},
	    {"--line", "--kind", "ok", "desk", "x", NULL}, {"--for", "cpio", "desk", NULL},
	    {"--for", "dump", "desk", "/dev/nst0", NULL},
	    {"--for", "dump", "desk", "/dev/nst0", "two", NULL},
	    {"--for", "tar", "desk", NULL}, /* TAR_VOLUME is not set */
	};
	struct settings s;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int err = parse(&s, rows[i]);

		if (err != OP_BAD_REQUEST)
			print_error("row %zu: %s\n", i, op_strerror(err));
		assert_int_equal(err, OP_BAD_REQUEST);
		settings_fini(&s);
	}
}

static void
buttons_and_text_make_their_kind(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--button", "Left", "--button", "Right", "--timeout", "5s",
			     "--default", "Right", "desk", "x"),
	    OP_OK);
	assert_string_equal(s.kind, "choice");
	assert_int_equal(s.timeout_ms, 5000);
	settings_fini(&s);
	assert_int_equal(PARSE(&s, "--ask-text", "desk", "x"), OP_OK);
	assert_string_equal(s.kind, "text");
	settings_fini(&s);
}

static void
message_that_is_no_utf8_is_made_plain(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "desk", "gr\xfc\xdf\n\n"), OP_OK);
	assert_text(&s.text, "gr\\xfc\\xdf");
	settings_fini(&s);
}

static void
message_too_long_is_refused(void **state)
{
	char *text = calloc(1, SETTINGS_TEXT_MAX + 2);
	struct settings s;

	(void)state;
	memset(text, 'x', SETTINGS_TEXT_MAX + 1);
	assert_int_equal(PARSE(&s, "desk", text), OP_BAD_REQUEST);
	settings_fini(&s);
	text[SETTINGS_TEXT_MAX] = '\0';
	assert_int_equal(PARSE(&s, "desk", text), OP_OK);
	settings_fini(&s);
	free(text);
}

static void
dump_counts_one_further_and_refuses_with_2(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--for", "dump", "desk", "/dev/nst0", "1"), OP_OK);
	assert_text(&s.text, "Insert volume 2 into /dev/nst0 to go on dumping, then choose Ok.");
	assert_text(&s.title_text, "dump: volume 2");
	assert_int_equal(s.exits.status[OUTCOME_YES], 0);
	assert_int_equal(s.exits.status[OUTCOME_NO], 2);
	assert_int_equal(s.exits.status[OUTCOME_UNREACHABLE], 2);
	settings_fini(&s);
	assert_int_equal(
	    PARSE(&s, "--for", "restore", "-s", "desk", "Next, please", "/dev/nst0", "1"), OP_OK);
	assert_text(&s.text, "Next, please");
	assert_text(&s.title_text, "restore: volume 1");
	settings_fini(&s);
}

static void
exit_map_comes_after_the_callers(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(
	    PARSE(&s, "--exit-map", "no=9", "--for", "afio", "desk", "2", "/dev/nst0", ""), OP_OK);
	assert_int_equal(s.exits.status[OUTCOME_NO], 9);
	assert_int_equal(s.exits.status[OUTCOME_TIMEOUT], 1);
	settings_fini(&s);
}

static void
tar_speaks_by_its_environment(void **state)
{
	struct settings s;

	(void)state;
	setenv("TAR_VOLUME", "3", 1);
	setenv("TAR_ARCHIVE", "/dev/nst0", 1);
	setenv("TAR_SUBCOMMAND", "-x", 1);
	assert_int_equal(PARSE(&s, "--for", "tar", "desk"), OP_OK);
	assert_text(&s.text, "Insert volume 3 of /dev/nst0 to go on reading, then choose Ok.");
	assert_int_equal(buf_len(&s.key_text), 0); /* no tar is among our ancestors */
	settings_fini(&s);
	unsetenv("TAR_VOLUME");
}

static void
dar_needs_nothing_after_its_last_slice(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--for", "dar", "desk", "full", "4", "last_slice"), OP_OK);
	assert_int_equal(buf_len(&s.text), 0);
	settings_fini(&s);
	assert_int_equal(PARSE(&s, "--for", "dar", "desk", "full", "0", "init"), OP_OK);
	assert_true(buf_len(&s.text) > 0);
	settings_fini(&s);
}

static void
pack_has_what_was_given_and_no_more(void **state)
{
	struct settings s;
	struct buf b;
	struct mp_out o;
	struct mp_doc doc;
	int64_t ms;
	bool flag;

	(void)state;
	assert_int_equal(PARSE(&s, "--timeout", "2m", "--tag", "tape", "desk", "x"), OP_OK);
	buf_init(&b);
	mp_out_init(&o, &b);
	settings_pack(&o, &s);
	assert_int_equal(o.err, OP_OK);
	assert_int_equal(mp_parse(&doc, buf_bytes(&b), buf_len(&b)), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "timeout_ms", &ms), OP_OK);
	assert_int_equal(ms, 120000);
	assert_int_equal(mp_get_bool(&doc.root, "wait", &flag), OP_OK);
	assert_true(flag);
	assert_non_null(mp_get(&doc.root, "tags"));
	assert_null(mp_get(&doc.root, "labels"));
	assert_null(mp_get(&doc.root, "key"));
	mp_fini(&doc);
	buf_fini(&b);
	settings_fini(&s);
}

static void
help_and_version_are_no_errors(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(PARSE(&s, "--help"), OP_CANCELLED);
	settings_fini(&s);
	assert_int_equal(PARSE(&s, "--version"), OP_CANCELLED);
	settings_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(host_and_message_as_the_original),
	    cmocka_unit_test(message_that_looks_like_an_option_is_a_message),
	    cmocka_unit_test(servers_are_kept_in_order),
	    cmocka_unit_test(unix_alone_is_the_default_socket),
	    cmocka_unit_test(wrong_use_is_refused),
	    cmocka_unit_test(buttons_and_text_make_their_kind),
	    cmocka_unit_test(message_that_is_no_utf8_is_made_plain),
	    cmocka_unit_test(message_too_long_is_refused),
	    cmocka_unit_test(dump_counts_one_further_and_refuses_with_2),
	    cmocka_unit_test(exit_map_comes_after_the_callers),
	    cmocka_unit_test(tar_speaks_by_its_environment),
	    cmocka_unit_test(dar_needs_nothing_after_its_last_slice),
	    cmocka_unit_test(pack_has_what_was_given_and_no_more),
	    cmocka_unit_test(help_and_version_are_no_errors),
	};

	unsetenv("TAR_VOLUME");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
