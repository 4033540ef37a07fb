/* SPDX-License-Identifier: ISC */
/* The one-line protocol's line, whatever way it arrives. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/err.h"
#include "lib/line.h"

#define BYTES(text) (text), sizeof(text) - 1

static void
assert_line(const char *bytes, size_t len, bool eof, int expected, size_t expected_len)
{
	char *copy = malloc(len ? len : 1);
	const char *why = NULL;
	size_t n = 12345;
	int err;

	memcpy(copy, bytes, len);
	err = line_parse(copy, len, eof, &n, &why);
	free(copy);
	assert_int_equal(err, expected);
	if (err == OP_OK)
		assert_int_equal(n, expected_len);
	else
		assert_int_equal(n, 12345);
	assert_int_equal(why != NULL, err == OP_BAD_REQUEST || err == OP_TOO_LARGE);
}

static void
line_first_byte_tells_the_clients_apart(void **state)
{
	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		enum line_peer expected = byte == 0x00   ? LINE_PEER_FRAMES
					  : byte == 0x16 ? LINE_PEER_TLS
							 : LINE_PEER_LINE;

		assert_int_equal(line_first_byte((unsigned char)byte), expected);
	}
}

static void
line_ends_with_lf_crlf_or_end_of_file(void **state)
{
	(void)state;
	assert_line(BYTES("tape 2\n"), false, OP_OK, 6);
	assert_line(BYTES("tape 2\r\n"), false, OP_OK, 6);
	assert_line(BYTES("tape 2"), true, OP_OK, 6);
	assert_line(BYTES("tape 2\nmore\n"), false, OP_OK, 6);
	assert_line(BYTES("a\rb\r\r\n"), false, OP_OK, 4);
	assert_line(BYTES("a"), true, OP_OK, 1);
	assert_line(BYTES(" \n"), false, OP_OK, 1);
	assert_line(BYTES("Bänder wechseln €😀\n"), false, OP_OK, 24);
}

static void
line_incomplete_waits(void **state)
{
	(void)state;
	assert_line(BYTES(""), false, OP_AGAIN, 0);
	assert_line(BYTES("tape"), false, OP_AGAIN, 0);
	assert_line(BYTES("tape\r"), false, OP_AGAIN, 0);
	/* half a character may still be completed */
	assert_line(BYTES("tape \xe2\x82"), false, OP_AGAIN, 0);
}

static void
line_end_before_any_byte_is_no_question(void **state)
{
	(void)state;
	assert_line(BYTES(""), true, OP_CLOSED, 0);
}

static void
line_bad_lines_are_refused(void **state)
{
	(void)state;
	assert_line(BYTES("\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("\r\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("a\0b\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("\0\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("caf\xe9\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("\xc0\x80\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("\xed\xa0\x80\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("tape \xe2\x82"), true, OP_BAD_REQUEST, 0);
	assert_line(BYTES("\xe2\x82\n"), false, OP_BAD_REQUEST, 0);
}

static void
line_http_requests_are_refused_and_plain_english_is_not(void **state)
{
	(void)state;
	assert_line(BYTES("GET / HTTP/1.1\r\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("POST /a b HTTP/1.0\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("PRI * HTTP/2.0\r\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("PROPFIND / HTTP/1.1\n"), false, OP_BAD_REQUEST, 0);
	assert_line(BYTES("GET the tape from the safe\n"), false, OP_OK, 26);
	assert_line(BYTES("restart the HTTP/1.1 proxy?\n"), false, OP_OK, 27);
	assert_line(BYTES("Use HTTP/1.1\n"), false, OP_OK, 12);
	assert_line(BYTES(" HTTP/1.1\n"), false, OP_OK, 9);
}

static void
line_length_is_limited_without_its_end(void **state)
{
	char *s = malloc(LINE_MAX_BYTES + 3);

	(void)state;
	memset(s, 'x', LINE_MAX_BYTES + 3);
	assert_line(s, LINE_MAX_BYTES, false, OP_AGAIN, 0);
	assert_line(s, LINE_MAX_BYTES, true, OP_OK, LINE_MAX_BYTES);
	assert_line(s, LINE_MAX_BYTES + 1, false, OP_TOO_LARGE, 0);
	assert_line(s, LINE_MAX_BYTES + 1, true, OP_TOO_LARGE, 0);
	s[LINE_MAX_BYTES] = '\n';
	assert_line(s, LINE_MAX_BYTES + 3, false, OP_OK, LINE_MAX_BYTES);
	s[LINE_MAX_BYTES] = '\r';
	assert_line(s, LINE_MAX_BYTES + 1, false, OP_AGAIN, 0);
	s[LINE_MAX_BYTES + 1] = '\n';
	assert_line(s, LINE_MAX_BYTES + 2, false, OP_OK, LINE_MAX_BYTES);
	s[LINE_MAX_BYTES] = 'x';
	assert_line(s, LINE_MAX_BYTES + 2, false, OP_TOO_LARGE, 0);
	free(s);
}

static void
line_every_split_gives_the_same_line(void **state)
{
	static const char stream[] = "Bitte Band 2 einlegen: €\r\nrest";
	const char *why;
	size_t n;

	(void)state;
	for (size_t len = 0; len < sizeof(stream); len++) {
		int err = line_parse(stream, len, false, &n, &why);

		assert_int_equal(err, len < 28 ? OP_AGAIN : OP_OK);
		if (err == OP_OK)
			assert_int_equal(n, 26);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(line_first_byte_tells_the_clients_apart),
	    cmocka_unit_test(line_ends_with_lf_crlf_or_end_of_file),
	    cmocka_unit_test(line_incomplete_waits),
	    cmocka_unit_test(line_end_before_any_byte_is_no_question),
	    cmocka_unit_test(line_bad_lines_are_refused),
	    cmocka_unit_test(line_http_requests_are_refused_and_plain_english_is_not),
	    cmocka_unit_test(line_length_is_limited_without_its_end),
	    cmocka_unit_test(line_every_split_gives_the_same_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
