/* SPDX-License-Identifier: ISC */
/* The hash table of the callers' own nodes, beside a plain array. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/err.h"
#include "lib/table.h"

#define KEYS 500u

struct item {
	struct table_node node;
	uint32_t key;
	bool is_in;
};

static bool
has_key(const struct table_node *node, const void *key)
{
	return ((const struct item *)node)->key == *(const uint32_t *)key;
}

/* Few hashes for many keys: chains are long. */
static uint64_t
hash_of(uint32_t key)
{
	return key % 37;
}

static void
table_empty_has_nothing(void **state)
{
	struct table t = {0};
	uint32_t key = 7;

	(void)state;
	assert_null(table_find(&t, hash_of(key), has_key, &key));
	assert_null(table_any(&t));
	table_fini(&t);
}

static void
table_random_operations_agree_with_an_array(void **state)
{
	static struct item items[KEYS];
	struct table t = {0};
	size_t count = 0;

	(void)state;
	unit_random_start("table_random_operations_agree_with_an_array");
	for (int i = 0; i < 20000; i++) {
		struct item *item = &items[unit_random(KEYS)];

		item->key = (uint32_t)(item - items);
		assert_ptr_equal(table_find(&t, hash_of(item->key), has_key, &item->key),
		    item->is_in ? &item->node : NULL);
		if (item->is_in)
			table_remove(&t, &item->node);
		else
			assert_int_equal(table_add(&t, &item->node, hash_of(item->key)), OP_OK);
		item->is_in = !item->is_in;
		count = item->is_in ? count + 1 : count - 1;
		assert_int_equal(t.count, count);
	}
	while (t.count > 0)
		table_remove(&t, table_any(&t));
	table_fini(&t);
}

/* Without memory to grow it gets slower, and loses nothing. */
static void
use(void *arg)
{
	struct item some[20] = {0};
	struct table t = {0};
	uint32_t added = 0;

	(void)arg;
	for (uint32_t i = 0; i < UNIT_COUNT(some); i++) {
		some[i].key = i;
		added += table_add(&t, &some[i].node, hash_of(i)) == OP_OK;
		assert_true(table_find(&t, hash_of(i), has_key, &i) || i == 0);
	}
	assert_true(added >= UNIT_COUNT(some) - 1);
	assert_int_equal(t.count, added);
	table_fini(&t);
}

static void
table_without_memory_gets_slower(void **state)
{
	(void)state;
	failing_malloc_each(use, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(table_empty_has_nothing),
	    cmocka_unit_test(table_random_operations_agree_with_an_array),
	    cmocka_unit_test(table_without_memory_gets_slower),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
