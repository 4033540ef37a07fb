/* SPDX-License-Identifier: ISC */
/* Commands as argument lists. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/words.h"

static void
words_are_parted_by_blanks_outside_of_quotes(void **state)
{
	static const struct {
		const char *text, *words[6];
	} cases[] = {
	    {"", {NULL}},
	    {" \t\n ", {NULL}},
	    {"mail", {"mail"}},
	    {"  mail  -s\tx ", {"mail", "-s", "x"}},
	    {"mail -s 'two words' \"and \\\"three\\\" more\"",
		{"mail", "-s", "two words", "and \"three\" more"}},
	    {"a'b'\"c\"d", {"abcd"}},
	    {"'' \"\" x", {"", "", "x"}},
	    {"a\\ b \\'c \\\\", {"a b", "'c", "\\"}},
	    {"'a\\' b", {"a\\", "b"}},
	    {"'it\"s' \"it's\"", {"it\"s", "it's"}},
	    {"$HOME *.c | `x` > y", {"$HOME", "*.c", "|", "`x`", ">", "y"}},
	    {"ä 'ö ü'", {"ä", "ö ü"}},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		char **words;
		size_t count, want = 0;

		while (want < 6 && cases[i].words[want])
			want++;
		assert_int_equal(words_split(cases[i].text, &words, &count), OP_OK);
		assert_int_equal(count, want);
		assert_null(words[count]);
		for (size_t k = 0; k < count; k++)
			assert_string_equal(words[k], cases[i].words[k]);
		free(words);
	}
}

static void
words_with_an_open_end_are_refused(void **state)
{
	static const char *const bad[] = {
	    "'", "\"", "mail 'x", "mail \"x\\\"", "mail x\\", "a'b\"c"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		char **words = NULL;
		size_t count = 77;

		assert_int_equal(words_split(bad[i], &words, &count), OP_BAD_REQUEST);
		assert_null(words);
		assert_int_equal(count, 77);
	}
}

static void
split(void *arg)
{
	char **words;
	size_t count;
	int err = words_split("mail -s 'two words'", &words, &count);

	(void)arg;
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err == OP_OK)
		free(words);
}

static void
words_survive_a_failed_allocation(void **state)
{
	(void)state;
	failing_malloc_each(split, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_parted_by_blanks_outside_of_quotes),
	    cmocka_unit_test(words_with_an_open_end_are_refused),
	    cmocka_unit_test(words_survive_a_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
