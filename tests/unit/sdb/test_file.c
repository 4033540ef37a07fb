/* SPDX-License-Identifier: ISC */
/* Reading and writing: every byte comes back, and every line is what it is. */
#include "lib/sdb/header.h"
#include "tests/unit/sdb/sdb.h"

static void
assert_round_trip(const void *bytes, size_t len)
{
	struct sdb_file *f = file_of_bytes(bytes, len);
	struct buf b;

	buf_init(&b);
	assert_int_equal(sdb_file_write(f, &b), OP_OK);
	assert_int_equal(buf_len(&b), len);
	if (len)
		assert_memory_equal(buf_bytes(&b), bytes, len);
	buf_fini(&b);
	sdb_file_free(f);
}

static void
file_any_bytes_round_trip(void **state)
{
	static const char *const cases[] = {"", "\n", "\r\n", "\r", "a", "a\r", "a\n\n\nb", EXAMPLE,
	    "Title=x\r\n__NODES__\r\na:b:c:d:e:f:g\r\n", "__NODES__", "__NODES__\n:::::",
	    "# c\n\n \t\nColour = red\nTitle\xff = \xfe\n__NODES__\n__NODES__\nx",
	    "\xef\xbb\xbfTitle = x", EXAMPLE "last:192.0.2.40", "mixed\nends\r\nhere\n"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++)
		assert_round_trip(cases[i], strlen(cases[i]));
	assert_round_trip("nul \0 in\n\0\n", 11);
}

static void
file_random_bytes_round_trip(void **state)
{
	static const char alphabet[] = "\n\n\r:=# ab1.[]_\0\xff";
	char bytes[400];

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 5000; i++) {
		size_t len = unit_random(sizeof(bytes)), start = unit_random(60);

		for (size_t j = 0; j < len; j++)
			bytes[j] = alphabet[unit_random(sizeof(alphabet) - 1)];
		if (len > start + 40)
			memcpy(bytes + start, "\nFormat = 2\n__NODES__\n", 22);
		assert_round_trip(bytes, len);
	}
}

static void
file_example_is_read(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);
	const struct sdb_line *tug = node_of(f, "TUG1");
	struct sdb_header h;
	char mac[SDB_MAC_TEXT], address[SDB_ADDRESS_TEXT];

	(void)state;
	assert_int_equal(sdb_file_lines(f), 8);
	assert_int_equal(sdb_file_nodes(f), 2);
	assert_int_equal(sdb_file_format(f), 1);
	assert_int_equal(tug->fields, 6);
	assert_text(sdb_node_field(tug, SDB_NAME), "tug1");
	assert_text(sdb_node_field(tug, SDB_ALIAS), "ferry");
	assert_text(sdb_node_field(tug, SDB_MX), "mail.Example.Org");
	assert_text(sdb_node_field(tug, SDB_REMARK), "bridge console");
	assert_string_equal(sdb_mac_format(mac, tug->mac), "0200c0ffee01");
	assert_string_equal(sdb_address_format(address, &tug->address), "192.0.2.33");
	assert_ptr_equal(sdb_file_by_address(f, &tug->address), tug);
	assert_ptr_equal(sdb_file_line(f, 7), tug);
	assert_null(sdb_file_line(f, 0));
	assert_null(sdb_file_line(f, 9));

	sdb_header_read(f, &h);
	assert_text(h.value[SDB_KEY_TITLE], "Subnet 7, Harbour Pilots");
	assert_true(h.has_net);
	assert_int_equal(h.prefix, 27);
	assert_null(h.line[SDB_KEY_FORMAT]);
	sdb_file_free(f);
}

static void
file_kinds_of_lines(void **state)
{
	struct sdb_file *f = file_of("Title = x\n# c\n \t\nno sign\n = no key\nA=\n__NODES__ \n"
				     "__NODES__\n# c\n\n__NODES__\nhalf a node\na=b\n");
	static const enum sdb_line_kind kinds[] = {SDB_HEADER, SDB_COMMENT, SDB_BLANK, SDB_JUNK,
	    SDB_JUNK, SDB_HEADER, SDB_JUNK, SDB_MARK, SDB_COMMENT, SDB_BLANK, SDB_MARK, SDB_NODE,
	    SDB_NODE};
	const struct sdb_line *line = sdb_file_first(f);

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(kinds); i++, line = line->next)
		assert_int_equal(line->kind, kinds[i]);
	assert_null(line);
	sdb_file_free(f);
}

static void
node_comment_keeps_its_colons(void **state)
{
	struct sdb_file *f = file_of("__NODES__\na:192.0.2.1::::see: room 7: left\n");

	(void)state;
	assert_text(sdb_node_field(node_of(f, "a"), SDB_REMARK), "see: room 7: left");
	sdb_file_free(f);
}

static void
node_short_line_has_empty_fields(void **state)
{
	struct sdb_file *f = file_of("__NODES__\na:192.0.2.1\n");
	const struct sdb_line *a = node_of(f, "a");

	(void)state;
	assert_int_equal(a->fields, 2);
	assert_text(sdb_node_field(a, SDB_MX), "");
	assert_int_equal(sdb_node_column(a, SDB_ADDRESS), 3);
	assert_int_equal(sdb_node_column(a, SDB_MX), a->len + 1);
	sdb_file_free(f);
}

static const char marked[] = "Title = x\nFormat = 2\n__NODES__\n"
			     "a:[2001:db8::7]:02:00:c0:ff:ee:01:one,two:mx:see: room 7\n"
			     "b:192.0.2.1:0200C0FFEE02::mx:\n";

