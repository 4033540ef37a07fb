/* SPDX-License-Identifier: ISC */
/* The table of methods, its check, and that it agrees with docs/protocol.md. */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdbool.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/method.h"

#define ID "919108f7-52d1-4320-9bac-f847db4148a8"

struct call {
	struct buf buf;
	struct mp_out out;
	char why[80];
};

static int
setup(void **state)
{
	struct call *c = calloc(1, sizeof(*c));

	buf_init(&c->buf);
	mp_out_init(&c->out, &c->buf);
	*state = c;
	return 0;
}

static int
teardown(void **state)
{
	struct call *c = *state;

	buf_fini(&c->buf);
	free(c);
	return 0;
}

static const struct method *
find(const char *name)
{
	const struct method *m = method_find(name, strlen(name), true);

	assert_non_null(m);
	return m;
}

/* Check what was packed; the buffer is empty again afterwards. */
static int
check(struct call *c, const char *method)
{
	struct mp_doc doc;
	int err;

	assert_int_equal(mp_parse(&doc, buf_bytes(&c->buf), buf_len(&c->buf)), OP_OK);
	err = method_check(find(method), &doc.root, c->why, sizeof(c->why));
	mp_fini(&doc);
	buf_clear(&c->buf);
	return err;
}

static void
method_find_knows_the_direction(void **state)
{
	(void)state;
	assert_non_null(method_find("alert.ask", 9, true));
	assert_null(method_find("alert.ask", 9, false));
	assert_non_null(method_find("$/cancel", 8, true));
	assert_non_null(method_find("alert.changed", 13, false));
	assert_null(method_find("alert.changed", 13, true));
	assert_null(method_find("alert.as", 8, true));
	assert_null(method_find("alert.ask\0", 10, true));
	assert_null(method_find("", 0, true));
}

static void
method_limit_is_that_of_the_table(void **state)
{
	(void)state;
	assert_int_equal(method_limit("alert.ask", "text"), 16384);
	assert_int_equal(method_limit("alert.ask", "tex"), -1);
	assert_int_equal(method_limit("alert.changed", "id"), -1);
	assert_int_equal(method_limit("alert", "text"), -1);
}

static void
method_rights_are_those_of_the_design(void **state)
{
	static const char *const asker[] = {
	    "alert.ask", "alert.confirm", "alert.withdraw", "alert.desks"};
	const struct method *m;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(asker); i++)
		assert_int_equal(find(asker[i])->right, METHOD_ASK);
	for (size_t n = 0; (m = method_at(n)) != NULL; n++) {
		bool by_asker = false;

		for (size_t i = 0; i < UNIT_COUNT(asker); i++)
			by_asker = by_asker || strcmp(m->name, asker[i]) == 0;
		if (m->way == METHOD_CALL && strncmp(m->name, "alert.", 6) == 0 && !by_asker)
			assert_int_equal(m->right, METHOD_OPERATE);
	}
}

static void
method_rows_are_sound(void **state)
{
	const struct method *m;

	(void)state;
	for (size_t n = 0; (m = method_at(n)) != NULL; n++) {
		assert_true(m->help && m->help[0]);
		assert_ptr_equal(
		    method_find(m->name, strlen(m->name), m->way != METHOD_NOTIFY_OUT), m);
		for (const struct method_field *f = m->fields; f && f->name; f++) {
			assert_true(f->help && f->help[0]);
			bool items = f->type == FIELD_STRS || f->type == FIELD_MAPS;

			assert_true(f->type == FIELD_BOOL || f->type == FIELD_ID ||
				    f->type == FIELD_MAPS || f->max > 0);
			assert_int_equal(items, f->max_items > 0);
			assert_int_equal(f->type == FIELD_MAPS, method_items(f) != NULL);
		}
	}
}

static void
method_check_accepts_a_whole_question(void **state)
{
	struct call *c = *state;

	mp_map(&c->out, 8);
	mp_kstr(&c->out, "id", ID);
	mp_kstr(&c->out, "text", "Bänder wechseln?\n");
	mp_kstr(&c->out, "kind", "choice");
	mp_str(&c->out, "labels");
	mp_array(&c->out, 2);
	mp_str(&c->out, "Weiter");
	mp_str(&c->out, "Ende");
	mp_kint(&c->out, "timeout_ms", 0);
	mp_kbool(&c->out, "wait", false);
	mp_kstr(&c->out, "title", NULL);
	mp_kint(&c->out, "unknown", -1);
	assert_int_equal(check(c, "alert.ask"), OP_OK);
	assert_string_equal(c->why, "");
}

