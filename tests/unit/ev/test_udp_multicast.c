/* SPDX-License-Identifier: ISC */
/*
 * Broadcast, multicast options and memberships (lib/ev/udp.h), interfaces (lib/ev/interfaces.h): in
 * two network namespaces joined by two veth pairs.
 */
#include "tests/unit/ev/evtest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include "lib/ev/interfaces.h"
#include "lib/ev/udp.h"
#include "tests/unit/ev/netns.h"

#define GROUP "239.9.9.9"
#define PORT 2070

struct fixture {
	struct ev_loop *loop;
	struct udp *here, *there;
	int datagrams;
	struct udp_datagram last;
	struct resolve_addr from;
	char why[200];
};

static bool permitted;

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct fixture *f = arg;

	(void)u;
	f->datagrams++;
	f->last = *d;
	f->from = *d->from;
}

static const struct udp_events events = {on_datagram, NULL, NULL};

static int
group_setup(void **state)
{
	(void)state;
	permitted = netns_make();
	return 0;
}

static struct udp *
open_in(struct fixture *f, int ns, int family, uint16_t port)
{
	struct udp_options o = {.broadcast = true};
	struct resolve_addr any;
	struct udp *u = NULL;

	netns_go(ns);
	udp_any(family, port, &any);
	assert_int_equal(
	    udp_open(f->loop, &any, &o, &events, f, &u, f->why, sizeof(f->why)), OP_OK);
	netns_go(netns_here);
	return u;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVFLAG_AUTO);
	*state = f;
	if (permitted) {
		f->here = open_in(f, netns_here, AF_INET, PORT);
		f->there = open_in(f, netns_there, AF_INET, PORT);
	}
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	udp_close(f->here);
	udp_close(f->there);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

#define NEEDS_NAMESPACES()      \
	do {                    \
		if (!permitted) \
			skip(); \
	} while (0)

static struct netaddr
address(const char *text)
{
	struct netaddr a;

	assert_int_equal(netaddr_parse(text, &a), OP_OK);
	return a;
}

static struct resolve_addr
to(const char *text)
{
	struct netaddr a = address(text);
	struct resolve_addr r;

	udp_addr(&a, PORT, &r);
	return r;
}

static void
join(struct fixture *f, struct udp *u, int ns, const char *group, const char *interface)
{
	struct netaddr g = address(group);

	netns_go(ns);
	if (udp_join(u, &g, interface, f->why, sizeof(f->why)) != OP_OK)
		fail_msg("join %s on %s: %s", group, interface, f->why);
	netns_go(netns_here);
}

static void
send_here(struct fixture *f, const char *where)
{
	struct resolve_addr r = to(where);

	assert_int_equal(udp_send(f->here, "x", 1, &r, NULL), OP_OK);
}

static void
set_interface(struct fixture *f, struct udp *u, const char *name)
{
	if (udp_set_interface(u, name, f->why, sizeof(f->why)) != OP_OK)
		fail_msg("interface %s: %s", name, f->why);
}

static void
multicast_reaches_a_member_and_nobody_else(void **state)
{
	struct fixture *f = *state;
	struct netaddr from;
	uint16_t port;

	NEEDS_NAMESPACES();
	set_interface(f, f->here, "v0");
	udp_set_loopback(f->here, false);
	join(f, f->there, netns_there, "239.9.9.8", "v0");
	send_here(f, GROUP);
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 0);
	join(f, f->there, netns_there, GROUP, "v0");
	send_here(f, GROUP);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	struct netaddr group = address(GROUP), sender = address("10.9.0.1");

	assert_true(netaddr_equal(&f->last.to, &group));
	netaddr_from_sockaddr((struct sockaddr *)&f->from.sa, &from, &port);
	assert_true(netaddr_equal(&from, &sender));
	/* The answer to a group leaves from an address of ours. */
	struct netaddr ours = address("10.9.0.2");

	assert_true(netaddr_equal(&f->last.path.local, &ours));
}

