/* SPDX-License-Identifier: ISC */
/* Questions and answers of discovery. */
#include "tests/unit/unit.h"

#include "lib/datagram/discovery.h"
#include "lib/err.h"

static const struct discovery_reply ours = {"mediachanged", "0.1.0", "tcp:*:8979"};

static void
discovery_request_asks_everybody_or_one(void **state)
{
	char all[DISCOVERY_REQUEST_BYTES], one[DISCOVERY_REQUEST_BYTES];

	(void)state;
	assert_int_equal(discovery_request(all, NULL), OP_OK);
	assert_int_equal(discovery_request(one, "opchatd"), OP_OK);
	assert_memory_equal(one, "opdesk? opchatd  ", 17);
	assert_true(discovery_asks(all, sizeof(all), "opchatd"));
	assert_true(discovery_asks(all, sizeof(all), "ipadmd"));
	assert_true(discovery_asks(one, sizeof(one), "opchatd"));
	assert_false(discovery_asks(one, sizeof(one), "opchat"));
	assert_false(discovery_asks(one, sizeof(one), "opchatd2"));
	assert_int_equal(discovery_request(one, "Chat"), OP_BAD_REQUEST);
	assert_int_equal(discovery_request(one, ""), OP_BAD_REQUEST);
	assert_int_equal(
	    discovery_request(one, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), OP_BAD_REQUEST);
	/* Padding of zeros, none at all, and what is no request. */
	assert_true(discovery_asks("opdesk? \0\0\0", 11, "ipadmd"));
	assert_true(discovery_asks("opdesk? ", 8, "ipadmd"));
	assert_false(discovery_asks("opdesk?", 7, "ipadmd"));
	assert_false(discovery_asks("opdesk! ", 8, "ipadmd"));
	assert_false(discovery_asks("", 0, "ipadmd"));
}

static void
discovery_answer_is_never_longer_than_the_request(void **state)
{
	static const char want[] = "opdesk! mediachanged 0.1.0 tcp:*:8979";
	char dst[DISCOVERY_BYTES_MAX];

	(void)state;
	for (size_t len = 0; len < 100; len++) {
		size_t n = discovery_format(dst, len, &ours);

		assert_int_equal(n, len < sizeof(want) - 1 ? 0 : sizeof(want) - 1);
		if (n > 0)
			assert_memory_equal(dst, want, n);
	}
}

static void
discovery_answer_is_read_back(void **state)
{
	char dst[DISCOVERY_BYTES_MAX];
	struct discovery_reply r;
	size_t n = discovery_format(dst, 64, &ours);

	(void)state;
	assert_int_equal(discovery_parse(dst, n, &r), OP_OK);
	assert_string_equal(r.program, ours.program);
	assert_string_equal(r.version, ours.version);
	assert_string_equal(r.endpoint, ours.endpoint);
}

static void
discovery_bad_answers_are_refused(void **state)
{
	static const char *const bad[] = {"", "opdesk! ", "opdesk! a", "opdesk! a 1",
	    "opdesk! a 1 ", "opdesk! a 1 tcp:*:1 more", "opdesk! a 1 tcp:*:1 ", "opdesk!  a 1 tcp",
	    "opdesk! A 1 tcp", "opdesk! a 1/2 tcp", "opdesk! a 1 t\xc3\xa4", "opdesk! a 1 t\n",
	    "opdesk? a 1 tcp", "opdesk! aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1 tcp"};
	struct discovery_reply r = {.program = "x"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		if (discovery_parse(bad[i], strlen(bad[i]), &r) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", bad[i]);
	assert_int_equal(discovery_parse("opdesk! a\0b 1 tcp", 17, &r), OP_BAD_REQUEST);
	assert_string_equal(r.program, "x");
}

static void
discovery_endpoint_gets_the_address(void **state)
{
	struct discovery_reply named = {"a", "1", "tcp:lamp:1"};
	char dst[100], small[10];

	(void)state;
	assert_true(discovery_resolve(dst, sizeof(dst), &ours, "192.0.2.1"));
	assert_string_equal(dst, "tcp:192.0.2.1:8979");
	assert_true(discovery_resolve(dst, sizeof(dst), &ours, "fe80::1"));
	assert_string_equal(dst, "tcp:[fe80::1]:8979");
	assert_true(discovery_resolve(dst, sizeof(dst), &named, "192.0.2.1"));
	assert_string_equal(dst, "tcp:lamp:1");
	assert_false(discovery_resolve(small, sizeof(small), &ours, "192.0.2.1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(discovery_request_asks_everybody_or_one),
	    cmocka_unit_test(discovery_answer_is_never_longer_than_the_request),
	    cmocka_unit_test(discovery_answer_is_read_back),
	    cmocka_unit_test(discovery_bad_answers_are_refused),
	    cmocka_unit_test(discovery_endpoint_gets_the_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
