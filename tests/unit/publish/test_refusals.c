/* SPDX-License-Identifier: ISC */
/*
 * What must not be published, and what is said about it: the faults that named-checkzone, Kea,
 * dhcpd and dnsmasq let through, names and comments that try to break out of their fields, and
 * random bytes.
 */
#include "tests/unit/publish/publish.h"

#define NET                                                    \
	"Title = t\nDomain = b.example\nBase_IP = 192.0.2.0\n" \
	"Subnet_Mask = 255.255.255.0\nGateway = 192.0.2.254\n__NODES__\n"
#define SUBNET(base, mask) \
	"Title = t\nDomain = c.example\nBase_IP = " base "\nSubnet_Mask = " mask "\n__NODES__\n"
#define MARKED "Format = 2\n"

/* A fault, what finds it, and what must then be in no output. */
struct fault {
	const char *what;
	const char *text, *second_text;
	enum publish_code code;
	unsigned line, column;
	const char *absent;
};

/* clang-format off */
static const struct fault faults[] = {
	{"one address for two hosts", NET "a:192.0.2.1::::\nbbb:192.0.2.1::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 8, 0, "bbb"},
	{"one Ethernet address for two hosts", NET "a:192.0.2.1:0200c0ffee01:::\nb:192.0.2.2:0200c0ffee01:::\n", NULL, PUBLISH_CODE_MAC_LEFT_OUT, 8, 13, "02:00:c0:ff:ee:01,192.0.2.2"},
	{"one name twice", NET "a:192.0.2.1::::\na:192.0.2.77::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 8, 0, "192.0.2.77"},
	{"an address outside its subnet", NET "a:192.0.3.77::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "192.0.3.77"},
	{"the broadcast address", NET "a:192.0.2.255::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "192.0.2.255"},
	{"the gateway's address", NET "ggg:192.0.2.254::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "ggg"},
	{"a gateway outside", "Title = t\nDomain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\nGateway = 192.0.7.9\n__NODES__\n", NULL, PUBLISH_CODE_GATEWAY_LEFT_OUT, 5, 11, "192.0.7.9"},
	{"overlapping subnets", NET, SUBNET("192.0.2.64", "255.255.255.192") "ccc:192.0.2.65::::\n", PUBLISH_CODE_FILE_LEFT_OUT, 3, 11, "ccc"},
	{"the same subnet twice", NET, SUBNET("192.0.2.0", "255.255.255.0") "ccc:192.0.2.65::::\n", PUBLISH_CODE_FILE_LEFT_OUT, 3, 11, "ccc"},
	{"a base off its boundary", SUBNET("192.0.2.7", "255.255.255.248") "ccc:192.0.2.6::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 3, 11, "ccc"},
	{"an alias beside an address", NET "a:192.0.2.1::b::\nb:192.0.2.2::::\n", NULL, PUBLISH_CODE_ALIAS_LEFT_OUT, 7, 14, "CNAME a"},
	{"an alias for two nodes", NET "a:192.0.2.1::x::\nb:192.0.2.2::x::\n", NULL, PUBLISH_CODE_ALIAS_LEFT_OUT, 8, 14, "CNAME b"},
	{"an alias of a domain of ours", NET "a:192.0.2.1::c.example::\n", SUBNET("198.51.100.0", "255.255.255.0"), PUBLISH_CODE_ALIAS_LEFT_OUT, 7, 14, "CNAME"},
	{"an alias of somebody else's", NET "a:192.0.2.1::www.bank.example::\n", NULL, PUBLISH_CODE_ALIAS_FOREIGN, 7, 14, "bank"},
	{"an alias in a reverse zone", NET "a:192.0.2.1::9.2.0.192.in-addr.arpa::\n", NULL, PUBLISH_CODE_ALIAS_FOREIGN, 7, 14, "CNAME"},
	{"an alias of a node without an address", NET "aaa:::xxx::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "xxx"},
	{"a mail exchanger without an address", NET "a:192.0.2.1:::mail:\n", NULL, PUBLISH_CODE_MX_LEFT_OUT, 7, 15, "mail."},
	{"a mail exchanger that is an alias", NET "a:192.0.2.1::mail:mail:\n", NULL, PUBLISH_CODE_MX_LEFT_OUT, 7, 19, "MX"},
	{"a mail exchanger that reads as an address", NET "a:192.0.2.1:::10.1.2.3:\n", NULL, PUBLISH_CODE_MX_LEFT_OUT, 7, 15, "10.1.2.3"},
	{"an underscore", NET "a_b:192.0.2.1::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "a_b"},
	{"a name with a dot", NET "a.b:192.0.2.1::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "a.b"},
	{"a domain of reverse zones", "Title = t\nDomain = 2.0.192.In-Addr.Arpa\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\n__NODES__\nccc:10.0.0.1::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 0, 0, "ccc"},
	{"a domain that makes names read as addresses", "Title = t\nDomain = 2.3.4\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\n__NODES__\n1:10.0.0.1::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 0, 0, "1.2.3.4"},
	{"no domain", "Title = t\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\n__NODES__\nccc:10.0.0.1::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 0, 0, "ccc"},
	{"no marker", "Title = t\nDomain = b.example\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\nccc:10.0.0.1::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 0, 0, "ccc"},
	{"two shared ones: reverse", "Title = t\n" MARKED "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 24\nShared = 192.0.2.9\n__NODES__\nv1:192.0.2.9:0200c0ffee01:::\nv2:192.0.2.9:0200c0ffee02:::\n", NULL, PUBLISH_CODE_ADDRESS_SHARED, 9, 4, "PTR v2"},
	{"two shared ones: DHCP", "Title = t\n" MARKED "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 24\nShared = 192.0.2.9\n__NODES__\nv1:192.0.2.9:0200c0ffee01:::\nv2:192.0.2.9:0200c0ffee02:::\n", NULL, PUBLISH_CODE_ADDRESS_SHARED, 9, 4, "02:00:c0:ff:ee:02"},
	/* breaking out */
	{"a name with a newline in disguise", NET "a\r@ NS evil.:192.0.2.1::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "evil"},
	{"a name that ends a block", NET "a{}}:192.0.2.1:0200c0ffee01:::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "a{"},
	{"a name that includes", NET "$INCLUDE:192.0.2.1::::\n", NULL, PUBLISH_CODE_NODE_LEFT_OUT, 7, 0, "INCLUDE"},
	{"an alias that is a wildcard", NET "a:192.0.2.1::*::\n", NULL, PUBLISH_CODE_ALIAS_LEFT_OUT, 7, 14, "*"},
	{"an exchanger with quotes", NET "a:192.0.2.1:::m\"x;:\n", NULL, PUBLISH_CODE_MX_LEFT_OUT, 7, 15, "m\""},
	{"a domain with quotes", "Title = t\nDomain = a\";x.example\nBase_IP = 10.0.0.0\nSubnet_Mask = 255.0.0.0\n__NODES__\nccc:10.0.0.1::::\n", NULL, PUBLISH_CODE_FILE_LEFT_OUT, 2, 10, "a\""},
};
/* clang-format on */

static void
refusal_every_fault_is_left_out_and_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(faults); i++) {
		const struct fault *f = &faults[i];
		const struct publish_finding *found;
		struct run r;

		run_init(&r);
		run_add_text(&r, f->text);
		if (f->second_text)
			run_add_text(&r, f->second_text);
		run_go(&r);
		found = run_finding(&r, f->code);
		if (!found)
			fail_msg("%s: not found", f->what);
		if (found->line != f->line || found->column != f->column)
			fail_msg("%s: found at %u:%u: %s", f->what, found->line, found->column,
			    found->message);
		if (run_has_anywhere(&r, f->absent))
			fail_msg("%s: published", f->what);
		run_fini(&r);
	}
}

static void
refusal_line_that_is_cut_short_keeps_what_it_has(void **state)
{
	struct run r;

	(void)state;
	run_init(&r);
	run_add_text(&r, NET "a:192.0.2.1\nbbb\n");
	run_go(&r);
	assert_true(run_has(&r, "bind/zones/b.example", "\na A 192.0.2.1\n"));
	assert_false(run_has_anywhere(&r, "bbb"));
	assert_null(run_finding(&r, PUBLISH_CODE_MAC_LEFT_OUT));
	run_fini(&r);
}

static void
refusal_second_file_is_the_one_that_is_said(void **state)
{
	struct run r;

	(void)state;
	run_init(&r);
	run_add_text(&r, NET);
	run_add_text(&r, SUBNET("192.0.2.64", "255.255.255.192"));
	run_go(&r);
	assert_int_equal(run_finding(&r, PUBLISH_CODE_FILE_LEFT_OUT)->file, 1);
	assert_true(r.result.findings.errors > 0);
	run_fini(&r);
}

static void
refusal_name_server_without_address_is_said(void **state)
{
	static const char *const servers[] = {"ns.b.example"};
	const struct publish_finding *f;
	struct run r;

	(void)state;
	run_init(&r);
	r.options.name_servers = servers;
	r.options.name_server_count = 1;
	run_add_text(&r, NET);
	run_go(&r);
	f = run_finding(&r, PUBLISH_CODE_NAME_SERVER_NO_ADDRESS);
	assert_non_null(f);
	assert_int_equal(f->file, UINT32_MAX);
	run_fini(&r);
}

static void
refusal_comment_stays_on_its_line(void **state)
{
	char text[4096] = NET "a:192.0.2.1:0200c0ffee01:::\x01\x7f\r\"\\}]; {\xff\xe2\x80\xae ";
	size_t len = strlen(text);
	struct run r;

	(void)state;
	memset(text + len, 'x', 3000);
	text[len + 3000] = '\n';
	run_init(&r);
	run_add_text(&r, text);
	run_go(&r);
	assert_true(run_has(&r, "kea/subnet4.json", "\\\\x01\\\\x7f\\\\x0d\\\"\\\\}]; {"));
	for (size_t i = 0; i < r.result.count; i++) {
		const unsigned char *s = buf_bytes(&r.result.files[i].bytes);
		size_t run = 0;

		for (size_t j = 0; j < buf_len(&r.result.files[i].bytes); j++) {
			assert_true(s[j] == '\n' || s[j] == '\t' || (s[j] >= ' ' && s[j] != 0x7f));
			run = s[j] == '\n' ? 0 : run + 1;
			assert_true(run < 1000);
		}
	}
	run_fini(&r);
}

/* One line of a zone holds nothing but letters, digits and what numbers and names need. */
static void
assert_zone_line(const char *line, size_t len)
{
	const char *comment = memchr(line, ';', len);
	size_t data = comment ? (size_t)(comment - line) : len;

	for (size_t i = 0; i < data; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-./: @$",
			line[i]) ||
		    line[i] == '\0')
			fail_msg("in a zone: %.*s", (int)len, line);
	if (data && memmem(line, data, " PTR ", 5))
		assert_int_equal(line[data - 1], '.');
}

static void
assert_zones_sound(const struct run *r)
{
	for (size_t i = 0; i < r->result.count; i++) {
		const char *s = (const char *)buf_bytes(&r->result.files[i].bytes);
		size_t left = buf_len(&r->result.files[i].bytes);

		while (r->result.files[i].kind == PUBLISH_ZONE && left) {
			const char *end = memchr(s, '\n', left);

			assert_non_null(end);
			assert_zone_line(s, (size_t)(end - s));
			left -= (size_t)(end + 1 - s);
			s = end + 1;
		}
	}
}

/* Good files with some bytes changed: most still publish something. */
static void
refusal_random_bytes_never_break_out(void **state)
{
	static const char base[] =
	    "Title = t\n" MARKED "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 24\n"
	    "Gateway = 192.0.2.1\nShared = 192.0.2.9\n__NODES__\n"
	    "a:192.0.2.2:0200c0ffee01:x,y:b:one\nb:192.0.2.3:::a:two\n"
	    "c:192.0.2.9::z.b.example::\nd:192.0.2.9::::\n";
	static const char spice[] = "\n\r\t\";{}\\#$()@*: .,=-_\0\xff[]'/a0";
	size_t published = 0;

	(void)state;
	unit_random_start("refusal_random_bytes_never_break_out");
	for (int i = 0; i < 3000; i++) {
		char text[sizeof(base)];
		struct run r;

		memcpy(text, base, sizeof(base));
		for (uint32_t n = unit_random(8); n > 0; n--)
			text[unit_random(sizeof(base) - 1)] = spice[unit_random(sizeof(spice) - 1)];
		run_init(&r);
		run_add(&r, "Subnet_1.sdb", text, sizeof(base) - 1);
		run_go(&r);
		assert_zones_sound(&r);
		published += run_file(&r, "hosts/hosts")->records;
		run_fini(&r);
	}
	assert_true(published > 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refusal_every_fault_is_left_out_and_said),
	    cmocka_unit_test(refusal_line_that_is_cut_short_keeps_what_it_has),
	    cmocka_unit_test(refusal_second_file_is_the_one_that_is_said),
	    cmocka_unit_test(refusal_name_server_without_address_is_said),
	    cmocka_unit_test(refusal_comment_stays_on_its_line),
	    cmocka_unit_test(refusal_random_bytes_never_break_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
