/* SPDX-License-Identifier: ISC */
/*
 * Three-way merge: examples of each rule, then random versions against a merge of plain maps.
 */
#include "lib/sdb/merge.h"
#include "tests/unit/sdb/sdb.h"

struct three {
	struct sdb_file *base, *mine, *theirs;
	struct sdb_merge m;
};

static struct three
merge_of(const char *base, const char *mine, const char *theirs)
{
	struct three t = {.base = file_of(base), .mine = file_of(mine), .theirs = file_of(theirs)};

	assert_int_equal(sdb_merge(t.base, t.mine, t.theirs, &t.m), OP_OK);
	return t;
}

static void
drop(struct three *t)
{
	sdb_merge_fini(&t->m);
	sdb_file_free(t->base);
	sdb_file_free(t->mine);
	sdb_file_free(t->theirs);
}

static void
assert_merged(const char *base, const char *mine, const char *theirs, const char *expected)
{
	struct three t = merge_of(base, mine, theirs);

	assert_int_equal(t.m.count, 0);
	assert_int_equal(buf_append(&t.m.bytes, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&t.m.bytes), expected);
	drop(&t);
}

static const char *
first_letters(const struct sdb_line *line, char dst[8])
{
	snprintf(dst, 8, "%.*s", line ? (int)(line->len < 3 ? line->len : 3) : 1,
	    line ? line->text : "-");
	return dst;
}

/* Conflicts as "<kind>:base,mine,theirs " with the first letters of the lines. */
static void
assert_conflicts(const char *base, const char *mine, const char *theirs, const char *expected)
{
	struct three t = merge_of(base, mine, theirs);
	char text[400] = "", b[8], m[8], th[8];
	size_t n = 0;

	for (size_t i = 0; i < t.m.count; i++) {
		const struct sdb_conflict *c = &t.m.list[i];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%c:%s,%s,%s ", "LAN"[c->kind],
		    first_letters(c->base, b), first_letters(c->mine, m),
		    first_letters(c->theirs, th));
	}
	assert_string_equal(text, expected);
	assert_int_equal(buf_len(&t.m.bytes), 0);
	drop(&t);
}

#define H "Title = x\nDomain = d\n__NODES__\n"
#define A "aaa:10.0.0.1::::\n"
#define B "bbb:10.0.0.2::::\n"
#define C "ccc:10.0.0.3::::\n"
#define A2 "aaa:10.0.0.1::::changed\n"
#define A3 "aaa:10.0.0.1::::otherwise\n"
#define B2 "bbb:10.0.0.2:::mx:\n"

static void
merge_one_side_unchanged_is_the_other_byte_for_byte(void **state)
{
	static const char odd[] = "x\r\n\nAb=\n" H A "# c\n\n" B "\xff";

	(void)state;
	assert_merged(EXAMPLE, odd, EXAMPLE, odd);
	assert_merged(EXAMPLE, EXAMPLE, odd, odd);
	assert_merged(EXAMPLE, odd, odd, odd);
}

static void
merge_takes_what_each_side_touched(void **state)
{
	(void)state;
	assert_merged(H A B, H A2 B, H A B2, H A2 B2);
	assert_merged(H A B, H B, H A B2, H B2);
	assert_merged(H A B, H A2 B, H A, H A2);
	assert_merged(H A, H A B, H A C, H A C B);
	assert_merged(H A B, H C A B, H A B2, H C A B2);
	assert_merged(H A B, H A2 B, H A2 B2, H A2 B2);
	assert_merged(H A B, H, H, H);
	assert_merged("Title = x\nAb = 1\n__NODES__\n" A, "Title = y\nAb = 1\n__NODES__\n" A,
	    "Title = x\nAb = 2\nEf = 3\n__NODES__\n" A2,
	    "Title = y\nAb = 2\nEf = 3\n__NODES__\n" A2);
	assert_merged("Title = x\n", "Title = x\n__NODES__\n" A, "Title = x\n__NODES__\n" B,
	    "Title = x\n__NODES__\n" B A);
}

static void
merge_takes_the_same_change_once(void **state)
{
	(void)state;
	assert_merged(H A, H A B C, H A2 B, H A2 B C);
	assert_merged(H A, "Ab = 1\n" H A, "Ab = 1\n" H A2, "Ab = 1\n" H A2);
}