static void
multicast_leaves_by_the_interface_that_was_set(void **state)
{
	struct fixture *f = *state;

	NEEDS_NAMESPACES();
	udp_set_loopback(f->here, false);
	join(f, f->there, netns_there, GROUP, "v0");
	join(f, f->there, netns_there, GROUP, "10.9.1.2");
	set_interface(f, f->here, "10.9.1.1");
	assert_int_equal(udp_interface(f->here), if_nametoindex("v1"));
	send_here(f, GROUP);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	netns_go(netns_there);
	assert_int_equal(f->last.ifindex, if_nametoindex("v1"));
	netns_go(netns_here);
	run_for(f->loop, 20);
	assert_int_equal(f->datagrams, 1);
	set_interface(f, f->here, "");
	assert_int_equal(udp_interface(f->here), 0);
}

static void
a_member_of_the_same_host_hears_unless_loopback_is_off(void **state)
{
	struct fixture *f = *state;

	NEEDS_NAMESPACES();
	set_interface(f, f->here, "v0");
	join(f, f->here, netns_here, GROUP, "v0");
	assert_true(udp_loopback(f->here));
	send_here(f, GROUP);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	assert_int_equal(udp_set_loopback(f->here, false), OP_OK);
	assert_false(udp_loopback(f->here));
	send_here(f, GROUP);
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 1);
}

static void
multicast_ttl_is_set_and_read_back(void **state)
{
	struct fixture *f = *state;

	NEEDS_NAMESPACES();
	assert_int_equal(udp_ttl(f->here), 1);
	assert_int_equal(udp_set_ttl(f->here, 31), OP_OK);
	assert_int_equal(udp_ttl(f->here), 31);
	assert_int_equal(udp_set_ttl(f->here, 256), OP_BAD_REQUEST);
	assert_int_equal(udp_set_ttl(f->here, -1), OP_BAD_REQUEST);
	assert_int_equal(udp_ttl(f->here), 31);
	/* Not beyond this host. */
	assert_int_equal(udp_set_ttl(f->here, 0), OP_OK);
	set_interface(f, f->here, "v0");
	join(f, f->here, netns_here, GROUP, "v0");
	join(f, f->there, netns_there, GROUP, "v0");
	send_here(f, GROUP);
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 1); /* ourselves */
}

static void
memberships_are_kept_and_left(void **state)
{
	struct fixture *f = *state;
	struct netaddr group = address(GROUP), other = address("239.9.9.10");
	size_t count;

	NEEDS_NAMESPACES();
	join(f, f->here, netns_here, GROUP, "v0");
	join(f, f->here, netns_here, GROUP, "v1");
	const struct udp_membership *m = udp_memberships(f->here, &count);

	assert_int_equal(count, 2);
	assert_true(netaddr_equal(&m[0].group, &group));
	assert_int_equal(m[1].ifindex, if_nametoindex("v1"));
	assert_int_equal(udp_join(f->here, &group, "v0", f->why, sizeof(f->why)), OP_CONFLICT);
	assert_int_equal(udp_leave(f->here, &other, "v0", f->why, sizeof(f->why)), OP_NOT_FOUND);
	assert_string_equal(f->why, "not in that group");
	assert_int_equal(udp_leave(f->here, &group, "v0", f->why, sizeof(f->why)), OP_OK);
	assert_int_equal(udp_leave(f->here, &group, "v0", f->why, sizeof(f->why)), OP_NOT_FOUND);
	m = udp_memberships(f->here, &count);
	assert_int_equal(count, 1);
	assert_int_equal(m[0].ifindex, if_nametoindex("v1"));
	/* What was left is not heard any more. */
	set_interface(f, f->here, "v0");
	send_here(f, GROUP);
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 0);
}

