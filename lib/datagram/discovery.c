/* SPDX-License-Identifier: ISC */
/* Questions and answers of discovery: words of closed alphabets between blanks. */
#include "lib/datagram/discovery.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"

#define ASK "opdesk? "
#define ANSWER "opdesk! "
#define PROGRAM_CHARS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define VERSION_CHARS PROGRAM_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZ.+~"

static bool
is_word_of(const char *s, const char *chars)
{
	return s[0] != '\0' && s[strspn(s, chars)] == '\0';
}

static bool
is_printable_word(const char *s)
{
	const char *c = s;

	while (*c > ' ' && *c < 0x7f)
		c++;
	return c > s && *c == '\0';
}

static bool
is_good(const struct discovery_reply *r)
{
	return is_word_of(r->program, PROGRAM_CHARS) && is_word_of(r->version, VERSION_CHARS) &&
	       is_printable_word(r->endpoint);
}

static bool
begins_with(const char *s, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && memcmp(s, prefix, strlen(prefix)) == 0;
}

int
discovery_request(char out[DISCOVERY_REQUEST_BYTES], const char *program)
{
	if (program == NULL)
		program = "";
	else if (!is_word_of(program, PROGRAM_CHARS) || strlen(program) > 31)
		return OP_BAD_REQUEST;
	memset(out, ' ', DISCOVERY_REQUEST_BYTES);
	memcpy(out, ASK, strlen(ASK));
	memcpy(out + strlen(ASK), program, strlen(program));
	return OP_OK;
}

bool
discovery_asks(const void *bytes, size_t len, const char *program)
{
	const char *s = bytes;
	size_t at = strlen(ASK), end;

	if (!begins_with(s, len, ASK))
		return false;
	for (end = at; end < len && s[end] != ' ' && s[end] != '\0';)
		end++;
	return end == at || (end - at == strlen(program) && memcmp(s + at, program, end - at) == 0);
}

size_t
discovery_format(char *dst, size_t request_len, const struct discovery_reply *r)
{
	char text[DISCOVERY_BYTES_MAX];

	if (!is_good(r))
		return 0;
	size_t n = (size_t)snprintf(
	    text, sizeof(text), ANSWER "%s %s %s", r->program, r->version, r->endpoint);

	if (n > request_len)
		return 0;
	memcpy(dst, text, n);
	return n;
}

/* The next word into dst; false: none, or too long. */
static bool
take_word(const char **s, const char *end, char *dst, size_t size)
{
	const char *blank = memchr(*s, ' ', (size_t)(end - *s));
	size_t len = (size_t)((blank != NULL ? blank : end) - *s);

	if (len == 0 || len >= size)
		return false;
	memcpy(dst, *s, len);
	dst[len] = '\0';
	*s += len + (blank != NULL);
	return strlen(dst) == len;
}

int
discovery_parse(const void *bytes, size_t len, struct discovery_reply *out)
{
	const char *s = bytes, *end = s + len;
	struct discovery_reply r;

	if (!begins_with(s, len, ANSWER))
		return OP_BAD_REQUEST;
	s += strlen(ANSWER);
	if (!take_word(&s, end, r.program, sizeof(r.program)) ||
	    !take_word(&s, end, r.version, sizeof(r.version)) ||
	    !take_word(&s, end, r.endpoint, sizeof(r.endpoint)) || s != end || end[-1] == ' ' ||
	    !is_good(&r))
		return OP_BAD_REQUEST;
	*out = r;
	return OP_OK;
}

bool
discovery_resolve(char *dst, size_t size, const struct discovery_reply *r, const char *address)
{
	const char *star = strchr(r->endpoint, '*');
	bool six = strchr(address, ':') != NULL;

	if (star == NULL)
		return (size_t)snprintf(dst, size, "%s", r->endpoint) < size;
	return (size_t)snprintf(dst, size, "%.*s%s%s%s%s", (int)(star - r->endpoint), r->endpoint,
		   six ? "[" : "", address, six ? "]" : "", star + 1) < size;
}
