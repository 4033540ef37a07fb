/* SPDX-License-Identifier: ISC */
/*
 * Merges for a person with an editor: each kind of conflict between marks, where there is none the
 * plain merge, and marks that are left behind.
 */
#include "lib/sdb/marked.h"
#include "lib/sdb/check.h"
#include "tests/unit/failing_malloc.h"
#include "tests/unit/sdb/sdb.h"

#define LAMP "lamp:192.0.2.34:0200c0ffee02:::no alias, no mail\n"

static char *
marked_of(const char *base, const char *mine, const char *theirs, bool nodes, size_t *count)
{
	struct buf out;

	buf_init(&out);
	assert_int_equal(sdb_merge_marked(sdb_text_of(base), sdb_text_of(mine), sdb_text_of(theirs),
			     nodes, &out, count),
	    OP_OK);
	assert_int_equal(buf_append(&out, "", 1), OP_OK);
	return (char *)out.data;
}

static void
assert_marked(const char *base, const char *mine, const char *theirs, const char *expected,
    size_t expected_count)
{
	size_t count = 99;
	char *text = marked_of(base, mine, theirs, true, &count);

	assert_string_equal(text, expected);
	assert_int_equal(count, expected_count);
	free(text);
}

#define FILE_OF(nodes) EXAMPLE_HEADER "__NODES__\n" nodes

static void
marked_without_a_conflict_is_the_merge(void **state)
{
	(void)state;
	assert_marked(FILE_OF("a:192.0.2.33::::\nb:192.0.2.34::::\n"),
	    FILE_OF("a:192.0.2.33::::x\nb:192.0.2.34::::\n"),
	    FILE_OF("a:192.0.2.33::::\nb:192.0.2.34::::y\n"),
	    FILE_OF("a:192.0.2.33::::x\nb:192.0.2.34::::y\n"), 0);
	assert_marked("", "", "", "", 0);
}

static void
marked_both_changed_stand_together(void **state)
{
	(void)state;
	assert_marked(FILE_OF("a:192.0.2.33::::\n" LAMP), FILE_OF("a:192.0.2.33::::x\n" LAMP),
	    FILE_OF("a:192.0.2.33::::y\n" LAMP "c:192.0.2.35::::\n"),
	    FILE_OF("<<<<<<< yours\na:192.0.2.33::::x\n=======\na:192.0.2.33::::y\n"
		    ">>>>>>> theirs\n" LAMP "c:192.0.2.35::::\n"),
	    1);
}

static void
marked_header_line_stands_in_the_header(void **state)
{
	(void)state;
	assert_marked("Title = A\n__NODES__\n", "Title = B\n__NODES__\n", "Title = C\n__NODES__\n",
	    "<<<<<<< yours\nTitle = B\n=======\nTitle = C\n>>>>>>> theirs\n__NODES__\n", 1);
	/* changed here, removed there */
	assert_marked("Title = A\nDomain = d\n__NODES__\n", "Title = A\nDomain = e\n__NODES__\n",
	    "Title = A\n__NODES__\n",
	    "Title = A\n<<<<<<< yours\nDomain = e\n=======\n>>>>>>> theirs\n__NODES__\n", 1);
}

static void
marked_removed_on_one_side(void **state)
{
	(void)state;
	assert_marked(FILE_OF("a:192.0.2.33::::\n" LAMP), FILE_OF("a:192.0.2.33::::x\n" LAMP),
	    FILE_OF(LAMP),
	    FILE_OF(LAMP "<<<<<<< yours\na:192.0.2.33::::x\n=======\n>>>>>>> theirs\n"), 1);
	assert_marked(FILE_OF("a:192.0.2.33::::\n" LAMP), FILE_OF(LAMP),
	    FILE_OF("a:192.0.2.33::::y\n" LAMP),
	    FILE_OF("<<<<<<< yours\n=======\na:192.0.2.33::::y\n>>>>>>> theirs\n" LAMP), 1);
}

