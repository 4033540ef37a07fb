/* SPDX-License-Identifier: ISC */
/*
 * The network interfaces of this host and their addresses, as getifaddrs(3) tells them now.  One
 * element per address; an interface without any has one of family 0.
 */
#ifndef OPDESK_LIB_EV_INTERFACES_H
#define OPDESK_LIB_EV_INTERFACES_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include "lib/netaddr.h"

struct interface {
	char name[IF_NAMESIZE];
	unsigned index;
	unsigned flags; /* IFF_UP, IFF_BROADCAST, IFF_MULTICAST … of <net/if.h> */
	struct netaddr address;
	uint8_t prefix;           /* bits of the netmask */
	struct netaddr netmask;   /* family 0: none */
	struct netaddr broadcast; /* family 0: none; IPv4 only */
};

/* *list: owned by the caller, free().  Order: as the kernel has the interfaces, the addresses of
 * one together.  Returns how many, OP_SYSTEM or OP_NO_MEMORY. */
int interfaces_list(struct interface **list);

/* The first element with this name or this address; NULL. */
const struct interface *interfaces_find(
    const struct interface *list, int count, const char *name_or_address);

/* Up, and datagrams to a group can leave through it.  Linux carries them on the loopback interface,
 * too, though that does not call itself capable. */
bool interface_can_multicast(const struct interface *i);

/* Up, with a broadcast address of its own. */
bool interface_can_broadcast(const struct interface *i);

/* "up broadcast running multicast" into dst; returns dst. */
const char *interface_flags_text(char *dst, size_t size, unsigned flags);

#endif
