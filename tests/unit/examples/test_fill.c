/* SPDX-License-Identifier: ISC */
/* Paragraphs filled to columns (examples/wrap). */
#include "tests/unit/unit.h"

#include "examples/wrap/fill.h"
#include "lib/err.h"

static void
filled(const char *text, size_t columns, const char *want)
{
	struct buf out;

	buf_init(&out);
	assert_int_equal(fill(text, strlen(text), columns, &out), OP_OK);
	assert_int_equal(buf_append(&out, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&out), want);
	buf_fini(&out);
}

static void
fill_sets_words_into_lines(void **state)
{
	(void)state;
	filled("", 10, "");
	filled(" \n\n ", 10, "");
	filled("one two three four", 10, "one two\nthree four\n");
	filled("one\ntwo\r\nthree   four\n", 10, "one two\nthree four\n");
	filled("12345 7890", 10, "12345 7890\n");
	filled("12345 78901", 10, "12345\n78901\n");
	filled("a verylongwordindeed b", 10, "a\nverylongwordindeed\nb\n");
}

static void
fill_keeps_paragraphs_apart(void **state)
{
	(void)state;
	filled("\n\none two\n\n\n\nthree\n \nfour", 10, "one two\n\nthree\n\nfour\n");
}

static void
fill_counts_characters_not_bytes(void **state)
{
	(void)state;
	filled("ääää öööö üüüü", 9, "ääää öööö\nüüüü\n");
	filled("\xff\xff\xff\xff \xfe", 6, "\xff\xff\xff\xff \xfe\n");
}

static void
fill_without_memory(void *arg)
{
	struct buf out;

	(void)arg;
	buf_init(&out);
	int err = fill("one two\n\nthree", 14, 5, &out);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	buf_fini(&out);
}

static void
fill_without_memory_says_so(void **state)
{
	(void)state;
	failing_malloc_each(fill_without_memory, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fill_sets_words_into_lines),
	    cmocka_unit_test(fill_keeps_paragraphs_apart),
	    cmocka_unit_test(fill_counts_characters_not_bytes),
	    cmocka_unit_test(fill_without_memory_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
