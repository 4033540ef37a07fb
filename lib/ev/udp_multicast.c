/* SPDX-License-Identifier: ISC */
/*
 * Multicast options and memberships of a datagram socket (RFC 1112; RFC 3678 for joining by
 * interface index in both families).  Which groups we are in is kept here: the kernel does not
 * tell.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/ev/interfaces.h"
#include "lib/ev/reason.h"
#include "lib/ev/udp_int.h"

static int
level_of(const struct udp *u)
{
	return udp_is_ipv6(u) ? IPPROTO_IPV6 : IPPROTO_IP;
}

static int __attribute__((format(printf, 4, 5)))
refuse(int err, char *why, size_t why_size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, why_size, fmt, ap);
	va_end(ap);
	return err;
}

static int
set(struct udp *u, int option, const void *value, socklen_t len)
{
	return setsockopt(u->sockets[0]->fd, level_of(u), option, value, len);
}

static int
get_int(const struct udp *u, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	(void)getsockopt(u->sockets[0]->fd, level_of(u), option, &value, &len);
	return value;
}

/* --- options of sending --- */

int
udp_set_ttl(struct udp *u, int ttl)
{
	if (ttl < 0 || ttl > 255)
		return OP_BAD_REQUEST;
	int option = udp_is_ipv6(u) ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL;

	return set(u, option, &ttl, sizeof(ttl)) == 0 ? OP_OK : OP_SYSTEM;
}

int
udp_ttl(const struct udp *u)
{
	return get_int(u, udp_is_ipv6(u) ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL);
}

int
udp_set_loopback(struct udp *u, bool on)
{
	int option = udp_is_ipv6(u) ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP;
	int value = on;

	return set(u, option, &value, sizeof(value)) == 0 ? OP_OK : OP_SYSTEM;
}

bool
udp_loopback(const struct udp *u)
{
	return get_int(u, udp_is_ipv6(u) ? IPV6_MULTICAST_LOOP : IP_MULTICAST_LOOP) != 0;
}

/* --- interfaces --- */

/* Of several addresses of the interface one of the family is taken, if there is one and no other
 * was named. */
static const struct interface *
with_family(const struct interface *list, int count, const struct interface *found, uint8_t family)
{
	for (int i = 0; i < count; i++)
		if (list[i].index == found->index && list[i].address.family == family)
			return found->address.family == family ? found : &list[i];
	return found;
}

/* *out: all zero for "". */
static int
find_interface(
    const struct udp *u, const char *text, struct interface *out, char *why, size_t why_size)
{
	struct interface *list;

	*out = (struct interface){0};
	if (text[0] == '\0')
		return OP_OK;
	int count = interfaces_list(&list);

	if (count < 0)
		return refuse(count, why, why_size, "%s", op_strerror(count));
	const struct interface *found = interfaces_find(list, count, text);

	if (found != NULL)
		*out = *with_family(list, count, found, udp_is_ipv6(u) ? 6 : 4);
	free(list);
	return found != NULL ? OP_OK
			     : refuse(OP_NOT_FOUND, why, why_size, "no interface \"%s\"", text);
}

/* The same, able to carry multicast now. */
static int
find_able(const struct udp *u, const char *text, struct interface *out, char *why, size_t why_size)
{
	int err = find_interface(u, text, out, why, why_size);

	if (err != OP_OK || out->index == 0)
		return err;
	if (!(out->flags & IFF_UP))
		return refuse(OP_BAD_REQUEST, why, why_size, "interface %s is down", out->name);
	if (!interface_can_multicast(out))
		return refuse(
		    OP_BAD_REQUEST, why, why_size, "interface %s cannot do multicast", out->name);
	return OP_OK;
}

int
udp_set_interface(struct udp *u, const char *name_or_address, char *why, size_t why_size)
{
	struct interface i;
	int err = find_able(u, name_or_address, &i, why, why_size);
	int index = (int)i.index, rc;

	if (err != OP_OK)
		return err;
	if (i.index != 0 && i.address.family != (udp_is_ipv6(u) ? 6 : 4))
		return refuse(OP_BAD_REQUEST, why, why_size, "interface %s has no IPv%d address",
		    i.name, udp_is_ipv6(u) ? 6 : 4);
	if (udp_is_ipv6(u)) {
		rc = set(u, IPV6_MULTICAST_IF, &index, sizeof(index));
	} else {
		struct ip_mreqn m = {.imr_ifindex = index};

		memcpy(&m.imr_address, i.address.bytes, 4);
		rc = set(u, IP_MULTICAST_IF, &m, sizeof(m));
	}
	if (rc < 0)
		return refuse(OP_SYSTEM, why, why_size, "%s", strerror(errno));
	u->ifindex = i.index;
	return OP_OK;
}

unsigned
udp_interface(const struct udp *u)
{
	return udp_is_ipv6(u) ? (unsigned)get_int(u, IPV6_MULTICAST_IF) : u->ifindex;
}

/* --- memberships --- */

