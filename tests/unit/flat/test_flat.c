/* SPDX-License-Identifier: ISC */
/* Flat files: fields, merge, difference, check, and what checkers print. */
#include "tests/unit/unit.h"

#include <git2.h>

#include "lib/err.h"
#include "lib/flat/check.h"
#include "lib/flat/merge.h"

static const char *const alias_columns[] = {"name", "to"};
static const char *const stock_columns[] = {"place", "serial", "what"};
static const struct flat_format aliases = {FLAT_TABLE, ':', '#', alias_columns, 2, 0};
static const struct flat_format stock = {FLAT_TABLE, 0, ';', stock_columns, 3, 1};
static const struct flat_format hosts = {.kind = FLAT_HOSTS};
static const struct flat_format text = {.kind = FLAT_TEXT};

static int
set_up(void **state)
{
	(void)state;
	return git_libgit2_init() < 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return git_libgit2_shutdown() < 0;
}

static void
assert_text(struct sdb_text t, const char *expected)
{
	assert_int_equal(t.len, strlen(expected));
	assert_memory_equal(t.s ? t.s : "", expected, t.len);
}

static void
flat_fields_are_cut_as_the_format_says(void **state)
{
	struct sdb_text line = sdb_text_of("root: lena, ada : x");

	(void)state;
	assert_text(flat_field(&aliases, line, 0), "root");
	assert_text(flat_field(&aliases, line, 1), "lena, ada : x");
	assert_text(flat_field(&aliases, line, 2), "");
	assert_int_equal(flat_fields(&aliases, line), 2);
	assert_int_equal(flat_fields(&aliases, sdb_text_of("root")), 1);
	assert_int_equal(flat_fields(&aliases, sdb_text_of("root:")), 2);
	line = sdb_text_of("\tshelf-3   0042\tswitch, 24 ports ");
	assert_text(flat_field(&stock, line, 0), "shelf-3");
	assert_text(flat_field(&stock, line, 1), "0042");
	assert_text(flat_field(&stock, line, 2), "switch, 24 ports");
	line = sdb_text_of("192.0.2.7\ttug tug1.example.org # at the pier");
	assert_text(flat_field(&hosts, line, 0), "192.0.2.7");
	assert_text(flat_field(&hosts, line, 2), "tug1.example.org");
	assert_int_equal(flat_fields(&hosts, line), 3);
	assert_int_equal(flat_fields(&hosts, sdb_text_of("192.0.2.7")), 1);
}

static void
assert_merged(const struct flat_format *format, const char *base, const char *mine,
    const char *theirs, const char *expected)
{
	struct flat_merge m;

	assert_int_equal(
	    flat_merge(format, sdb_text_of(base), sdb_text_of(mine), sdb_text_of(theirs), &m),
	    OP_OK);
	assert_int_equal(m.count, 0);
	assert_int_equal(buf_append(&m.bytes, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&m.bytes), expected);
	flat_merge_fini(&m);
}

static void
assert_conflict(const struct flat_format *format, const char *base, const char *mine,
    const char *theirs, const char *b, const char *m, const char *t)
{
	struct flat_merge out;

	assert_int_equal(
	    flat_merge(format, sdb_text_of(base), sdb_text_of(mine), sdb_text_of(theirs), &out),
	    OP_OK);
	assert_int_equal(out.count, 1);
	assert_int_equal(buf_len(&out.bytes), 0);
	assert_text(out.list[0].base, b);
	assert_text(out.list[0].mine, m);
	assert_text(out.list[0].theirs, t);
	flat_merge_fini(&out);
}

