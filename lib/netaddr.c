/* SPDX-License-Identifier: ISC */
/*
 * Addresses as values.  Invariants: an IPv4-mapped address never stays family 6; bytes past the
 * address are zero, so that values compare byte for byte.
 */
#include "lib/netaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

#define MAPPED_BITS 96

static bool
is_mapped(const uint8_t bytes[16])
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(bytes, prefix, sizeof(prefix)) == 0;
}

static void
set4(struct netaddr *out, const void *bytes)
{
	*out = (struct netaddr){.family = 4};
	memcpy(out->bytes, bytes, 4);
}

static void
set6(struct netaddr *out, const void *bytes)
{
	if (is_mapped(bytes)) {
		set4(out, (const uint8_t *)bytes + 12);
		return;
	}
	*out = (struct netaddr){.family = 6};
	memcpy(out->bytes, bytes, 16);
}

/* *mapped: it was written as an IPv6 address and is an IPv4 one. */
static int
parse(const char *s, size_t len, struct netaddr *out, bool *mapped)
{
	char text[NETADDR_TEXT];
	uint8_t bytes[16];
	bool brackets = len >= 2 && s[0] == '[' && s[len - 1] == ']';

	if (brackets) {
		s++;
		len -= 2;
	}
	if (len >= sizeof(text))
		return OP_BAD_REQUEST;
	memcpy(text, s, len);
	text[len] = '\0';
	if (inet_pton(AF_INET6, text, bytes) == 1) {
		set6(out, bytes);
		*mapped = out->family == 4;
		return OP_OK;
	}
	if (brackets || inet_pton(AF_INET, text, bytes) != 1)
		return OP_BAD_REQUEST;
	set4(out, bytes);
	*mapped = false;
	return OP_OK;
}

int
netaddr_parse(const char *s, struct netaddr *out)
{
	bool mapped;

	return parse(s, strlen(s), out, &mapped);
}

const char *
netaddr_format(char dst[NETADDR_TEXT], const struct netaddr *a)
{
	if (a->family == 0 ||
	    !inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, dst, NETADDR_TEXT))
		memcpy(dst, "local", sizeof("local"));
	return dst;
}

void
netaddr_from_sockaddr(const struct sockaddr *sa, struct netaddr *out, uint16_t *port)
{
	*out = (struct netaddr){0};
	*port = 0;
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		set4(out, &in.sin_addr);
		*port = ntohs(in.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		set6(out, &in6.sin6_addr);
		*port = ntohs(in6.sin6_port);
	}
}

socklen_t
netaddr_to_sockaddr(const struct netaddr *a, uint16_t port, struct sockaddr_storage *out)
{
	*out = (struct sockaddr_storage){0};
	if (a->family == 4) {
		struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

		memcpy(&in.sin_addr, a->bytes, 4);
		memcpy(out, &in, sizeof(in));
		return sizeof(in);
	}

	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	memcpy(&in6.sin6_addr, a->bytes, 16);
	memcpy(out, &in6, sizeof(in6));
	return sizeof(in6);
}

bool
netaddr_is_multicast(const struct netaddr *a)
{
	return a->family == 4 ? (a->bytes[0] & 0xf0) == 0xe0
			      : a->family == 6 && a->bytes[0] == 0xff;
}

bool
netaddr_equal(const struct netaddr *a, const struct netaddr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool
netaddr_is_any(const struct netaddr *a)
{
	static const uint8_t zero[16];

	return a->family != 0 && memcmp(a->bytes, zero, a->family == 6 ? 16 : 4) == 0;
}

bool
netaddr_is_link_local(const struct netaddr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

bool
netaddr_is_loopback(const struct netaddr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	if (a->family == 4)
		return a->bytes[0] == 127;
	return a->family == 6 && memcmp(a->bytes, one, sizeof(one)) == 0;
}

/* --- networks --- */

static bool
same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return rest == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - rest)) == 0;
}

static unsigned
width_of(const struct netaddr *a)
{
	return a->family == 4 ? 32 : 128;
}

static int
parse_bits(const char *s, unsigned max, unsigned *bits)
{
	size_t len = strlen(s);
	unsigned v;

	if (len == 0 || len > 3 || strspn(s, "0123456789") != len)
		return OP_BAD_REQUEST;
	v = (unsigned)atoi(s);
	if (v > max)
		return OP_BAD_REQUEST;
	*bits = v;
	return OP_OK;
}

static int
parse_mask(const char *s, unsigned *bits)
{
	struct in_addr in;
	uint32_t holes;

	if (inet_pton(AF_INET, s, &in) != 1)
		return OP_BAD_REQUEST;
	holes = ~ntohl(in.s_addr);
	if (holes & (holes + 1)) /* ones, then zeros, and nothing else */
		return OP_BAD_REQUEST;
	*bits = 32 - (unsigned)__builtin_popcount(holes);
	return OP_OK;
}

static int
parse_prefix(const char *s, const struct netaddr *base, bool mapped, unsigned *bits)
{
	if (mapped) {
		if (parse_bits(s, 128, bits) != OP_OK || *bits < MAPPED_BITS)
			return OP_BAD_REQUEST;
		*bits -= MAPPED_BITS;
		return OP_OK;
	}
	if (base->family == 4 && strchr(s, '.'))
		return parse_mask(s, bits);
	return parse_bits(s, width_of(base), bits);
}

static bool
host_bits_clear(const struct netaddr *a, unsigned bits)
{
	uint8_t net[16] = {0};

	memcpy(net, a->bytes, bits / 8);
	if (bits % 8)
		net[bits / 8] = (uint8_t)(a->bytes[bits / 8] & (0xff00u >> (bits % 8)));
	return memcmp(net, a->bytes, sizeof(net)) == 0;
}

int
network_parse(const char *s, struct network *out)
{
	const char *slash = strchr(s, '/');
	struct netaddr base;
	unsigned bits;
	bool mapped;

	if (parse(s, slash ? (size_t)(slash - s) : strlen(s), &base, &mapped) != OP_OK)
		return OP_BAD_REQUEST;
	bits = width_of(&base);
	if (slash && parse_prefix(slash + 1, &base, mapped, &bits) != OP_OK)
		return OP_BAD_REQUEST;
	if (!host_bits_clear(&base, bits))
		return OP_BAD_REQUEST;
	*out = (struct network){.base = base, .prefix = (uint8_t)bits};
	return OP_OK;
}

bool
network_has(const struct network *n, const struct netaddr *a)
{
	return n->base.family == a->family && same_bits(n->base.bytes, a->bytes, n->prefix);
}
