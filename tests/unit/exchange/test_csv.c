/* SPDX-License-Identifier: ISC */
/* CSV: RFC 4180, what spreadsheets make of it, what is wrong said with its place. */
#include "tests/unit/exchange/exchange.h"
#include "tests/unit/failing_malloc.h"

static void
csv_columns_in_any_order_by_many_names(void **state)
{
	(void)state;
	assert_reads(exchange_read_csv,
	    "IP Address,Host "
	    "name,MAC-Address,Description\n192.0.2.33,tug1,02:00:c0:ff:ee:01,bridge\n",
	    "2 tug1|192.0.2.33|02:00:c0:ff:ee:01|-|-|bridge\n");
	assert_reads(exchange_read_csv, "aliases,mx,name\nferry,mail.example.org,tug1\n",
	    "2 tug1|-|-|ferry|mail.example.org|-\n");
}

static void
csv_quotes_hold_separators_quotes_and_newlines(void **state)
{
	(void)state;
	assert_reads(exchange_read_csv,
	    "name,comment\r\n\"a,b\",\"say \"\"hi\"\"\"\r\nc,\"two\nlines\"\r\nd,e\r\n",
	    "2 a,b|-|-|-|-|say \"hi\"\n3 c|-|-|-|-|two\nlines\n5 d|-|-|-|-|e\n");
}

static void
csv_from_spreadsheets(void **state)
{
	(void)state;
	/* byte order mark, CRLF, semicolons, no last newline, blank rows */
	assert_reads(exchange_read_csv,
	    "\xef\xbb\xbfName;Address\r\n;\r\n\r\ntug1;192.0.2.33\r\nlamp;192.0.2.34",
	    "4 tug1|192.0.2.33|-|-|-|-\n5 lamp|192.0.2.34|-|-|-|-\n");
	assert_reads(exchange_read_csv, "name\taddress\na\t192.0.2.1\n", "2 a|192.0.2.1|-|-|-|-\n");
	/* a comma in the header decides */
	assert_reads(exchange_read_csv, "name,comment\na,b;c\n", "2 a|-|-|-|-|b;c\n");
}

static void
csv_empty_cells_say_nothing_and_hyphens_empty_the_field(void **state)
{
	(void)state;
	assert_reads(exchange_read_csv, "name,address,mx,alias,comment\ntug1,,,-,\"-\"\n",
	    "2 tug1|-|-||-|-\n");
}

static void
csv_faults_are_said_with_their_place(void **state)
{
	(void)state;
	assert_reads(exchange_read_csv, "", "E 1:0 the file is empty\n");
	assert_reads(exchange_read_csv, "a,b\n1,2\n",
	    "W 1:1 the column \"a\" is passed over\nW 1:3 the column \"b\" is passed over\n"
	    "E 1:0 the first line must name the columns: name, address, ethernet, alias, mx, "
	    "comment\n");
	assert_reads(exchange_read_csv, "name,address\ntug1,192.0.2.300\nlamp,192.0.2.34\n",
	    "3 lamp|192.0.2.34|-|-|-|-\nE 2:6 \"192.0.2.300\" is not an address\n");
	/* all that is wrong with a row, so that it is mended once */
	assert_reads(exchange_read_csv, "address,mac\n192.0.2.300,02:00\n192.0.2.33,x\n",
	    "E 2:1 \"192.0.2.300\" is not an address\n"
	    "E 2:13 \"02:00\" is not an Ethernet address\n"
	    "E 3:12 \"x\" is not an Ethernet address\n");
	assert_reads(exchange_read_csv, "name,address\n\"tug1,192.0.2.3\n",
	    "E 2:1 the quote is never closed\n");
	assert_reads(exchange_read_csv, "name,address\n\"tug1\"x,192.0.2.3\n",
	    "E 2:7 something stands behind the closing quote\n");
	assert_reads(exchange_read_csv, "name,name\na,b\n",
	    "2 a|-|-|-|-|-\nE 1:6 \"name\": there is such a column already\n");
	assert_reads(exchange_read_csv, "name\na,b\n",
	    "2 a|-|-|-|-|-\nE 2:0 2 cells where the header has 1\n");
	assert_reads(exchange_read_csv, "subnet,name\n7,a\n", "2 a|-|-|-|-|-\n");
}

static void
csv_hostile_bytes(void **state)
{
	static const char *const pieces[] = {
	    "x", ",", "\"", "\"\"", "\n", "\"\n", "name,", "a,b\n", "\r", ";;\n", NULL};
	static const char nul[] = "name,address\n\0,\0\n\"\0\",192.0.2.1\n";

	(void)state;
	read_hostile(exchange_read_csv, nul, sizeof(nul) - 1);
	read_hostile_pieces(exchange_read_csv, pieces, 1 << 19);
}

static void
read_once(void *arg)
{
	struct exchange x;

	(void)arg;
	exchange_init(&x);
	int err = exchange_read_csv("name,colour,comment\na,b,\"c\"\"d\"\n\"x", 33, NULL, &x);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	exchange_fini(&x);
}

static void
csv_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(read_once, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(csv_columns_in_any_order_by_many_names),
	    cmocka_unit_test(csv_quotes_hold_separators_quotes_and_newlines),
	    cmocka_unit_test(csv_from_spreadsheets),
	    cmocka_unit_test(csv_empty_cells_say_nothing_and_hyphens_empty_the_field),
	    cmocka_unit_test(csv_faults_are_said_with_their_place),
	    cmocka_unit_test(csv_hostile_bytes),
	    cmocka_unit_test(csv_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
