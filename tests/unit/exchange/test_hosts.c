/* SPDX-License-Identifier: ISC */
/* hosts(5): names, aliases, comments; what every such file begins with is passed over. */
#include "tests/unit/exchange/exchange.h"
#include "tests/unit/failing_malloc.h"

static void
hosts_address_name_aliases_comment(void **state)
{
	(void)state;
	assert_reads(exchange_read_hosts,
	    "# head\n\n192.0.2.33\ttug1.example.org tug1 ferry harbour # bridge\n"
	    "2001:db8::7 tug1.example.org\r\n 192.0.2.34 lamp",
	    "3 tug1.example.org|192.0.2.33|-|ferry,harbour|-|bridge\n"
	    "4 tug1.example.org|2001:db8::7|-|-|-|-\n5 lamp|192.0.2.34|-|-|-|-\n");
}

static void
hosts_own_addresses_are_passed_over(void **state)
{
	(void)state;
	assert_reads(exchange_read_hosts,
	    "127.0.0.1 localhost\n127.0.1.1 me\n::1 localhost ip6-localhost\nfe00::0 ip6-localnet\n"
	    "ff00::0 ip6-mcastprefix\nff02::1 ip6-allnodes\n0.0.0.0 ads.example.org\n",
	    "");
}

static void
hosts_faults_are_said_with_their_place(void **state)
{
	(void)state;
	assert_reads(exchange_read_hosts, "nonsense here\n 192.0.2.1\n192.0.2.2 # x\n",
	    "E 1:1 \"nonsense\" is not an address\nE 2:2 an address without a name\n"
	    "E 3:1 an address without a name\n");
	assert_reads(exchange_read_hosts, "", "");
}

static void
hosts_hostile_bytes(void **state)
{
	static const char *const pieces[] = {
	    "x", " ", "#", "\n", "192.0.2.1 a ", "192.0.2.1 a\n", "1.1.1.1 ", NULL};
	static const char nul[] = "192.0.2.1 \0 b\0c\n\0\n";
	size_t len;

	(void)state;
	read_hostile(exchange_read_hosts, nul, sizeof(nul) - 1);
	read_hostile_pieces(exchange_read_hosts, pieces, 1 << 19);
	char *line = repeated(" alias", 1 << 19, &len);

	memcpy(line, "192.0.2.1 a ", 12); /* one node with more aliases than are taken */
	read_hostile(exchange_read_hosts, line, len);
	free(line);
}

static void
read_once(void *arg)
{
	struct exchange x;

	(void)arg;
	exchange_init(&x);
	int err = exchange_read_hosts("192.0.2.1 a b c # d\nx\n", 22, NULL, &x);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	exchange_fini(&x);
}

static void
hosts_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(read_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hosts_address_name_aliases_comment),
	    cmocka_unit_test(hosts_own_addresses_are_passed_over),
	    cmocka_unit_test(hosts_faults_are_said_with_their_place),
	    cmocka_unit_test(hosts_hostile_bytes),
	    cmocka_unit_test(hosts_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
