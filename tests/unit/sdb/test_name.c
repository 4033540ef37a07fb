/* SPDX-License-Identifier: ISC */
/* File names: the strict pattern and the order; host names. */
#include "lib/sdb/host.h"
#include "lib/sdb/name.h"
#include "tests/unit/sdb/sdb.h"

static int
parse(const char *s, struct sdb_name *n)
{
	return sdb_name_parse(s, strlen(s), n);
}

static void
name_good_ones_come_back(void **state)
{
	static const char *const good[] = {"Subnet_0.sdb", "Subnet_2.sdb", "Subnet_128A.sdb",
	    "Subnet_128b.sdb", "Subnet_999999999Z.sdb"};
	char text[SDB_NAME_TEXT];
	struct sdb_name n;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++) {
		assert_int_equal(parse(good[i], &n), OP_OK);
		assert_string_equal(sdb_name_format(text, &n), good[i]);
		assert_int_equal(sdb_name_parse_user(good[i], strlen(good[i]) - 4, &n), OP_OK);
		assert_string_equal(sdb_name_format(text, &n), good[i]);
		assert_int_equal(sdb_name_parse_user(good[i], strlen(good[i]), &n), OP_OK);
	}
}

static void
name_odd_ones_are_refused(void **state)
{
	static const char *const bad[] = {"", "Subnet_.sdb", "Subnet_A.sdb", "Subnet_1AB.sdb",
	    "Subnet_01.sdb", "Subnet_1234567890.sdb", "Subnet_1.sdb~", "Subnet_1.sdb-lock",
	    "subnet_1.sdb", "Subnet_1.SDB", "../Subnet_1.sdb", "Subnet_1/.sdb", "Subnet_-1.sdb",
	    "Subnet_1\n.sdb", "Subnet_1", "Subnet_1\xc3\x84.sdb", ".Subnet_1.sdb"};
	struct sdb_name n;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(parse(bad[i], &n), OP_BAD_REQUEST);
	assert_int_equal(sdb_name_parse("Subnet_1.sdb\0", 13, &n), OP_BAD_REQUEST);
	assert_int_equal(sdb_name_parse("Subnet_\0.sdb", 12, &n), OP_BAD_REQUEST);
}

static void
name_order_is_by_number_then_letter(void **state)
{
	static const char *const order[] = {"Subnet_2.sdb", "Subnet_128.sdb", "Subnet_128A.sdb",
	    "Subnet_128B.sdb", "Subnet_1000.sdb"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(order); i++)
		for (size_t j = 0; j < UNIT_COUNT(order); j++) {
			struct sdb_name a, b;
			int sign;

			assert_int_equal(parse(order[i], &a), OP_OK);
			assert_int_equal(parse(order[j], &b), OP_OK);
			sign = sdb_name_compare(&a, &b);
			assert_true(i < j ? sign < 0 : i > j ? sign > 0 : sign == 0);
		}
}

static void
host_names(void **state)
{
	static const char *const good[] = {"a", "1", "a-1", "3com", "Mail.Example.Org", "a.1.b"};
	static const char *const bad[] = {
	    "", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "\xc3\xa4", "a.-b", "*"};
	char label[65], name[256];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		assert_null(sdb_host_fault(sdb_text_of(good[i])));
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_non_null(sdb_host_fault(sdb_text_of(bad[i])));
	memset(label, 'a', sizeof(label));
	assert_null(sdb_host_fault((struct sdb_text){label, 63}));
	assert_non_null(sdb_host_fault((struct sdb_text){label, 64}));
	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 ? '.' : 'a';
	assert_null(sdb_host_fault((struct sdb_text){name, 253}));
	assert_non_null(sdb_host_fault((struct sdb_text){name, 255}));
}

static bool
equal(const char *name, const char *domain, const char *other)
{
	struct sdb_fqdn a = sdb_fqdn_of(sdb_text_of(name), sdb_text_of(domain));
	struct sdb_fqdn b = sdb_fqdn_of(sdb_text_of(other), SDB_TEXT("else.where"));

	assert_true(!sdb_fqdn_equal(&a, &b) || sdb_fqdn_hash(&a) == sdb_fqdn_hash(&b));
	return sdb_fqdn_equal(&a, &b);
}

static void
fqdn_compares_names_written_out(void **state)
{
	(void)state;
	assert_true(equal("a", "b.c", "A.b.C"));
	assert_true(equal("a", "b.c", "a.b.c."));
	assert_true(equal("a.b", "b.c", "a.b"));
	assert_true(equal("a", "else.where", "a"));
	assert_false(equal("a", "b.c", "a.b.d"));
	assert_false(equal("a", "", "a.b"));
	assert_false(equal("ab", "c.d", "a.bc.d"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(name_good_ones_come_back),
	    cmocka_unit_test(name_odd_ones_are_refused),
	    cmocka_unit_test(name_order_is_by_number_then_letter),
	    cmocka_unit_test(host_names),
	    cmocka_unit_test(fqdn_compares_names_written_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