static void
marked_one_address_for_two_new_nodes(void **state)
{
	(void)state;
	assert_marked(FILE_OF(LAMP), FILE_OF(LAMP "x:192.0.2.40::::\n"),
	    FILE_OF(LAMP "y:192.0.2.40::::\n"),
	    FILE_OF(LAMP "<<<<<<< yours\nx:192.0.2.40::::\n=======\ny:192.0.2.40::::\n"
			 ">>>>>>> theirs\n"),
	    1);
}

static void
marked_ends_of_lines_are_theirs(void **state)
{
	(void)state;
	assert_marked("Title = A\r\n__NODES__\r\n", "Title = B\r\n__NODES__\r\n",
	    "Title = C\r\n__NODES__\r\n",
	    "<<<<<<< yours\r\nTitle = B\r\n=======\r\nTitle = C\r\n>>>>>>> theirs\r\n"
	    "__NODES__\r\n",
	    1);
}

static void
marked_other_files_from_the_first_difference_to_the_last(void **state)
{
	size_t count;
	char *text = marked_of("a\nb\nc\n", "a\nB\nc\n", "a\nbb\nc\n", false, &count);

	(void)state;
	assert_string_equal(text, "a\n<<<<<<< yours\nB\n=======\nbb\n>>>>>>> theirs\nc\n");
	assert_int_equal(count, 1);
	free(text);
	text = marked_of("", "x", "y", false, &count);
	assert_string_equal(text, "<<<<<<< yours\nx\n=======\ny\n>>>>>>> theirs\n");
	free(text);
}

static void
marked_line_is_found(void **state)
{
	(void)state;
	assert_int_equal(sdb_marked_line(sdb_text_of("a\n=======\n")), 2);
	assert_int_equal(sdb_marked_line(sdb_text_of("a\r\n>>>>>>> theirs\r\n")), 2);
	assert_int_equal(sdb_marked_line(sdb_text_of("<<<<<<< yours")), 1);
	assert_int_equal(sdb_marked_line(sdb_text_of("a\n== =====\n# <<<<<<< yours\n")), 0);
	assert_int_equal(sdb_marked_line(sdb_text_of("")), 0);
}

/* The promise of the header: a mark that is left behind is an error. */
static void
marked_left_behind_is_an_error_of_the_check(void **state)
{
	static const char *const texts[] = {
	    "<<<<<<< yours\n" EXAMPLE, EXAMPLE "=======\n", EXAMPLE_HEADER "=======\n__NODES__\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct sdb_file *f = file_of(texts[i]);
		struct sdb_input in = {"Subnet_7.sdb", f};
		struct sdb_findings l;

		sdb_findings_init(&l, SDB_MAX_FINDINGS);
		assert_int_equal(sdb_check(&in, 1, &l), OP_OK);
		assert_true(l.errors > 0);
		sdb_findings_fini(&l);
		sdb_file_free(f);
	}
}

static void
merge_once(void *arg)
{
	struct buf out;
	size_t count = 99;

	(void)arg;
	buf_init(&out);
	int err = sdb_merge_marked(SDB_TEXT("Title = A\n__NODES__\na:192.0.2.1::::\n"),
	    SDB_TEXT("Title = B\n__NODES__\n"),
	    SDB_TEXT("Title = C\n__NODES__\na:192.0.2.1::::z\n"), true, &out, &count);

	if (err == OP_OK) {
		assert_int_equal(count, 2);
	} else {
		assert_int_equal(err, OP_NO_MEMORY);
		assert_int_equal(buf_len(&out), 0);
	}
	buf_fini(&out);
}

static void
marked_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(merge_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(marked_without_a_conflict_is_the_merge),
	    cmocka_unit_test(marked_both_changed_stand_together),
	    cmocka_unit_test(marked_header_line_stands_in_the_header),
	    cmocka_unit_test(marked_removed_on_one_side),
	    cmocka_unit_test(marked_one_address_for_two_new_nodes),
	    cmocka_unit_test(marked_ends_of_lines_are_theirs),
	    cmocka_unit_test(marked_other_files_from_the_first_difference_to_the_last),
	    cmocka_unit_test(marked_line_is_found),
	    cmocka_unit_test(marked_left_behind_is_an_error_of_the_check),
	    cmocka_unit_test(marked_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
