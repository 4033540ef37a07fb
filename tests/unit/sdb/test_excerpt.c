/* SPDX-License-Identifier: ISC */
/* Excerpts differ in the same lines as the files, and are small where those differ little. */
#include "lib/sdb/excerpt.h"
#include "lib/sdb/diff.h"
#include "tests/unit/sdb/sdb.h"

struct excerpts {
	struct buf old, new;
};

static struct excerpts
excerpts_of(const char *old, const char *new)
{
	struct excerpts e;

	buf_init(&e.old);
	buf_init(&e.new);
	assert_int_equal(sdb_excerpt(sdb_text_of(old), sdb_text_of(new), &e.old, &e.new), OP_OK);
	return e;
}

static void
drop(struct excerpts *e)
{
	buf_fini(&e->old);
	buf_fini(&e->new);
}

static void
assert_bytes(const struct buf *b, const char *expected)
{
	assert_int_equal(buf_len(b), strlen(expected));
	if (buf_len(b))
		assert_memory_equal(buf_bytes(b), expected, buf_len(b));
}

static void
assert_excerpts(
    const char *old, const char *new, const char *old_expected, const char *new_expected)
{
	struct excerpts e = excerpts_of(old, new);

	assert_bytes(&e.old, old_expected);
	assert_bytes(&e.new, new_expected);
	drop(&e);
}

#define H "Title = x\n__NODES__\n"

static void
excerpt_has_headers_and_what_the_other_has_not(void **state)
{
	(void)state;
	assert_excerpts(H "a\nb\nc\nd\n", H "a\nB\nc\nd\n", H "b\n", H "B\n");
	assert_excerpts(H "a\nb\nc\nd\n", H "A\nb\nc\nD\n", H "a\nd\n", H "A\nD\n");
	assert_excerpts(H "a\nb\n", "Title = y\n__NODES__\na\nb\n", H, "Title = y\n__NODES__\n");
	assert_excerpts(H "a\nb\nc\n", H "c\nb\na\n", H, H);
	assert_excerpts(H "a\nb\n", H "b\r\nc\r\na", H, H "c\r\n");
	assert_excerpts("", "", "", "");
}

static void
excerpt_of_equal_lines_has_as_many_as_there_are_more(void **state)
{
	(void)state;
	assert_excerpts(H "a\na\nb\na\n", H "b\na\nx\n", H "a\na\n", H "x\n");
	assert_excerpts(H "a\n", H "b\na\na\n", H, H "b\na\n");
}

static void
excerpt_without_a_marker_is_all(void **state)
{
	(void)state;
	assert_excerpts("a\nb\n", H "a\n", "a\nb\n", H "a\n");
	assert_excerpts(H "a\n", "a\nb\n", H "a\n", "a\nb\n");
}

/* --- beside the difference of the whole files --- */

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The changes of a difference as texts, sorted: equal comments may be told at another place. */
static size_t
changes_of(const struct buf *old, const struct buf *new, char **texts)
{
	struct sdb_file *a = file_of_bytes(buf_bytes(old), buf_len(old));
	struct sdb_file *b = file_of_bytes(buf_bytes(new), buf_len(new));
	struct sdb_diff d;
	size_t n;

	assert_int_equal(sdb_diff(a, b, &d), OP_OK);
	n = d.count;
	for (size_t i = 0; i < n; i++) {
		const struct sdb_change *c = &d.list[i];

		assert_true(
		    asprintf(&texts[i], "%c%.*s>%.*s", "+-~"[c->kind],
			c -> old ? (int)c -> old -> len : 0, c -> old ? c -> old -> text : "",
			c->new ? (int)c->new->len : 0, c->new ? c->new->text : "") >= 0);
	}
	qsort(texts, n, sizeof(*texts), compare_texts);
	sdb_diff_fini(&d);
	sdb_file_free(a);
	sdb_file_free(b);
	return n;
}

#define MOST 80

static void
write_random(struct buf *b)
{
	static const char *const other[] = {"# c", "", "broken", "# d"};

	assert_int_equal(buf_printf(b, "Title = %u\n__NODES__\n", unit_random(2)), OP_OK);
	for (unsigned n = unit_random(MOST / 4); n > 0; n--) {
		if (unit_random(4) == 0)
			buf_printf(b, "%s\n", other[unit_random(4)]);
		else
			buf_printf(b, "h%u:10.0.0.%u::::%u\n", unit_random(12), unit_random(12),
			    unit_random(2));
	}
}

static void
excerpts_differ_as_the_files_do(void **state)
{
	(void)state;
	unit_random_start(__func__);
	for (int round = 0; round < 3000; round++) {
		struct buf old, new;
		struct excerpts e;
		char *whole[MOST], *less[MOST];
		size_t n;

		buf_init(&old);
		buf_init(&new);
		write_random(&old);
		write_random(&new);
		assert_int_equal(buf_append(&old, "", 1), OP_OK);
		assert_int_equal(buf_append(&new, "", 1), OP_OK);
		e = excerpts_of((const char *)buf_bytes(&old), (const char *)buf_bytes(&new));
		buf_truncate(&old, buf_len(&old) - 1);
		buf_truncate(&new, buf_len(&new) - 1);
		n = changes_of(&old, &new, whole);
		assert_int_equal(changes_of(&e.old, &e.new, less), n);
		for (size_t i = 0; i < n; i++) {
			assert_string_equal(less[i], whole[i]);
			free(less[i]);
			free(whole[i]);
		}
		drop(&e);
		buf_fini(&old);
		buf_fini(&new);
	}
}

static void
excerpt_once(void *arg)
{
	struct excerpts e;
	int err;

	(void)arg;
	buf_init(&e.old);
	buf_init(&e.new);
	err = sdb_excerpt(SDB_TEXT(H "a\nb\nc\n"), SDB_TEXT(H "c\nd\na\n"), &e.old, &e.new);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (!err)
		assert_bytes(&e.new, H "d\n");
	drop(&e);
}

static void
excerpt_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(excerpt_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(excerpt_has_headers_and_what_the_other_has_not),
	    cmocka_unit_test(excerpt_of_equal_lines_has_as_many_as_there_are_more),
	    cmocka_unit_test(excerpt_without_a_marker_is_all),
	    cmocka_unit_test(excerpts_differ_as_the_files_do),
	    cmocka_unit_test(excerpt_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