static void
merge_both_changed_one_node_is_a_conflict(void **state)
{
	(void)state;
	assert_conflicts(H A B, H A2 B, H A3 B, "L:aaa,aaa,aaa ");
	assert_conflicts(H A B, H B, H A2 B, "L:aaa,-,aaa ");
	assert_conflicts(H A B, H A2 B, H B, "L:aaa,aaa,- ");
	assert_conflicts("Ab = 1\n" H, "Ab = 2\n" H, "Ab = 3\n" H, "L:Ab ,Ab ,Ab  ");
	assert_conflicts(H, "Ab = 1\n" H, "Ab = 2\n" H, "L:-,Ab ,Ab  ");
}

static void
merge_both_claimed_one_address_or_name_is_a_conflict(void **state)
{
	(void)state;
	assert_conflicts(H A, H A "mmm:10.0.0.9::::\n", H A "ttt:10.0.0.9::::\n", "A:-,mmm,ttt ");
	assert_conflicts(H A, H A "mmm:10.0.0.8::::\n", H A "mmm:10.0.0.9::::\n", "N:-,mmm,mmm ");
	/* renumbered to what the other gave to a new one */
	assert_conflicts(H A, H "aaa:10.0.0.9::::\n", H A "ttt:10.0.0.9::::\n", "A:-,aaa,ttt ");
	assert_conflicts(H A B, H "zzz:10.0.0.1::::\n" B, H A "ZZZ:10.0.0.2::::\n", "N:-,zzz,ZZZ ");
	/* an address given up and given anew by the same side is no conflict */
	assert_merged(H A B, H "aaa:10.0.0.9::::\nnew:10.0.0.1::::\n" B, H A B2,
	    H "aaa:10.0.0.9::::\nnew:10.0.0.1::::\n" B2);
}

static void
merge_order_is_theirs_unless_only_mine_moved(void **state)
{
	(void)state;
	assert_merged(H A B C, H C B A, H A B2 C, H C B2 A);
	assert_merged(H A B C, H A2 B C, H C B A, H C B A2);
	assert_merged(H A B C, H B A C, H C B A, H C B A);
}

static void
merge_comments_of_both_sides_stay(void **state)
{
	(void)state;
	assert_merged(H A B, H A "# mine\n" B, H A2 B "# end\n", H A2 "# mine\n" B "# end\n");
	assert_merged(H "# a\n" A B, H B, H "# a\n" A B2, H B2);
	assert_merged(H "# a\n" A B, H "# a\n" B, H "# a\n" A B2, H "# a\n" B2);
	assert_merged(H A B, H A "# 1\n" B, H A "# 2\n" B, H A "# 2\n# 1\n" B);
	assert_merged(H A, H A "# 1\n", H A "# 2\n", H A "# 2\n# 1\n");
	assert_merged(H A B, H A "# 1\n" B, H A, H A "# 1\n");
	assert_merged(H "# 0\n" A, H "# 1\n" A, H "# 2\n" A2, H "# 2\n# 1\n" A2);
	/* the same comment on both sides is one */
	assert_merged(H A B, H A "# 1\n" B2, H A2 "# 1\n" B, H A2 "# 1\n" B2);
	assert_merged(H A B, H "# 1\n" A "# 1\n" B, H A "# 1\n" B2, H A "# 1\n# 1\n" B2);
	/* a group with its blank line goes where it was put */
	assert_merged(
	    H "\n" A "\n" B, H "\n" C "\n" A "\n" B, H "\n" A "\n" B2, H "\n" C "\n" A "\n" B2);
}

static void
merge_keeps_line_ends(void **state)
{
	(void)state;
	assert_merged("a=1\nb=1\n", "a=2\nb=1\n", "a=1\r\nb=1\r\n", "a=2\r\nb=1\r\n");
	assert_merged("a=1\nb=1\n", "a=2\r\nb=1\r\n", "a=1\nb=2\n", "a=2\r\nb=2\r\n");
	assert_merged("a=1\nb=1", "a=2\nb=1", "a=1\nb=2", "a=2\nb=2");
	assert_merged("a=1\nb=1", "a=1\nb=1\nc=1", "a=2\nb=1", "a=2\nb=1\nc=1");
	assert_merged("a=1\nb=1", "a=2\nb=1\n", "a=1\nb=2", "a=2\nb=2\n");
}

/* --- random: every node is its name and address; a merge of maps is the model --- */

#define IDS 24

struct map {
	int value[IDS]; /* the comment; -1: no such node */
};

