/* SPDX-License-Identifier: ISC */
/* The configuration file: values taken, complaints with file, line, setting and what was expected.
 */
#include "tests/unit/unit.h"

#include "daemon/server/config.h"
#include "lib/err.h"

struct values {
	int64_t pause_ms;
	uint64_t limit;
	int64_t count;
	bool loud;
	char *name;
	struct string_list access;
	struct section_list desks, door, lamps;
};

struct desk {
	char *title;
	int64_t height;
	struct string_list users;
};

static const char *const names[] = {"red", "green", NULL};

static const struct server_setting table[] = {
    {"pause", SETTING_DURATION, "10s", 1000, 60000, NULL, offsetof(struct values, pause_ms), NULL,
	""},
    {"limit", SETTING_SIZE, "1M", 0, 0, NULL, offsetof(struct values, limit), "limit", ""},
    {"count", SETTING_INT, "5", 1, 10, NULL, offsetof(struct values, count), NULL, ""},
    {"loud", SETTING_BOOL, "no", 0, 0, NULL, offsetof(struct values, loud), NULL, ""},
    {"name", SETTING_STRING, "red", 0, 0, names, offsetof(struct values, name), NULL, ""},
    {"access", SETTING_STRINGS, "allow local, allow ::1", 0, 0, NULL,
	offsetof(struct values, access), NULL, ""},
    {0},
};

static const struct server_setting desk_table[] = {
    {"height", SETTING_INT, "70", 50, 120, NULL, offsetof(struct desk, height), NULL, ""},
    {"users", SETTING_STRINGS, NULL, 0, 0, NULL, offsetof(struct desk, users), NULL, ""},
    {0},
};

static const struct server_section sections[] = {
    {"desk", SECTION_TITLED, desk_table, sizeof(struct desk), offsetof(struct values, desks), ""},
    {"door", SECTION_ONE, desk_table, sizeof(struct desk), offsetof(struct values, door), ""},
    {"lamp", SECTION_REPEATED, desk_table, sizeof(struct desk), offsetof(struct values, lamps), ""},
    {0},
};

static struct values values;
static const struct settings_part parts[] = {{table, &values, sections}, {0}};
static char why[300];

static int
set_up(void **state)
{
	(void)state;
	why[0] = '\0';
	return settings_init(parts);
}

static int
tear_down(void **state)
{
	(void)state;
	settings_fini(parts);
	return 0;
}

static int
parse(const char *text)
{
	return config_parse_text(text, strlen(text), "f.conf", parts, why, sizeof(why));
}

static void
config_defaults_are_there_before_any_file(void **state)
{
	(void)state;
	assert_int_equal(parse(""), OP_OK);
	assert_int_equal(parse(" \n\t\n"), OP_OK);
	assert_int_equal(parse("# nothing\n/* at\nall */ // here"), OP_OK);
	assert_int_equal(values.pause_ms, 10000);
	assert_int_equal(values.limit, 1048576);
	assert_int_equal(values.count, 5);
	assert_false(values.loud);
	assert_string_equal(values.name, "red");
	assert_int_equal(values.access.count, 2);
	assert_string_equal(values.access.items[1], "allow ::1");
}

static void
config_every_type_is_read(void **state)
{
	(void)state;
	assert_int_equal(parse("pause = \"1.5s\" # a comment\n"
			       "limit = 64k\ncount = 7\nloud = yes\nname = 'green'\n"
			       "access = {\"deny all\",\n  \"allow 10.0.0.0/8\"}\n"),
	    OP_OK);
	assert_int_equal(values.pause_ms, 1500);
	assert_int_equal(values.limit, 65536);
	assert_int_equal(values.count, 7);
	assert_true(values.loud);
	assert_string_equal(values.name, "green");
	assert_int_equal(values.access.count, 2);
	assert_string_equal(values.access.items[0], "deny all");
}

static void
config_empty_list_empties(void **state)
{
	(void)state;
	assert_int_equal(parse("access = {}\n"), OP_OK);
	assert_int_equal(values.access.count, 0);
}

