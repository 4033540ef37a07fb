/* SPDX-License-Identifier: ISC */
/* UTF-8 (RFC 3629) and plain text: the tables of bad sequences, controls, cutting. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/err.h"
#include "lib/text.h"

#define BYTES(text) (text), sizeof(text) - 1

static void
text_valid_utf8_is_accepted(void **state)
{
	static const char *const good[] = {
	    "",
	    "plain",
	    "\xc2\x80",         /* U+0080, the first of two bytes */
	    "\xdf\xbf",         /* U+07FF, the last */
	    "\xe0\xa0\x80",     /* U+0800 */
	    "\xed\x9f\xbf",     /* U+D7FF, the last before the surrogates */
	    "\xee\x80\x80",     /* U+E000, the first after them */
	    "\xef\xbf\xbf",     /* U+FFFF */
	    "\xf0\x90\x80\x80", /* U+10000 */
	    "\xf4\x8f\xbf\xbf", /* U+10FFFF */
	    /* the examples of RFC 3629, section 7 */
	    "\x41\xe2\x89\xa2\xce\x91\x2e",
	    "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4",
	    "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
	    "\xef\xbb\xbf\xf0\xa3\x8e\xb4",
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		assert_true(text_is_utf8(good[i], strlen(good[i])));
	assert_true(text_is_utf8("a\0b", 3));
}

static void
text_invalid_utf8_is_refused(void **state)
{
	static const char *const bad[] = {
	    "\x80", /* a continuation alone */
	    "\xbf",
	    "\xc0\x80", /* overlong */
	    "\xc0\xaf",
	    "\xc1\xbf",
	    "\xe0\x80\xaf",
	    "\xe0\x9f\xbf",
	    "\xf0\x80\x80\xaf",
	    "\xf0\x8f\xbf\xbf",
	    "\xed\xa0\x80", /* surrogates */
	    "\xed\xbf\xbf",
	    "\xed\xa1\x8c\xed\xbe\xb4",
	    "\xf4\x90\x80\x80", /* past U+10FFFF */
	    "\xf5\x80\x80\x80",
	    "\xf8\x88\x80\x80\x80",
	    "\xfc\x84\x80\x80\x80\x80",
	    "\xfe",
	    "\xff",
	    "\xc2", /* cut short */
	    "\xe2\x82",
	    "\xf0\x90\x80",
	    "\xc2 ", /* something else where a continuation belongs */
	    "\xe2\x82 ",
	    "\xe2 \x82",
	    "\xf0\x90\x80\xc0",
	    "ok\xffok",
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		if (text_is_utf8(bad[i], strlen(bad[i])))
			fail_msg("case %zu is accepted", i);
}

static size_t
encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 63));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 63));
		out[2] = (char)(0x80 | (cp & 63));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 63));
	out[2] = (char)(0x80 | (cp >> 6 & 63));
	out[3] = (char)(0x80 | (cp & 63));
	return 4;
}

static void
text_every_code_point_decodes_to_itself(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp < 0x110000 + 0x1000; cp++) {
		char bytes[4];
		size_t n = encode(cp, bytes);
		bool valid = cp < 0x110000 && (cp < 0xd800 || cp > 0xdfff);
		uint32_t got = 0;

		assert_int_equal(text_next(bytes, n, &got), valid ? n : 0);
		if (valid)
			assert_int_equal(got, cp);
	}
}

static void
text_every_two_byte_string_agrees_with_the_rfc(void **state)
{
	(void)state;
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			char s[2] = {(char)a, (char)b};
			bool ascii = a < 0x80 && b < 0x80;
			bool pair = a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf;

			assert_int_equal(text_is_utf8(s, 2), ascii || pair);
		}
	}
}

static void
text_clip_never_cuts_a_character(void **state)
{
	static const char s[] = "aä€😀";
	static const size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

	(void)state;
	for (size_t max = 0; max < UNIT_COUNT(expected); max++)
		assert_int_equal(text_clip(s, sizeof(s) - 1, max), expected[max]);
	assert_int_equal(text_clip("", 0, 5), 0);
}

