/* SPDX-License-Identifier: ISC */
/* Free addresses: examples, then random subnets against an array of flags. */
#include "lib/sdb/space.h"
#include "tests/unit/sdb/sdb.h"

static struct sdb_space *
space_of(const char *text)
{
	struct sdb_file *f = file_of(text);
	struct sdb_space *s = NULL;

	assert_int_equal(sdb_space_new(f, &s), OP_OK);
	sdb_file_free(f);
	return s;
}

static struct netaddr
address(const char *text)
{
	struct netaddr a;

	assert_int_equal(sdb_address_parse(sdb_text_of(text), 2, &a), OP_OK);
	return a;
}

static void
assert_next(const struct sdb_space *s, uint64_t n, const char *from, const char *expected)
{
	struct netaddr start = from ? address(from) : (struct netaddr){0}, found;
	char text[SDB_ADDRESS_TEXT];
	int err = sdb_space_find(s, n, from ? &start : NULL, &found);

	assert_int_equal(err, expected ? OP_OK : OP_NOT_FOUND);
	if (expected)
		assert_string_equal(sdb_address_format(text, &found), expected);
}

static void
space_of_the_example_has_27_free(void **state)
{
	struct sdb_space *s = space_of(EXAMPLE);
	struct netaddr list[40], a = address("192.0.2.62");
	struct sdb_usage u;

	(void)state;
	sdb_space_usage(s, &u);
	assert_int_equal(u.usable, 30);
	assert_int_equal(u.used, 3);
	assert_int_equal(u.free, 27);
	assert_true(u.counted);
	assert_int_equal(u.permille, 100);
	assert_int_equal(sdb_space_list(s, NULL, list, UNIT_COUNT(list)), 27);
	assert_false(sdb_space_is_free(s, &a));
	assert_next(s, 1, NULL, "192.0.2.35");
	assert_next(s, 27, NULL, "192.0.2.35");
	assert_next(s, 28, NULL, NULL);
	assert_next(s, 2, "192.0.2.60", "192.0.2.60");
	assert_next(s, 2, "192.0.2.61", NULL);
	assert_next(s, 1, "10.0.0.0", "192.0.2.35");
	assert_next(s, 1, "192.0.2.63", NULL);
	assert_next(s, 1, "[::1]", NULL);
	assert_int_equal(sdb_space_find(s, 0, NULL, &a), OP_BAD_REQUEST);
	sdb_space_free(s);
}

static void
space_taken_address_is_not_given(void **state)
{
	struct sdb_space *s = space_of(EXAMPLE);
	struct netaddr a = address("192.0.2.35"), outside = address("10.0.0.1");
	struct sdb_usage u;

	(void)state;
	assert_int_equal(sdb_space_take(s, &a), OP_OK);
	assert_int_equal(sdb_space_take(s, &a), OP_OK);
	assert_int_equal(sdb_space_take(s, &outside), OP_OK);
	sdb_space_usage(s, &u);
	assert_int_equal(u.free, 26);
	assert_next(s, 1, NULL, "192.0.2.36");
	sdb_space_free(s);
}

static void
space_without_subnet_is_an_error(void **state)
{
	struct sdb_file *f = file_of("Title = x\n__NODES__\n");
	struct sdb_space *s = NULL;

	(void)state;
	assert_int_equal(sdb_space_new(f, &s), OP_BAD_REQUEST);
	sdb_file_free(f);
}

#define V6(base, bits, nodes) \
	"Title = x\nFormat = 2\nBase_IP = [" base "]\nSubnet_Mask = " bits "\n__NODES__\n" nodes

static void
space_of_ipv6_is_counted_without_being_listed(void **state)
{
	struct sdb_space *s = space_of(V6("2001:db8::", "64",
	    "a:[2001:db8::1]::::\n"
	    "b:[2001:db8::3]::::\n"));
	struct netaddr list[3];
	struct sdb_usage u;

	(void)state;
	sdb_space_usage(s, &u);
	assert_int_equal(u.used, 2);
	assert_false(u.counted);
	assert_true(u.usable == UINT64_MAX); /* 2^64 - 1, to the last */
	assert_int_equal(u.permille, 0);
	assert_next(s, 1, NULL, "[2001:db8::2]");
	assert_next(s, 2, NULL, "[2001:db8::4]");
	assert_next(s, UINT64_MAX - 3, NULL, "[2001:db8::4]");
	assert_next(s, UINT64_MAX - 2, NULL, NULL);
	assert_next(s, 1, "[2001:db8::ffff:ffff:ffff:ffff]", "[2001:db8::ffff:ffff:ffff:ffff]");
	assert_int_equal(sdb_space_list(s, NULL, list, 3), 3);
	assert_int_equal(list[0].bytes[15], 2);
	assert_int_equal(list[1].bytes[15], 4);
	sdb_space_free(s);
}

