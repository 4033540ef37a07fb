/* SPDX-License-Identifier: ISC */
/* What people type for a subnet: numbers, and networks of a list. */
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "tests/unit/unit.h"

static void
number_is_the_name_of_a_file(void **state)
{
	static const struct {
		const char *typed, *file; /* NULL: none */
	} cases[] = {{"7", "Subnet_7.sdb"}, {"128B", "Subnet_128B.sdb"}, {"0", "Subnet_0.sdb"},
	    {"7.sdb", "Subnet_7.sdb"}, {"07", NULL}, {"", NULL}, {"B", NULL}, {"128BC", NULL},
	    {"7/..", NULL}, {"192.0.2.1", NULL}, {"1234567890", NULL}, {"Subnet_7", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char file[SUBNET_FILE] = "untouched";

		assert_int_equal(subnet_of_number(cases[i].typed, file), cases[i].file != NULL);
		assert_string_equal(file, cases[i].file ? cases[i].file : "untouched");
	}
}

static void
assert_network(const msgpack_object_array *files, const char *typed, const char *file)
{
	struct network net;
	struct mp_text t;

	assert_int_equal(network_parse(typed, &net), OP_OK);
	const msgpack_object *found = subnet_of_network(files, &net);

	assert_int_equal(found != NULL, file != NULL);
	if (!file)
		return;
	assert_int_equal(mp_get_text(found, "file", &t), OP_OK);
	assert_true(mp_text_is(t, file));
}

static void
network_is_looked_for_in_the_list(void **state)
{
	static const char *const rows[][2] = {{"Subnet_1.sdb", "192.0.2.0/25"},
	    {"Subnet_2.sdb", "2001:db8::/64"}, {"Subnet_3.sdb", ""}, {"aliases", NULL}};
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;

	(void)state;
	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	mp_array(&o, 4);
	for (size_t i = 0; i < 4; i++) {
		mp_map(&o, 2);
		mp_kstr(&o, "file", rows[i][0]);
		mp_kstr(&o, "network", rows[i][1]);
	}
	assert_int_equal(mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
	assert_network(&doc.root.via.array, "192.0.2.7", "Subnet_1.sdb");
	assert_network(&doc.root.via.array, "192.0.2.64/26", "Subnet_1.sdb");
	assert_network(&doc.root.via.array, "192.0.2.0/24", NULL);
	assert_network(&doc.root.via.array, "192.0.2.200", NULL);
	assert_network(&doc.root.via.array, "2001:db8::7", "Subnet_2.sdb");
	assert_network(&doc.root.via.array, "2001:db8:1::7", NULL);
	mp_fini(&doc);
	buf_fini(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(number_is_the_name_of_a_file),
	    cmocka_unit_test(network_is_looked_for_in_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
