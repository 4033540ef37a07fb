/* SPDX-License-Identifier: ISC */
/* Two-word chains against the text itself, and the conversation that carries them. */
#include "tests/unit/unit.h"

#include "examples/travesty/session.h"
#include "lib/err.h"

struct fixture {
	struct session s;
	struct buf out;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	buf_init(&f->out);
	assert_int_equal(session_init(&f->s, 4711, &f->out), OP_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	session_fini(&f->s);
	buf_fini(&f->out);
	free(f);
	return 0;
}

/* What the lines (parted by \n) are answered, all of it. */
static const char *
says(struct fixture *f, const char *lines)
{
	static char text[100000];

	while (*lines) {
		size_t len = strcspn(lines, "\n");

		assert_int_equal(session_line(&f->s, lines, len, &f->out), OP_OK);
		lines += len + (lines[len] == '\n');
		while (f->s.state == SESSION_GENERATES)
			assert_int_equal(session_generate(&f->s, &f->out), OP_OK);
	}
	assert_true(buf_len(&f->out) < sizeof(text));
	snprintf(text, sizeof(text), "%.*s", (int)buf_len(&f->out),
	    buf_len(&f->out) ? (const char *)buf_bytes(&f->out) : "");
	buf_clear(&f->out);
	return text;
}

static void
session_speaks_its_codes(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(says(f, ""), "200 travesty\r\n");
	assert_memory_equal(says(f, "GENERATE 5"), "500", 3);
	assert_memory_equal(says(f, "DATA"), "201", 3);
	assert_string_equal(says(f, "one two three\none two two\n."), "202 3 unique words\r\n");
	assert_memory_equal(says(f, "generate 0"), "500", 3);
	assert_memory_equal(says(f, "GENERATE -1"), "500", 3);
	assert_memory_equal(says(f, "GENERATE 1x"), "500", 3);
	assert_memory_equal(says(f, "GENERATE"), "500", 3);
	assert_memory_equal(says(f, "GENERATE 99999999999999999999999x"), "500", 3);
	assert_memory_equal(says(f, "RESET"), "205", 3);
	assert_memory_equal(says(f, "GENERATE 5"), "500", 3);
	assert_memory_equal(says(f, "nonsense"), "500", 3);
	assert_memory_equal(says(f, ""), "", 1);
	says(f, "BYE");
	assert_int_equal(f->s.state, SESSION_OVER);
}

static void
data_empties_the_tables_first(void **state)
{
	struct fixture *f = *state;

	says(f, "DATA\na b c d e f\n.");
	assert_non_null(strstr(says(f, "DATA\nx y\n."), "202 2 unique"));
}

static void
generate_gives_so_many_words_and_no_lone_dot(void **state)
{
	struct fixture *f = *state;
	int words = 0, dots = 0;

	says(f, "DATA\n. . . . word . . longerword . . .\n. \n.");
	char *text = strdup(says(f, "GENERATE 3000"));
	char *rest = text;

	assert_memory_equal(strsep(&rest, "\n"), "203", 3);
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		assert_true(strlen(line) <= SESSION_COLUMNS + 2);
		assert_int_equal(line[strlen(line) - 1], '\r');
		line[strlen(line) - 1] = '\0';
		dots += strcmp(line, ".") == 0;
		if (strcmp(line, ".") == 0)
			continue;
		for (char *p = line, *word; (word = strsep(&p, " "));)
			words += *word != '\0';
	}
	free(text);
	assert_int_equal(dots, 1);
	assert_int_equal(words, 3000);
	assert_non_null(strstr(says(f, "GENERATE 1"), "\r\n.\r\n"));
}

static void
interrupt_ends_text_and_keeps_what_was_read(void **state)
{
	struct fixture *f = *state;
	bool answer = true;

	says(f, "DATA\none two three");
	assert_int_equal(session_interrupt(&f->s, &f->out, &answer), OP_OK);
	assert_false(answer);
	assert_string_equal(says(f, ""), "202 3 unique words\r\n");
	says(f, "GENERATE 7");
	assert_int_equal(session_line(&f->s, "GENERATE 100000", 15, &f->out), OP_OK);
	assert_int_equal(session_generate(&f->s, &f->out), OP_OK);
	buf_clear(&f->out);
	assert_int_equal(session_interrupt(&f->s, &f->out, &answer), OP_OK);
	assert_true(answer);
	assert_string_equal(says(f, ""), "\r\n.\r\n");
	assert_int_equal(session_interrupt(&f->s, &f->out, &answer), OP_OK);
	assert_true(answer); /* idle: a late one */
	assert_string_equal(says(f, ""), "");
	assert_memory_equal(says(f, "RESET"), "205", 3);
}

/* Every three words in a row stand in the text, unless the chain began anew. */
static void
markov_follows_the_text(void **state)
{
	const char *letters[] = {"a", "b", "c", "d"};
	struct markov *m = markov_new();
	struct markov_place place = {0};
	char text[2000] = "", *end = text;
	const char *said[2] = {NULL, NULL};

	(void)state;
	unit_random_start("markov_follows_the_text");
	for (int i = 0; i < 400; i++)
		end += snprintf(end, 3, "%s ", letters[unit_random(4)]);
	assert_int_equal(markov_add(m, text, strlen(text)), OP_OK);
	assert_int_equal(markov_words(m), 400);
	for (int i = 0; i < 5000; i++) {
		unsigned before = place.said;
		const char *word = markov_next(m, &place, unit_random(UINT32_MAX));
		char three[20];

		assert_non_null(word);
		snprintf(three, sizeof(three), "%s %s %s ", said[0] ? said[0] : "",
		    said[1] ? said[1] : "", word);
		if (before == 2 && place.said == 2)
			assert_non_null(strstr(text, three));
		said[0] = said[1];
		said[1] = word;
	}
	markov_free(m);
}

static void
markov_of_too_little_text_says_nothing(void **state)
{
	struct markov_place place = {0};
	struct markov *m = markov_new();

	(void)state;
	assert_null(markov_next(m, &place, 1));
	markov_add(m, "two words", 9);
	assert_null(markov_next(m, &place, 1));
	markov_add(m, " more", 5);
	assert_non_null(markov_next(m, &place, 1));
	markov_free(m);
}

static void
add_without_memory(void *arg)
{
	struct markov *m = markov_new();

	(void)arg;
	if (!m)
		return;
	int err = markov_add(m, "one two three one", 17);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	struct markov_place place = {0};

	if (err == OP_OK)
		markov_next(m, &place, 3);
	markov_free(m);
}

static void
markov_without_memory_stays_whole(void **state)
{
	(void)state;
	failing_malloc_each(add_without_memory, NULL);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(session_speaks_its_codes),
	    T(data_empties_the_tables_first),
	    T(generate_gives_so_many_words_and_no_lone_dot),
	    T(interrupt_ends_text_and_keeps_what_was_read),
	    cmocka_unit_test(markov_follows_the_text),
	    cmocka_unit_test(markov_of_too_little_text_says_nothing),
	    cmocka_unit_test(markov_without_memory_stays_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