static void
space_at_the_ends_of_all_addresses(void **state)
{
	static const char *const last = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]";
	struct sdb_space *s = space_of(V6("::", "0", "a:[::1]::::\n"));
	struct netaddr a = address(last), list[2];
	struct sdb_usage u;

	(void)state;
	sdb_space_usage(s, &u);
	assert_true(u.usable == UINT64_MAX && u.free == UINT64_MAX);
	assert_next(s, 1, last, last);
	assert_int_equal(sdb_space_list(s, &a, list, 2), 1);
	assert_int_equal(sdb_space_take(s, &a), OP_OK);
	assert_next(s, 1, last, NULL);
	assert_int_equal(sdb_space_list(s, &a, list, 2), 0);
	sdb_space_free(s);
	s = space_of("Base_IP = 255.255.255.255\nSubnet_Mask = 255.255.255.255\n__NODES__\n");
	assert_next(s, 1, NULL, "255.255.255.255");
	assert_next(s, 2, NULL, NULL);
	sdb_space_free(s);
	s = space_of("Base_IP = 0.0.0.0\nSubnet_Mask = 0.0.0.0\n__NODES__\n");
	sdb_space_usage(s, &u);
	assert_true(u.usable == (UINT64_C(1) << 32) - 2 && u.counted);
	sdb_space_free(s);
}

/* --- random --- */

struct model {
	bool free[512]; /* by host number */
	unsigned size;
};

static void
make_model(struct model *m, struct buf *text)
{
	unsigned bits = 23 + unit_random(10); /* /23 to /32 */
	uint32_t mask = ~UINT32_C(0) << (32 - bits);

	m->size = 1u << (32 - bits);
	for (unsigned i = 0; i < m->size; i++)
		m->free[i] = m->size < 4 || (i > 0 && i < m->size - 1);
	buf_printf(text, "Base_IP = 10.1.2.0\nSubnet_Mask = %u.%u.%u.%u\n", mask >> 24,
	    mask >> 16 & 255, mask >> 8 & 255, mask & 255);
	if (unit_random(2)) {
		buf_printf(text, "Gateway = 10.1.2.1\n");
		m->free[m->size > 1 ? 1 : 0] = m->size > 1 ? false : m->free[0];
	}
	buf_append(text, "__NODES__\n", 10);
	for (unsigned n = unit_random(m->size + 20); n > 0; n--) {
		unsigned host = unit_random(m->size + 4);

		buf_printf(text, "n:10.1.%u.%u::::\n", 2 + host / 256, host % 256);
		if (host < m->size)
			m->free[host] = false;
	}
}

static int
model_find(const struct model *m, unsigned n, unsigned from)
{
	for (unsigned i = from; i + n <= m->size; i++) {
		unsigned run = 0;

		while (run < n && m->free[i + run])
			run++;
		if (run == n)
			return (int)i;
	}
	return -1;
}

static void
compare(const struct model *m, const struct sdb_space *s)
{
	struct netaddr list[512];
	struct sdb_usage u;
	size_t n = sdb_space_list(s, NULL, list, UNIT_COUNT(list)), k = 0;

	for (unsigned i = 0; i < m->size; i++)
		if (m->free[i]) {
			assert_true(k < n);
			assert_int_equal((list[k].bytes[2] - 2) * 256 + list[k].bytes[3], i);
			k++;
		}
	assert_int_equal(n, k);
	sdb_space_usage(s, &u);
	assert_int_equal(u.free, n);
	assert_int_equal(u.free + u.used, u.usable);
	for (int i = 0; i < 20; i++) {
		unsigned run = 1 + unit_random(20), from = unit_random(m->size);
		struct netaddr start = {4, {10, 1, (uint8_t)(2 + from / 256), (uint8_t)from}}, a;
		int expected = model_find(m, run, from);
		int err = sdb_space_find(s, run, &start, &a);

		assert_int_equal(err, expected < 0 ? OP_NOT_FOUND : OP_OK);
		if (!err)
			assert_int_equal((a.bytes[2] - 2) * 256 + a.bytes[3], expected);
	}
}

static void
space_random_agrees_with_flags(void **state)
{
	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 500; i++) {
		struct model m;
		struct sdb_space *s;
		struct buf text;

		buf_init(&text);
		make_model(&m, &text);
		buf_append(&text, "", 1);
		s = space_of((const char *)buf_bytes(&text));
		compare(&m, s);
		for (int j = 0; j < 5; j++) {
			unsigned host = unit_random(m.size);
			struct netaddr a = {4, {10, 1, (uint8_t)(2 + host / 256), (uint8_t)host}};

			assert_int_equal(sdb_space_is_free(s, &a), m.free[host]);
			assert_int_equal(sdb_space_take(s, &a), OP_OK);
			m.free[host] = false;
		}
		compare(&m, s);
		sdb_space_free(s);
		buf_fini(&text);
	}
}

static void
make_and_take(void *arg)
{
	struct netaddr a = address("192.0.2.40");
	struct sdb_space *s = NULL;
	int err = sdb_space_new(arg, &s);

	assert_true(err == OP_OK || (err == OP_NO_MEMORY && !s));
	for (int i = 0; i < 5 && !err; i++, a.bytes[3]++)
		err = sdb_space_take(s, &a);
	sdb_space_free(s);
}

static void
space_without_memory_is_a_clean_error(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);

	(void)state;
	failing_malloc_each(make_and_take, f);
	sdb_file_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(space_of_the_example_has_27_free),
	    cmocka_unit_test(space_taken_address_is_not_given),
	    cmocka_unit_test(space_without_subnet_is_an_error),
	    cmocka_unit_test(space_of_ipv6_is_counted_without_being_listed),
	    cmocka_unit_test(space_at_the_ends_of_all_addresses),
	    cmocka_unit_test(space_random_agrees_with_flags),
	    cmocka_unit_test(space_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
