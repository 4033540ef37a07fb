/* SPDX-License-Identifier: ISC */
/* Rows in the order of their names, also against a naive model. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/byname.h"

struct person {
	int age;
	char name[8];
};

static const char *
name_of(const void *row)
{
	return ((const struct person *)row)->name;
}

static const struct byname BY_NAME = {sizeof(struct person), name_of};

struct people {
	struct person *list;
	size_t count;
};

static bool
enter(struct people *p, const char *name, int age)
{
	size_t at = byname_place(&BY_NAME, p->list, p->count, name);
	struct person *list = byname_insert(&BY_NAME, p->list, p->count, at);

	if (!list)
		return false;
	p->list = list;
	p->count++;
	assert_int_equal(list[at].age, 0);
	snprintf(list[at].name, sizeof(list[at].name), "%s", name);
	list[at].age = age;
	return true;
}

static const struct person *
find(const struct people *p, const char *name)
{
	return byname_find(&BY_NAME, p->list, p->count, name);
}

static void
byname_nothing_is_found_in_an_empty_list(void **state)
{
	(void)state;
	assert_null(byname_find(&BY_NAME, NULL, 0, "x"));
	assert_int_equal(byname_place(&BY_NAME, NULL, 0, "x"), 0);
}

static void
byname_names_are_in_the_order_of_their_bytes(void **state)
{
	struct people p = {0};

	(void)state;
	assert_true(enter(&p, "ferry", 2));
	assert_true(enter(&p, "buoy", 1));
	assert_true(enter(&p, "", 7));
	assert_true(enter(&p, "tug", 3));
	assert_true(enter(&p, "\xc3\xa9", 4)); /* no letter of this host's: after all of ASCII */
	assert_string_equal(p.list[0].name, "");
	assert_string_equal(p.list[1].name, "buoy");
	assert_string_equal(p.list[2].name, "ferry");
	assert_string_equal(p.list[4].name, "\xc3\xa9");
	assert_int_equal(find(&p, "tug")->age, 3);
	assert_null(find(&p, "ferr"));
	assert_null(find(&p, "ferry2"));
	free(p.list);
}

#define NAMES 40

static void
byname_random_operations_agree_with_a_plain_table(void **state)
{
	struct people p = {0};
	int ages[NAMES] = {0}; /* 0: not there */

	(void)state;
	unit_random_start("byname_random_operations_agree_with_a_plain_table");
	for (int step = 1; step <= 4000; step++) {
		uint32_t i = unit_random(NAMES);
		char name[8];

		snprintf(name, sizeof(name), "n%02u", i);
		const struct person *there = find(&p, name);

		assert_int_equal(there ? there->age : 0, ages[i]);
		if (there) {
			byname_remove(&BY_NAME, p.list, p.count--, (size_t)(there - p.list));
			ages[i] = 0;
		} else if (unit_random(8) >=
			   (uint32_t)step / 500) { /* fuller at first, emptier then */
			assert_true(enter(&p, name, step));
			ages[i] = step;
		}
		for (size_t k = 1; k < p.count; k++)
			assert_true(strcmp(p.list[k - 1].name, p.list[k].name) < 0);
	}
	free(p.list);
}

static void
byname_without_memory_is_as_it_was(void **state)
{
	struct people p = {0};

	(void)state;
	failing_malloc_at(1);
	assert_false(enter(&p, "a", 1));
	assert_true(enter(&p, "b", 2));
	assert_true(enter(&p, "c", 3));
	failing_malloc_at(1);
	assert_false(enter(&p, "a", 1));
	failing_malloc_at(0);
	assert_int_equal(p.count, 2);
	assert_int_equal(find(&p, "b")->age, 2);
	assert_int_equal(find(&p, "c")->age, 3);
	free(p.list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(byname_nothing_is_found_in_an_empty_list),
	    cmocka_unit_test(byname_names_are_in_the_order_of_their_bytes),
	    cmocka_unit_test(byname_random_operations_agree_with_a_plain_table),
	    cmocka_unit_test(byname_without_memory_is_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
