/* SPDX-License-Identifier: ISC */
/* Zone files: names and origins, parentheses, what belongs to a node wherever it stands. */
#include "tests/unit/exchange/exchange.h"
#include "tests/unit/failing_malloc.h"

static void
zone_names_are_completed_with_the_origin(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "$ORIGIN example.org.\n$TTL 1h\ntug1 IN A 192.0.2.33\n 3600 A 192.0.2.34\n"
	    "lamp.other.net. 1h30m IN A 192.0.2.35\n$ORIGIN sub\nx AAAA 2001:db8::7\n",
	    "3 tug1.example.org|192.0.2.33|-|-|-|-\n4 tug1.example.org|192.0.2.34|-|-|-|-\n"
	    "5 lamp.other.net|192.0.2.35|-|-|-|-\n7 x.sub.example.org|2001:db8::7|-|-|-|-\n");
	/* without one they stay short, for the subnet's own domain */
	assert_reads(exchange_read_zone, "tug1 A 192.0.2.33\n", "1 tug1|192.0.2.33|-|-|-|-\n");
	assert_reads_bytes(exchange_read_zone, "example.org.", "tug1 A 192.0.2.33", 17,
	    "1 tug1.example.org|192.0.2.33|-|-|-|-\n");
}

static void
zone_aliases_and_exchangers_find_their_node(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "$ORIGIN o.\nferry CNAME tug1\ntug1 MX 20 second\ntug1 A 192.0.2.33\ntug1 AAAA "
	    "2001:db8::1\n"
	    "harbour CNAME TUG1\ntug1 MX 10 mail.example.net.\n",
	    "4 tug1.o|192.0.2.33|-|ferry.o,harbour.o|mail.example.net|-\n"
	    "5 tug1.o|2001:db8::1|-|ferry.o,harbour.o|mail.example.net|-\n"
	    "W 3:12 second.o is one more exchanger, and is passed over\n");
	assert_reads(exchange_read_zone, "$ORIGIN o.\na CNAME b\n@ MX 10 m\n",
	    "W 2:9 a.o is an alias of what has no address here, and is passed over\n"
	    "W 3:9 m.o is the exchanger of what has no address here, and is passed over\n");
}

static void
zone_parentheses_comments_quotes_and_other_types(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "$ORIGIN o.\n@ IN SOA ns hostmaster ( 1 ; serial\n 2 3\n 4 5 )\n  NS ns\n"
	    "a ( A\n 192.0.2.1 ) ; a node\n  TXT \"; ( not \\\" a comment\"\n  TXT again\n"
	    "b SSHFP 1 1 ( aa\n bb )\n",
	    "7 a.o|192.0.2.1|-|-|-|-\nW 2:6 \"SOA\" records are passed over\n"
	    "W 5:3 \"NS\" records are passed over\nW 8:3 \"TXT\" records are passed over\n"
	    "W 10:3 \"SSHFP\" records are passed over\n");
}

static void
zone_pointers_are_nodes_where_no_name_has_the_address(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "$ORIGIN 2.0.192.in-addr.arpa.\n33 PTR tug1.example.org.\n34.32-27 PTR "
	    "lamp.example.org.\n"
	    "$ORIGIN .\n7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa "
	    "PTR v6.o.\n"
	    "x.example.org PTR y.\n",
	    "2 tug1.example.org|192.0.2.33|-|-|-|-\n3 lamp.example.org|192.0.2.34|-|-|-|-\n"
	    "5 v6.o|2001:db8::7|-|-|-|-\nW 6:19 x.example.org is no address, its PTR is passed "
	    "over\n");
	assert_reads(exchange_read_zone,
	    "tug1.o. A 192.0.2.33\n33.2.0.192.in-addr.arpa. PTR tug1.o.\n"
	    "33.2.0.192.in-addr.arpa. PTR other.o.\n",
	    "1 tug1.o|192.0.2.33|-|-|-|-\n"
	    "W 3:30 other.o is not the name that an A or AAAA record has for this address\n");
}