static void
more_groups_than_a_socket_takes_are_spread(void **state)
{
	struct fixture *f = *state;
	char group[32];
	size_t count;

	NEEDS_NAMESPACES();
	set_interface(f, f->here, "v0");
	udp_set_loopback(f->here, false);
	for (int i = 1; i <= 50; i++) {
		snprintf(group, sizeof(group), "239.9.10.%d", i);
		join(f, f->there, netns_there, group, "v0");
	}
	udp_memberships(f->there, &count);
	assert_int_equal(count, 50);
	for (int i = 1; i <= 50; i++) {
		snprintf(group, sizeof(group), "239.9.10.%d", i);
		send_here(f, group);
	}
	assert_true(reaches(f->loop, &f->datagrams, 50));
	/* A datagram to us alone comes once, and leaving works on the right socket. */
	send_here(f, "10.9.0.2");
	assert_true(reaches(f->loop, &f->datagrams, 51));
	struct netaddr last = address("239.9.10.50");

	netns_go(netns_there);
	assert_int_equal(udp_leave(f->there, &last, "v0", f->why, sizeof(f->why)), OP_OK);
	netns_go(netns_here);
	send_here(f, "239.9.10.50");
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 51);
	/* Nobody else may bind the port although our sockets share it. */
	struct resolve_addr any;
	struct udp_options o = {.reuse = true};
	struct udp *u;

	netns_go(netns_there);
	udp_any(AF_INET, PORT, &any);
	assert_int_equal(
	    udp_open(f->loop, &any, &o, &events, f, &u, f->why, sizeof(f->why)), OP_CONFLICT);
	netns_go(netns_here);
}