static void
config_bad_file_changes_nothing_and_says_where(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
	    {"count = 7\nnope = 1\n", "f.conf:2: nope: no such setting"},
	    {"# one\n# two\n/* three\n*/ nope = 1", "f.conf:4: nope: no such setting"},
	    {"count = 7\npause = 10m;\n", "f.conf:2: pause: expected a duration"},
	    {"count = 11\n", "f.conf:1: count: expected a whole number, from 1 to 10, not \"11\""},
	    {"count = 7x\n", "f.conf:1: count: expected a whole number"},
	    {"count = \"\"\n", "f.conf:1: count: expected a whole number"},
	    {"loud = maybe\n", "f.conf:1: loud: expected yes or no, not \"maybe\""},
	    {"name = blue\n", "f.conf:1: name: expected one of red green, not \"blue\""},
	    {"limit = -1\n", "f.conf:1: limit: expected a size"},
	    {"count = 7\naccess = {\"a\"\n\n", "f.conf:2: a { that is never closed"},
	    {"count = 7 }\n", "f.conf:1: a } without its {"},
	    {"name = \"green\n\n", "f.conf:1: a quote that is never closed"},
	    {"\n/* name\n", "f.conf:2: a comment that is never closed"},
	    {"count\n", "syntax: "},
	    {"count 7\n", "syntax: "},
	    {"= 7\n", "f.conf:1: syntax: "},
	    {"count = \n", "f.conf:"},
	    {"count = {1, 2}\n", "f.conf:1: "},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		why[0] = '\0';
		if (parse(rows[i].text) != OP_BAD_REQUEST || !strstr(why, rows[i].expected))
			fail_msg("%s: %s, expected %s", rows[i].text, why, rows[i].expected);
		assert_null(strchr(why, '\n'));
		assert_int_equal(values.count, 5);
		assert_string_equal(values.name, "red");
	}
}

static void
config_nul_byte_is_refused(void **state)
{
	static const char text[] = "count = 7\n\0nope";

	(void)state;
	assert_int_equal(
	    config_parse_text(text, sizeof(text) - 1, "f.conf", parts, why, sizeof(why)),
	    OP_BAD_REQUEST);
	assert_string_equal(why, "f.conf:2: a NUL byte: expected text");
}

static void
config_control_bytes_are_shown_plainly(void **state)
{
	(void)state;
	assert_int_equal(parse("name = \"a\x1b[31m\"\n"), OP_BAD_REQUEST);
	assert_null(strchr(why, '\x1b'));
}

static void
config_short_why_is_terminated(void **state)
{
	char small[12] = "xxxxxxxxxxx";

	(void)state;
	assert_int_equal(
	    config_parse_text("nope = 1", 8, "a-long-file-name.conf", parts, small, sizeof(small)),
	    OP_BAD_REQUEST);
	assert_true(strlen(small) < sizeof(small));
}

static void
prepare_quotes_and_comments_hide_braces(void **state)
{
	char text[] = "a = \"{\" # }\n/* { */ b = '}' // {\nc = {1}";
	int line;

	(void)state;
	assert_null(config_prepare(text, sizeof(text) - 1, &line));
	assert_string_equal(text, "a = \"{\"    \n        b = '}'     \nc = {1}");
}

static void
prepare_tiny_texts_are_no_trouble(void **state)
{
	static const char *const rows[] = {
	    "", "/", "*/", "/*", "/**/", "#", "//", "\"", "\"\\", "/*/"};
	char text[8];
	int line;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		snprintf(text, sizeof(text), "%s", rows[i]);
		config_prepare(text, strlen(text), &line);
	}
}

static void
settings_list_grows_by_item_and_clears(void **state)
{
	struct setting_ref ref;

	(void)state;
	assert_int_equal(settings_find(parts, "access", &ref), OP_OK);
	assert_int_equal(settings_set(&ref, "deny all"), OP_OK);
	assert_int_equal(values.access.count, 3);
	settings_clear(&ref);
	assert_int_equal(values.access.count, 0);
	assert_int_equal(settings_find_option(parts, "limit", &ref), OP_OK);
	assert_int_equal(settings_find_option(parts, "count", &ref), OP_NOT_FOUND);
}

static const struct desk *
desk(size_t i)
{
	return (const struct desk *)values.desks.items + i;
}

static void
config_sections_are_lists_of_structs(void **state)
{
	(void)state;
	assert_int_equal(parse("count = 3\ndesk \"left\" { height = 60 users = {\"a\", \"b\"} }\n"
			       "desk \"right\" { }\ndoor { height = 90 }\n"),
	    OP_OK);
	assert_int_equal(values.count, 3);
	assert_int_equal(values.desks.count, 2);
	assert_string_equal(desk(0)->title, "left");
	assert_int_equal(desk(0)->height, 60);
	assert_int_equal(desk(0)->users.count, 2);
	assert_string_equal(desk(1)->title, "right");
	assert_int_equal(desk(1)->height, 70);
	assert_int_equal(values.door.count, 1);
	assert_int_equal(((const struct desk *)values.door.items)->height, 90);
	/* a file read anew replaces them, one without them leaves them */
	assert_int_equal(parse("desk \"one\" { height = 61 }\n"), OP_OK);
	assert_int_equal(values.desks.count, 1);
	assert_string_equal(desk(0)->title, "one");
}