static void
zone_what_is_not_followed_is_said(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "$ORIGIN o.\n$INCLUDE more\n$GENERATE 1-9 h$ A 192.0.2.$\n* A 192.0.2.1\n@ A "
	    "192.0.2.2\n",
	    "W 2:1 \"$INCLUDE\" is not followed\nW 3:1 \"$GENERATE\" is not followed\n"
	    "W 4:5 a wildcard is passed over\nW 5:5 the address of the zone itself is passed "
	    "over\n");
}

static void
zone_faults_are_said_with_their_place(void **state)
{
	(void)state;
	assert_reads(exchange_read_zone,
	    "a A 192.0.2.300\nb AAAA 192.0.2.1\nc A\nd\n A 192.0.2.1\n",
	    "5 d|192.0.2.1|-|-|-|-\nE 1:5 \"192.0.2.300\" is not an IPv4 address\n"
	    "E 2:8 \"192.0.2.1\" is not an IPv6 address\nE 3:3 \"A\" without a value\n"
	    "E 4:1 \"d\" is the end of a record without a type\n");
	assert_reads(exchange_read_zone, "a A ( 192.0.2.1\n",
	    "1 a|192.0.2.1|-|-|-|-\nE 1:5 the parenthesis is never closed\n");
	assert_reads(exchange_read_zone, "a A 192.0.2.1 )\nb TXT \"open\nc MX ten m\nc MX 10\n",
	    "1 a|192.0.2.1|-|-|-|-\nE 1:15 a closing parenthesis without an opening one\n"
	    "E 2:7 the quote is never closed\nW 2:3 \"TXT\" records are passed over\n"
	    "E 3:6 \"ten\" is not the preference of a mail exchanger\nE 4:6 MX without an "
	    "exchanger\n");
	assert_reads(exchange_read_zone, "$ORIGIN\n", "E 1:1 \"$ORIGIN\" without a name\n");
	assert_reads(exchange_read_zone, "@ A 192.0.2.1\n",
	    "E 1:1 \"@\" is relative, and no origin is known\n");
}

static void
zone_hostile_bytes(void **state)
{
	static const char *const pieces[] = {"(", ")", "\"", ";", "\\", "\n", "x", " ",
	    "a A 192.0.2.1\n", "a CNAME a\n", "a MX 1 b\n", "a PTR b\n", "$ORIGIN x\n", "a.", "( a",
	    "1.1.1.1.in-addr.arpa. PTR a\n", NULL};
	static const char nul[] = "\0 A 1.2.3.4\na \0\nb A 1.2.3.4\0\n$ORIGIN \0.\nc A 1.2.3.4";

	(void)state;
	read_hostile(exchange_read_zone, nul, sizeof(nul) - 1);
	read_hostile_pieces(exchange_read_zone, pieces, 1 << 20);
}

static void
read_once(void *arg)
{
	static const char text[] = "$ORIGIN o.\na A 1.2.3.4\nb CNAME a\na MX 1 c\na TXT x\n"
				   "9.2.0.192.in-addr.arpa. PTR d.\n";
	struct exchange x;

	(void)arg;
	exchange_init(&x);
	int err = exchange_read_zone(text, sizeof(text) - 1, NULL, &x);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	exchange_fini(&x);
}

static void
zone_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(read_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zone_names_are_completed_with_the_origin),
	    cmocka_unit_test(zone_aliases_and_exchangers_find_their_node),
	    cmocka_unit_test(zone_parentheses_comments_quotes_and_other_types),
	    cmocka_unit_test(zone_pointers_are_nodes_where_no_name_has_the_address),
	    cmocka_unit_test(zone_what_is_not_followed_is_said),
	    cmocka_unit_test(zone_faults_are_said_with_their_place),
	    cmocka_unit_test(zone_hostile_bytes),
	    cmocka_unit_test(zone_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