static void
method_check_names_the_missing_key(void **state)
{
	struct call *c = *state;

	mp_map(&c->out, 1);
	mp_kstr(&c->out, "id", ID);
	assert_int_equal(check(c, "alert.ask"), OP_BAD_REQUEST);
	assert_string_equal(c->why, "text: missing");
	mp_map(&c->out, 2);
	mp_kstr(&c->out, "id", NULL);
	mp_kstr(&c->out, "text", "x");
	assert_int_equal(check(c, "alert.ask"), OP_BAD_REQUEST);
	assert_string_equal(c->why, "id: missing");
	assert_int_equal(
	    method_check(find("alert.show"), NULL, c->why, sizeof(c->why)), OP_BAD_REQUEST);
	assert_string_equal(c->why, "id: missing");
	assert_int_equal(method_check(find("ping"), NULL, c->why, sizeof(c->why)), OP_OK);
}

static void
method_check_holds_strings_to_length_and_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *why;
	} cases[] = {
	    {"", 0, NULL},
	    {"caf\xe9", 4, "note: not UTF-8 text"},
	    {"a\0b", 3, "note: not UTF-8 text"},
	    {NULL, 2000, NULL},
	    {NULL, 2001, "note: too long"},
	};
	struct call *c = *state;
	char big[2001];

	memset(big, 'x', sizeof(big));
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		mp_map(&c->out, 2);
		mp_kstr(&c->out, "id", ID);
		mp_str(&c->out, "note");
		mp_strn(&c->out, cases[i].bytes ? cases[i].bytes : big, cases[i].len);
		assert_int_equal(check(c, "alert.note"), cases[i].why ? OP_BAD_REQUEST : OP_OK);
		assert_string_equal(c->why, cases[i].why ? cases[i].why : "");
	}
}

static void
method_check_holds_every_type(void **state)
{
	static const struct {
		const char *key, *packed;
		size_t len;
		const char *why;
	} cases[] = {
	    {"text", "\x05", 1, "text: not a string"},
	    {"text", "\xc4\x01x", 3, "text: not a string"},
	    {"timeout_ms", "\xff", 1, "timeout_ms: negative"},
	    {"timeout_ms",
		"\xa1"
		"5",
		2, "timeout_ms: not an integer"},
	    {"timeout_ms", "\xca\0\0\0\0", 5, "timeout_ms: not an integer"},
	    {"timeout_ms", "\xcf\xff\xff\xff\xff\xff\xff\xff\xff", 9, "timeout_ms: too large"},
	    {"wait", "\x01", 1, "wait: not true or false"},
	    {"labels", "\xa1x", 2, "labels: not an array"},
	    {"labels", "\x91\x05", 2, "labels: not a string"},
	    {"labels", "\x92\xa1x\xa1\xff", 5, "labels: not UTF-8 text"},
	    {"labels", "\x99\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0\xa0", 10, "labels: too many"},
	    {"id",
		"\xa4"
		"1234",
		5, "id: not a UUID"},
	    {"id", "\x05", 1, "id: not a UUID"},
	};
	struct call *c = *state;

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		mp_map(&c->out, 3);
		/* the first of two equal keys counts */
		mp_str(&c->out, cases[i].key);
		mp_raw(&c->out, cases[i].packed, cases[i].len);
		mp_kstr(&c->out, "id", ID);
		mp_kstr(&c->out, "text", "x");
		assert_int_equal(check(c, "alert.ask"), OP_BAD_REQUEST);
		assert_string_equal(c->why, cases[i].why);
	}
}

static void
method_check_holds_binaries(void **state)
{
	static const struct method_field fields[] = {
	    {.name = "data", .type = FIELD_BIN, .max = 2, .help = "file contents"}, {0}};
	static const struct {
		const char *packed, *why;
	} cases[] = {
	    {"\x81\xa4"
	     "data\xc4\x02\xff\xfe",
		""},
	    {"\x81\xa4"
	     "data\xc4\x03"
	     "abc",
		"data: too long"},
	    {"\x81\xa4"
	     "data\xa1x",
		"data: not binary"},
	};
	const struct method m = {.name = "x", .fields = fields, .help = "none"};
	struct call *c = *state;

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct mp_doc doc;
		int err;

		assert_int_equal(mp_parse(&doc, cases[i].packed, strlen(cases[i].packed)), OP_OK);
		err = method_check(&m, &doc.root, c->why, sizeof(c->why));
		assert_int_equal(err, cases[i].why[0] ? OP_BAD_REQUEST : OP_OK);
		assert_string_equal(c->why, cases[i].why);
		mp_fini(&doc);
	}
}