static size_t
find_member(const struct udp *u, const struct netaddr *group, unsigned ifindex)
{
	size_t i = 0;

	while (i < u->member_count &&
	       (u->members[i].ifindex != ifindex || !netaddr_equal(&u->members[i].group, group)))
		i++;
	return i;
}

/* 0 or errno. */
static int
change(const struct udp *u, size_t socket_index, int option, const struct udp_membership *m)
{
	struct group_req r = {.gr_interface = m->ifindex};

	netaddr_to_sockaddr(&m->group, 0, &r.gr_group);
	return setsockopt(u->sockets[socket_index]->fd, level_of(u), option, &r, sizeof(r)) == 0
		   ? 0
		   : errno;
}

/* The first socket that has room for one more group, a new one if need be. */
static int
join_somewhere(struct udp *u, const struct udp_membership *m, size_t *socket_index)
{
	int errnum = ENOBUFS;
	size_t i = 0;

	for (; i < u->socket_count && errnum == ENOBUFS; i++)
		errnum = change(u, i, MCAST_JOIN_GROUP, m);
	if (errnum == ENOBUFS) {
		if (udp_add_socket(u) != OP_OK)
			return errno;
		errnum = change(u, i++, MCAST_JOIN_GROUP, m);
	}
	*socket_index = i - 1;
	return errnum;
}

static int
grow_members(struct udp *u)
{
	struct udp_membership *members =
	    reallocarray(u->members, u->member_count + 1, sizeof(*members));

	if (members != NULL)
		u->members = members;
	size_t *sockets = reallocarray(u->member_sockets, u->member_count + 1, sizeof(*sockets));

	if (sockets != NULL)
		u->member_sockets = sockets;
	return members != NULL && sockets != NULL ? OP_OK : OP_NO_MEMORY;
}

static int
check_group(const struct udp *u, const struct netaddr *group, char *why, size_t why_size)
{
	char text[NETADDR_TEXT];

	if (!netaddr_is_multicast(group))
		return refuse(OP_BAD_REQUEST, why, why_size, "%s is no multicast group",
		    netaddr_format(text, group));
	if (group->family != (udp_is_ipv6(u) ? 6 : 4))
		return refuse(OP_BAD_REQUEST, why, why_size, "%s is not of IPv%d, as the socket is",
		    netaddr_format(text, group), udp_is_ipv6(u) ? 6 : 4);
	return OP_OK;
}

/* Of member i, in the kernel's list and in ours. */
static void
leave(struct udp *u, size_t i)
{
	/* An interface that went away took the membership along: that is no error. */
	(void)change(u, u->member_sockets[i], MCAST_LEAVE_GROUP, &u->members[i]);
	u->member_count--;
	memmove(&u->members[i], &u->members[i + 1], (u->member_count - i) * sizeof(*u->members));
	memmove(&u->member_sockets[i], &u->member_sockets[i + 1],
	    (u->member_count - i) * sizeof(*u->member_sockets));
}

/* Interfaces come and go; a membership on one that has gone counts until it is left. */
static void
forget_gone(struct udp *u)
{
	char name[IF_NAMESIZE];

	for (size_t i = u->member_count; i-- > 0;)
		if (u->members[i].ifindex != 0 &&
		    if_indextoname(u->members[i].ifindex, name) == NULL)
			leave(u, i);
}

int
udp_join(struct udp *u, const struct netaddr *group, const char *name_or_address, char *why,
    size_t why_size)
{
	struct interface i;
	int err = check_group(u, group, why, why_size);

	if (err == OP_OK)
		err = find_able(u, name_or_address, &i, why, why_size);
	if (err != OP_OK)
		return err;
	struct udp_membership m = {*group, i.index};
	size_t at = 0;

	if (find_member(u, group, i.index) < u->member_count)
		return refuse(OP_CONFLICT, why, why_size, "already in that group");
	forget_gone(u);
	if (grow_members(u) != OP_OK)
		return refuse(OP_NO_MEMORY, why, why_size, "%s", op_strerror(OP_NO_MEMORY));
	int errnum = join_somewhere(u, &m, &at);

	if (errnum == EADDRINUSE)
		return refuse(OP_CONFLICT, why, why_size, "already in that group");
	if (errnum == ENODEV)
		return refuse(OP_UNAVAILABLE, why, why_size,
		    "no route leads to that group: name an interface");
	if (errnum != 0) {
		reason_text(why, why_size, errnum);
		return reason_err(errnum);
	}
	u->members[u->member_count] = m;
	u->member_sockets[u->member_count++] = at;
	return OP_OK;
}

int
udp_leave(struct udp *u, const struct netaddr *group, const char *name_or_address, char *why,
    size_t why_size)
{
	struct interface i;
	int err = find_interface(u, name_or_address, &i, why, why_size);

	if (err != OP_OK)
		return err;
	size_t at = find_member(u, group, i.index);

	if (at == u->member_count)
		return refuse(OP_NOT_FOUND, why, why_size, "not in that group");
	leave(u, at);
	return OP_OK;
}

const struct udp_membership *
udp_memberships(const struct udp *u, size_t *count)
{
	*count = u->member_count;
	return u->members;
}