static void
assert_plain(const char *s, size_t len, bool keep_lines, const char *expected)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(text_plain(&b, s, len, keep_lines), OP_OK);
	buf_append(&b, "", 1);
	assert_string_equal((const char *)buf_bytes(&b), expected);
	buf_fini(&b);
}

static void
text_plain_shows_what_cannot_be_seen(void **state)
{
	(void)state;
	assert_plain(BYTES(""), true, "");
	assert_plain(BYTES("Grüße, 日本 \\n"), true, "Grüße, 日本 \\n");
	assert_plain(BYTES("a\nb\tc"), true, "a\nb\tc");
	assert_plain(BYTES("a\nb\tc\r"), false, "a\\x0ab\\x09c\\x0d");
	assert_plain(BYTES("\x1b[31m\x07\x7f\0"), true, "\\x1b[31m\\x07\\x7f\\x00");
	assert_plain(BYTES("\xc2\x80\xc2\x9f\xc2\xa0"), true, "\\u0080\\u009f\xc2\xa0");
	assert_plain(BYTES("\xff\xc3"), true, "\\xff\\xc3");
	assert_plain(BYTES("\xed\xa0\x80"), true, "\\xed\\xa0\\x80");
}

static void
text_plain_shows_every_bidirectional_control(void **state)
{
	static const uint32_t controls[] = {0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d,
	    0x202e, 0x2066, 0x2067, 0x2068, 0x2069};
	static const uint32_t neighbours[] = {
	    0x061b, 0x061d, 0x200d, 0x2010, 0x2029, 0x202f, 0x2065, 0x206a};
	char bytes[5], expected[8];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(controls); i++) {
		size_t n = encode(controls[i], bytes);

		snprintf(expected, sizeof(expected), "\\u%04x", controls[i]);
		assert_plain(bytes, n, true, expected);
	}
	for (size_t i = 0; i < UNIT_COUNT(neighbours); i++) {
		size_t n = encode(neighbours[i], bytes);

		bytes[n] = '\0';
		assert_plain(bytes, n, true, bytes);
	}
}

static void
text_log_cuts_with_dots_where_they_fit(void **state)
{
	char dst[64];

	(void)state;
	assert_string_equal(text_log(dst, 6, BYTES("hello")), "hello");
	assert_string_equal(text_log(dst, 6, BYTES("hello!")), "he…");
	assert_string_equal(text_log(dst, 7, BYTES("h\nello")), "h…");
	assert_string_equal(text_log(dst, 4, BYTES("hello")), "…");
	assert_string_equal(text_log(dst, 3, BYTES("hello")), "");
	assert_string_equal(text_log(dst, 1, BYTES("hello")), "");
	assert_string_equal(text_log(dst, 1, BYTES("")), "");
	assert_string_equal(text_log(dst, 8, BYTES("äöüß")), "äö…");
	assert_string_equal(text_log(dst, 9, BYTES("äöüß")), "äöüß");
	assert_string_equal(text_log(dst, sizeof(dst), BYTES("a\xff\x1b")), "a\\xff\\x1b");
}

static void
plain_under_failing_malloc(void *arg)
{
	char text[900];
	struct buf b;

	(void)arg;
	memset(text, 27, sizeof(text));
	buf_init(&b);
	if (buf_append(&b, "before", 6) == OP_OK) {
		int err = text_plain(&b, text, sizeof(text), false);

		assert_int_equal(buf_len(&b), err ? 6 : 6 + 4 * sizeof(text));
	}
	buf_fini(&b);
}

static void
text_plain_without_memory_appends_nothing(void **state)
{
	(void)state;
	failing_malloc_each(plain_under_failing_malloc, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_valid_utf8_is_accepted),
	    cmocka_unit_test(text_invalid_utf8_is_refused),
	    cmocka_unit_test(text_every_code_point_decodes_to_itself),
	    cmocka_unit_test(text_every_two_byte_string_agrees_with_the_rfc),
	    cmocka_unit_test(text_clip_never_cuts_a_character),
	    cmocka_unit_test(text_plain_shows_what_cannot_be_seen),
	    cmocka_unit_test(text_plain_shows_every_bidirectional_control),
	    cmocka_unit_test(text_log_cuts_with_dots_where_they_fit),
	    cmocka_unit_test(text_plain_without_memory_appends_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
