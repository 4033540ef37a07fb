/* SPDX-License-Identifier: ISC */
/*
 * Random identifiers.  getrandom(2) blocks only before the kernel's pool was first filled, that is
 * never after boot.
 */
#include "lib/uuid.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

static void
random_bytes(unsigned char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			abort(); /* an identifier that may repeat is worse than none */
		}
		p += n;
		len -= (size_t)n;
	}
}

static int
is_dash_place(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

void
uuid_new(char out[UUID_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char b[16];
	size_t at = 0;

	random_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
	for (size_t i = 0; i < sizeof(b); i++) {
		if (is_dash_place(at))
			out[at++] = '-';
		out[at++] = hex[b[i] >> 4];
		out[at++] = hex[b[i] & 0x0f];
	}
	out[at] = '\0';
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool
uuid_valid(const char *s, size_t len)
{
	if (len != UUID_SIZE - 1)
		return false;
	for (size_t i = 0; i < len; i++)
		if (is_dash_place(i) ? s[i] != '-' : !is_hex(s[i]))
			return false;
	return true;
}