static struct sdb_file *
file_of_map(const struct map *m, bool shuffled)
{
	unsigned start = shuffled ? unit_random(IDS) : 0, step = shuffled && unit_random(2) ? 5 : 1;
	struct sdb_file *f;
	struct buf b;

	buf_init(&b);
	buf_append(&b, H, sizeof(H) - 1);
	for (unsigned i = 0; i < IDS; i++) {
		unsigned id = (start + i * step) % IDS;

		if (m->value[id] >= 0)
			buf_printf(&b, "n%u:10.0.0.%u::::%d\n", id, id, m->value[id]);
	}
	f = file_of_bytes(buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	return f;
}

static struct map
edited(const struct map *base)
{
	struct map m = *base;

	for (unsigned n = unit_random(8); n > 0; n--)
		m.value[unit_random(IDS)] = (int)unit_random(5) - 1;
	return m;
}

/* The number of conflicts; the merged map when there are none. */
static size_t
model_merge(const struct map *b, const struct map *m, const struct map *t, struct map *out)
{
	size_t conflicts = 0;

	for (unsigned i = 0; i < IDS; i++) {
		out->value[i] = m->value[i] == b->value[i] ? t->value[i] : m->value[i];
		conflicts += m->value[i] != b->value[i] && t->value[i] != b->value[i] &&
			     m->value[i] != t->value[i];
	}
	return conflicts;
}

static void
assert_map(const struct sdb_merge *merge, const struct map *expected)
{
	struct sdb_file *f = file_of_bytes(buf_bytes(&merge->bytes), buf_len(&merge->bytes));
	size_t nodes = 0;

	for (unsigned id = 0; id < IDS; id++) {
		char name[8], value[16];

		snprintf(name, sizeof(name), "n%u", id);
		if (expected->value[id] < 0) {
			assert_null(sdb_file_by_name(f, sdb_text_of(name)));
			continue;
		}
		nodes++;
		snprintf(value, sizeof(value), "%d", expected->value[id]);
		assert_text(sdb_node_field(node_of(f, name), SDB_REMARK), value);
	}
	assert_int_equal(sdb_file_nodes(f), nodes);
	sdb_file_free(f);
}

static void
merge_random_agrees_with_maps(void **state)
{
	size_t conflicting = 0;

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 3000; i++) {
		struct map base, mine, theirs, expected;
		struct three t;
		size_t conflicts;

		for (unsigned id = 0; id < IDS; id++)
			base.value[id] = (int)unit_random(4) - 1;
		mine = edited(&base);
		theirs = edited(&base);
		t = (struct three){file_of_map(&base, false), file_of_map(&mine, unit_random(2)),
		    file_of_map(&theirs, unit_random(2)), {{0}, NULL, 0}};
		conflicts = model_merge(&base, &mine, &theirs, &expected);
		assert_int_equal(sdb_merge(t.base, t.mine, t.theirs, &t.m), OP_OK);
		assert_int_equal(t.m.count, conflicts);
		if (conflicts == 0)
			assert_map(&t.m, &expected);
		conflicting += conflicts > 0;
		drop(&t);
	}
	assert_true(conflicting > 100 && conflicting < 2900);
}

/* --- random: comments are neither lost nor doubled --- */

#define MAX_ROWS 60

struct rows {
	char row[MAX_ROWS][32];
	size_t count;
};

static void
put_row(struct rows *r, size_t at, const char *text)
{
	memmove(r->row[at + 1], r->row[at], (r->count - at) * sizeof(r->row[0]));
	snprintf(r->row[at], sizeof(r->row[at]), "%s", text);
	r->count++;
}

static void
base_rows(struct rows *r)
{
	char text[32];

	r->count = 0;
	for (unsigned i = 0; i < 12; i++) {
		snprintf(text, sizeof(text), unit_random(3) ? "n%u:10.0.0.%u::::" : "# b%u", i, i);
		put_row(r, r->count, text);
	}
}

/* Nodes go, comments "# <tag>…" and nodes come; base's comments stay. */
static void
edit_rows(struct rows *r, char tag)
{
	char text[32];

	for (unsigned i = 0; i < unit_random(5); i++) {
		size_t at = unit_random((uint32_t)r->count);
		bool gone = unit_random(3) == 0 && r->row[at][0] == 'n';

		snprintf(text, sizeof(text), unit_random(2) ? "# %c%u" : "%c%u:10.0.%u.9::::", tag,
		    i, tag == 'm' ? i : i + 100);
		if (gone) {
			r->count--;
			memmove(r->row[at], r->row[at + 1], (r->count - at) * sizeof(r->row[0]));
		} else {
			put_row(r, at, text);
		}
	}
}

