/* SPDX-License-Identifier: ISC */
/* The exit contract of mediachangec as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "client/mediachangec/exitmap.h"
#include "lib/alertkind.h"
#include "lib/err.h"

static void
init_gives_the_contract(void **state)
{
	static const unsigned char contract[OUTCOME_COUNT] = {0, 1, 2, 3, 4, 5, 77};
	struct exitmap m;

	(void)state;
	exitmap_init(&m);
	assert_memory_equal(m.status, contract, sizeof(contract));
}

static void
outcome_of_each_label_of_each_kind(void **state)
{
	static const struct {
		const char *kind;
		int count;
		enum outcome outcomes[4];
	} rows[] = {
	    {"ok", 1, {OUTCOME_YES}},
	    {"okcancel", 2, {OUTCOME_YES, OUTCOME_NO}},
	    {"yesno", 2, {OUTCOME_YES, OUTCOME_NO}},
	    {"yesnocancel", 3, {OUTCOME_YES, OUTCOME_NO, OUTCOME_OTHER}},
	    {"retrycancel", 2, {OUTCOME_YES, OUTCOME_NO}},
	    {"abortretryignore", 3, {OUTCOME_NO, OUTCOME_YES, OUTCOME_OTHER}},
	    {"choice", 4, {OUTCOME_YES, OUTCOME_NO, OUTCOME_OTHER, OUTCOME_OTHER}},
	    {"text", 2, {OUTCOME_YES, OUTCOME_NO}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int n = 0; n < rows[i].count; n++)
			assert_int_equal(
			    exitmap_outcome(rows[i].kind, strlen(rows[i].kind), (size_t)n),
			    rows[i].outcomes[n]);
}

static void
outcome_of_a_label_that_is_not_there_is_other(void **state)
{
	(void)state;
	assert_int_equal(exitmap_outcome("okcancel", 8, ALERTKIND_LABELS_MAX), OUTCOME_OTHER);
	assert_int_equal(exitmap_outcome("strange", 7, ALERTKIND_LABELS_MAX), OUTCOME_OTHER);
}

static void
parse_list_changes_what_it_names(void **state)
{
	struct exitmap m;
	const char *bad;

	(void)state;
	exitmap_init(&m);
	assert_int_equal(exitmap_parse(&m, "no=2,timeout=0,refused=255", &bad), OP_OK);
	assert_int_equal(m.status[OUTCOME_YES], 0);
	assert_int_equal(m.status[OUTCOME_NO], 2);
	assert_int_equal(m.status[OUTCOME_TIMEOUT], 0);
	assert_int_equal(m.status[OUTCOME_REFUSED], 255);
}

static void
parse_wrong_list_names_the_item_and_changes_nothing(void **state)
{
	static const struct {
		const char *text, *bad;
	} rows[] = {{"", ""}, {"no", "no"}, {"no=", "no="}, {"no=256", "no=256"},
	    {"no=-1", "no=-1"}, {"no=1x", "no=1x"}, {"no=1,", ""}, {"no=2,maybe=1", "maybe=1"},
	    {"=1", "=1"}, {"no=0001", "no=0001"}, {"no=1,,yes=2", ",yes=2"}};
	struct exitmap m, before;
	const char *bad;

	(void)state;
	exitmap_init(&before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		exitmap_init(&m);
		assert_int_equal(exitmap_parse(&m, rows[i].text, &bad), OP_BAD_REQUEST);
		assert_string_equal(bad, rows[i].bad);
		assert_memory_equal(&m, &before, sizeof(m));
	}
}

static void
refuse_with_leaves_yes_alone(void **state)
{
	struct exitmap m;

	(void)state;
	exitmap_init(&m);
	exitmap_refuse_with(&m, 2);
	assert_int_equal(m.status[OUTCOME_YES], 0);
	for (int i = OUTCOME_NO; i < OUTCOME_COUNT; i++)
		assert_int_equal(m.status[i], 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(init_gives_the_contract),
	    cmocka_unit_test(outcome_of_each_label_of_each_kind),
	    cmocka_unit_test(outcome_of_a_label_that_is_not_there_is_other),
	    cmocka_unit_test(parse_list_changes_what_it_names),
	    cmocka_unit_test(parse_wrong_list_names_the_item_and_changes_nothing),
	    cmocka_unit_test(refuse_with_leaves_yes_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
