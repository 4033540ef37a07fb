/* SPDX-License-Identifier: ISC */
/*
 * The plan: nodes found by each key, added, changed, moved; what stands against them is said at its
 * place in the source.
 */
#include "lib/exchange/export.h"
#include "lib/exchange/plan.h"
#include "tests/unit/exchange/exchange.h"
#include "tests/unit/failing_malloc.h"
#include "tests/unit/sdb/sdb.h"

#define HEADER(number)                                       \
	"Title = Subnet " number ", Test\nDomain = s" number \
	".example.org\nBase_IP = 192.0." number              \
	".0\nSubnet_Mask = 255.255.255.0\nGateway = 192.0." number ".1\n__NODES__\n"
#define TUG "tug1:192.0.2.33:0200c0ffee01:ferry::bridge\n"

/* Two subnets, 192.0.2.0/24 with tug1 and 192.0.3.0/24, and an import from CSV. */
struct imported {
	struct sdb_file *file[2];
	struct plan_subnet subnets[2];
	struct plan_totals totals;
	struct exchange x;
};

static void
import(struct imported *m, const char *two, const char *three, const char *csv, enum plan_key by)
{
	m->file[0] = file_of(two);
	m->file[1] = file_of(three);
	m->subnets[0] = (struct plan_subnet){"Subnet_2.sdb", m->file[0], false};
	m->subnets[1] = (struct plan_subnet){"Subnet_3.sdb", m->file[1], false};
	exchange_init(&m->x);
	assert_int_equal(exchange_read_csv(csv, strlen(csv), NULL, &m->x), OP_OK);
	assert_int_equal(plan_import(&m->x, m->subnets, 2, by, &m->totals), OP_OK);
}

static void
drop(struct imported *m)
{
	exchange_fini(&m->x);
	sdb_file_free(m->file[0]);
	sdb_file_free(m->file[1]);
}

static void
assert_imported(const char *csv, enum plan_key by, const char *two, const char *three)
{
	struct imported m;

	import(&m, HEADER("2") TUG, HEADER("3"), csv, by);
	assert_int_equal(m.x.errors, 0);
	assert_written(m.file[0], two);
	assert_written(m.file[1], three);
	assert_int_equal(m.subnets[0].is_changed, strcmp(two, HEADER("2") TUG) != 0);
	assert_int_equal(m.subnets[1].is_changed, strcmp(three, HEADER("3")) != 0);
	drop(&m);
}

static void
assert_refused(const char *csv, enum plan_key by, const char *findings)
{
	struct imported m;
	struct buf b;

	import(&m, HEADER("2") TUG, HEADER("3"), csv, by);
	buf_init(&b);
	m.x.node_count = 0;
	describe(&b, &m.x);
	assert_int_equal(buf_append(&b, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&b), findings);
	buf_fini(&b);
	drop(&m);
}

static void
plan_adds_to_the_subnet_that_has_the_address(void **state)
{
	(void)state;
	assert_imported("name,address\nlamp.s3.example.org,192.0.3.7\nbuoy,192.0.2.9\n",
	    PLAN_BY_ADDRESS, HEADER("2") TUG "buoy:192.0.2.9::::\n",
	    HEADER("3") "lamp:192.0.3.7::::\n");
}

static void
plan_changes_what_is_given_and_keeps_the_rest(void **state)
{
	(void)state;
	assert_imported("address,comment\n192.0.2.33,mole\n", PLAN_BY_ADDRESS,
	    HEADER("2") "tug1:192.0.2.33:0200c0ffee01:ferry::mole\n", HEADER("3"));
	assert_imported("address,alias,name\n192.0.2.33,-,tug9\n", PLAN_BY_ADDRESS,
	    HEADER("2") "tug9:192.0.2.33:0200c0ffee01:::bridge\n", HEADER("3"));
	/* other letters, another spelling: the same */
	assert_imported(
	    "address,name,mac,alias\n192.0.2.33,TUG1.S2.example.org,02-00-C0-FF-EE-01,Ferry\n",
	    PLAN_BY_ADDRESS, HEADER("2") TUG, HEADER("3"));
}

static void
plan_by_name_renumbers_and_moves(void **state)
{
	(void)state;
	assert_imported("name,address\ntug1,192.0.2.44\n", PLAN_BY_NAME,
	    HEADER("2") "tug1:192.0.2.44:0200c0ffee01:ferry::bridge\n", HEADER("3"));
	assert_imported("name,comment\ntug1,mole\n", PLAN_BY_NAME,
	    HEADER("2") "tug1:192.0.2.33:0200c0ffee01:ferry::mole\n", HEADER("3"));
	assert_imported("mac,address,name\n02:00:c0:ff:ee:01,192.0.3.5,tug1\n", PLAN_BY_MAC,
	    HEADER("2"), HEADER("3") "tug1:192.0.3.5:0200c0ffee01:ferry::bridge\n");
}

static void
plan_totals_are_counted(void **state)
{
	struct imported m;

	(void)state;
	import(&m, HEADER("2") TUG "a:192.0.2.2::::\n", HEADER("3"),
	    "name,address\ntug1,192.0.2.33\nb,192.0.2.2\nc,192.0.3.2\n", PLAN_BY_ADDRESS);
	assert_int_equal(m.totals.same, 1);
	assert_int_equal(m.totals.changed, 1);
	assert_int_equal(m.totals.added, 1);
	assert_int_equal(m.totals.moved, 0);
	drop(&m);
}

