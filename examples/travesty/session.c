/* SPDX-License-Identifier: ISC */
#include "examples/travesty/session.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "lib/err.h"

int
session_init(struct session *s, uint64_t seed, struct buf *out)
{
	*s = (struct session){.text = markov_new(), .random = seed | 1};
	buf_init(&s->line);
	return s->text ? buf_printf(out, "200 travesty\r\n") : OP_NO_MEMORY;
}

void
session_fini(struct session *s)
{
	markov_free(s->text);
	buf_fini(&s->line);
}

/* xorshift64 (Marsaglia 2003) */
static uint64_t
next_random(struct session *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

/* --- text in --- */

static int
data(struct session *s, const char *argument, struct buf *out)
{
	(void)argument;
	markov_reset(s->text);
	s->text_err = OP_OK;
	s->state = SESSION_TEXT;
	return buf_printf(out, "201 text; a dot alone ends it\r\n");
}

static int
end_text(struct session *s, struct buf *out)
{
	s->state = SESSION_COMMAND;
	return buf_printf(out, "202 %zu unique words%s%s\r\n", markov_unique(s->text),
	    s->text_err ? ", then: " : "", s->text_err ? op_strerror(s->text_err) : "");
}

static int
text_line(struct session *s, const char *line, size_t len, struct buf *out)
{
	if (len == 1 && *line == '.')
		return end_text(s, out);
	if (s->text_err == OP_OK)
		s->text_err = markov_add(s->text, line, len);
	return OP_OK;
}

/* --- text out --- */

/* A dot alone would end the text. */
static int
end_line(struct session *s, struct buf *out)
{
	bool dot = buf_len(&s->line) == 1 && *buf_bytes(&s->line) == '.';
	int err = OP_OK;

	if (buf_len(&s->line) > 0)
		err = buf_append(out, buf_bytes(&s->line), buf_len(&s->line));
	buf_clear(&s->line);
	return err ? err : buf_printf(out, dot ? " \r\n" : "\r\n");
}

static int
put_word(struct session *s, const char *word, struct buf *out)
{
	size_t column = buf_len(&s->line);
	bool fits = column + 1 + strlen(word) <= SESSION_COLUMNS;
	int err = OP_OK;

	if (column > 0 && !fits)
		err = end_line(s, out);
	else if (column > 0)
		err = buf_append(&s->line, " ", 1);
	return err ? err : buf_append(&s->line, word, strlen(word));
}

static int
end_generating(struct session *s, struct buf *out)
{
	int err = buf_len(&s->line) > 0 ? end_line(s, out) : OP_OK;

	s->state = SESSION_COMMAND;
	return err ? err : buf_append(out, ".\r\n", 3);
}

int
session_generate(struct session *s, struct buf *out)
{
	int err = OP_OK;

	for (int i = 0; i < SESSION_PORTION && s->left > 0 && err == OP_OK; i++, s->left--) {
		const char *word = markov_next(s->text, &s->place, next_random(s));

		err = word ? put_word(s, word, out) : OP_NO_MEMORY;
	}
	return err == OP_OK && s->left == 0 ? end_generating(s, out) : err;
}

static int
generate(struct session *s, const char *argument, struct buf *out)
{
	char *end;
	unsigned long long count = strtoull(argument, &end, 10);
	bool is_number = *argument >= '0' && *argument <= '9' && *end == '\0';

	if (!is_number || count == 0)
		return buf_printf(out, "500 how many words? a positive number\r\n");
	if (markov_words(s->text) < 3)
		return buf_printf(out, "500 there is no text: DATA first\r\n");
	s->left = count;
	s->place = (struct markov_place){0};
	s->state = SESSION_GENERATES;
	return buf_printf(out, "203 text; a dot alone ends it\r\n");
}

static int
reset(struct session *s, const char *argument, struct buf *out)
{
	(void)argument;
	markov_reset(s->text);
	return buf_printf(out, "205 forgotten\r\n");
}

static int
bye(struct session *s, const char *argument, struct buf *out)
{
	(void)argument;
	(void)out;
	s->state = SESSION_OVER;
	return OP_OK;
}

static const struct {
	const char *name;
	bool takes; /* an argument */
	int (*run)(struct session *s, const char *argument, struct buf *out);
} commands[] = {
    {"DATA", false, data},
    {"GENERATE", true, generate},
    {"RESET", false, reset},
    {"BYE", false, bye},
};

static int
command_line(struct session *s, const char *line, size_t len, struct buf *out)
{
	char copy[100] = "";

	if (len < sizeof(copy))
		memcpy(copy, line, len);
	char *rest = copy;
	const char *name = strsep(&rest, " \t");

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcasecmp(name, commands[i].name) == 0 && commands[i].takes == (rest != NULL))
			return commands[i].run(s, rest ? rest : "", out);
	}
	return buf_printf(out, "500 DATA, GENERATE n, RESET or BYE\r\n");
}

int
session_line(struct session *s, const char *line, size_t len, struct buf *out)
{
	if (s->state == SESSION_TEXT)
		return text_line(s, line, len, out);
	return command_line(s, line, len, out);
}

int
session_interrupt(struct session *s, struct buf *out, bool *answer)
{
	*answer = s->state != SESSION_TEXT;
	if (s->state == SESSION_TEXT)
		return end_text(s, out);
	if (s->state != SESSION_GENERATES)
		return OP_OK;
	buf_clear(&s->line);
	s->state = SESSION_COMMAND;
	return buf_append(out, "\r\n.\r\n", 5);
}
