/* SPDX-License-Identifier: ISC */
/* Numbered lines, forwards and backwards. */
#include "lib/datagram/echoline.h"

#include <ctype.h>
#include <string.h>
#include "lib/err.h"
#include "lib/text.h"

int
echoline_format(struct buf *out, uint32_t seq, const void *text, size_t len)
{
	size_t before = buf_len(out);
	int err = buf_printf(out, "%u: ", seq);

	if (err == OP_OK)
		err = buf_append(out, text, len);
	if (err != OP_OK)
		buf_truncate(out, before);
	return err;
}

int
echoline_parse(const void *bytes, size_t len, uint32_t *seq, size_t *text_at)
{
	const char *s = bytes;
	uint64_t v = 0;
	size_t i = 0;

	while (i < len && i < 10 && isdigit((unsigned char)s[i]))
		v = v * 10 + (uint64_t)(s[i++] - '0');
	if (i == 0 || (s[0] == '0' && i > 1) || v > UINT32_MAX || len - i < 2 || s[i] != ':' ||
	    s[i + 1] != ' ')
		return OP_BAD_REQUEST;
	*seq = (uint32_t)v;
	*text_at = i + 2;
	return OP_OK;
}

static size_t
line_end(const char *s, size_t from, size_t len)
{
	if (len > from && s[len - 1] == '\n')
		len--;
	if (len > from && s[len - 1] == '\r')
		len--;
	return len;
}

int
echoline_reverse(struct buf *out, const void *bytes, size_t len)
{
	const char *s = bytes;
	unsigned char *room;
	size_t from = 0, to, width;
	uint32_t seq, cp;

	if (len == 0)
		return OP_OK;
	if (buf_reserve(out, len, &room) != OP_OK)
		return OP_NO_MEMORY;
	(void)echoline_parse(bytes, len, &seq, &from);
	to = line_end(s, from, len);
	bool utf8 = text_is_utf8(s + from, to - from);

	memcpy(room, s, len);
	for (size_t i = from; i < to; i += width) {
		width = utf8 ? text_next(s + i, to - i, &cp) : 1;
		memcpy(room + from + (to - i - width), s + i, width);
	}
	buf_commit(out, len);
	return OP_OK;
}