static void
config_sections_without_title_may_be_repeated(void **state)
{
	(void)state;
	assert_int_equal(
	    parse("lamp { height = 60 }\ncount = 3\nlamp {\n}\nlamp { height = 60 }\n"), OP_OK);
	assert_int_equal(values.lamps.count, 3);
	const struct desk *lamps = values.lamps.items;

	assert_null(lamps[0].title);
	assert_int_equal(lamps[0].height, 60);
	assert_int_equal(lamps[1].height, 70);
	assert_int_equal(lamps[2].height, 60);
}

static void
config_sections_complain_with_their_line(void **state)
{
	(void)state;
	assert_int_equal(parse("desk \"left\" {\n height = 5\n}\n"), OP_BAD_REQUEST);
	assert_string_equal(
	    why, "f.conf:2: height: expected a whole number, from 50 to 120, not \"5\"");
	assert_int_equal(values.desks.count, 0);
	assert_int_equal(parse("desk \"left\" {\n weight = 5\n}\n"), OP_BAD_REQUEST);
	assert_non_null(strstr(why, "f.conf:2: "));
	assert_non_null(strstr(why, "no such setting"));
	assert_int_equal(parse("desk \"a\" {}\ndesk \"a\" {}\n"), OP_BAD_REQUEST);
	assert_int_equal(parse("desk {}\n"), OP_BAD_REQUEST);
	assert_int_equal(values.desks.count, 0);
}

static void
settings_copy_shares_nothing(void **state)
{
	struct values other;
	const struct settings_part copy[] = {{table, &other, sections}, {0}};

	(void)state;
	assert_int_equal(parse("name = green\ndesk \"left\" { users = {\"a\"} }\n"), OP_OK);
	assert_int_equal(settings_copy(copy, parts), OP_OK);
	settings_fini(parts);
	assert_int_equal(settings_init(parts), OP_OK);
	const struct desk *d = other.desks.items;

	assert_string_equal(other.name, "green");
	assert_int_equal(other.access.count, 2);
	assert_string_equal(d->title, "left");
	assert_string_equal(d->users.items[0], "a");
	settings_fini(copy);
}

static void
settings_equal_sees_every_difference(void **state)
{
	static const char *const texts[] = {"", "name = green\n", "access = {}\n",
	    "access = {\"allow all\"}\n", "desk \"left\" {}\n", "desk \"right\" {}\n",
	    "desk \"left\" { users = {\"a\"} }\n", "desk \"left\" {}\ndesk \"right\" {}\n"};
	const size_t count = sizeof(texts) / sizeof(*texts);
	struct values other;
	const struct settings_part copy[] = {{table, &other, sections}, {0}};

	(void)state;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(parse(texts[i]), OP_OK);
		assert_int_equal(settings_copy(copy, parts), OP_OK);
		for (size_t j = 0; j < count; j++) {
			settings_fini(parts);
			assert_int_equal(settings_init(parts), OP_OK);
			assert_int_equal(parse(texts[j]), OP_OK);
			assert_int_equal(settings_equal(copy, parts), i == j);
			assert_int_equal(settings_equal(parts, copy), i == j);
		}
		settings_fini(copy);
		settings_fini(parts);
		assert_int_equal(settings_init(parts), OP_OK);
	}
}

static void
parse_whole(void *arg)
{
	struct values own;
	const struct settings_part p[] = {{table, &own, sections}, {0}};
	static const char text[] = "name = green\ndesk \"left\" { users = {\"a\"} }\n";
	int err;

	(void)arg;
	if (settings_init(p))
		return;
	/* OP_BAD_REQUEST: libconfuse does not tell its own lack of memory from a bad file. */
	err = config_parse_text(text, strlen(text), "f", p, why, sizeof(why));
	assert_true(err == OP_OK || err == OP_NO_MEMORY || err == OP_BAD_REQUEST);
	if (err == OP_OK)
		assert_string_equal(own.name, "green");
	settings_fini(p);
}

static void
config_without_memory_fails_cleanly(void **state)
{
	(void)state;
	failing_malloc_each(parse_whole, NULL);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(config_defaults_are_there_before_any_file),
	    T(config_every_type_is_read),
	    T(config_empty_list_empties),
	    T(config_bad_file_changes_nothing_and_says_where),
	    T(config_nul_byte_is_refused),
	    T(config_control_bytes_are_shown_plainly),
	    T(config_short_why_is_terminated),
	    T(prepare_quotes_and_comments_hide_braces),
	    T(prepare_tiny_texts_are_no_trouble),
	    T(settings_list_grows_by_item_and_clears),
	    T(config_sections_are_lists_of_structs),
	    T(config_sections_without_title_may_be_repeated),
	    T(config_sections_complain_with_their_line),
	    T(settings_copy_shares_nothing),
	    T(settings_equal_sees_every_difference),
	    T(config_without_memory_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
