/* SPDX-License-Identifier: ISC */
/* Quotes go, so the words fit where the text was. */
#include "lib/words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* One word from *at to *to, with its NUL; both move on. */
static int
take_word(const char **at, char **to)
{
	const char *from = *at;
	char quote = '\0';

	for (; *from && (quote || !is_blank(*from)); from++) {
		if (*from == quote) {
			quote = '\0';
		} else if (!quote && (*from == '\'' || *from == '"')) {
			quote = *from;
		} else {
			if (*from == '\\' && quote != '\'' && !*++from)
				return OP_BAD_REQUEST;
			*(*to)++ = *from;
		}
	}
	*(*to)++ = '\0';
	*at = from;
	return quote ? OP_BAD_REQUEST : OP_OK;
}

static const char *
skip_blanks(const char *s)
{
	while (is_blank(*s))
		s++;
	return s;
}

int
words_split(const char *text, char ***out, size_t *count)
{
	size_t len = strlen(text), most = len / 2 + 2, n = 0;
	/* the pointers, then the words: each is at least a byte and parted by one */
	char **words = malloc(most * sizeof(*words) + len + 1);
	int err = OP_OK;

	if (!words)
		return OP_NO_MEMORY;
	char *to = (char *)(words + most);

	for (text = skip_blanks(text); *text && err == OP_OK; text = skip_blanks(text)) {
		words[n++] = to;
		err = take_word(&text, &to);
	}
	if (err) {
		free(words);
		return err;
	}
	words[n] = NULL;
	*out = words;
	*count = n;
	return OP_OK;
}
