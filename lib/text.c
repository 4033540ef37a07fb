/* SPDX-License-Identifier: ISC */
/*
 * One decoder of UTF-8 (RFC 3629, table in section 4) and what stands on it: checking, cutting,
 * making visible.  JSON is in textjson.c.
 */
#include "lib/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/err.h"

#define SHOWN_MAX 8 /* longest visible form of one character, with its NUL */

/* Smallest and largest second byte by first byte: what excludes overlong forms and surrogates. */
static bool
second_byte_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return second >= 0x80 && second <= 0xbf;
	}
}

static size_t
length_by_first(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	if (first >= 0xf0 && first <= 0xf4)
		return 4;
	return 0;
}

size_t
text_next(const char *s, size_t len, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t n = length_by_first(p[0]);
	uint32_t v;

	if (n == 0 || n > len || (n > 1 && !second_byte_fits(p[0], p[1])))
		return 0;
	v = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fu);
	}
	*cp = v;
	return n;
}

bool
text_is_utf8(const void *bytes, size_t len)
{
	const char *s = bytes;
	uint32_t cp;

	for (size_t i = 0, n; i < len; i += n) {
		n = text_next(s + i, len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

size_t
text_clip(const char *s, size_t len, size_t max_bytes)
{
	if (len <= max_bytes)
		return len;
	while (max_bytes > 0 && ((unsigned char)s[max_bytes] & 0xc0) == 0x80)
		max_bytes--;
	return max_bytes;
}

static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

/* What can turn the order of what is read, so that the eye sees another text than was sent. */
static bool
is_bidi(uint32_t cp)
{
	return cp == 0x061c || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) ||
	       (cp >= 0x2066 && cp <= 0x2069);
}

/*
 * The next character of the text as it may be shown: *shown is the text's own bytes or `escape`.
 * Returns how many bytes of the text it stands for.
 */
static size_t
show_next(const char *s, size_t len, bool keep_lines, char escape[SHOWN_MAX], const char **shown,
    size_t *shown_len)
{
	uint32_t cp;
	size_t n = text_next(s, len, &cp);
	int written = 0;

	if (n == 0)
		written = snprintf(escape, SHOWN_MAX, "\\x%02x", (unsigned char)s[0]);
	else if (keep_lines && (cp == '\n' || cp == '\t'))
		written = 0;
	else if (is_control(cp) && cp < 0x80)
		written = snprintf(escape, SHOWN_MAX, "\\x%02x", cp);
	else if (is_control(cp) || is_bidi(cp))
		written = snprintf(escape, SHOWN_MAX, "\\u%04x", cp);
	*shown = written ? escape : s;
	*shown_len = written ? (size_t)written : n;
	return n ? n : 1;
}

int
text_plain(struct buf *out, const char *s, size_t len, bool keep_lines)
{
	size_t before = buf_len(out);
	char escape[SHOWN_MAX];
	const char *shown;
	size_t shown_len;

	for (size_t i = 0; i < len;) {
		i += show_next(s + i, len - i, keep_lines, escape, &shown, &shown_len);
		int err = buf_append(out, shown, shown_len);

		if (err) {
			buf_truncate(out, before);
			return err;
		}
	}
	return OP_OK;
}

const char *
text_log(char *dst, size_t size, const char *s, size_t len)
{
	static const char dots[] = "…";
	size_t at = 0, cut = 0; /* cut: where the dots still fit */
	char escape[SHOWN_MAX];
	const char *shown;
	size_t shown_len;

	assert(size > 0);
	for (size_t i = 0; i < len;) {
		i += show_next(s + i, len - i, false, escape, &shown, &shown_len);
		if (at + shown_len >= size) {
			at = cut;
			if (at + sizeof(dots) <= size) {
				memcpy(dst + at, dots, sizeof(dots) - 1);
				at += sizeof(dots) - 1;
			}
			break;
		}
		memcpy(dst + at, shown, shown_len);
		at += shown_len;
		if (at + sizeof(dots) <= size)
			cut = at;
	}
	dst[at] = '\0';
	return dst;
}
