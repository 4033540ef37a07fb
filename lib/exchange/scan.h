/* SPDX-License-Identifier: ISC */
/* Inside lib/exchange/ only: a place in the source that knows its line and column. */
#ifndef OPDESK_LIB_EXCHANGE_SCAN_H
#define OPDESK_LIB_EXCHANGE_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan {
	const char *at, *end;
	const char *line_start;
	uint32_t line; /* from 1 */
};

static inline struct scan
scan_of(const char *bytes, size_t len)
{
	/* A UTF-8 byte order mark, as spreadsheets write it, is no content. */
	size_t skip =
	    len >= 3 && bytes[0] == '\xef' && bytes[1] == '\xbb' && bytes[2] == '\xbf' ? 3 : 0;
	const char *start = len ? bytes + skip : "";

	return (struct scan){start, start + len - skip, start, 1};
}

static inline bool
scan_is_end(const struct scan *s)
{
	return s->at == s->end;
}

/* The byte here; '\0' at the end (a NUL in the source reads as an ordinary byte elsewhere). */
static inline char
scan_peek(const struct scan *s)
{
	return s->at < s->end ? *s->at : '\0';
}

static inline uint32_t
scan_column(const struct scan *s)
{
	return (uint32_t)(s->at - s->line_start) + 1;
}

static inline char
scan_take(struct scan *s)
{
	char c = *s->at++;

	if (c == '\n') {
		s->line++;
		s->line_start = s->at;
	}
	return c;
}

/* Up to the end of the line; its newline stays. */
static inline void
scan_skip_line(struct scan *s)
{
	while (s->at < s->end && *s->at != '\n')
		s->at++;
}

#endif