static void
merge_by_key_takes_what_each_side_touched(void **state)
{
	const char *base = "# ours\na:1\nb:2\nc:3\n";

	(void)state;
	assert_merged(&aliases, base, "# ours\na:9\nb:2\nc:3\n", base, "# ours\na:9\nb:2\nc:3\n");
	/* neighbours, which a merge by lines could not part */
	assert_merged(&aliases, base, "# ours\na:9\nb:2\nc:3\n", "# ours\na:1\nb:8\nc:3\n",
	    "# ours\na:9\nb:8\nc:3\n");
	/* both added, both removed */
	assert_merged(&aliases, base, "# ours\na:1\nx:7\nb:2\nc:3\n", "# ours\na:1\nc:3\ny:6\n",
	    "# ours\na:1\nx:7\nc:3\ny:6\n");
	assert_merged(&aliases, base, "a:1\nb:2\nc:3\n", "# ours\na:1\nb:2\nc:3\nd:4\n",
	    "a:1\nb:2\nc:3\nd:4\n");
	/* the same on both sides, once */
	assert_merged(&aliases, base, "# ours\na:1\nb:2\nc:3\nd:4\n",
	    "# ours\na:5\nb:2\nc:3\nd:4\n", "# ours\na:5\nb:2\nc:3\nd:4\n");
	/* theirs in another order: kept; CRLF; no newline at the end */
	assert_merged(&aliases, "a:1\nb:2\n", "a:1\nb:3\n", "b:2\na:1\n", "b:3\na:1\n");
	assert_merged(
	    &aliases, "a:1\r\nb:2\r\n", "a:1\r\nb:3\r\n", "a:4\r\nb:2\r\n", "a:4\r\nb:3\r\n");
	assert_merged(&aliases, "a:1\nb:2", "a:1\nb:2\nc:3", "a:4\nb:2", "a:4\nb:2\nc:3");
	assert_merged(&hosts, "192.0.2.1 a\n192.0.2.2 b\n", "192.0.2.1 a x\n192.0.2.2 b\n",
	    "192.0.2.1 a\n192.0.2.2 b y\n", "192.0.2.1 a x\n192.0.2.2 b y\n");
}

static void
merge_by_key_names_the_conflicts(void **state)
{
	(void)state;
	assert_conflict(&aliases, "a:1\nb:2\n", "a:9\nb:2\n", "a:8\nb:2\n", "a:1", "a:9", "a:8");
	assert_conflict(&aliases, "a:1\nb:2\n", "b:2\n", "a:8\nb:2\n", "a:1", "", "a:8");
	assert_conflict(&aliases, "a:1\nb:2\n", "a:8\nb:2\n", "b:2\n", "a:1", "a:8", "");
	assert_conflict(&aliases, "a:1\n", "a:1\nn:2\n", "a:1\nn:3\n", "", "n:2", "n:3");
}

static void
merge_of_text_is_by_lines(void **state)
{
	const char *base = "one\ntwo\nthree\nfour\nfive\n";

	(void)state;
	assert_merged(&text, base, "one\nTWO\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n",
	    "one\nTWO\nthree\nfour\nFIVE\n");
	assert_conflict(&text, base, "one\nTWO\nthree\nfour\nfive\n",
	    "one\n2\n2b\nthree\nfour\nfive\n", "two", "TWO", "2\n2b");
	assert_conflict(&text, "<<<<<<< x\na\n", "<<<<<<< x\nb\n", "<<<<<<< x\nc\n", "a", "b", "c");
}

static void
diff_shows_lines_old_and_new(void **state)
{
	struct flat_diff d;

	(void)state;
	assert_int_equal(
	    flat_diff(&aliases, sdb_text_of("a:1\nb:2\nc:3\n"), sdb_text_of("c:3\nb:4\nd:5\n"), &d),
	    OP_OK);
	assert_int_equal(d.count, 3);
	assert_true(d.reordered);
	assert_text(d.list[0].old, "a:1");
	assert_null(d.list[0].new.s);
	assert_text(d.list[1].old, "b:2");
	assert_text(d.list[1].new, "b:4");
	assert_null(d.list[2].old.s);
	assert_text(d.list[2].new, "d:5");
	flat_diff_fini(&d);
	assert_int_equal(flat_diff(&text, sdb_text_of("a\nb\n"), sdb_text_of("a\nc\n"), &d), OP_OK);
	assert_int_equal(d.count, 2);
	assert_text(d.list[0].old, "b");
	assert_text(d.list[1].new, "c");
	flat_diff_fini(&d);
}

static void
assert_codes(const struct flat_format *format, const char *bytes, const char *expected)
{
	struct flat_findings l = {0};
	char found[400] = "";
	size_t n = 0;

	assert_int_equal(flat_check(format, sdb_text_of(bytes), &l), OP_OK);
	for (size_t i = 0; i < l.count; i++)
		n += (size_t)snprintf(found + n, sizeof(found) - n, "%u:%u %s%s ", l.list[i].line,
		    l.list[i].column, l.list[i].code, l.list[i].is_error ? "" : "?");
	assert_string_equal(found, expected);
	flat_findings_fini(&l);
}

