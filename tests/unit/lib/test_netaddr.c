/* SPDX-License-Identifier: ISC */
/* Addresses and networks as values. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/un.h>

#include "lib/err.h"
#include "lib/netaddr.h"

static void
netaddr_texts_are_read_and_written(void **state)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
	    {"192.0.2.1", "192.0.2.1"},
	    {"0.0.0.0", "0.0.0.0"},
	    {"2001:db8::1", "2001:db8::1"},
	    {"[2001:DB8:0:0::1]", "2001:db8::1"},
	    {"::", "::"},
	    {"::ffff:192.0.2.1", "192.0.2.1"},
	    {"[::ffff:c000:201]", "192.0.2.1"},
	    {"::192.0.2.1", "::192.0.2.1"},
	    {"1111:2222:3333:4444:5555:6666:123.123.123.123",
		"1111:2222:3333:4444:5555:6666:7b7b:7b7b"},
	};
	char text[NETADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct netaddr a;

		assert_int_equal(netaddr_parse(cases[i].text, &a), OP_OK);
		assert_string_equal(netaddr_format(text, &a), cases[i].canonical);
	}
	assert_string_equal(netaddr_format(text, &(struct netaddr){0}), "local");
}

static void
netaddr_bad_texts_are_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "[", "]", "192.0.2", "192.0.2.256",
	    "192.0.2.1 ", "192.0.2.01", "0x7f.1", "[192.0.2.1]", "2001:db8::1::2", "[::1", "::1]",
	    "::1%lo", "desk", "1.2.3.4.5", "1111:2222:3333:4444:5555:6666:7777:8888:9999",
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		struct netaddr a = {.family = 77};

		if (netaddr_parse(bad[i], &a) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(a.family, 77);
	}
}

static void
netaddr_to_sockaddr_and_back_is_the_same(void **state)
{
	static const char *const texts[] = {"192.0.2.1", "2001:db8::1", "0.0.0.0", "::"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		struct sockaddr_storage sa;
		struct netaddr a, b;
		uint16_t port;

		netaddr_parse(texts[i], &a);
		assert_int_equal(netaddr_to_sockaddr(&a, 2070, &sa),
		    a.family == 4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		netaddr_from_sockaddr((struct sockaddr *)&sa, &b, &port);
		assert_true(netaddr_equal(&a, &b));
		assert_int_equal(port, 2070);
	}
}

static void
netaddr_groups_are_known(void **state)
{
	static const struct {
		const char *text;
		bool group;
	} cases[] = {{"223.255.255.255", false}, {"224.0.0.0", true}, {"239.255.255.255", true},
	    {"240.0.0.0", false}, {"255.255.255.255", false}, {"ff02::1", true}, {"fe80::1", false},
	    {"::", false}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct netaddr a;

		netaddr_parse(cases[i].text, &a);
		assert_int_equal(netaddr_is_multicast(&a), cases[i].group);
	}
	assert_false(netaddr_is_multicast(&(struct netaddr){0}));
}

static void
netaddr_from_sockaddr_knows_every_family(void **state)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8979)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
	struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/x"};
	struct netaddr a, b;
	uint16_t port;

	(void)state;
	inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	netaddr_from_sockaddr((struct sockaddr *)&in, &a, &port);
	assert_int_equal(port, 8979);
	assert_int_equal(a.family, 4);
	inet_pton(AF_INET6, "::ffff:192.0.2.1", &in6.sin6_addr);
	netaddr_from_sockaddr((struct sockaddr *)&in6, &b, &port);
	assert_int_equal(port, 80);
	assert_true(netaddr_equal(&a, &b));
	inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
	netaddr_from_sockaddr((struct sockaddr *)&in6, &b, &port);
	assert_int_equal(b.family, 6);
	assert_false(netaddr_equal(&a, &b));
	netaddr_from_sockaddr((struct sockaddr *)&un, &b, &port);
	assert_int_equal(b.family, 0);
	assert_int_equal(port, 0);
}

static void
netaddr_loopback_is_known(void **state)
{
	static const struct {
		const char *text;
		bool loopback;
	} cases[] = {{"127.0.0.1", true}, {"127.255.1.2", true}, {"128.0.0.1", false},
	    {"::1", true}, {"::2", false}, {"::", false}, {"::ffff:127.0.0.1", true},
	    {"7f00::1", false}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct netaddr a;

		assert_int_equal(netaddr_parse(cases[i].text, &a), OP_OK);
		assert_int_equal(netaddr_is_loopback(&a), cases[i].loopback);
	}
	assert_false(netaddr_is_loopback(&(struct netaddr){0}));
}

static void
network_has_what_its_bits_say(void **state)
{
	static const struct {
		const char *network, *addr;
		bool has;
	} cases[] = {
	    {"192.168.0.0/16", "192.168.255.255", true},
	    {"192.168.0.0/16", "192.169.0.0", false},
	    {"192.168.0.0/16", "::ffff:192.168.1.1", true},
	    {"192.168.0.0/255.255.0.0", "192.168.7.7", true},
	    {"192.0.2.32/27", "192.0.2.63", true},
	    {"192.0.2.32/27", "192.0.2.64", false},
	    {"192.0.2.32/255.255.255.224", "192.0.2.31", false},
	    {"192.0.2.1", "192.0.2.1", true},
	    {"192.0.2.1", "192.0.2.2", false},
	    {"192.0.2.1/32", "192.0.2.1", true},
	    {"0.0.0.0/0", "203.0.113.9", true},
	    {"0.0.0.0/0", "::1", false},
	    {"0.0.0.0/0.0.0.0", "203.0.113.9", true},
	    {"128.0.0.0/1", "255.0.0.0", true},
	    {"128.0.0.0/1", "127.0.0.0", false},
	    {"::/0", "2001:db8::1", true},
	    {"::/0", "192.0.2.1", false},
	    {"2001:db8::/32", "2001:db8:ffff::", true},
	    {"2001:db8::/32", "2001:db9::", false},
	    {"2001:db8::/33", "2001:db8:8000::", false},
	    {"[2001:db8::]/32", "2001:db8::1", true},
	    {"2001:db8::1", "2001:db8::1", true},
	    {"2001:db8::1/128", "2001:db8::2", false},
	    {"::ffff:192.168.0.0/112", "192.168.3.4", true},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct network n;
		struct netaddr a;

		assert_int_equal(network_parse(cases[i].network, &n), OP_OK);
		assert_int_equal(netaddr_parse(cases[i].addr, &a), OP_OK);
		if (network_has(&n, &a) != cases[i].has)
			fail_msg("%s in %s", cases[i].addr, cases[i].network);
		assert_false(network_has(&n, &(struct netaddr){0}));
	}
}

static void
network_bad_texts_are_refused(void **state)
{
	static const char *const bad[] = {"", "/", "/16", "192.168.0.0/", "192.168.0.0/33",
	    "192.168.0.0/-1", "192.168.0.0/+16", "192.168.0.0/16 ", "192.168.0.0/016x",
	    "192.168.0.0/0016", "192.168.0.1/16", "192.168.0.0/255.0.255.0",
	    "192.168.0.0/0.0.255.255", "192.168.0.0/255.255.0.0.0", "192.168.0.0/16/16",
	    "192.168/16", "2001:db8::1/32", "2001:db8::/129", "2001:db8::/255.255.0.0",
	    "::ffff:192.168.0.0/95", "::ffff:192.168.0.1/112", "desk/16", "all"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		struct network n;

		if (network_parse(bad[i], &n) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(netaddr_texts_are_read_and_written),
	    cmocka_unit_test(netaddr_bad_texts_are_refused),
	    cmocka_unit_test(netaddr_from_sockaddr_knows_every_family),
	    cmocka_unit_test(netaddr_to_sockaddr_and_back_is_the_same),
	    cmocka_unit_test(netaddr_groups_are_known),
	    cmocka_unit_test(netaddr_loopback_is_known),
	    cmocka_unit_test(network_has_what_its_bits_say),
	    cmocka_unit_test(network_bad_texts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