static void
method_check_looks_into_maps(void **state)
{
	static const struct {
		const char *changes, *why;
	} cases[] = {
	    {"\x05", "changes: not an array"},
	    {"\x91\x05", "changes: not a map"},
	    {"\x91\x81\xa4"
	     "file\xa1x",
		"changes: base: missing"},
	    {"\x91\x82\xa4"
	     "file\xa1x\xa4"
	     "base\x05",
		"changes: base: not a string"},
	    {"\x91\x83\xa4"
	     "file\xa1x\xa4"
	     "base\xa0\xa4"
	     "text\xc4\x02\xff\xfe",
		""},
	};
	struct call *c = *state;

	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		mp_map(&c->out, 2);
		mp_kstr(&c->out, "id", ID);
		mp_str(&c->out, "changes");
		mp_raw(&c->out, cases[i].changes, strlen(cases[i].changes));
		assert_int_equal(check(c, "sdb.commit"), cases[i].why[0] ? OP_BAD_REQUEST : OP_OK);
		assert_string_equal(c->why, cases[i].why);
	}
}

static void
method_check_cuts_why_to_its_array(void **state)
{
	struct mp_doc doc;
	char why[8];

	(void)state;
	assert_int_equal(mp_parse(&doc, "\x80", 1), OP_OK);
	assert_int_equal(
	    method_check(find("alert.answer"), &doc.root, why, sizeof(why)), OP_BAD_REQUEST);
	assert_string_equal(why, "id: mis");
	mp_fini(&doc);
}

/* --- the table and docs/protocol.md --- */

static char *
read_protocol(void)
{
	FILE *f = fopen(OPDESK_SOURCE "/docs/protocol.md", "re");
	char *text = calloc(1, 400000);

	assert_non_null(f);
	assert_true(fread(text, 1, 399999, f) > 1000);
	fclose(f);
	return text;
}

/* Is `name` in the table row of the document that begins with the method's name? */
static bool
row_has(const char *doc, const char *method, const char *name)
{
	char start[80], mark[80];
	const char *row, *end, *at;

	snprintf(start, sizeof(start), "`%s`", method);
	snprintf(mark, sizeof(mark), "`%s`", name);
	for (row = strstr(doc, start); row; row = strstr(row + 1, start)) {
		end = strchrnul(row, '\n');
		at = strstr(row, mark);
		if (at && at < end)
			return true;
		/* notifications show their map as {a, b, c: bool} */
		for (at = row; (at = strstr(at + 1, name)) && at < end;)
			if (!isalnum((unsigned char)at[-1]) && at[-1] != '_' &&
			    !isalnum((unsigned char)at[strlen(name)]) && at[strlen(name)] != '_')
				return true;
	}
	return false;
}

static void
method_table_is_what_the_document_says(void **state)
{
	char *doc = read_protocol();
	const struct method *m;

	(void)state;
	for (size_t n = 0; (m = method_at(n)) != NULL; n++) {
		char name[80];

		snprintf(name, sizeof(name), "`%s`", m->name);
		if (!strstr(doc, name) && strcmp(m->name, "$/cancel") != 0)
			fail_msg("%s is not in docs/protocol.md", m->name);
		if (strcmp(m->name, "$/cancel") == 0)
			continue;
		for (const struct method_field *f = m->fields; f && f->name; f++) {
			if (!row_has(doc, m->name, f->name))
				fail_msg("%s: docs/protocol.md lacks %s", m->name, f->name);
			for (const struct method_field *in = method_items(f); in && in->name; in++)
				if (!row_has(doc, m->name, in->name))
					fail_msg(
					    "%s: docs/protocol.md lacks %s", m->name, in->name);
		}
	}
	free(doc);
}

static void
method_table_lacks_none_of_the_document(void **state)
{
	char *doc = read_protocol();
	size_t seen = 0;

	(void)state;
	for (const char *p = doc; (p = strstr(p, "\n| ")) != NULL;) {
		size_t len;

		p += 3;
		if (strncmp(p, "notification ", 13) == 0)
			p += 13;
		if (*p != '`')
			continue;
		len = strcspn(++p, "`");
		if (!memchr(p, '.', len) && !memchr(p, '$', len))
			continue;
		seen++;
		if (!method_find(p, len, true) && !method_find(p, len, false))
			fail_msg("%.*s is not in the table", (int)len, p);
	}
	assert_true(seen > 15);
	free(doc);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(method_find_knows_the_direction),
	    TEST(method_limit_is_that_of_the_table),
	    TEST(method_rights_are_those_of_the_design),
	    TEST(method_rows_are_sound),
	    TEST(method_check_accepts_a_whole_question),
	    TEST(method_check_names_the_missing_key),
	    TEST(method_check_holds_strings_to_length_and_utf8),
	    TEST(method_check_holds_every_type),
	    TEST(method_check_holds_binaries),
	    TEST(method_check_looks_into_maps),
	    TEST(method_check_cuts_why_to_its_array),
	    TEST(method_table_is_what_the_document_says),
	    TEST(method_table_lacks_none_of_the_document),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
