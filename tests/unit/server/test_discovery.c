/* SPDX-License-Identifier: ISC */
/* What a daemon tells those who look for it (daemon/server/discovery.h). */
#include "tests/unit/unit.h"

#include "daemon/server/discovery.h"
#include "lib/err.h"

static void
discovery_tells_what_others_can_reach(void **state)
{
	static const struct {
		const char *listen[3];
		bool wanted;
		const char *told;
		uint8_t family;
	} cases[] = {
	    {{"unix:", "tcp:127.0.0.1:8979"}, true, NULL, 0},
	    {{"tcp:[::1]:8979"}, true, NULL, 0},
	    {{"tcp:localhost:8979"}, true, NULL, 0},
	    {{"tcp:*:0"}, true, NULL, 0},
	    {{"unix:", "tcp:*:8979"}, true, "tcp:*:8979", 0},
	    {{"tcp:0.0.0.0:1"}, true, "tcp:*:1", 4},
	    {{"tcp:[::]:1"}, true, "tcp:*:1", 6},
	    {{"tcp:[::]:1", "tcp:0.0.0.0:1"}, true, "tcp:*:1", 0},
	    {{"tcp:[::]:1", "tcp:0.0.0.0:2"}, true, "tcp:*:1", 6},
	    {{"tcp:[2001:db8::7]:1"}, true, "tcp:[2001:db8::7]:1", 0},
	    {{"tcp:127.0.0.1:8979", "tcp:192.0.2.1:8979"}, true, "tcp:192.0.2.1:8979", 0},
	    {{"tcp:*:8979"}, false, NULL, 0},
	};
	static const struct server_app app = {.name = "testd", .default_port = "8979"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct server_config c = {.app = &app, .generic.discovery = cases[i].wanted};
		char text[ENDPOINT_TEXT];
		uint8_t family;
		int err;

		c.generic.listen.items = (char **)cases[i].listen;
		while (c.generic.listen.count < 3 && cases[i].listen[c.generic.listen.count])
			c.generic.listen.count++;
		err = discovery_endpoint(&c, text, sizeof(text), &family);
		assert_int_equal(err, cases[i].told ? OP_OK : OP_NOT_FOUND);
		if (!cases[i].told)
			continue;
		assert_string_equal(text, cases[i].told);
		assert_int_equal(family, cases[i].family);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(discovery_tells_what_others_can_reach),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