static struct sdb_file *
file_of_rows(const struct rows *r)
{
	struct sdb_file *f;
	struct buf b;

	buf_init(&b);
	buf_append(&b, H, sizeof(H) - 1);
	for (size_t i = 0; i < r->count; i++)
		buf_printf(&b, "%s\n", r->row[i]);
	f = file_of_bytes(buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	return f;
}

static size_t
times(const struct sdb_file *f, const char *row)
{
	size_t n = 0;

	for (const struct sdb_line *line = sdb_file_first(f); line; line = line->next)
		n += sdb_text_equal((struct sdb_text){line->text, line->len}, sdb_text_of(row));
	return n;
}

static void
assert_comments_once(const struct sdb_merge *m, const struct rows *r)
{
	struct sdb_file *f = file_of_bytes(buf_bytes(&m->bytes), buf_len(&m->bytes));

	for (size_t i = 0; i < r->count; i++)
		if (r->row[i][0] != 'n')
			assert_int_equal(times(f, r->row[i]), 1);
	sdb_file_free(f);
}

static void
merge_random_keeps_every_comment_once(void **state)
{
	size_t merged = 0;

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 5000; i++) {
		struct rows base, mine, theirs;
		struct three t;

		base_rows(&base);
		mine = theirs = base;
		edit_rows(&mine, 'm');
		edit_rows(&theirs, 't');
		t = (struct three){file_of_rows(&base), file_of_rows(&mine), file_of_rows(&theirs),
		    {{0}, NULL, 0}};
		assert_int_equal(sdb_merge(t.base, t.mine, t.theirs, &t.m), OP_OK);
		if (t.m.count == 0) {
			merged++;
			assert_comments_once(&t.m, &mine);
			assert_comments_once(&t.m, &theirs);
		}
		drop(&t);
	}
	assert_true(merged > 1000);
}

/* --- size: were it not linear, this would run into the test's time limit --- */

static struct sdb_file *
many_equal(const char *row, const char *last)
{
	struct sdb_file *f;
	struct buf b;

	buf_init(&b);
	buf_append(&b, H, sizeof(H) - 1);
	for (unsigned i = 0; i < 65536; i++)
		buf_printf(&b, "%s\n# c\n\n", row);
	buf_printf(&b, "%s\n", last);
	f = file_of_bytes(buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	return f;
}

static void
merge_of_many_equal_lines_is_linear(void **state)
{
	struct three t = {many_equal("a:10.0.0.1::::", "z:10.0.0.9::::"),
	    many_equal("a:10.0.0.1::::mine", "z:10.0.0.9::::"),
	    many_equal("a:10.0.0.1::::", "z:10.0.0.9::::theirs"), {{0}, NULL, 0}};

	(void)state;
	assert_int_equal(sdb_merge(t.base, t.mine, t.theirs, &t.m), OP_OK);
	assert_int_equal(t.m.count, 0);
	assert_int_equal(buf_len(&t.m.bytes), sizeof(H) - 1 + 65536 * 24 + 21);
	drop(&t);
}

/* --- no memory --- */

static void
merge_once(void *arg)
{
	struct three *t = arg;
	int err = sdb_merge(t->base, t->mine, t->theirs, &t->m);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err)
		assert_true(t->m.count == 0 && buf_len(&t->m.bytes) == 0);
	else
		assert_true(t->m.count > 0 || buf_len(&t->m.bytes) > 0);
	sdb_merge_fini(&t->m);
}

static void
merge_without_memory_is_a_clean_error(void **state)
{
	struct three good = merge_of(H A B, H A2 B C, H A B2), bad = merge_of(H A, H A2, H A3);

	(void)state;
	sdb_merge_fini(&good.m);
	sdb_merge_fini(&bad.m);
	failing_malloc_each(merge_once, &good);
	failing_malloc_each(merge_once, &bad);
	drop(&good);
	drop(&bad);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(merge_one_side_unchanged_is_the_other_byte_for_byte),
	    cmocka_unit_test(merge_takes_what_each_side_touched),
	    cmocka_unit_test(merge_takes_the_same_change_once),
	    cmocka_unit_test(merge_both_changed_one_node_is_a_conflict),
	    cmocka_unit_test(merge_both_claimed_one_address_or_name_is_a_conflict),
	    cmocka_unit_test(merge_order_is_theirs_unless_only_mine_moved),
	    cmocka_unit_test(merge_comments_of_both_sides_stay),
	    cmocka_unit_test(merge_keeps_line_ends),
	    cmocka_unit_test(merge_random_agrees_with_maps),
	    cmocka_unit_test(merge_random_keeps_every_comment_once),
	    cmocka_unit_test(merge_of_many_equal_lines_is_linear),
	    cmocka_unit_test(merge_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
