/* SPDX-License-Identifier: ISC */
/* JSON (RFC 8259) of text and of MessagePack objects. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/text.h"

#define BYTES(text) (text), sizeof(text) - 1

static void
assert_string_json(const char *s, size_t len, const char *expected)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(text_json_string(&b, s, len), OP_OK);
	buf_append(&b, "", 1);
	assert_string_equal((const char *)buf_bytes(&b), expected);
	buf_fini(&b);
}

static void
assert_json(const char *bytes, size_t len, const char *expected)
{
	struct mp_doc doc;
	struct buf b;

	buf_init(&b);
	assert_int_equal(mp_parse(&doc, bytes, len), OP_OK);
	assert_int_equal(text_json(&b, &doc.root), OP_OK);
	buf_append(&b, "", 1);
	assert_string_equal((const char *)buf_bytes(&b), expected);
	mp_fini(&doc);
	buf_fini(&b);
}

static void
json_string_escapes_what_it_must(void **state)
{
	(void)state;
	assert_string_json(BYTES(""), "\"\"");
	assert_string_json(BYTES("Grüße"), "\"Grüße\"");
	assert_string_json(BYTES("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	assert_string_json(BYTES("\n\r\t\x01\0\x7f"), "\"\\n\\r\\t\\u0001\\u0000\\u007f\"");
	assert_string_json(BYTES("a\xff\xc3"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void
json_scalars(void **state)
{
	(void)state;
	assert_json(BYTES("\xc0"), "null");
	assert_json(BYTES("\xc2"), "false");
	assert_json(BYTES("\xc3"), "true");
	assert_json(BYTES("\x05"), "5");
	assert_json(BYTES("\xcf\xff\xff\xff\xff\xff\xff\xff\xff"), "18446744073709551615");
	assert_json(BYTES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), "-9223372036854775808");
	assert_json(BYTES("\xca\x3f\xc0\x00\x00"), "1.5");
	assert_json(BYTES("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"), "null");
	assert_json(BYTES("\xca\x7f\xc0\x00\x00"), "null");
}

static void
json_containers(void **state)
{
	(void)state;
	assert_json(BYTES("\x90"), "[]");
	assert_json(BYTES("\x80"), "{}");
	assert_json(BYTES("\x93\x01\x90\xa1x"), "[1,[],\"x\"]");
	assert_json(BYTES("\x82\xa1\x61\x01\xa1\x62\x81\xa0\xc0"), "{\"a\":1,\"b\":{\"\":null}}");
}

static void
json_binary_is_base64_by_the_examples_of_rfc_4648(void **state)
{
	(void)state;
	assert_json(BYTES("\xc4\x00"), "\"\"");
	assert_json(BYTES("\xc4\x01"
			  "f"),
	    "\"Zg==\"");
	assert_json(BYTES("\xc4\x02"
			  "fo"),
	    "\"Zm8=\"");
	assert_json(BYTES("\xc4\x03"
			  "foo"),
	    "\"Zm9v\"");
	assert_json(BYTES("\xc4\x04"
			  "foob"),
	    "\"Zm9vYg==\"");
	assert_json(BYTES("\xc4\x05"
			  "fooba"),
	    "\"Zm9vYmE=\"");
	assert_json(BYTES("\xc4\x06"
			  "foobar"),
	    "\"Zm9vYmFy\"");
	assert_json(BYTES("\xc4\x03\xff\xef\xbe"), "\"/+++\"");
}

static void
json_key_that_is_no_string_is_refused(void **state)
{
	struct mp_doc doc;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_append(&b, "before", 6);
	assert_int_equal(mp_parse(&doc, BYTES("\x91\x81\x01\x02")), OP_OK);
	assert_int_equal(text_json(&b, &doc.root), OP_BAD_REQUEST);
	assert_int_equal(buf_len(&b), 6);
	mp_fini(&doc);
	buf_fini(&b);
}

static void
json_under_failing_malloc(void *arg)
{
	struct buf b;
	int err;

	buf_init(&b);
	err = text_json(&b, arg);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	assert_int_equal(buf_len(&b) > 0, err == OP_OK);
	buf_fini(&b);
}

static void
json_without_memory_appends_nothing(void **state)
{
	struct mp_out o;
	struct buf b;
	struct mp_doc doc;

	(void)state;
	buf_init(&b);
	mp_out_init(&o, &b);
	mp_map(&o, 40);
	for (int i = 0; i < 40; i++) {
		mp_kstr(&o, "key", "a\nvalue\xff");
	}
	assert_int_equal(mp_parse(&doc, buf_bytes(&b), buf_len(&b)), OP_OK);
	failing_malloc_each(json_under_failing_malloc, &doc.root);
	mp_fini(&doc);
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(json_string_escapes_what_it_must),
	    cmocka_unit_test(json_scalars),
	    cmocka_unit_test(json_containers),
	    cmocka_unit_test(json_binary_is_base64_by_the_examples_of_rfc_4648),
	    cmocka_unit_test(json_key_that_is_no_string_is_refused),
	    cmocka_unit_test(json_without_memory_appends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
