/* SPDX-License-Identifier: ISC */
/* Lines are read byte by byte: what follows them is not ours to take. */
#include "client/ipadmc/prompt.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "client/common/stop.h"
#include "lib/err.h"

int
prompt_line(const char *question, char *dst, size_t size)
{
	size_t len = 0;

	fprintf(stderr, "%s", question);
	for (;;) {
		struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
		int ready = stop_poll(&p, 1, STOP_FOREVER);
		char c;

		if (ready < 0)
			return ready == OP_CANCELLED ? ready : OP_CLOSED;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return OP_CLOSED;
		if (c == '\n')
			break;
		if (len + 1 < size)
			dst[len++] = c;
	}
	dst[len] = '\0';
	return OP_OK;
}

int
prompt_text(const char *question, size_t max, char **out)
{
	char *text = malloc(max + 2); /* one byte more, which tells */
	int err = text ? OP_OK : OP_NO_MEMORY;

	*out = NULL;
	while (err == OP_OK) {
		err = prompt_line(question, text, max + 2);
		if (err == OP_OK && strlen(text) <= max) {
			*out = text;
			return OP_OK;
		}
		if (err == OP_OK)
			fprintf(stderr, "That is too long: it may have %zu bytes.\n", max);
	}
	free(text);
	return err;
}

int
prompt_letter(const char *question, const char *letters, char *letter)
{
	char line[16];

	for (;;) {
		int err = prompt_line(question, line, sizeof(line));

		if (err != OP_OK)
			return err;
		line[0] = (char)tolower((unsigned char)line[0]);
		if (line[0] && !line[1] && strchr(letters, line[0])) {
			*letter = line[0];
			return OP_OK;
		}
	}
}
