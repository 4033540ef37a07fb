/* SPDX-License-Identifier: ISC */
/* dhcpd.conf: hosts wherever they stand, all else passed over by its braces. */
#include "tests/unit/exchange/exchange.h"
#include "tests/unit/failing_malloc.h"

static void
dhcpd_hosts_in_groups_and_subnets(void **state)
{
	(void)state;
	assert_reads(exchange_read_dhcpd,
	    "authoritative;\noption domain-name \"a { b } ; host c\";\n"
	    "subnet 192.0.2.0 netmask 255.255.255.0 {\n  option routers 192.0.2.1;\n"
	    "  pool { range 192.0.2.100 192.0.2.200; }\n"
	    "  host tug1 { hardware ethernet 02:00:c0:ff:ee:01; fixed-address 192.0.2.33; }\n}\n"
	    "group {\n  filename \"x\"; # host no { fixed-address 1.2.3.4; }\n"
	    "  host lamp.example.org {\n    fixed-address 192.0.2.34;\n"
	    "    if known { set x = \"}\"; }\n    hardware ethernet 2:0:c0:ff:ee:2;\n  }\n}\n"
	    "host late {fixed-address6 2001:db8::7;}\n",
	    "6 tug1|192.0.2.33|02:00:c0:ff:ee:01|-|-|-\n"
	    "10 lamp.example.org|192.0.2.34|02:00:c0:ff:ee:02|-|-|-\n16 "
	    "late|2001:db8::7|-|-|-|-\n");
}

static void
dhcpd_option_host_name_is_the_name(void **state)
{
	(void)state;
	assert_reads(exchange_read_dhcpd,
	    "host decl-1 { option host-name \"tug1\"; option routers 1.2.3.4; fixed-address "
	    "192.0.2.33; }",
	    "1 tug1|192.0.2.33|-|-|-|-\n");
}

static void
dhcpd_other_hardware_addresses_stay_as_they_are(void **state)
{
	(void)state;
	assert_reads(exchange_read_dhcpd,
	    "host a { hardware ethernet 1:2:3:4:5:6:7; fixed-address 1.2.3.4; }\n"
	    "host b { hardware ethernet x; fixed-address 1.2.3.5; }\n",
	    "1 a|1.2.3.4|1:2:3:4:5:6:7|-|-|-\n2 b|1.2.3.5|0x|-|-|-\n");
}

static void
dhcpd_what_is_passed_over_is_said(void **state)
{
	(void)state;
	assert_reads(exchange_read_dhcpd,
	    "include \"/etc/dhcp/more.conf\";\n"
	    "host roaming { hardware ethernet 020000000001; }\n"
	    "host two { fixed-address 192.0.2.1, 192.0.2.2; hardware token-ring 1:2; }\n",
	    "3 two|192.0.2.1|-|-|-|-\n"
	    "W 1:1 the included file /etc/dhcp/more.conf is not followed\n"
	    "W 2:1 host roaming has no fixed address and is passed over\n"
	    "W 3:35 only the first of several addresses is taken\n"
	    "W 3:57 hardware \"token-ring\" is passed over\n");
}

static void
dhcpd_faults_are_said_with_their_place(void **state)
{
	(void)state;
	assert_reads(exchange_read_dhcpd, "host a { fixed-address pier.example.org; }\n",
	    "E 1:24 \"pier.example.org\" is not an address\n"
	    "W 1:1 host a has no fixed address and is passed over\n");
	assert_reads(exchange_read_dhcpd, "host ;\n", "E 1:1 a host without a name\n");
	assert_reads(exchange_read_dhcpd, "host a;\nhost b {fixed-address 192.0.2.1;}",
	    "2 b|192.0.2.1|-|-|-|-\nE 1:7 expected { behind host a\n");
	assert_reads(exchange_read_dhcpd, "group {\nhost a { fixed-address 192.0.2.1;\n",
	    "2 a|192.0.2.1|-|-|-|-\nE 2:8 the brace is never closed\n"
	    "E 1:7 the brace is never closed\n");
	assert_reads(exchange_read_dhcpd, "}\nx \"open\n",
	    "E 1:1 a closing brace without an opening one\nE 2:3 the quote is never closed\n");
	assert_reads(exchange_read_dhcpd, "host", "E 1:1 a host without a name\n");
}

static void
dhcpd_hostile_bytes(void **state)
{
	static const char *const pieces[] = {"{", "}", "host ", "host a {", "\"", "\\", "#", ";",
	    "x", "\n", "host a { fixed-address ", "\"\\", "include ", ", ", NULL};
	static const char nul[] = "host \0 { \0; fixed-address 1.2.3.4\0; }";

	(void)state;
	read_hostile(exchange_read_dhcpd, nul, sizeof(nul) - 1);
	read_hostile_pieces(exchange_read_dhcpd, pieces, 1 << 19);
}

static void
read_once(void *arg)
{
	static const char text[] = "host a { fixed-address 1.2.3.4; } include \"x\"; host b { }";
	struct exchange x;

	(void)arg;
	exchange_init(&x);
	int err = exchange_read_dhcpd(text, sizeof(text) - 1, NULL, &x);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	exchange_fini(&x);
}

static void
dhcpd_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(read_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dhcpd_hosts_in_groups_and_subnets),
	    cmocka_unit_test(dhcpd_option_host_name_is_the_name),
	    cmocka_unit_test(dhcpd_other_hardware_addresses_stay_as_they_are),
	    cmocka_unit_test(dhcpd_what_is_passed_over_is_said),
	    cmocka_unit_test(dhcpd_faults_are_said_with_their_place),
	    cmocka_unit_test(dhcpd_hostile_bytes),
	    cmocka_unit_test(dhcpd_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
