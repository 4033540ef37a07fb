/* SPDX-License-Identifier: ISC */
/* Allow and deny lists: the last match wins, nothing matching is denied. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/acl.h"
#include "lib/err.h"

static bool
allowed(const struct acl *a, const char *addr, const char *name)
{
	struct netaddr n = {0};

	if (addr)
		assert_int_equal(netaddr_parse(addr, &n), OP_OK);
	return acl_allows(a, &n, name);
}

static void
acl_empty_list_denies(void **state)
{
	struct acl *a = acl_new();

	(void)state;
	assert_false(allowed(a, "192.0.2.1", "desk"));
	assert_false(allowed(a, NULL, NULL));
	assert_false(acl_needs_name(a));
	acl_free(a);
	acl_free(NULL);
}

static void
acl_last_match_wins(void **state)
{
	struct acl *a = acl_new();

	(void)state;
	acl_add(a, true, "192.168.0.0/16");
	acl_add(a, false, "192.168.7.0/24");
	acl_add(a, true, "192.168.7.9");
	assert_true(allowed(a, "192.168.1.1", NULL));
	assert_false(allowed(a, "192.168.7.1", NULL));
	assert_true(allowed(a, "192.168.7.9", NULL));
	assert_true(allowed(a, "::ffff:192.168.7.9", NULL));
	assert_false(allowed(a, "10.0.0.1", NULL));
	acl_add(a, false, "all");
	assert_false(allowed(a, "192.168.7.9", NULL));
	acl_free(a);
}

static void
acl_local_means_unix_sockets_only(void **state)
{
	struct acl *a = acl_new();

	(void)state;
	acl_add(a, true, "local");
	assert_true(allowed(a, NULL, NULL));
	assert_false(allowed(a, "127.0.0.1", "localhost"));
	acl_add(a, false, "0.0.0.0/0");
	assert_true(allowed(a, NULL, NULL));
	acl_free(a);
}

static void
acl_names_match_without_case_and_only_when_verified(void **state)
{
	struct acl *a = acl_new();

	(void)state;
	acl_add(a, true, "backup.example.org");
	acl_add(a, true, ".pilots.example.org");
	assert_true(acl_needs_name(a));
	assert_true(allowed(a, "192.0.2.1", "BACKUP.Example.Org"));
	assert_false(allowed(a, "192.0.2.1", NULL));
	assert_false(allowed(a, "192.0.2.1", "xbackup.example.org"));
	assert_false(allowed(a, "192.0.2.1", "backup.example.org.evil.test"));
	assert_true(allowed(a, "192.0.2.1", "tug1.Pilots.example.org"));
	assert_true(allowed(a, "192.0.2.1", "a.b.pilots.example.org"));
	assert_false(allowed(a, "192.0.2.1", "pilots.example.org"));
	assert_false(allowed(a, "192.0.2.1", ".pilots.example.org"));
	assert_false(allowed(a, "192.0.2.1", "evilpilots.example.org"));
	acl_free(a);
}

static void
acl_networks_need_no_name(void **state)
{
	struct acl *a = acl_new();

	(void)state;
	acl_add(a, true, "all");
	acl_add(a, false, "local");
	acl_add(a, true, "[2001:db8::]/32");
	assert_false(acl_needs_name(a));
	acl_free(a);
}

static void
acl_bad_rules_are_refused(void **state)
{
	static const char *const bad[] = {"", ".", "..", "192.168.0.300", "192.168.0.1/16",
	    "10.0.0", "1234", "host name", "a..b", "-host", ".-host", "host/16", "ho*st",
	    "::1::", "host\n", "tcp:host:80", "host.5"};
	struct acl *a = acl_new();
	char name[400];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		if (acl_add(a, true, bad[i]) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
	memset(name, 'x', sizeof(name));
	name[256] = '\0';
	assert_int_equal(acl_add(a, true, name), OP_BAD_REQUEST);
	name[0] = '.';
	assert_int_equal(acl_add(a, true, name), OP_BAD_REQUEST);
	name[255] = '\0';
	assert_int_equal(acl_add(a, true, name), OP_OK);
	acl_free(a);
}

static void
rules_under_failing_malloc(void *arg)
{
	struct acl *a = acl_new();
	bool last = false;

	(void)arg;
	if (!a)
		return;
	for (int i = 0; i < 10; i++) {
		int err = acl_add(a, i % 2, "all");

		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		if (err == OP_OK)
			last = i % 2;
		assert_int_equal(allowed(a, "192.0.2.1", NULL), last);
	}
	acl_free(a);
}

static void
acl_without_memory_keeps_its_rules(void **state)
{
	(void)state;
	failing_malloc_each(rules_under_failing_malloc, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(acl_empty_list_denies),
	    cmocka_unit_test(acl_last_match_wins),
	    cmocka_unit_test(acl_local_means_unix_sockets_only),
	    cmocka_unit_test(acl_names_match_without_case_and_only_when_verified),
	    cmocka_unit_test(acl_networks_need_no_name),
	    cmocka_unit_test(acl_bad_rules_are_refused),
	    cmocka_unit_test(acl_without_memory_keeps_its_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
