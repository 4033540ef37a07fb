/* SPDX-License-Identifier: ISC */
/*
 * Borrowed pieces of text.  Nothing here allocates or looks at the locale.
 */
#include "lib/sdb/text.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct sdb_text
sdb_text_of(const char *s)
{
	return (struct sdb_text){s, strlen(s)};
}

bool
sdb_text_equal(struct sdb_text a, struct sdb_text b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

char
sdb_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool
sdb_text_same_letters(struct sdb_text a, struct sdb_text b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (sdb_lower(a.s[i]) != sdb_lower(b.s[i]))
			return false;
	return true;
}

struct sdb_text
sdb_text_trim(struct sdb_text t)
{
	while (t.len && is_blank(t.s[0])) {
		t.s++;
		t.len--;
	}
	while (t.len && is_blank(t.s[t.len - 1]))
		t.len--;
	return t;
}

struct sdb_text
sdb_text_until(struct sdb_text t, char sep, struct sdb_text *rest)
{
	const char *end = t.len ? memchr(t.s, sep, t.len) : NULL;

	if (!end) {
		*rest = (struct sdb_text){NULL, 0};
		return t;
	}
	*rest = (struct sdb_text){end + 1, t.len - (size_t)(end + 1 - t.s)};
	return (struct sdb_text){t.s, (size_t)(end - t.s)};
}