static void
check_names_each_fault(void **state)
{
	(void)state;
	assert_codes(&aliases, "# c\n\nroot: lena\nada:\n", "");
	assert_codes(&aliases, "root lena\n:x\nada:1\nADA:2\n",
	    "1:0 fields_missing 2:0 key_missing 4:1 key_twice ");
	assert_codes(&hosts, "127.0.0.1 localhost\n::1 localhost # six\n", "");
	assert_codes(&hosts, "192.0.2.300 a\n192.0.2.1\n192.0.2.1 b_c\n",
	    "1:1 address_bad 2:0 name_missing 3:11 label_bad? 3:1 address_twice? ");
	assert_codes(&text, "a\x01\n\xff\n", "1:2 control_byte 2:0 not_utf8? ");
}

static void
checkers_are_understood(void **state)
{
	static const char said[] = "aliases:3: bad name\n/tmp/x/aliases:12:7: warning: odd\r\n\n"
				   "error in line 8 of the file\nno idea\n";
	static const char *const messages[] = {
	    "bad name", "warning: odd", "error in line 8 of the file", "no idea"};
	static const uint32_t lines[] = {3, 12, 8, 0}, columns[] = {0, 7, 0, 0};
	struct flat_findings l = {0};

	(void)state;
	assert_int_equal(flat_checker_said(sdb_text_of(said), "aliases", &l), OP_OK);
	assert_int_equal(l.count, 4);
	assert_int_equal(l.errors, 3);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(l.list[i].line, lines[i]);
		assert_int_equal(l.list[i].column, columns[i]);
		assert_string_equal(l.list[i].message, messages[i]);
	}
	flat_findings_fini(&l);
}

/* --- random tables against a merge of plain maps --- */

#define KEYS 8

static void
random_table(uint32_t value[KEYS])
{
	for (size_t i = 0; i < KEYS; i++)
		if (unit_random(3) == 0)
			value[i] = unit_random(3);
}

static const char *
table_text(char dst[200], const uint32_t value[KEYS])
{
	size_t n = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < KEYS; i++)
		if (value[i])
			n += (size_t)snprintf(dst + n, 200 - n, "k%zu:%u\n", i, value[i]);
	return dst;
}

static void
merge_agrees_with_plain_maps(void **state)
{
	char a[200], b[200], c[200];

	(void)state;
	unit_random_start("merge_agrees_with_plain_maps");
	for (int round = 0; round < 2000; round++) {
		uint32_t base[KEYS] = {0}, mine[KEYS], theirs[KEYS], want[KEYS];
		size_t conflicts = 0;
		struct flat_merge m;

		random_table(base);
		memcpy(mine, base, sizeof(base));
		memcpy(theirs, base, sizeof(base));
		random_table(mine);
		random_table(theirs);
		for (size_t i = 0; i < KEYS; i++) {
			want[i] = mine[i] == base[i] ? theirs[i] : mine[i];
			conflicts +=
			    mine[i] != base[i] && theirs[i] != base[i] && mine[i] != theirs[i];
		}
		assert_int_equal(
		    flat_merge(&aliases, sdb_text_of(table_text(a, base)),
			sdb_text_of(table_text(b, mine)), sdb_text_of(table_text(c, theirs)), &m),
		    OP_OK);
		assert_int_equal(m.count, conflicts);
		for (size_t i = 0; i < KEYS && !conflicts; i++) {
			char line[20];

			snprintf(line, sizeof(line), "k%zu:%u\n", i, want[i]);
			assert_int_equal(
			    buf_len(&m.bytes) &&
				memmem(buf_bytes(&m.bytes), buf_len(&m.bytes), line, strlen(line)),
			    want[i] > 0);
		}
		flat_merge_fini(&m);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(flat_fields_are_cut_as_the_format_says),
	    cmocka_unit_test(merge_by_key_takes_what_each_side_touched),
	    cmocka_unit_test(merge_by_key_names_the_conflicts),
	    cmocka_unit_test(merge_of_text_is_by_lines),
	    cmocka_unit_test(diff_shows_lines_old_and_new),
	    cmocka_unit_test(check_names_each_fault),
	    cmocka_unit_test(checkers_are_understood),
	    cmocka_unit_test(merge_agrees_with_plain_maps),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