static void
plan_faults_are_said_at_their_place(void **state)
{
	(void)state;
	assert_refused(
	    "name,address\na,10.0.0.1\n", PLAN_BY_ADDRESS, "E 2:1 no subnet has 10.0.0.1\n");
	assert_refused("name,address\na.other.org,192.0.2.5\n", PLAN_BY_ADDRESS,
	    "E 2:1 a.other.org is not in the domain of Subnet_2.sdb\n");
	assert_refused("name,address\na,192.0.2.5\nb,192.0.2.5\n", PLAN_BY_ADDRESS,
	    "E 3:1 the same address stands in line 2 already\n");
	assert_refused("name\na\n", PLAN_BY_ADDRESS,
	    "E 2:1 a has no address, by which nodes are looked for\n");
	assert_refused("name\na\n", PLAN_BY_NAME,
	    "E 2:1 a is not there, and has no address to be added with\n");
	assert_refused("address\n192.0.2.5\n", PLAN_BY_ADDRESS,
	    "E 2:1 192.0.2.5 has no name to be added with\n");
	assert_refused("address,mac\n192.0.2.33,xyz\n", PLAN_BY_ADDRESS,
	    "E 2:12 \"xyz\" is not an Ethernet address\n");
	assert_refused("address,alias\n192.0.2.33,\"a,b\"\n", PLAN_BY_ADDRESS,
	    "E 2:1 several aliases (a,b) need the line `Format = 2` in Subnet_2.sdb\n");
	assert_refused("address,comment\n192.0.2.33,\"a\nb\"\n", PLAN_BY_ADDRESS,
	    "E 2:1 192.0.2.33: a field holds what cannot stand in the line of a node\n");
}

static void
plan_new_errors_of_the_check_are_said_and_old_ones_not(void **state)
{
	struct imported m;

	(void)state;
	assert_refused("name,address,mac\nlamp,192.0.3.7,0200c0ffee01\n", PLAN_BY_ADDRESS,
	    "E 2:1 Subnet_3.sdb:7: the Ethernet address of tug1 (line 7), in Subnet_2.sdb\n");
	import(&m, HEADER("2") "bad_name:192.0.2.2::::\n", HEADER("3"),
	    "name,address\nc,192.0.3.2\n", PLAN_BY_ADDRESS);
	assert_int_equal(m.x.errors, 0);
	drop(&m);
}

static void
plan_an_export_imports_as_the_same(void **state)
{
	static const char two[] =
	    HEADER("2") TUG "lamp:192.0.2.34:::mail.example.org:one; \"two\", three \n";
	struct sdb_input in[2];
	struct imported m;
	struct buf csv;

	(void)state;
	import(&m, two, HEADER("3"), "name\n", PLAN_BY_ADDRESS);
	in[0] = (struct sdb_input){"Subnet_2.sdb", m.file[0]};
	in[1] = (struct sdb_input){"Subnet_3.sdb", m.file[1]};
	buf_init(&csv);
	assert_int_equal(export_csv(in, 2, &csv), OP_OK);
	exchange_fini(&m.x);
	assert_int_equal(
	    exchange_read_csv((const char *)buf_bytes(&csv), buf_len(&csv), NULL, &m.x), OP_OK);
	assert_int_equal(plan_import(&m.x, m.subnets, 2, PLAN_BY_ADDRESS, &m.totals), OP_OK);
	assert_int_equal(m.x.errors + m.x.warnings, 0);
	assert_int_equal(m.totals.same, 2);
	assert_written(m.file[0], two);
	buf_fini(&csv);
	drop(&m);
}

static void
plan_once(void *arg)
{
	static const char csv[] = "name,address,alias\ntug1,192.0.3.33,x\nb,192.0.2.2,\"c\"\n";
	struct imported m = {.file = {NULL, NULL}};

	(void)arg;
	exchange_init(&m.x);
	int err = sdb_file_parse(HEADER("2") TUG, strlen(HEADER("2") TUG), &m.file[0]);

	if (err == OP_OK)
		err = sdb_file_parse(HEADER("3"), strlen(HEADER("3")), &m.file[1]);
	if (err == OP_OK)
		err = exchange_read_csv(csv, sizeof(csv) - 1, NULL, &m.x);
	m.subnets[0] = (struct plan_subnet){"Subnet_2.sdb", m.file[0], false};
	m.subnets[1] = (struct plan_subnet){"Subnet_3.sdb", m.file[1], false};
	if (err == OP_OK)
		err = plan_import(&m.x, m.subnets, 2, PLAN_BY_NAME, &m.totals);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	drop(&m);
}

static void
plan_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(plan_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plan_adds_to_the_subnet_that_has_the_address),
	    cmocka_unit_test(plan_changes_what_is_given_and_keeps_the_rest),
	    cmocka_unit_test(plan_by_name_renumbers_and_moves),
	    cmocka_unit_test(plan_totals_are_counted),
	    cmocka_unit_test(plan_faults_are_said_at_their_place),
	    cmocka_unit_test(plan_new_errors_of_the_check_are_said_and_old_ones_not),
	    cmocka_unit_test(plan_an_export_imports_as_the_same),
	    cmocka_unit_test(plan_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
