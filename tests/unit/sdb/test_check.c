/* SPDX-License-Identifier: ISC */
/*
 * The check: a table with an example of every code, its place and its correction; then what must
 * not be found, and rules across files.
 */
#include "lib/sdb/check.h"
#include "tests/unit/sdb/sdb.h"

#define TITLE "Title = x\n"
#define REST "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n"
#define HEAD TITLE REST          /* lines 1 to 4 */
#define NODES HEAD "__NODES__\n" /* line 5 */
#define MARKED TITLE "Format = 2\n" REST "__NODES__\n"
#define V6 TITLE "Format = 2\nDomain = b.example\nBase_IP = [2001:db8::]\nSubnet_Mask = 64\n"

struct example {
	enum sdb_code code;
	unsigned line;
	unsigned column;
	const char *text;
	const char *fixed; /* the line the correction makes, or NULL: no correction */
};

#define LONG63 "a23456789012345678901234567890123456789012345678901234567890123"

/* clang-format off */
static const struct example examples[] = {
	{SDB_CODE_HEADER_SYNTAX, 2, 0, TITLE "what?\n" REST "__NODES__\n", NULL},
	{SDB_CODE_HEADER_SYNTAX, 2, 0, TITLE "= x\n" REST "__NODES__\n", NULL},
	{SDB_CODE_MARKER_MISSING, 0, 0, HEAD "a:192.0.2.1::::\n", "__NODES__"},
	{SDB_CODE_MARKER_MISSING, 0, 0, HEAD, "__NODES__"},
	{SDB_CODE_MARKER_TWICE, 7, 0, NODES "a:192.0.2.1::::\n__NODES__\nb:192.0.2.2::::\n", ""},
	{SDB_CODE_FIELDS_MISSING, 6, 12, NODES "a:192.0.2.1\n", "a:192.0.2.1::::"},
	{SDB_CODE_CONTROL_BYTE, 6, 17, NODES "a:192.0.2.1::::b\x1b[2J\n", "a:192.0.2.1::::b[2J"},
	{SDB_CODE_CONTROL_BYTE, 1, 10, "Title = x\rDomain = y\n" REST "__NODES__\n", "Title = xDomain = y"},
	{SDB_CODE_NOT_UTF8, 6, 17, NODES "a:192.0.2.1::::b\xfc\n", NULL},
	{SDB_CODE_LINE_ENDS, 5, 0, HEAD "__NODES__\r\n", NULL},
	{SDB_CODE_BYTE_ORDER_MARK, 1, 1, "\xef\xbb\xbf" NODES, "Title = x"},
	{SDB_CODE_TITLE_MISSING, 0, 0, REST "__NODES__\n", "Title = Subnet_1"},
	{SDB_CODE_TITLE_MISSING, 0, 0, "", "Title = Subnet_1"},
	{SDB_CODE_TITLE_MISSING, 1, 8, "Title =\n" REST "__NODES__\n", "Title =Subnet_1"},
	{SDB_CODE_TITLE_MISPLACED, 2, 0, "# c\n" NODES, "Title = x"},
	{SDB_CODE_TITLE_MISPLACED, 4, 0, REST TITLE "__NODES__\n", "Title = x"},
	{SDB_CODE_KEY_UNKNOWN, 2, 1, TITLE "Colour = red\n" REST "__NODES__\n", NULL},
	{SDB_CODE_KEY_UNKNOWN, 5, 2, HEAD " gateway = 192.0.2.1\n__NODES__\n", " Gateway = 192.0.2.1"},
	{SDB_CODE_KEY_TWICE, 5, 0, HEAD "Domain = c.example\n__NODES__\n", ""},
	{SDB_CODE_KEY_MISSING, 0, 0, TITLE "Domain = b.example\nBase_IP = 192.0.2.0\n__NODES__\n", NULL},
	{SDB_CODE_KEY_MISSING, 2, 9, TITLE "Domain =\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n__NODES__\n", NULL},
	{SDB_CODE_FORMAT_UNKNOWN, 2, 10, TITLE "Format = 3\n" REST "__NODES__\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 6, 3, NODES "a:[2001:db8::1]::::\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 6, 13, NODES "a:192.0.2.1:02:00:c0:ff:ee:01:::c\n", "a:192.0.2.1:0200c0ffee01:::c"},
	{SDB_CODE_EXTENSION_UNMARKED, 6, 14, NODES "a:192.0.2.1::x,y::\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 3, 11, TITLE "Domain = b.example\nBase_IP = [2001:db8::]\nSubnet_Mask = 64\n__NODES__\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 4, 15, TITLE "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 24\n__NODES__\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 5, 10, HEAD "Shared = 192.0.2.9\n__NODES__\n", "Format = 2"},
	{SDB_CODE_EXTENSION_UNMARKED, 7, 3, TITLE "Format = 1\n" REST "__NODES__\na:[::1]::::\n", "Format = 2"},
	{SDB_CODE_MASK_BAD, 4, 15, TITLE "Domain = b.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.0.255.0\n__NODES__\n", NULL},
	{SDB_CODE_BASE_UNALIGNED, 3, 11, TITLE "Domain = b.example\nBase_IP = 192.0.2.7\nSubnet_Mask = 255.255.255.248\n__NODES__\n", "Base_IP = 192.0.2.0"},
	{SDB_CODE_ADDRESS_BAD, 6, 3, NODES "a:192.0.2::::\n", NULL},
	{SDB_CODE_ADDRESS_BAD, 6, 3, NODES "a: 192.0.2.1 ::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_ADDRESS_BAD, 6, 3, NODES "a:192.0.2.x:0200c0ffee01:::\n", NULL},
	{SDB_CODE_ADDRESS_BAD, 3, 11, TITLE "Domain = b.example\nBase_IP = here\nSubnet_Mask = 255.255.255.0\n__NODES__\n", NULL},
	{SDB_CODE_ADDRESS_BAD, 5, 11, HEAD "Gateway = 192.0.2.1.1\n__NODES__\n", NULL},
	{SDB_CODE_ADDRESS_BAD, 6, 11, V6 "Gateway = 2001:db8::1\n__NODES__\n", "Gateway = [2001:db8::1]"},
	{SDB_CODE_ADDRESS_BAD, 6, 20, TITLE "Format = 2\n" REST "Shared = 192.0.2.9 x\n__NODES__\n", NULL},
	{SDB_CODE_ADDRESS_MISSING, 6, 3, NODES "a:::::\n", NULL},
	{SDB_CODE_ADDRESS_OUTSIDE, 6, 3, NODES "a:192.0.3.1::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_ADDRESS_OUTSIDE, 7, 3, V6 "__NODES__\na:[2001:db9::1]::::\n", "a:[2001:db8::1]::::"},
	{SDB_CODE_ADDRESS_OUTSIDE, 7, 3, V6 "__NODES__\na:192.0.2.1::::\n", "a:[2001:db8::1]::::"},
	{SDB_CODE_ADDRESS_NETWORK, 6, 3, NODES "a:192.0.2.0::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_ADDRESS_NETWORK, 7, 3, V6 "__NODES__\na:[2001:db8::]::::\n", "a:[2001:db8::1]::::"},
	{SDB_CODE_ADDRESS_NETWORK, 5, 11, HEAD "Gateway = 192.0.2.0\n__NODES__\n", NULL},
	{SDB_CODE_ADDRESS_BROADCAST, 6, 3, NODES "a:192.0.2.255::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_ADDRESS_BROADCAST, 5, 11, HEAD "Gateway = 192.0.2.255\n__NODES__\n", NULL},
	{SDB_CODE_ADDRESS_TWICE, 7, 3, NODES "a:192.0.2.1::::\nb:192.0.2.1::::\n", "b:192.0.2.2::::"},
	{SDB_CODE_ADDRESS_TWICE, 8, 3, V6 "__NODES__\na:[2001:db8::1]::::\nb:[2001:DB8:0::1]::::\n", "b:[2001:db8::2]::::"},
	{SDB_CODE_GATEWAY_OUTSIDE, 5, 11, HEAD "Gateway = 192.0.3.1\n__NODES__\n", NULL},
	{SDB_CODE_GATEWAY_TAKEN, 7, 3, HEAD "Gateway = 192.0.2.1\n__NODES__\na:192.0.2.1::::\n", "a:192.0.2.2::::"},
	{SDB_CODE_NAME_MISSING, 6, 1, NODES ":192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES "a_b:192.0.2.1::::\n", "a-b:192.0.2.1::::"},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES " a:192.0.2.1::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES "a-:192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES LONG63 "4:192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES "a.B.example:192.0.2.1::::\n", "a:192.0.2.1::::"},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES "a.c:192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES ".b.example:192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 1, NODES "a.c.b.example:192.0.2.1::::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 14, NODES "a:192.0.2.1::*::\n", NULL},
	{SDB_CODE_LABEL_BAD, 6, 15, NODES "a:192.0.2.1:::b..c:\n", NULL},
	{SDB_CODE_LABEL_BAD, 7, 16, MARKED "a:192.0.2.1::x,,y::\n", NULL},
	{SDB_CODE_LABEL_BAD, 2, 10, TITLE "Domain = b_c.example\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n__NODES__\n", "Domain = b-c.example"},
	{SDB_CODE_LABEL_BAD, 6, 1, TITLE "Domain = " LONG63 "." LONG63 "." LONG63 ".b\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n__NODES__\n" LONG63 ":192.0.2.1::::\n", NULL},
	{SDB_CODE_NAME_TWICE, 7, 1, NODES "a:192.0.2.1::::\nA:192.0.2.2::::\n", NULL},
	{SDB_CODE_ALIAS_TWICE, 7, 14, NODES "a:192.0.2.1::x::\nb:192.0.2.2::X.b.example::\n", NULL},
	{SDB_CODE_ALIAS_TWICE, 7, 16, MARKED "a:192.0.2.1::x,x::\n", NULL},
	{SDB_CODE_ALIAS_COLLIDES, 6, 14, NODES "a:192.0.2.1::b::\nb:192.0.2.2::::\n", NULL},
	{SDB_CODE_ALIAS_COLLIDES, 6, 14, NODES "a:192.0.2.1::a::\n", NULL},
	{SDB_CODE_ALIAS_DANGLING, 6, 5, NODES "a:::x::\n", NULL},
	{SDB_CODE_ALIAS_DANGLING, 6, 13, NODES ":192.0.2.1::x::\n", NULL},
	{SDB_CODE_MX_NO_ADDRESS, 6, 15, NODES "a:192.0.2.1:::mail:\n", NULL},
	{SDB_CODE_MX_NO_ADDRESS, 6, 15, NODES "a:192.0.2.1:::mail.B.Example:\n", NULL},
	{SDB_CODE_MX_ALIAS, 6, 15, NODES "a:192.0.2.1:::mail:\nb:192.0.2.2::mail::\n", NULL},
	{SDB_CODE_FINAL_DOT, 6, 15, NODES "a:192.0.2.1:::mail.c.example.:\n", "a:192.0.2.1:::mail.c.example:"},
	{SDB_CODE_FINAL_DOT, 2, 10, TITLE "Domain = b.example.\nBase_IP = 192.0.2.0\nSubnet_Mask = 255.255.255.0\n__NODES__\n", "Domain = b.example"},
	{SDB_CODE_MAC_BAD, 6, 13, NODES "a:192.0.2.1:02-00-c0-ff-ee-01:::\n", "a:192.0.2.1:0200c0ffee01:::"},
	{SDB_CODE_MAC_BAD, 6, 13, NODES "a:192.0.2.1:0200c0ffee0:::\n", NULL},
	{SDB_CODE_MAC_BAD, 6, 13, NODES "a:192.0.2.1:01005e000001:::\n", NULL},
	{SDB_CODE_MAC_BAD, 6, 13, NODES "a:192.0.2.1:000000000000:::\n", "a:192.0.2.1::::"},
	{SDB_CODE_MAC_TWICE, 7, 13, NODES "a:192.0.2.1:0200c0ffee01:::\nb:192.0.2.2:0200C0FFEE01:::\n", NULL},
	/* of two files */
	{SDB_CODE_SUBNET_OVERLAP, 0, 0, "", NULL},
};
/* clang-format on */

static void
check_texts(const char *const *texts, size_t n, struct sdb_findings *out)
{
	static const char *const names[] = {"Subnet_1.sdb", "Subnet_2.sdb", "Subnet_3.sdb"};
	struct sdb_input in[3];

	for (size_t i = 0; i < n; i++)
		in[i] = (struct sdb_input){names[i], file_of(texts[i])};
	sdb_findings_init(out, SDB_MAX_FINDINGS);
	assert_int_equal(sdb_check(in, n, out), OP_OK);
	for (size_t i = 0; i < n; i++)
		sdb_file_free((struct sdb_file *)in[i].file);
}

static const struct sdb_finding *
find(const struct sdb_findings *l, const struct example *e)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].code == e->code && l->list[i].line == e->line &&
		    l->list[i].column == e->column)
			return &l->list[i];
	for (size_t i = 0; i < l->count; i++)
		print_message("found: %u:%u %s: %s\n", l->list[i].line, l->list[i].column,
		    sdb_code_name(l->list[i].code), l->list[i].message);
	fail_msg(
	    "%s not found at %u:%u of:\n%s", sdb_code_name(e->code), e->line, e->column, e->text);
	return NULL;
}

/* Apply the correction: the finding is gone, and one line is what the table says. */
static void
assert_mends(const struct example *e, const struct sdb_fix *fix)
{
	struct sdb_file *f = file_of(e->text);
	struct sdb_findings after;
	const struct sdb_line *line;
	bool seen = e->fixed[0] == '\0';
	const char *texts[1];

	assert_int_equal(sdb_fix_apply(f, fix), OP_OK);
	for (line = sdb_file_first(f); line && !seen; line = line->next)
		seen =
		    sdb_text_equal((struct sdb_text){line->text, line->len}, sdb_text_of(e->fixed));
	texts[0] = written(f);
	if (!seen)
		fail_msg("no line \"%s\" in:\n%s", e->fixed, texts[0]);
	check_texts(texts, 1, &after);
	for (size_t i = 0; i < after.count; i++)
		if (after.list[i].code == e->code)
			fail_msg("%s is still there:\n%s", sdb_code_name(e->code), texts[0]);
	sdb_findings_fini(&after);
	free((char *)texts[0]);
	sdb_file_free(f);
}

static void
check_every_example_is_found_and_mended(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(examples); i++) {
		const struct example *e = &examples[i];
		const struct sdb_finding *finding;
		struct sdb_findings l;

		if (e->code == SDB_CODE_SUBNET_OVERLAP)
			continue;
		check_texts(&e->text, 1, &l);
		finding = find(&l, e);
		assert_true(finding->message[0] != '\0');
		if ((finding->fix.kind != SDB_FIX_NONE) != (e->fixed != NULL))
			fail_msg("correction \"%s\" for:\n%s", finding->fix.text, e->text);
		if (e->fixed)
			assert_mends(e, &finding->fix);
		sdb_findings_fini(&l);
	}
}

static void
check_every_code_has_an_example(void **state)
{
	static const enum sdb_code codes[] = {
#define X(number, name, wire, severity, text) SDB_CODE_##name,
	    SDB_CODES(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(codes); i++) {
		size_t j = 0;

		while (j < UNIT_COUNT(examples) && examples[j].code != codes[i])
			j++;
		if (j == UNIT_COUNT(examples))
			fail_msg("no example of %s", sdb_code_name(codes[i]));
		assert_true(sdb_code_meaning(codes[i])[0] != '\0');
	}
}

/* The manual page explains each code under its wire name. */
static void
check_every_code_is_in_the_manual(void **state)
{
	static const char *const names[] = {
#define X(number, name, wire, severity, text) wire,
	    SDB_CODES(X)
#undef X
	};
	FILE *file = fopen(OPDESK_SOURCE "/docs/man/sdb.5", "re");
	char page[32768], item[64];
	size_t len;

	(void)state;
	assert_non_null(file);
	len = fread(page, 1, sizeof(page) - 1, file);
	page[len] = '\0';
	fclose(file);
	for (size_t i = 0; i < UNIT_COUNT(names); i++) {
		snprintf(item, sizeof(item), "\n.It Li %s\n", names[i]);
		if (!strstr(page, item))
			fail_msg("%s is not in sdb(5)", names[i]);
	}
}

static void
assert_clean(const char *const *texts, size_t n)
{
	struct sdb_findings l;

	check_texts(texts, n, &l);
	for (size_t i = 0; i < l.count; i++)
		print_message("%u:%u:%u %s: %s\n", l.list[i].file, l.list[i].line, l.list[i].column,
		    sdb_code_name(l.list[i].code), l.list[i].message);
	assert_int_equal(l.errors + l.warnings, 0);
	assert_int_equal(l.count, 0);
	sdb_findings_fini(&l);
}

static void
check_good_files_have_no_findings(void **state)
{
	static const char *const good[] = {EXAMPLE,
	    "Title = x\r\n# c\r\n\r\nDomain=b.example\r\nBase_IP=192.0.2.0\r\n"
	    "Subnet_Mask=255.255.255.0\r\nGateway=\r\n__NODES__\r\n# c\r\na:192.0.2.1::::\r\n",
	    /* the extension */
	    V6
	    "Gateway = [2001:db8::1]\n__NODES__\na:[2001:db8::2]:02:00:c0:ff:ee:01:x,y::see: it\n",
	    /* whole ranges: RFC 3021, RFC 6164 */
	    TITLE "Domain = b.example\nBase_IP = 192.0.2.2\nSubnet_Mask = 255.255.255.254\n"
		  "__NODES__\na:192.0.2.2::::\nb:192.0.2.3::::\n",
	    TITLE "Format = 2\nDomain = b.example\nBase_IP = [2001:db8::2]\nSubnet_Mask = 127\n"
		  "__NODES__\na:[2001:db8::2]::::\nb:[2001:db8::3]::::\n",
	    /* marked as shared */
	    TITLE "Format = 2\n" REST "Gateway = 192.0.2.1\nShared = 192.0.2.1  192.0.2.9\n"
		  "__NODES__\ngw:192.0.2.1::::\na:192.0.2.9::::\nb:192.0.2.9::::\n",
	    /* a mail exchanger of ours, and somebody else's */
	    NODES "a:192.0.2.1:::mail:\nmail:192.0.2.2:::mx.elsewhere.example:\n",
	    NODES "1:192.0.2.1::2.b.example::\n"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		assert_clean(&good[i], 1);
}

static void
check_one_host_may_have_two_families(void **state)
{
	static const char *const good[] = {NODES "a:192.0.2.1:0200c0ffee01:x::\n",
	    V6 "__NODES__\na:[2001:db8::1]:0200c0ffee01:x::\n"};

	(void)state;
	assert_clean(good, 2);
}

#define SECOND                                                                  \
	"Title = y\nDomain = b.example\nBase_IP = 198.51.100.0\nSubnet_Mask = " \
	"255.255.255.0\n__NODES__\n"

static void
check_faults_across_files_name_both_places(void **state)
{
	static const struct {
		const char *first, *second;
		enum sdb_code code;
		uint32_t line, other_line;
	} cases[] = {
	    {NODES "a:192.0.2.1::::\n", SECOND "A:198.51.100.1::::\n", SDB_CODE_NAME_TWICE, 6, 6},
	    {NODES "a:192.0.2.1::b::\n", SECOND "c:198.51.100.1::b::\n", SDB_CODE_ALIAS_TWICE, 6,
		6},
	    {NODES "b:192.0.2.1::::\n", SECOND "c:198.51.100.1::b::\n", SDB_CODE_ALIAS_COLLIDES, 6,
		6},
	    {NODES "b:192.0.2.1:0200c0ffee01:::\n", SECOND "c:198.51.100.1:0200c0ffee01:::\n",
		SDB_CODE_MAC_TWICE, 6, 6},
	    {NODES, NODES, SDB_CODE_SUBNET_OVERLAP, 3, 3},
	    {TITLE
		"Domain = b.example\nBase_IP = 192.0.0.0\nSubnet_Mask = 255.255.0.0\n__NODES__\n",
		NODES, SDB_CODE_SUBNET_OVERLAP, 3, 3},
	    {NODES "b:192.0.2.1::::\n", NODES "c:192.0.2.1::::\n", SDB_CODE_ADDRESS_TWICE, 6, 6},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		const char *const texts[] = {cases[i].first, cases[i].second};
		const struct sdb_finding *found = NULL;
		struct sdb_findings l;

		check_texts(texts, 2, &l);
		for (size_t j = 0; j < l.count; j++)
			if (l.list[j].code == cases[i].code)
				found = &l.list[j];
		assert_non_null(found);
		assert_int_equal(found->file, 1);
		assert_int_equal(found->line, cases[i].line);
		assert_int_equal(found->other_file, 0);
		assert_int_equal(found->other_line, cases[i].other_line);
		sdb_findings_fini(&l);
	}
}

static void
check_suggestions_differ_from_each_other(void **state)
{
	static const char *const text[] = {
	    NODES "a:192.0.2.1::::\nb:192.0.2.1::::\nc:10.0.0.1::::\n"};
	struct sdb_findings l;

	(void)state;
	check_texts(text, 1, &l);
	assert_int_equal(l.count, 2);
	assert_string_equal(l.list[0].fix.text, "b:192.0.2.3::::");
	assert_string_equal(l.list[1].fix.text, "c:192.0.2.2::::");
	sdb_findings_fini(&l);
}

static void
check_unmarked_line_is_not_judged_further(void **state)
{
	static const char *const text[] = {NODES "a:[2001:db8::1]:02:00:c0:ff:ee:01:x:m:c\n"};
	struct sdb_findings l;

	(void)state;
	check_texts(text, 1, &l);
	assert_int_equal(l.count, 1);
	assert_int_equal(l.list[0].code, SDB_CODE_EXTENSION_UNMARKED);
	sdb_findings_fini(&l);
}

static void
check_marker_belongs_before_the_first_node(void **state)
{
	static const char *const text[] = {HEAD "# c\nwhat\na:192.0.2.1::::\nb:192.0.2.2::::\n"};
	const struct sdb_finding *found = NULL;
	struct sdb_findings l;

	(void)state;
	check_texts(text, 1, &l);
	for (size_t i = 0; i < l.count; i++)
		if (l.list[i].code == SDB_CODE_MARKER_MISSING)
			found = &l.list[i];
	assert_non_null(found);
	assert_int_equal(found->fix.line, 7);
	sdb_findings_fini(&l);
}

static void
check_past_the_limit_only_counts(void **state)
{
	struct sdb_input in = {"x", file_of(NODES ":::::\n:::::\n:::::\n")};
	struct sdb_findings l;

	(void)state;
	sdb_findings_init(&l, 2);
	assert_int_equal(sdb_check(&in, 1, &l), OP_OK);
	assert_int_equal(l.count, 2);
	assert_int_equal(l.errors, 6);
	sdb_findings_fini(&l);
	sdb_file_free((struct sdb_file *)in.file);
}

/* The worst case of every table; were it not linear, this would run into the test's time limit. */
static void
check_many_equal_nodes_is_linear(void **state)
{
	static const unsigned nodes = 65536;
	struct sdb_findings l;
	struct sdb_input in;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_append(&b, NODES, sizeof(NODES) - 1);
	for (unsigned i = 0; i < nodes; i++)
		buf_append(&b, "a:192.0.2.1:0200c0ffee01:b:mx:\n", 31);
	in = (struct sdb_input){"x", file_of_bytes(buf_bytes(&b), buf_len(&b))};
	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	assert_int_equal(sdb_check(&in, 1, &l), OP_OK);
	assert_int_equal(l.count, SDB_MAX_FINDINGS);
	assert_int_equal(l.errors, 4 * (nodes - 1)); /* name, address, Ethernet address, alias */
	assert_int_equal(l.warnings, nodes);
	sdb_findings_fini(&l);
	sdb_file_free((struct sdb_file *)in.file);
	buf_fini(&b);
}

static void
fix_that_does_not_fit_is_refused(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);
	struct sdb_fix none = {0}, past = {SDB_FIX_DELETE, 9, NULL},
		       end = {SDB_FIX_INSERT, 9, "# c"};

	(void)state;
	assert_int_equal(sdb_fix_apply(f, &none), OP_NOT_FOUND);
	assert_int_equal(sdb_fix_apply(f, &past), OP_NOT_FOUND);
	assert_written(f, EXAMPLE);
	assert_int_equal(sdb_fix_apply(f, &end), OP_OK);
	assert_written(f, EXAMPLE "# c\n");
	sdb_file_free(f);
}

static void
check_once(void *arg)
{
	struct sdb_input *in = arg;
	struct sdb_findings l;
	int err;

	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	err = sdb_check(in, UNIT_COUNT(examples), &l);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	assert_true(err == OP_OK || l.count == 0);
	sdb_findings_fini(&l);
}

/* All examples at once: every code's allocations are met. */
static void
check_without_memory_is_a_clean_error(void **state)
{
	struct sdb_input in[UNIT_COUNT(examples)];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(examples); i++)
		in[i] = (struct sdb_input){"x.sdb", file_of(examples[i].text)};
	failing_malloc_each(check_once, in);
	for (size_t i = 0; i < UNIT_COUNT(examples); i++)
		sdb_file_free((struct sdb_file *)in[i].file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(check_every_example_is_found_and_mended),
	    cmocka_unit_test(check_every_code_has_an_example),
	    cmocka_unit_test(check_every_code_is_in_the_manual),
	    cmocka_unit_test(check_good_files_have_no_findings),
	    cmocka_unit_test(check_one_host_may_have_two_families),
	    cmocka_unit_test(check_faults_across_files_name_both_places),
	    cmocka_unit_test(check_suggestions_differ_from_each_other),
	    cmocka_unit_test(check_unmarked_line_is_not_judged_further),
	    cmocka_unit_test(check_marker_belongs_before_the_first_node),
	    cmocka_unit_test(check_past_the_limit_only_counts),
	    cmocka_unit_test(check_many_equal_nodes_is_linear),
	    cmocka_unit_test(fix_that_does_not_fit_is_refused),
	    cmocka_unit_test(check_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
