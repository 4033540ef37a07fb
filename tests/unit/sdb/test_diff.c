/* SPDX-License-Identifier: ISC */
/* The difference by node. */
#include "lib/sdb/diff.h"
#include "tests/unit/sdb/sdb.h"

struct pair {
	struct sdb_file *old, *new;
	struct sdb_diff d;
};

static struct pair
diff_of(const char *old, const char *new)
{
	struct pair p = {.old = file_of(old), .new = file_of(new)};

	assert_int_equal(sdb_diff(p.old, p.new, &p.d), OP_OK);
	return p;
}

static void
drop(struct pair *p)
{
	sdb_diff_fini(&p->d);
	sdb_file_free(p->old);
	sdb_file_free(p->new);
}

/* The changes as a text: "+" "-" "~" and the first letters of the line; fields as digits. */
static void
assert_diff(const char *old, const char *new, const char *expected)
{
	struct pair p = diff_of(old, new);
	char text[400] = "";
	size_t n = 0;

	for (size_t i = 0; i < p.d.count; i++) {
		const struct sdb_change *c = &p.d.list[i];
		const struct sdb_line *line = c->new ? c->new : c->old;
		int len = line && line->len < 3 ? (int)line->len : 3;

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%c%.*s", "+-~"[c->kind],
		    line ? len : 3, line ? line->text : "end");
		for (unsigned f = 0; f < SDB_FIELDS; f++)
			if (c->fields & 1u << f)
				n += (size_t)snprintf(text + n, sizeof(text) - n, "/%u", f);
		n += (size_t)snprintf(text + n, sizeof(text) - n, " ");
	}
	if (p.d.reordered)
		snprintf(text + n, sizeof(text) - n, "reordered ");
	assert_string_equal(text, expected);
	drop(&p);
}

#define H "Title = x\n__NODES__\n"

static void
diff_of_equal_files_is_empty(void **state)
{
	struct pair p = diff_of(EXAMPLE, EXAMPLE);

	(void)state;
	assert_int_equal(p.d.count, 0);
	assert_true(p.d.same_bytes);
	drop(&p);
	p = diff_of(EXAMPLE, "# c\n" EXAMPLE);
	assert_false(p.d.same_bytes);
	drop(&p);
}

static void
diff_by_node_and_field(void **state)
{
	(void)state;
	assert_diff(H "aaa:10.0.0.1::::\n", H "aaa:10.0.0.1::x::c\n", "~aaa/3/5 ");
	assert_diff(H "aaa:10.0.0.1::::\n", H "bbb:10.0.0.1::::\n", "~bbb/0 ");
	assert_diff(H "aaa:10.0.0.1::::\n", H "AAA:10.0.0.2::::\n", "~AAA/0/1 ");
	assert_diff(H "aaa:10.0.0.1::::\n", H "bbb:10.0.0.2::::\n", "-aaa +bbb ");
	assert_diff(H "aaa:10.0.0.1::::\n", H, "-aaa ");
	assert_diff(H, H "aaa:10.0.0.1::::\n", "+aaa ");
	/* names exchanged: two renamings */
	assert_diff(H "aaa:10.0.0.1::::\nbbb:10.0.0.2::::\n",
	    H "bbb:10.0.0.1::::\naaa:10.0.0.2::::\n", "~bbb/0 ~aaa/0 ");
	/* the surest pair comes first */
	assert_diff(H "aaa:10.0.0.1::::\nbbb:10.0.0.2::::\n",
	    H "bbb:10.0.0.2::::\nccc:10.0.0.1::::\n", "~ccc/0 reordered ");
}

static void
diff_of_header(void **state)
{
	(void)state;
	assert_diff("Title = x\nAb = 1\nCd = 2\n__NODES__\n",
	    "Title = y\nCd = 2\nEf = 3\n__NODES__\n", "-Ab  ~Tit +Ef  ");
	assert_diff("Ab = 1\nAb = 2\n", "Ab = 1\nAb = 3\n", "~Ab  ");
	assert_diff("# c\n\nbroken\nAb = 1\n", "# c\n\nbroken\nAb = 2\n", "~Ab  ");
	assert_diff(H "__NODES__\n", H "__NODES__\n__NODES__\n", "+__N ");
	assert_diff("Ab = 1\n", "Ab = 1\n__NODES__\n", "+__N ");
}

static void
diff_of_order_and_comments(void **state)
{
	static const char nodes[] = H "aaa:10.0.0.1::::\nbbb:10.0.0.2::::\n";

	(void)state;
	assert_diff(nodes, H "bbb:10.0.0.2::::\naaa:10.0.0.1::::\n", "reordered ");
	assert_diff(nodes, H "aaa:10.0.0.1::::\n# c\nbbb:10.0.0.2::::\n", "+# c ");
	assert_diff(nodes, H "aaa:10.0.0.1::::\nbbb:10.0.0.2::::\n# c\n", "+# c ");
	assert_diff(
	    nodes, H "aaa:10.0.0.1::::\n# c\nccc:10.0.0.3::::\nbbb:10.0.0.2::::\n", "+# c +ccc ");
}

/* Repeated lines are told apart by what they stand before. */
static void
diff_of_inserted_group_is_the_group(void **state)
{
	(void)state;
	assert_diff(H "\n# --\naaa:10.0.0.1::::\n\n# --\nbbb:10.0.0.2::::\n",
	    H "\n# --\nccc:10.0.0.3::::\n\n# --\naaa:10.0.0.1::::\n\n# --\nbbb:10.0.0.2::::\n",
	    "+ +# - +ccc ");
	assert_diff(H "# --\naaa:10.0.0.1::::\n# --\nbbb:10.0.0.2::::\n",
	    H "# --\nbbb:10.0.0.2::::\n", "-# - -aaa ");
}

static void
diff_of_equal_lines_pairs_each_once(void **state)
{
	(void)state;
	assert_diff(H "a\na\na\n", H "a\na\n", "-a ");
	assert_diff(H ":10.0.0.1::::\n:10.0.0.1::::\n", H ":10.0.0.1::::1\n:10.0.0.1::::2\n",
	    "~:10/5 ~:10/5 ");
}

static void
diff_once(void *arg)
{
	struct sdb_file **f = arg;
	struct sdb_diff d;
	int err = sdb_diff(f[0], f[1], &d);

	assert_true(err == OP_OK || (err == OP_NO_MEMORY && !d.list));
	if (!err)
		assert_int_equal(d.count, 3);
	sdb_diff_fini(&d);
}

static void
diff_without_memory_is_a_clean_error(void **state)
{
	struct sdb_file *f[] = {file_of(H "aaa:10.0.0.1::::\nbbb:10.0.0.2::::\n"),
	    file_of(H "ccc:10.0.0.2::::\nddd:10.0.0.4::::\n")};

	(void)state;
	failing_malloc_each(diff_once, f);
	sdb_file_free(f[0]);
	sdb_file_free(f[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(diff_of_equal_files_is_empty),
	    cmocka_unit_test(diff_by_node_and_field),
	    cmocka_unit_test(diff_of_header),
	    cmocka_unit_test(diff_of_order_and_comments),
	    cmocka_unit_test(diff_of_inserted_group_is_the_group),
	    cmocka_unit_test(diff_of_equal_lines_pairs_each_once),
	    cmocka_unit_test(diff_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
