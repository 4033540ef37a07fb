/* SPDX-License-Identifier: ISC */
/* Numbered echo lines, and lines reversed. */
#include "tests/unit/unit.h"

#include "lib/datagram/echoline.h"
#include "lib/err.h"

static void
echoline_is_written_and_read(void **state)
{
	static const uint32_t seqs[] = {0, 1, 9, 10, 4294967295u};
	struct buf b;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(seqs); i++) {
		uint32_t seq;
		size_t at;

		buf_init(&b);
		assert_int_equal(echoline_format(&b, seqs[i], "12: ahoy", 8), OP_OK);
		assert_int_equal(echoline_parse(buf_bytes(&b), buf_len(&b), &seq, &at), OP_OK);
		assert_int_equal(seq, seqs[i]);
		assert_int_equal(buf_len(&b) - at, 8);
		assert_memory_equal(buf_bytes(&b) + at, "12: ahoy", 8);
		buf_fini(&b);
	}
}

static void
echoline_without_a_number_is_refused(void **state)
{
	static const char *const bad[] = {"", "x", "1", "1:", "1:x", ": x", " 1: x", "-1: x",
	    "01: x", "00: x", "4294967296: x", "99999999999: x", "1 : x"};
	uint32_t seq = 5;
	size_t at;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		if (echoline_parse(bad[i], strlen(bad[i]), &seq, &at) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
	assert_int_equal(seq, 5);
	assert_int_equal(echoline_parse("7: ", 3, &seq, &at), OP_OK);
	assert_int_equal(at, 3);
}

static void
echoline_reverses_characters_else_bytes(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"", ""},
	    {"abc", "cba"},
	    {"0: payload", "0: daolyap"},
	    {"Größe", "eßörG"},
	    {"3: a€😀", "3: 😀€a"},
	    {"abc\n", "cba\n"},
	    {"4: abc\r\n", "4: cba\r\n"},
	    {"\n", "\n"},
	    {"1: ", "1: "},
	    {"\xff"
	     "ab",
		"ba\xff"},
	    {"a\xc3", "\xc3"
		      "a"},
	    {"07: x", "x :70"},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct buf b;

		buf_init(&b);
		assert_int_equal(echoline_reverse(&b, cases[i].in, strlen(cases[i].in)), OP_OK);
		assert_int_equal(buf_len(&b), strlen(cases[i].out));
		if (buf_len(&b) > 0)
			assert_memory_equal(buf_bytes(&b), cases[i].out, buf_len(&b));
		buf_fini(&b);
	}
}

static void
write_both(void *arg)
{
	struct buf b;

	(void)arg;
	buf_init(&b);
	int err = echoline_format(&b, 1, "text", 4);

	assert_true(err == OP_OK ? buf_len(&b) == 7 : err == OP_NO_MEMORY && buf_len(&b) == 0);
	buf_clear(&b);
	err = echoline_reverse(&b, "text", 4);
	assert_true(err == OP_OK ? buf_len(&b) == 4 : err == OP_NO_MEMORY && buf_len(&b) == 0);
	buf_fini(&b);
}

static void
echoline_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(write_both, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(echoline_is_written_and_read),
	    cmocka_unit_test(echoline_without_a_number_is_refused),
	    cmocka_unit_test(echoline_reverses_characters_else_bytes),
	    cmocka_unit_test(echoline_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
