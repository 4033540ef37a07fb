/* SPDX-License-Identifier: ISC */
/* Random UUIDs (RFC 9562). */
#include "tests/unit/unit.h"

#include "lib/uuid.h"

static void
uuid_new_is_version_4_and_valid(void **state)
{
	char id[UUID_SIZE];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uuid_new(id);
		assert_int_equal(strlen(id), 36);
		assert_true(uuid_valid(id, 36));
		assert_int_equal(id[14], '4');
		assert_non_null(strchr("89ab", id[19]));
	}
}

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, UUID_SIZE);
}

static void
uuid_new_never_repeats(void **state)
{
	static char ids[10000][UUID_SIZE];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(ids); i++)
		uuid_new(ids[i]);
	qsort(ids, UNIT_COUNT(ids), UUID_SIZE, compare);
	for (size_t i = 1; i < UNIT_COUNT(ids); i++)
		assert_string_not_equal(ids[i - 1], ids[i]);
}

static void
uuid_valid_wants_the_exact_form(void **state)
{
	static const char good[] = "919108f7-52d1-4320-9bac-f847db4148a8"; /* RFC 9562, A.3 */
	static const char *const bad[] = {"", "919108f7", "919108f752d143209bacf847db4148a8",
	    "919108f7-52d1-4320-9bac-f847db4148a", "919108f7-52d1-4320-9bac-f847db4148a8a",
	    "g19108f7-52d1-4320-9bac-f847db4148a8", "919108f7-52d1-4320-9bac-f847db4148a ",
	    "919108f7_52d1-4320-9bac-f847db4148a8", "919108f-752d1-4320-9bac-f847db4148a8",
	    "{19108f7-52d1-4320-9bac-f847db4148a}"};

	(void)state;
	assert_true(uuid_valid(good, 36));
	assert_true(uuid_valid("919108F7-52D1-4320-9BAC-F847DB4148A8", 36));
	assert_false(uuid_valid(good, 35));
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_false(uuid_valid(bad[i], strlen(bad[i])));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(uuid_new_is_version_4_and_valid),
	    cmocka_unit_test(uuid_new_never_repeats),
	    cmocka_unit_test(uuid_valid_wants_the_exact_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
