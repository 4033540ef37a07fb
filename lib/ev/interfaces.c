/* SPDX-License-Identifier: ISC */
/*
 * getifaddrs(3) as values.  The C library lists link-layer entries first, one per interface, and
 * then the addresses: here they are put together by interface.
 */
#include "lib/ev/interfaces.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

static bool
has_address(const struct ifaddrs *i)
{
	return i->ifa_addr != NULL &&
	       (i->ifa_addr->sa_family == AF_INET || i->ifa_addr->sa_family == AF_INET6);
}

static uint8_t
count_bits(const struct netaddr *mask)
{
	unsigned bits = 0;

	for (size_t i = 0; i < sizeof(mask->bytes); i++)
		bits += (unsigned)__builtin_popcount(mask->bytes[i]);
	return (uint8_t)bits;
}

/* A netmask of IPv6 would pass for a mapped address only if it were one, which no mask is. */
static void
take_address(struct interface *out, const struct ifaddrs *i)
{
	uint16_t port;

	netaddr_from_sockaddr(i->ifa_addr, &out->address, &port);
	if (i->ifa_netmask != NULL)
		netaddr_from_sockaddr(i->ifa_netmask, &out->netmask, &port);
	out->prefix = count_bits(&out->netmask);
	if (i->ifa_addr->sa_family == AF_INET && (i->ifa_flags & IFF_BROADCAST) &&
	    i->ifa_broadaddr != NULL)
		netaddr_from_sockaddr(i->ifa_broadaddr, &out->broadcast, &port);
	/* That is how the C library tells an address that has none. */
	if (netaddr_equal(&out->broadcast, &out->address))
		out->broadcast = (struct netaddr){0};
}

static struct interface
make(const struct ifaddrs *i)
{
	struct interface out = {.flags = i->ifa_flags};

	snprintf(out.name, sizeof(out.name), "%s", i->ifa_name);
	out.index = if_nametoindex(i->ifa_name);
	if (has_address(i))
		take_address(&out, i);
	return out;
}

/* The addresses of the interface that `link` names, or the interface alone. */
static int
add_interface(const struct ifaddrs *all, const struct ifaddrs *link, struct interface *to)
{
	int count = 0;

	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		if (has_address(i) && strcmp(i->ifa_name, link->ifa_name) == 0)
			to[count++] = make(i);
	if (count == 0)
		to[count++] = make(link);
	return count;
}

/* An address under an alias name ("eth0:1") has no link entry of its own. */
static bool
is_first_of_name(const struct ifaddrs *all, const struct ifaddrs *i)
{
	while (strcmp(all->ifa_name, i->ifa_name) != 0)
		all = all->ifa_next;
	return all == i;
}

int
interfaces_list(struct interface **list)
{
	struct ifaddrs *all;
	size_t room = 0;
	int count = 0;

	if (getifaddrs(&all) < 0)
		return OP_SYSTEM;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next)
		room++;
	struct interface *out = calloc(room + 1, sizeof(*out));

	for (const struct ifaddrs *i = all; out != NULL && i != NULL; i = i->ifa_next)
		if (is_first_of_name(all, i))
			count += add_interface(all, i, out + count);
	freeifaddrs(all);
	if (out == NULL)
		return OP_NO_MEMORY;
	*list = out;
	return count;
}

const struct interface *
interfaces_find(const struct interface *list, int count, const char *name_or_address)
{
	struct netaddr address = {0};
	bool by_address = netaddr_parse(name_or_address, &address) == OP_OK;

	for (int i = 0; i < count; i++)
		if (strcmp(list[i].name, name_or_address) == 0 ||
		    (by_address && netaddr_equal(&list[i].address, &address)))
			return &list[i];
	return NULL;
}

bool
interface_can_multicast(const struct interface *i)
{
	return (i->flags & IFF_UP) && (i->flags & (IFF_MULTICAST | IFF_LOOPBACK));
}

bool
interface_can_broadcast(const struct interface *i)
{
	return (i->flags & IFF_UP) && i->broadcast.family != 0;
}

const char *
interface_flags_text(char *dst, size_t size, unsigned flags)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {
	    {IFF_UP, "up"},
	    {IFF_BROADCAST, "broadcast"},
	    {IFF_LOOPBACK, "loopback"},
	    {IFF_POINTOPOINT, "point-to-point"},
	    {IFF_RUNNING, "running"},
	    {IFF_NOARP, "noarp"},
	    {IFF_PROMISC, "promiscuous"},
	    {IFF_ALLMULTI, "all-multicast"},
	    {IFF_MULTICAST, "multicast"},
	};
	size_t used = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && used < size; i++)
		if (flags & words[i].bit)
			used += (size_t)snprintf(
			    dst + used, size - used, "%s%s", used ? " " : "", words[i].word);
	return dst;
}
