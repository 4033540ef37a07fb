/* SPDX-License-Identifier: ISC */
/* Which errors a change brings; and the ids of changes that were made. */
#include "tests/unit/unit.h"

#include "daemon/ipadmd/done.h"
#include "daemon/ipadmd/judge.h"
#include "lib/err.h"

#define HEAD                                                                                  \
	"Title = T\nDomain = example.org\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n" \
	"__NODES__\n"

/* How many errors of `after` are new. */
static size_t
new_errors(const char *before, const char *after)
{
	struct sdb_file *files[2];
	struct sdb_input in[2];
	struct sdb_findings found[2];
	struct judged judged[2];
	const char *texts[] = {before, after};
	size_t count = 99;

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(sdb_file_parse(texts[i], strlen(texts[i]), &files[i]), OP_OK);
		in[i] = (struct sdb_input){"Subnet_1.sdb", files[i]};
		sdb_findings_init(&found[i], SDB_MAX_FINDINGS);
		assert_int_equal(sdb_check(&in[i], 1, &found[i]), OP_OK);
		judged[i] = (struct judged){&in[i], &found[i]};
	}
	bool *flags = judge_new_errors(&judged[0], &judged[1], &count);

	assert_non_null(flags);
	free(flags);
	for (size_t i = 0; i < 2; i++) {
		sdb_findings_fini(&found[i]);
		sdb_file_free(files[i]);
	}
	return count;
}

static void
judge_counts_only_what_was_not_there(void **state)
{
	static const struct {
		const char *before, *after;
		size_t count;
	} cases[] = {
	    {HEAD, HEAD, 0},
	    {HEAD, HEAD "a:192.0.2.5::::\n", 0},
	    {HEAD, HEAD "a:192.0.3.5::::\n", 1},
	    {HEAD "a:192.0.3.5::::\n", HEAD "a:192.0.3.5::::\n", 0},
	    /* the same line elsewhere */
	    {HEAD "a:192.0.3.5::::\n", HEAD "b:192.0.2.6::::\n# x\na:192.0.3.5::::\n", 0},
	    /* one of two mended; one mended and another made */
	    {HEAD "a:192.0.3.5::::\nb:192.0.3.6::::\n", HEAD "b:192.0.3.6::::\n", 0},
	    {HEAD "a:192.0.3.5::::\n", HEAD "b:192.0.3.6::::\n", 1},
	    {HEAD "a:192.0.2.5::::\n", HEAD "a:192.0.2.5::::\nb:192.0.2.5::::\n", 1},
	    /* a warning keeps nobody */
	    {HEAD, HEAD "a:192.0.2.5:::gone.example.org:\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++)
		assert_int_equal(new_errors(cases[i].before, cases[i].after), cases[i].count);
}

static void
done_finds_the_newest_ids(void **state)
{
	struct done d;
	char id[UUID_SIZE], commit[COMMIT_TEXT];

	(void)state;
	assert_int_equal(done_init(&d), OP_OK);
	for (int i = 0; i < DONE_MAX + 10; i++) {
		snprintf(id, sizeof(id), "919108f7-52d1-4320-9bac-%012d", i);
		snprintf(commit, sizeof(commit), "%040d", i);
		done_add(&d, id, commit);
	}
	assert_string_equal(done_find(&d, id), commit);
	assert_null(done_find(&d, "919108f7-52d1-4320-9bac-000000000009"));
	assert_non_null(done_find(&d, "919108F7-52D1-4320-9BAC-000000000010"));
	done_fini(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judge_counts_only_what_was_not_there),
	    cmocka_unit_test(done_finds_the_newest_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
