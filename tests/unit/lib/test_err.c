/* SPDX-License-Identifier: ISC */
/* The error list: its numbers and names are wire format. */
#include "tests/unit/unit.h"

#include "lib/err.h"

static void
err_every_name_maps_back_to_its_number(void **state)
{
	(void)state;
	for (int err = OP_NOT_NOW; err < 0; err++) {
		const char *name = op_err_name(err);

		assert_int_equal(op_err_from_name(name, strlen(name)), err);
		assert_string_not_equal(op_strerror(err), "unknown error");
	}
}

static void
err_numbers_and_names_on_the_wire_stay(void **state)
{
	(void)state;
	assert_int_equal(OP_BAD_REQUEST, -1);
	assert_int_equal(OP_ALREADY_ANSWERED, -7);
	assert_int_equal(OP_SYSTEM, -17);
	assert_string_equal(op_err_name(OP_UNAVAILABLE), "unavailable");
}

static void
err_unknown_number_or_name_is_internal(void **state)
{
	(void)state;
	assert_string_equal(op_err_name(-999), "internal");
	assert_string_equal(op_err_name(1), "internal");
	assert_string_equal(op_strerror(-999), "unknown error");
	assert_int_equal(op_err_from_name("nonsense", 8), OP_INTERNAL);
	assert_int_equal(op_err_from_name("", 0), OP_INTERNAL);
	assert_int_equal(op_err_from_name("deniedx", 7), OP_INTERNAL);
	assert_int_equal(op_err_from_name("deniedx", 6), OP_DENIED);
}

static void
err_zero_is_ok(void **state)
{
	(void)state;
	assert_string_equal(op_err_name(OP_OK), "ok");
	assert_string_equal(op_strerror(OP_OK), "no error");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(err_every_name_maps_back_to_its_number),
	    cmocka_unit_test(err_numbers_and_names_on_the_wire_stay),
	    cmocka_unit_test(err_unknown_number_or_name_is_internal),
	    cmocka_unit_test(err_zero_is_ok),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
