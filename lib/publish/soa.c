/* SPDX-License-Identifier: ISC */
#include "lib/publish/soa.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/table.h"

struct word {
	const char *s;
	size_t len;
};

/* The next word of the line; a comment ends it. */
static bool
next_word(const char **at, const char *end, struct word *w)
{
	while (*at < end && (**at == ' ' || **at == '\t' || **at == '\r'))
		++*at;
	w->s = *at;
	while (*at < end && !strchr(" \t\r;", **at))
		++*at;
	w->len = (size_t)(*at - w->s);
	return w->len > 0;
}

static bool
read_serial(const struct word *w, uint32_t *out)
{
	uint64_t n = 0;

	if (w->len > 10)
		return false;
	for (size_t i = 0; i < w->len; i++) {
		if (w->s[i] < '0' || w->s[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(w->s[i] - '0');
	}
	*out = (uint32_t)n;
	return n <= UINT32_MAX;
}

static bool
is_soa(const struct word *w)
{
	return w->len == 3 && (w->s[0] == 'S' || w->s[0] == 's') &&
	       (w->s[1] == 'O' || w->s[1] == 'o') && (w->s[2] == 'A' || w->s[2] == 'a');
}

/* Names of server and mailbox stand between the type and the serial. */
static bool
find_in_line(const char *line, const char *end, struct word *serial)
{
	struct word w;

	while (next_word(&line, end, &w))
		if (is_soa(&w))
			return next_word(&line, end, &w) && next_word(&line, end, &w) &&
			       next_word(&line, end, serial);
	return false;
}

int
publish_soa_find(const void *bytes, size_t len, struct publish_soa *out)
{
	const char *at = bytes, *end = at + len;
	struct publish_soa soa;
	struct word w;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (!stop)
			stop = end;
		if (find_in_line(at, stop, &w)) {
			if (!read_serial(&w, &soa.serial))
				return OP_NOT_FOUND;
			soa.at = (size_t)(w.s - (const char *)bytes);
			soa.len = w.len;
			*out = soa;
			return OP_OK;
		}
		at = stop + 1;
	}
	return OP_NOT_FOUND;
}

uint64_t
publish_soa_hash(const void *bytes, size_t len, const struct publish_soa *soa)
{
	const unsigned char *b = bytes;
	size_t rest = soa->at + soa->len;

	return sdb_hash_bytes(
	    sdb_hash_bytes(SDB_HASH_START, b, soa->at, false), b + rest, len - rest, false);
}

int
publish_soa_replace(
    const void *bytes, size_t len, const struct publish_soa *soa, uint32_t serial, struct buf *out)
{
	const char *b = bytes;
	size_t start = buf_len(out), rest = soa->at + soa->len;
	int err = buf_append(out, b, soa->at);

	if (!err)
		err = buf_printf(out, "%" PRIu32, serial);
	if (!err)
		err = buf_append(out, b + rest, len - rest);
	if (err)
		buf_truncate(out, start);
	return err;
}