static void
node_extension_is_read_where_marked(void **state)
{
	struct sdb_file *f = file_of(marked);
	const struct sdb_line *a = node_of(f, "a");
	struct sdb_text rest = sdb_node_field(a, SDB_ALIAS), alias;
	char text[SDB_ADDRESS_TEXT];

	(void)state;
	assert_int_equal(sdb_file_format(f), 2);
	assert_string_equal(sdb_address_format(text, &a->address), "[2001:db8::7]");
	assert_text(sdb_node_field(a, SDB_MAC), "02:00:c0:ff:ee:01");
	assert_true(a->has_mac && a->mac[5] == 1);
	assert_true(sdb_node_next_alias(&rest, 2, &alias));
	assert_text(alias, "one");
	assert_true(sdb_node_next_alias(&rest, 2, &alias));
	assert_text(alias, "two");
	assert_false(sdb_node_next_alias(&rest, 2, &alias));
	assert_text(sdb_node_field(a, SDB_REMARK), "see: room 7");
	assert_true(node_of(f, "b")->has_mac);
	sdb_file_free(f);
}

static void
node_extension_is_not_read_unmarked(void **state)
{
	struct sdb_file *f = file_of("__NODES__\na:[2001:db8::7]:02:00:c0:ff:ee:01:x:mx:c\n");
	const struct sdb_line *a = node_of(f, "a");

	(void)state;
	assert_text(sdb_node_field(a, SDB_ADDRESS), "[2001");
	assert_int_equal(a->address.family, 0);
	assert_false(a->has_mac);
	sdb_file_free(f);
}

static void
address_strange_spellings_are_refused(void **state)
{
	static const char *const bad[] = {"", "192.0.2", "192.0.2.01", "192.0.2.256", " 192.0.2.1",
	    "2001:db8::1", "[192.0.2.1]", "[::ffff:192.0.2.1]", "[2001:db8::1", "[]",
	    "192.0.2.1/24"};
	struct netaddr a;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(sdb_address_parse(sdb_text_of(bad[i]), 2, &a), OP_BAD_REQUEST);
	assert_int_equal(sdb_address_parse(sdb_text_of("[::1]"), 1, &a), OP_BAD_REQUEST);
	assert_int_equal(sdb_address_parse(sdb_text_of("[::1]"), 2, &a), OP_OK);
}

static void
mac_spellings(void **state)
{
	static const char *const any[] = {"0200c0ffee01", "02:00:c0:ff:ee:01", "02-00-C0-FF-EE-01",
	    "0200.c0ff.ee01", "0200c0 ffee01"};
	static const char *const bad[] = {
	    "", "0200c0ffee0", "0200c0ffee011", "0200c0ffee0g", "02:00:c0:ff:ee"};
	uint8_t mac[6];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(any); i++) {
		assert_int_equal(sdb_mac_parse_any(sdb_text_of(any[i]), mac), OP_OK);
		assert_int_equal(mac[3], 0xff);
		assert_int_equal(
		    sdb_mac_parse(sdb_text_of(any[i]), 1, mac), i == 0 ? OP_OK : OP_BAD_REQUEST);
		assert_int_equal(
		    sdb_mac_parse(sdb_text_of(any[i]), 2, mac), i < 2 ? OP_OK : OP_BAD_REQUEST);
	}
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(sdb_mac_parse_any(sdb_text_of(bad[i]), mac), OP_BAD_REQUEST);
}

static void
mask_spellings(void **state)
{
	static const struct {
		const char *text;
		uint8_t family;
		unsigned format;
		int bits; /* -1: refused */
	} cases[] = {{"255.255.255.224", 4, 1, 27}, {"0.0.0.0", 4, 1, 0}, {"255.0.255.0", 4, 1, -1},
	    {"27", 4, 1, -1}, {"27", 4, 2, 27}, {"33", 4, 2, -1}, {"64", 6, 2, 64},
	    {"129", 6, 2, -1}, {"255.255.255.0", 6, 2, -1}, {"/24", 4, 2, -1}, {"", 4, 2, -1},
	    {"-1", 4, 2, -1}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct netaddr base = {.family = cases[i].family};
		int bits = -1;

		sdb_mask_parse(sdb_text_of(cases[i].text), cases[i].format, &base, &bits);
		assert_int_equal(bits, cases[i].bits);
	}
}

static void
file_too_large_is_refused(void **state)
{
	struct sdb_file *f = NULL;

	(void)state;
	assert_int_equal(sdb_file_parse("", (size_t)SDB_MAX_BYTES + 1, &f), OP_TOO_LARGE);
	assert_null(f);
}

static void
parse_and_write(void *arg)
{
	struct sdb_file *f = NULL;
	int err = sdb_file_parse(marked, sizeof(marked) - 1, &f);
	struct buf b;

	(void)arg;
	assert_true(err == OP_OK || (err == OP_NO_MEMORY && !f));
	if (err)
		return;
	buf_init(&b);
	err = sdb_file_write(f, &b);
	assert_int_equal(buf_len(&b), err ? 0 : sizeof(marked) - 1);
	buf_fini(&b);
	sdb_file_free(f);
}

static void
file_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(parse_and_write, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(file_any_bytes_round_trip),
	    cmocka_unit_test(file_random_bytes_round_trip),
	    cmocka_unit_test(file_example_is_read),
	    cmocka_unit_test(file_kinds_of_lines),
	    cmocka_unit_test(node_comment_keeps_its_colons),
	    cmocka_unit_test(node_short_line_has_empty_fields),
	    cmocka_unit_test(node_extension_is_read_where_marked),
	    cmocka_unit_test(node_extension_is_not_read_unmarked),
	    cmocka_unit_test(address_strange_spellings_are_refused),
	    cmocka_unit_test(mac_spellings),
	    cmocka_unit_test(mask_spellings),
	    cmocka_unit_test(file_too_large_is_refused),
	    cmocka_unit_test(file_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
