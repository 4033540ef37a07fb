/* SPDX-License-Identifier: ISC */
/*
 * Addresses as numbers.  IPv4 and IPv6 never meet in one range, so both start at 0.
 */
#include "lib/sdb/range.h"

static unsigned
width(uint8_t family)
{
	return family == 4 ? 32 : 128;
}

sdb_u128
sdb_address_number(const struct netaddr *a)
{
	sdb_u128 n = 0;

	for (unsigned i = 0; i < width(a->family) / 8; i++)
		n = n << 8 | a->bytes[i];
	return n;
}

struct netaddr
sdb_number_address(sdb_u128 number, uint8_t family)
{
	struct netaddr a = {.family = family};

	for (unsigned i = width(family) / 8; i-- > 0; number >>= 8)
		a.bytes[i] = (uint8_t)number;
	return a;
}

struct sdb_range
sdb_range_of(const struct network *net)
{
	unsigned host_bits = width(net->base.family) - net->prefix;
	struct sdb_range r = {.low = sdb_address_number(&net->base)};

	r.high = r.low | (host_bits == 128 ? ~(sdb_u128)0 : ((sdb_u128)1 << host_bits) - 1);
	r.first = r.low + (host_bits > 1);
	r.last = r.high - (host_bits > 1 && net->base.family == 4);
	return r;
}