static void
groups_of_ipv6_work(void **state)
{
	struct fixture *f = *state;

	NEEDS_NAMESPACES();
	struct udp *a = open_in(f, netns_here, AF_INET6, PORT);
	struct udp *b = open_in(f, netns_there, AF_INET6, PORT);
	struct resolve_addr r = to("ff15::9");

	set_interface(f, a, "v0");
	assert_int_equal(udp_interface(a), if_nametoindex("v0"));
	assert_int_equal(udp_set_ttl(a, 5), OP_OK);
	assert_int_equal(udp_ttl(a), 5);
	assert_int_equal(udp_set_loopback(a, false), OP_OK);
	assert_false(udp_loopback(a));
	join(f, b, netns_there, "ff15::9", "v0");
	assert_int_equal(udp_send(a, "x", 1, &r, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	netns_go(netns_there);
	assert_int_equal(f->last.path.ifindex, if_nametoindex("v0"));
	netns_go(netns_here);
	/* The answer finds its way back. */
	assert_int_equal(udp_send(b, "y", 1, &f->from, &f->last.path), OP_OK);
	assert_true(reaches(f->loop, &f->datagrams, 2));
	udp_close(a);
	udp_close(b);
}

static void
broadcast_reaches_the_subnet_by_its_interface(void **state)
{
	struct fixture *f = *state;
	struct netaddr all = address("255.255.255.255"), net = address("10.9.1.255");

	NEEDS_NAMESPACES();
	send_here(f, "10.9.1.255");
	assert_true(reaches(f->loop, &f->datagrams, 2)); /* ourselves, too */
	assert_true(netaddr_equal(&f->last.to, &net));
	f->datagrams = 0;
	struct udp_path path = {.local = address("10.9.1.1"), .ifindex = if_nametoindex("v1")};
	struct resolve_addr r;

	udp_addr(&all, PORT, &r);
	assert_int_equal(udp_send(f->here, "x", 1, &r, &path), OP_OK);
	assert_true(reaches(f->loop, &f->datagrams, 1));
}

static void
unfit_interfaces_and_groups_are_refused_with_a_reason(void **state)
{
	struct fixture *f = *state;
	struct netaddr group = address(GROUP), six = address("ff15::9"), host = address("10.9.0.2");
	static const struct {
		const char *interface;
		int err;
		const char *why;
	} cases[] = {
	    {"v7", OP_NOT_FOUND, "no interface \"v7\""},
	    {"192.0.2.1", OP_NOT_FOUND, "no interface \"192.0.2.1\""},
	    {"mute", OP_BAD_REQUEST, "interface mute cannot do multicast"},
	    {"off", OP_BAD_REQUEST, "interface off is down"},
	};

	NEEDS_NAMESPACES();
	netns_ip("link add mute type veth peer name mutepeer");
	netns_ip("link set mute multicast off up");
	netns_ip("link add off type veth peer name offpeer");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(
		    udp_set_interface(f->here, cases[i].interface, f->why, sizeof(f->why)),
		    cases[i].err);
		assert_string_equal(f->why, cases[i].why);
		assert_int_equal(
		    udp_join(f->here, &group, cases[i].interface, f->why, sizeof(f->why)),
		    cases[i].err);
		assert_string_equal(f->why, cases[i].why);
	}
	assert_int_equal(udp_join(f->here, &six, "v0", f->why, sizeof(f->why)), OP_BAD_REQUEST);
	assert_int_equal(udp_join(f->here, &host, "v0", f->why, sizeof(f->why)), OP_BAD_REQUEST);
	assert_string_equal(f->why, "10.9.0.2 is no multicast group");
	/* Nothing leads to a group by itself here. */
	assert_int_equal(udp_join(f->here, &group, "", f->why, sizeof(f->why)), OP_UNAVAILABLE);
	netns_ip("link del mute");
	netns_ip("link del off");
}

static void
interfaces_are_listed_with_all_they_have(void **state)
{
	struct interface *list;
	char text[120], flags[120];
	int seen6 = 0;

	(void)state;
	NEEDS_NAMESPACES();
	netns_ip("addr add 10.9.7.1/24 dev v1"); /* without a broadcast address */
	int count = interfaces_list(&list);

	assert_true(count >= 4);
	const struct interface *v0 = interfaces_find(list, count, "v0");

	assert_non_null(v0);
	assert_int_equal(v0->index, if_nametoindex("v0"));
	assert_string_equal(netaddr_format(text, &v0->address), "10.9.0.1");
	assert_string_equal(netaddr_format(text, &v0->netmask), "255.255.255.0");
	assert_string_equal(netaddr_format(text, &v0->broadcast), "10.9.0.255");
	assert_int_equal(v0->prefix, 24);
	assert_true(interface_can_broadcast(v0) && interface_can_multicast(v0));
	assert_string_equal(interface_flags_text(flags, sizeof(flags), v0->flags),
	    "up broadcast running multicast");
	assert_ptr_equal(interfaces_find(list, count, "10.9.0.1"), v0);
	const struct interface *none = interfaces_find(list, count, "10.9.7.1");

	assert_non_null(none);
	assert_int_equal(none->broadcast.family, 0);
	assert_false(interface_can_broadcast(none));
	const struct interface *lo = interfaces_find(list, count, "127.0.0.1");

	assert_string_equal(lo->name, "lo");
	assert_false(interface_can_broadcast(lo));
	for (int i = 0; i < count; i++)
		if (list[i].address.family == 6 && strcmp(list[i].name, "v0") == 0 &&
		    list[i].prefix == 64 && list[i].broadcast.family == 0)
			seen6++;
	assert_true(seen6 >= 1);
	assert_null(interfaces_find(list, count, "nothing"));
	free(list);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(multicast_reaches_a_member_and_nobody_else),
	    TEST(multicast_leaves_by_the_interface_that_was_set),
	    TEST(a_member_of_the_same_host_hears_unless_loopback_is_off),
	    TEST(multicast_ttl_is_set_and_read_back),
	    TEST(memberships_are_kept_and_left),
	    TEST(more_groups_than_a_socket_takes_are_spread),
	    TEST(groups_of_ipv6_work),
	    TEST(broadcast_reaches_the_subnet_by_its_interface),
	    TEST(unfit_interfaces_and_groups_are_refused_with_a_reason),
	    TEST(interfaces_are_listed_with_all_they_have),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
