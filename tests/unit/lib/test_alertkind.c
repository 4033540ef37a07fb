/* SPDX-License-Identifier: ISC */
/* The kinds of question, their labels and what each means for an exit status. */
#include "tests/unit/unit.h"

#include "lib/alertkind.h"

static void
alertkind_labels_and_senses_are_those_of_the_exit_contract(void **state)
{
	static const struct {
		const char *name, *labels[4];
		enum alertkind_sense senses[3];
	} expected[] = {
	    {"ok", {"Ok"}, {SENSE_YES}},
	    {"okcancel", {"Ok", "Cancel"}, {SENSE_YES, SENSE_NO}},
	    {"yesno", {"Yes", "No"}, {SENSE_YES, SENSE_NO}},
	    {"yesnocancel", {"Yes", "No", "Cancel"}, {SENSE_YES, SENSE_NO, SENSE_OTHER}},
	    {"retrycancel", {"Retry", "Cancel"}, {SENSE_YES, SENSE_NO}},
	    {"abortretryignore", {"Abort", "Retry", "Ignore"}, {SENSE_NO, SENSE_YES, SENSE_OTHER}},
	    {"text", {"Ok", "Cancel"}, {SENSE_YES, SENSE_NO}},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(expected); i++) {
		const char *name = expected[i].name;
		const struct alertkind *k = alertkind_find(name, strlen(name));
		size_t n = 0;

		assert_non_null(k);
		for (; expected[i].labels[n]; n++) {
			assert_string_equal(k->labels[n], expected[i].labels[n]);
			assert_int_equal(k->senses[n], expected[i].senses[n]);
		}
		assert_null(k->labels[n]);
	}
}

static void
alertkind_choice_has_senses_by_place_and_no_labels(void **state)
{
	const struct alertkind *k = alertkind_find("choice", 6);

	(void)state;
	assert_null(k->labels[0]);
	assert_int_equal(k->senses[0], SENSE_YES);
	assert_int_equal(k->senses[1], SENSE_NO);
	for (size_t i = 2; i < ALERTKIND_LABELS_MAX; i++)
		assert_int_equal(k->senses[i], SENSE_OTHER);
}

static void
alertkind_all_are_found_and_fit(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct alertkind *k = alertkind_all(); k->name; k++, count++) {
		assert_ptr_equal(alertkind_find(k->name, strlen(k->name)), k);
		for (size_t i = 0; k->labels[i]; i++) {
			assert_true(i < ALERTKIND_LABELS_MAX - 1);
			assert_true(strlen(k->labels[i]) <= ALERTKIND_LABEL_BYTES);
		}
	}
	assert_int_equal(count, 8);
}

static void
alertkind_other_names_are_not_found(void **state)
{
	(void)state;
	assert_null(alertkind_find("", 0));
	assert_null(alertkind_find("okcance", 7));
	assert_null(alertkind_find("OkCancel", 8));
	assert_null(alertkind_find("okcancel\0", 9));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alertkind_labels_and_senses_are_those_of_the_exit_contract),
	    cmocka_unit_test(alertkind_choice_has_senses_by_place_and_no_labels),
	    cmocka_unit_test(alertkind_all_are_found_and_fit),
	    cmocka_unit_test(alertkind_other_names_are_not_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
