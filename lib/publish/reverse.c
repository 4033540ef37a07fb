/* SPDX-License-Identifier: ISC */
/*
 * Reverse names: digits of the address, last one first.
 */
#include "lib/publish/reverse.h"

#include <stdio.h>
#include <string.h>

static bool
is_v4(const struct publish_subnet *n)
{
	return n->header.net.base.family == 4;
}

bool
publish_is_classless(const struct publish_subnet *n)
{
	return is_v4(n) && n->header.net.prefix > 24;
}

uint8_t
publish_reverse_bits(const struct publish_subnet *n)
{
	unsigned step = is_v4(n) ? 8 : 4, most = is_v4(n) ? 24 : 124;
	unsigned bits = (n->header.net.prefix + step - 1u) / step * step;

	if (bits < step)
		bits = step;
	return (uint8_t)(bits < most ? bits : most);
}

uint32_t
publish_reverse_count(const struct publish_subnet *n)
{
	unsigned bits = publish_reverse_bits(n);

	return n->header.net.prefix < bits ? UINT32_C(1) << (bits - n->header.net.prefix) : 1;
}

struct netaddr
publish_reverse_nth(const struct publish_subnet *n, uint32_t i)
{
	unsigned width = is_v4(n) ? 32 : 128;

	return sdb_number_address(n->range.low + ((sdb_u128)i << (width - publish_reverse_bits(n))),
	    n->header.net.base.family);
}

/* One digit of the name: an octet in decimal or a nibble in hexadecimal. */
static int
digit(char *dst, size_t room, const struct netaddr *a, unsigned i)
{
	if (a->family == 4)
		return snprintf(dst, room, "%u", (unsigned)a->bytes[i]);
	return snprintf(dst, room, "%x", (unsigned)(a->bytes[i / 2] >> (i % 2 ? 0 : 4) & 15));
}

static unsigned
digits(const struct netaddr *a, unsigned bits)
{
	return a->family == 4 ? bits / 8 : bits / 4;
}

const char *
publish_reverse_name(char dst[PUBLISH_REVERSE_TEXT], const struct publish_subnet *n,
    const struct netaddr *a, char separator)
{
	size_t at = 0;

	if (publish_is_classless(n) && separator)
		at = (size_t)snprintf(dst, PUBLISH_REVERSE_TEXT, "%u%c%u.",
		    (unsigned)n->header.net.base.bytes[3], separator,
		    (unsigned)n->header.net.prefix);
	for (unsigned i = digits(a, publish_reverse_bits(n)); i-- > 0; dst[at++] = '.')
		at += (size_t)digit(dst + at, PUBLISH_REVERSE_TEXT - at, a, i);
	snprintf(dst + at, PUBLISH_REVERSE_TEXT - at, "%s", is_v4(n) ? "in-addr.arpa" : "ip6.arpa");
	return dst;
}

void
publish_put_pointer(struct publish_put *p, const struct publish_subnet *n, const struct netaddr *a)
{
	unsigned zone = digits(a, publish_reverse_bits(n));
	unsigned all = digits(a, a->family == 4 ? 32 : 128);
	char text[80];
	size_t at = 0;

	for (unsigned i = all; i-- > zone;) {
		at += (size_t)digit(text + at, sizeof(text) - at, a, i);
		if (i > zone)
			text[at++] = '.';
	}
	put_bytes(p, text, at);
}
