/* SPDX-License-Identifier: ISC */
/* The chat datagrams (lib/datagram/chat.h): fields in and out, and what is refused. */
#include "tests/unit/unit.h"

#include "lib/datagram/chat.h"
#include "lib/err.h"

static void
assert_field(const struct chat_msg *m, size_t i, const char *want)
{
	assert_int_equal(m->fields[i].len, strlen(want));
	if (*want)
		assert_memory_equal(m->fields[i].s, want, strlen(want));
}

static void
parse_splits_at_single_blanks_and_leaves_the_rest(void **state)
{
	struct chat_msg m;

	(void)state;
	assert_int_equal(chat_parse("\0\x64"
				    "duty lena  two  blanks ",
			     25, 0, &m),
	    OP_OK);
	assert_int_equal(m.code, CHAT_PUBLIC_MSG);
	assert_int_equal(m.count, 3);
	assert_field(&m, 0, "duty");
	assert_field(&m, 1, "lena");
	assert_field(&m, 2, " two  blanks ");
	assert_int_equal(chat_parse("\0\x32"
				    "a title",
			     9, 0, &m),
	    OP_OK);
	assert_int_equal(m.count, 1);
	assert_field(&m, 0, "a title");
	assert_int_equal(chat_parse("\0\0", 2, 0, &m), OP_OK);
	assert_int_equal(m.code, CHAT_PROBE);
	assert_int_equal(m.count, 0);
	assert_int_equal(chat_parse("\x03\xe7"
				    "x y",
			     5, 0, &m),
	    OP_OK);
	assert_int_equal(m.code, 999); /* unknown: for the caller */
	assert_null(chat_code_name(m.code));
	assert_string_equal(chat_code_name(CHAT_JOIN_REQ), "JOIN_REQ");
}

static void
parse_refuses_what_is_no_plain_text(void **state)
{
	const struct {
		const char *bytes;
		size_t len;
	} bad[] = {{"", 0}, {"\0", 1}, {"\0\x5a\xff", 3},
	    {"\0\x5a"
	     "a\nb",
		5},
	    {"\0\x5a"
	     "\x1b[2J",
		6},
	    {"\0\x5a"
	     "\xe2\x80\xae",
		5},
	    {"\0\x5a"
	     "a\0b",
		5}};
	char longer[CHAT_BYTES_MAX + 1];
	struct chat_msg m = {.code = 7};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(chat_parse(bad[i].bytes, bad[i].len, 0, &m), OP_BAD_REQUEST);
	memset(longer, 'x', sizeof(longer));
	assert_int_equal(chat_parse(longer, sizeof(longer), 0, &m), OP_BAD_REQUEST);
	assert_int_equal(m.code, 7);
}

static void
format_cuts_between_characters(void **state)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	char text[2000] = "";
	struct chat_msg m;

	(void)state;
	assert_int_equal(chat_format(bytes, CHAT_JOIN_ACK, "%s %d", "duty", 3), 8);
	assert_memory_equal(bytes,
	    "\0\x3c"
	    "duty 3",
	    8);
	for (int i = 0; i < 300; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 3);
	size_t len = chat_format(bytes, CHAT_ERROR, "x%s", text);

	assert_int_equal(len, CHAT_BYTES_MAX - 1); /* the last character has two bytes */
	assert_int_equal(chat_parse(bytes, len, 0, &m), OP_OK);
}

static void
words_and_texts_have_their_limits(void **state)
{
	char longest[CHAT_WORD_MAX + 2];

	(void)state;
	memset(longest, 'n', sizeof(longest));
	assert_true(chat_is_word(longest, CHAT_WORD_MAX));
	assert_false(chat_is_word(longest, CHAT_WORD_MAX + 1));
	assert_false(chat_is_word("", 0));
	assert_false(chat_is_word("a b", 3));
	assert_false(chat_is_word("a\tb", 3));
	assert_false(chat_is_word("a\xc2\xa0"
				  "b",
	    4));
	assert_true(chat_is_word("J\xc3\xb6rg", 5));
	assert_true(chat_is_text("a b", 3));
	assert_false(chat_is_text("", 0));
	assert_false(chat_is_text("a\xc2\x85", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parse_splits_at_single_blanks_and_leaves_the_rest),
	    cmocka_unit_test(parse_refuses_what_is_no_plain_text),
	    cmocka_unit_test(format_cuts_between_characters),
	    cmocka_unit_test(words_and_texts_have_their_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
