/* SPDX-License-Identifier: ISC */
/*
 * A sheet under random edits: every splice undoes its edit, done again it gives the same bytes, and
 * numbers, lines, rows and addresses agree with the file.
 */
#include "gui/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "lib/err.h"
#include "tests/unit/unit.h"

static const char example[] = "Title = Subnet 7\n"
			      "Domain = Pilots.Example.Org\n"
			      "Base_IP = 192.0.2.32\n"
			      "Subnet_Mask = 255.255.255.224\n"
			      "Gateway = 192.0.2.62\n"
			      "__NODES__\n"
			      "tug:192.0.2.33:0200c0ffee01:ferry::bridge: console\n"
			      "# between\n"
			      "lamp:192.0.2.34::::\n";

static struct sheet *
sheet_of(const char *text)
{
	struct sheet *s;

	assert_int_equal(sheet_new(text, strlen(text), &s), 0);
	return s;
}

static void
assert_bytes(const struct sheet *s, const char *text)
{
	assert_int_equal(buf_len(&s->bytes), strlen(text));
	assert_memory_equal(buf_bytes(&s->bytes), text, strlen(text));
}

static struct sdb_node
node_of(const char *name, const char *address)
{
	return (struct sdb_node){
	    {sdb_text_of(name), sdb_text_of(address), {"", 0}, {"", 0}, {"", 0}, {"", 0}}};
}

static void
sheet_of_no_bytes_is_empty(void **state)
{
	struct sheet *s = sheet_of("");
	struct sheet_seen seen[4];
	size_t got;

	(void)state;
	assert_int_equal(s->count, 0);
	assert_int_equal(sheet_show(s, NULL, 0, SDB_NAME, false), 0);
	assert_int_equal(sheet_find(s, SDB_NAME, SDB_TEXT("x"), 0), SHEET_NONE);
	assert_int_equal(sheet_cells(s, 0, 4, seen, &got), OP_BAD_REQUEST);
	sheet_free(s);
}

static void
add_all_or_nothing(void **state)
{
	struct sheet *s = sheet_of(example);
	struct sdb_node nodes[] = {node_of("a", "192.0.2.40"), node_of("b:c", "192.0.2.41")};
	struct sheet_splice splice;

	(void)state;
	assert_int_equal(sheet_add(s, nodes, 2, SHEET_NONE, &splice), OP_BAD_REQUEST);
	assert_bytes(s, example);
	assert_int_equal(s->count, 2);
	assert_int_equal(sheet_add(s, nodes, 1, 0, &splice), 0);
	assert_int_equal(s->lines[1], 8);
	sheet_splice_fini(&splice);
	sheet_free(s);
}

static void
remove_takes_numbers_in_any_order_and_twice(void **state)
{
	struct sheet *s = sheet_of(example);
	uint32_t numbers[] = {1, 0, 1}, bad[] = {0, 7};
	struct sheet_splice splice;

	(void)state;
	assert_int_equal(sheet_remove(s, bad, 2, &splice), OP_NOT_FOUND);
	assert_int_equal(s->count, 2);
	assert_int_equal(sheet_remove(s, numbers, 3, &splice), 0);
	assert_int_equal(s->count, 0);
	sheet_splice_fini(&splice);
	sheet_free(s);
}

static void
splice_that_does_not_fit_changes_nothing(void **state)
{
	struct sheet *s = sheet_of(example);

	(void)state;
	assert_int_equal(sheet_splice(s, 0, SDB_TEXT("Other"), SDB_TEXT("New")), OP_BAD_REQUEST);
	assert_int_equal(
	    sheet_splice(s, sizeof example, SDB_TEXT("x"), SDB_TEXT("")), OP_BAD_REQUEST);
	assert_int_equal(sheet_splice(s, SIZE_MAX, SDB_TEXT("xy"), SDB_TEXT("")), OP_BAD_REQUEST);
	assert_bytes(s, example);
	sheet_free(s);
}

static void
cells_end_with_the_subnet(void **state)
{
	struct sheet *s = sheet_of(example);
	struct sheet_seen seen[40];
	size_t got;

	(void)state;
	assert_int_equal(sheet_cells(s, 0, 40, seen, &got), 0);
	assert_int_equal(got, 32);
	assert_int_equal(seen[0].cell, SHEET_NETWORK);
	assert_int_equal(seen[1].cell, SHEET_USED);
	assert_int_equal(seen[1].number, 0);
	assert_int_equal(seen[30].cell, SHEET_GATEWAY);
	assert_int_equal(seen[31].cell, SHEET_BROADCAST);
	assert_int_equal(sheet_cells(s, 32, 40, seen, &got), 0);
	assert_int_equal(got, 0);
	assert_int_equal(sheet_cells(s, UINT64_MAX, 4, seen, &got), 0);
	assert_int_equal(got, 0);
	sheet_free(s);
}

/* --- random edits --- */

