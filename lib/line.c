/* SPDX-License-Identifier: ISC */
/* The one-line protocol: finding the line and refusing what is none.  Called by workers. */
#include "lib/line.h"

#include <string.h>

#include "lib/err.h"
#include "lib/text.h"

enum line_peer
line_first_byte(unsigned char byte)
{
	if (byte == 0x00)
		return LINE_PEER_FRAMES;
	if (byte == 0x16)
		return LINE_PEER_TLS;
	return LINE_PEER_LINE;
}

/* A web page can make a browser send a request to any port of its user's machine.  Every version of
 * HTTP since 1.0 says so at the end of the first line. */
static bool
is_http(const char *s, size_t len)
{
	static const char mark[] = " HTTP/";
	const char *space = memchr(s, ' ', len);
	const char *at;

	if (!space || space == s)
		return false;
	for (const char *p = s; p < space; p++)
		if (*p < 'A' || *p > 'Z')
			return false;
	at = memmem(space, len - (size_t)(space - s), mark, sizeof(mark) - 1);
	if (!at)
		return false;
	at += sizeof(mark) - 1;
	return at < s + len && !memchr(at, ' ', (size_t)(s + len - at));
}

static const char *
fault_of(const char *s, size_t len)
{
	if (len == 0)
		return "the line is empty";
	if (memchr(s, '\0', len))
		return "the line holds a NUL byte";
	if (!text_is_utf8(s, len))
		return "the line is not UTF-8";
	if (is_http(s, len))
		return "the line is an HTTP request";
	return NULL;
}

int
line_parse(const void *bytes, size_t len, bool eof, size_t *line_len, const char **why)
{
	const char *s = bytes;
	const char *lf = len ? memchr(s, '\n', len) : NULL;
	size_t n = lf ? (size_t)(lf - s) : len;
	const char *fault;

	if (len == 0)
		return eof ? OP_CLOSED : OP_AGAIN;
	/* before the LF has come, a last CR may be part of the line's end */
	if ((lf || !eof) && n > 0 && s[n - 1] == '\r')
		n--;
	if (n > LINE_MAX_BYTES) {
		*why = "the line is longer than 8192 bytes";
		return OP_TOO_LARGE;
	}
	if (!lf && !eof)
		return OP_AGAIN;
	fault = fault_of(s, n);
	if (fault) {
		*why = fault;
		return OP_BAD_REQUEST;
	}
	*line_len = n;
	return OP_OK;
}
