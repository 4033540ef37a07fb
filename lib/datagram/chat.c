/* SPDX-License-Identifier: ISC */
#include "lib/datagram/chat.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/text.h"

static const struct {
	uint16_t code;
	uint8_t fields;
	const char *name;
} codes[] = {
#define X(number, name, fields, text) {number, fields, #name},
    CHAT_CODES(X)
#undef X
};
#define CODES (sizeof(codes) / sizeof(codes[0]))

static size_t
fields_of(unsigned code)
{
	for (size_t i = 0; i < CODES; i++)
		if (codes[i].code == code)
			return codes[i].fields;
	return 0;
}

const char *
chat_code_name(unsigned code)
{
	for (size_t i = 0; i < CODES; i++)
		if (codes[i].code == code)
			return codes[i].name;
	return NULL;
}

/* C0, DEL, C1, and what turns the direction of text (as lib/text.h has it). */
static bool
is_forbidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x061c || cp == 0x200e ||
	       cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool
is_plain(const char *s, size_t len, bool blanks)
{
	for (size_t i = 0; i < len;) {
		uint32_t cp;
		size_t n = text_next(s + i, len - i, &cp);

		if (n == 0 || is_forbidden(cp) || (!blanks && (cp == ' ' || cp == 0xa0)))
			return false;
		i += n;
	}
	return true;
}

bool
chat_is_word(const char *s, size_t len)
{
	return len >= 1 && len <= CHAT_WORD_MAX && is_plain(s, len, false);
}

bool
chat_is_text(const char *s, size_t len)
{
	return len >= 1 && len <= CHAT_TEXT_MAX && is_plain(s, len, true);
}

int
chat_parse(const void *bytes, size_t len, size_t split, struct chat_msg *out)
{
	const unsigned char *b = bytes;
	struct chat_msg m = {0};

	if (len < 2 || len > CHAT_BYTES_MAX || !is_plain((const char *)b + 2, len - 2, true))
		return OP_BAD_REQUEST;
	m.code = (uint16_t)(b[0] << 8 | b[1]);
	const char *at = (const char *)b + 2, *end = (const char *)b + len;
	size_t max = split ? split : fields_of(m.code);

	for (; m.count < max && m.count < CHAT_FIELDS_MAX && at < end; m.count++) {
		bool last = m.count + 1 == max || m.count + 1 == CHAT_FIELDS_MAX;
		const char *blank = last ? NULL : memchr(at, ' ', (size_t)(end - at));
		const char *stop = blank ? blank : end;

		m.fields[m.count] = (struct chat_field){at, (size_t)(stop - at)};
		at = blank ? blank + 1 : end;
	}
	*out = m;
	return OP_OK;
}

size_t
chat_vformat(unsigned char dst[CHAT_BYTES_MAX], enum chat_code code, const char *fmt, va_list ap)
{
	char text[2 * CHAT_BYTES_MAX];

	vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = text_clip(text, strlen(text), CHAT_BYTES_MAX - 2);

	dst[0] = (unsigned char)((unsigned)code >> 8);
	dst[1] = (unsigned char)((unsigned)code & 0xff);
	memcpy(dst + 2, text, len);
	return len + 2;
}

size_t
chat_format(unsigned char dst[CHAT_BYTES_MAX], enum chat_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	size_t len = chat_vformat(dst, code, fmt, ap);

	va_end(ap);
	return len;
}