static int
random_edit(struct sheet *s, struct sheet_splice *splice)
{
	char name[16], address[32];
	struct sdb_node node;
	uint32_t number = unit_random(s->count + 1);

	snprintf(name, sizeof name, unit_random(8) ? "n%u" : "n:%u", unit_random(20));
	snprintf(address, sizeof address, "192.0.2.%u", 30 + unit_random(40));
	node = node_of(name, address);
	switch (unit_random(4)) {
	case 0:
		return sheet_add(s, &node, 1, number, splice);
	case 1:
		return sheet_change(s, number, &node, splice);
	case 2:
		return sheet_remove(s, &number, 1, splice);
	default:
		return sheet_set(s, SDB_TEXT("Title"), sdb_text_of(name), splice);
	}
}

static struct sdb_text
text_of(const struct buf *b)
{
	return (struct sdb_text){(const char *)buf_bytes(b), buf_len(b)};
}

static void
check_numbers(struct sheet *s)
{
	struct netaddr a;

	for (uint32_t i = 0; i < s->count; i++) {
		assert_ptr_equal(sdb_file_line(s->file, s->lines[i]), s->nodes[i]);
		assert_int_equal(sheet_at_line(s, s->lines[i]), i);
		a = s->nodes[i]->address;
		if (a.family == 4 && sheet_at_address(s, &a) != SHEET_NONE)
			assert_true(sheet_at_address(s, &a) <= i);
	}
	assert_int_equal(s->count, sdb_file_nodes(s->file));
}

/* Undone and done again: the bytes before, the bytes after. */
static void
check_splice(struct sheet *s, const struct buf *before, const struct sheet_splice *splice)
{
	struct buf after;

	buf_init(&after);
	assert_int_equal(buf_append(&after, buf_bytes(&s->bytes), buf_len(&s->bytes)), 0);
	assert_int_equal(
	    sheet_splice(s, splice->offset, text_of(&splice->new), text_of(&splice->old)), 0);
	assert_true(sdb_text_equal(text_of(&s->bytes), text_of(before)));
	assert_int_equal(
	    sheet_splice(s, splice->offset, text_of(&splice->old), text_of(&splice->new)), 0);
	assert_true(sdb_text_equal(text_of(&s->bytes), text_of(&after)));
	buf_fini(&after);
}

static void
random_edits_are_undone_by_their_splices(void **state)
{
	struct sheet *s = sheet_of(example);

	(void)state;
	unit_random_start("sheet");
	for (int i = 0; i < 2000; i++) {
		struct sheet_splice splice;
		struct buf before;

		buf_init(&before);
		assert_int_equal(buf_append(&before, buf_bytes(&s->bytes), buf_len(&s->bytes)), 0);
		if (!random_edit(s, &splice)) {
			check_splice(s, &before, &splice);
			sheet_splice_fini(&splice);
		} else {
			assert_true(sdb_text_equal(text_of(&s->bytes), text_of(&before)));
		}
		check_numbers(s);
		buf_fini(&before);
	}
	sheet_free(s);
}

/* --- order --- */

static void
show_sorts_as_people_count(void **state)
{
	struct sheet *s = sheet_of("Title = x\n__NODES__\nhost10::::::\nhost2::::::\nHOST1::::::\n"
				   "host::::::\nhost002::::::\n");
	struct sdb_text words[] = {SDB_TEXT("OST"), SDB_TEXT("2")};

	(void)state;
	assert_int_equal(sheet_show(s, NULL, 0, SDB_NAME, false), 0);
	const uint32_t rising[] = {3, 2, 1, 4, 0};
	assert_memory_equal(s->rows, rising, sizeof rising);
	assert_int_equal(sheet_show(s, words, 2, SHEET_FILE_ORDER, true), 0);
	assert_int_equal(s->shown, 2);
	assert_int_equal(s->rows[0], 4);
	assert_int_equal(sheet_row_of(s, 1), 1);
	assert_int_equal(sheet_row_of(s, 0), SHEET_NONE);
	sheet_free(s);
}

static void
change_with_failing_memory(void *arg)
{
	struct sheet *s;
	struct sdb_node node = node_of("a", "192.0.2.40");
	struct sheet_splice splice;

	(void)arg;
	if (sheet_new(example, strlen(example), &s))
		return;
	if (!sheet_change(s, 0, &node, &splice))
		sheet_splice_fini(&splice);
	sheet_free(s);
}

static void
no_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(change_with_failing_memory, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sheet_of_no_bytes_is_empty),
	    cmocka_unit_test(add_all_or_nothing),
	    cmocka_unit_test(remove_takes_numbers_in_any_order_and_twice),
	    cmocka_unit_test(splice_that_does_not_fit_changes_nothing),
	    cmocka_unit_test(cells_end_with_the_subnet),
	    cmocka_unit_test(random_edits_are_undone_by_their_splices),
	    cmocka_unit_test(show_sorts_as_people_count),
	    cmocka_unit_test(no_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
