/* SPDX-License-Identifier: ISC */
/* Endpoints: every form, its canonical text, and what is refused. */
#include "tests/unit/unit.h"

#include "lib/endpoint.h"
#include "lib/err.h"

static void
endpoint_good_forms_have_a_canonical_text(void **state)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
	    {"desk", "tcp:desk:8979"},
	    {"desk:80", "tcp:desk:80"},
	    {"192.0.2.1", "tcp:192.0.2.1:8979"},
	    {"192.0.2.1:0", "tcp:192.0.2.1:0"},
	    {"[::1]", "tcp:[::1]:8979"},
	    {"[2001:db8::1]:65535", "tcp:[2001:db8::1]:65535"},
	    {"[fe80::1%eth0]:80", "tcp:[fe80::1%eth0]:80"},
	    {"[::ffff:192.0.2.1]:80", "tcp:[::ffff:192.0.2.1]:80"},
	    {"tcp:desk.example.org:8979", "tcp:desk.example.org:8979"},
	    {"tcp:[::1]:8979", "tcp:[::1]:8979"},
	    {"tls:[::1]:8979", "tls:[::1]:8979"},
	    {"tls:alerts.example.org:8979", "tls:alerts.example.org:8979"},
	    {"tcp:*:8979", "tcp:*:8979"},
	    {"*", "tcp:*:8979"},
	    {"tcp:desk:http", "tcp:desk:http"},
	    {"desk:iso-tsap", "tcp:desk:iso-tsap"},
	    {"unix:/run/x.sock", "unix:/run/x.sock"},
	    {"unix:/with space/ü:1", "unix:/with space/ü:1"},
	    {"ssh:host", "ssh:host"},
	    {"ssh:user@host", "ssh:user@host"},
	    {"ssh:user@host/mediachanged", "ssh:user@host/mediachanged"},
	    {"ssh:host//usr/sbin/mediachanged", "ssh:host//usr/sbin/mediachanged"},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		char text[ENDPOINT_TEXT];
		struct endpoint e, again;
		const char *why = "";

		if (endpoint_parse(cases[i].text, "8979", &e, &why) != OP_OK)
			fail_msg("%s: %s", cases[i].text, why);
		endpoint_format(text, sizeof(text), &e);
		assert_string_equal(text, cases[i].canonical);
		assert_int_equal(endpoint_parse(text, "1", &again, &why), OP_OK);
		assert_int_equal(again.kind, e.kind);
		assert_string_equal(again.host, e.host);
		assert_string_equal(again.port, e.port);
		assert_string_equal(again.path, e.path);
	}
}

static void
endpoint_parts_land_in_their_fields(void **state)
{
	struct endpoint e;
	const char *why;

	(void)state;
	assert_int_equal(endpoint_parse("[::1]:80", "8979", &e, &why), OP_OK);
	assert_int_equal(e.kind, ENDPOINT_TCP);
	assert_string_equal(e.host, "::1");
	assert_string_equal(e.port, "80");
	assert_string_equal(e.path, "");
	assert_int_equal(endpoint_parse("ssh:u@h/p/q", "8979", &e, &why), OP_OK);
	assert_int_equal(e.kind, ENDPOINT_SSH);
	assert_string_equal(e.host, "u@h");
	assert_string_equal(e.path, "p/q");
}

static void
endpoint_of_a_link_may_be_a_datagram_service(void **state)
{
	static const struct {
		const char *text, *canonical; /* NULL: refused */
	} cases[] = {
	    {"chat:duty.example.org", "chat:duty.example.org:2027"},
	    {"chat:[::1]:99", "chat:[::1]:99"},
	    {"watch:224.225.226.227", "watch:224.225.226.227:2070"},
	    {"watch:[ff15::1]:7", "watch:[ff15::1]:7"},
	    {"desk", "tcp:desk:8979"},
	    {"ssh:u@h", "ssh:u@h"},
	    {"chat:", NULL},
	    {"chat:*", NULL},
	    {"chat:unix:/x", NULL},
	    {"chat:h:99999", NULL},
	    {"watch:a.name", NULL},
	    {"watch:224.225.226.227:", NULL},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		char text[ENDPOINT_TEXT];
		struct endpoint e;
		const char *why = NULL;
		int err = endpoint_parse_link(cases[i].text, "8979", &e, &why);

		assert_int_equal(err, cases[i].canonical ? OP_OK : OP_BAD_REQUEST);
		if (cases[i].canonical)
			assert_string_equal(
			    endpoint_format(text, sizeof(text), &e), cases[i].canonical);
		else
			assert_non_null(why);
	}
}

static void
endpoint_default_program_fills_a_gap_of_ssh_only(void **state)
{
	static const struct {
		const char *text, *program;
	} cases[] = {{"ssh:h", "mediachanged"}, {"ssh:h//opt/m", "/opt/m"}, {"h:1", ""}};
	struct endpoint e;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(endpoint_parse(cases[i].text, "1", &e, &why), OP_OK);
		endpoint_default_program(&e, "mediachanged");
		assert_string_equal(e.path, cases[i].program);
	}
}

static void
endpoint_bad_forms_say_why(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
	    {"", "host is missing"},
	    {":80", "host is missing"},
	    {"tcp:", "host is missing"},
	    {"tcp::80", "host is missing"},
	    {"tcp:desk", "port is missing"},
	    {"tcp:desk:", "port is missing"},
	    {"desk:", "port is missing"},
	    {"tcp:[::1]", "port is missing"},
	    {"tls:host", "port is missing"},
	    {"desk:65536", "larger than 65535"},
	    {"desk:999999999999", "larger than 65535"},
	    {"desk:8 0", "neither a number"},
	    {"desk:80;", "neither a number"},
	    {"desk:-1/", "neither a number"},
	    {"::1", "brackets"},
	    {"tcp:::1:80", "brackets"},
	    {"2001:db8::1", "brackets"},
	    {"http://desk:80", "brackets"},
	    {"[::1", "bracket is not closed"},
	    {"[::1]80", "bracket is not closed"},
	    {"[]:80", "no IPv6"},
	    {"[192.0.2.1]:80", "no IPv6"},
	    {"[desk]:80", "no IPv6"},
	    {"[::1%]:80", "no IPv6"},
	    {"[::1%a%b]:80", "no IPv6"},
	    {"[%eth0]:80", "no IPv6"},
	    {"-desk", "neither a name"},
	    {"de sk", "neither a name"},
	    {"desk\n", "neither a name"},
	    {"/run/x.sock", "neither a name"},
	    {"**", "neither a name"},
	    {"unix:", "not absolute"},
	    {"unix:x.sock", "not absolute"},
	    {"ssh:", "host is missing"},
	    {"ssh:user@", "host is missing"},
	    {"ssh:/prog", "host is missing"},
	    {"ssh:-oProxyCommand=x", "no [USER@]HOST"},
	    {"ssh:user@-host", "no [USER@]HOST"},
	    {"ssh:-u@host", "no [USER@]HOST"},
	    {"ssh:@host", "no [USER@]HOST"},
	    {"ssh:a@b@c", "no [USER@]HOST"},
	    {"ssh:ho st", "no [USER@]HOST"},
	    {"ssh:host;id", "no [USER@]HOST"},
	    {"ssh:host/", "program"},
	    {"ssh:host/-x", "program"},
	    {"ssh:host/a b", "program"},
	    {"ssh:host/a;id", "program"},
	    {"ssh:host/$(id)", "program"},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct endpoint e = {.port = "untouched"};
		const char *why = NULL;

		if (endpoint_parse(cases[i].text, "8979", &e, &why) != OP_BAD_REQUEST)
			fail_msg("\"%s\" is accepted", cases[i].text);
		if (!strstr(why, cases[i].why))
			fail_msg("\"%s\": %s", cases[i].text, why);
		assert_string_equal(e.port, "untouched");
	}
}

static void
endpoint_lengths_are_held_exactly(void **state)
{
	char text[600] = "unix:/";
	struct endpoint e;
	const char *why;

	(void)state;
	memset(text + 6, 'x', ENDPOINT_PATH_MAX - 2);
	text[5 + ENDPOINT_PATH_MAX - 1] = '\0';
	assert_int_equal(endpoint_parse(text, "1", &e, &why), OP_OK);
	assert_int_equal(strlen(e.path), 107);
	memcpy(text + strlen(text), "x", 2);
	assert_int_equal(endpoint_parse(text, "1", &e, &why), OP_BAD_REQUEST);
	assert_string_equal(why, "the path is longer than 107 bytes");

	memset(text, 'h', sizeof(text));
	text[ENDPOINT_HOST_MAX - 1] = '\0';
	assert_int_equal(endpoint_parse(text, "1", &e, &why), OP_OK);
	text[ENDPOINT_HOST_MAX - 1] = 'h';
	text[ENDPOINT_HOST_MAX] = '\0';
	assert_int_equal(endpoint_parse(text, "1", &e, &why), OP_BAD_REQUEST);
}

static void
endpoint_longest_forms_fit_their_text(void **state)
{
	char text[ENDPOINT_TEXT], user[ENDPOINT_HOST_MAX];
	struct endpoint e = {.kind = ENDPOINT_SSH};

	(void)state;
	memset(user, 'u', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	memcpy(e.host, user, sizeof(user));
	memset(e.path, 'p', sizeof(e.path) - 1);
	endpoint_format(text, sizeof(text), &e);
	assert_int_equal(strlen(text), 4 + 255 + 1 + 107);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(endpoint_good_forms_have_a_canonical_text),
	    cmocka_unit_test(endpoint_parts_land_in_their_fields),
	    cmocka_unit_test(endpoint_of_a_link_may_be_a_datagram_service),
	    cmocka_unit_test(endpoint_default_program_fills_a_gap_of_ssh_only),
	    cmocka_unit_test(endpoint_bad_forms_say_why),
	    cmocka_unit_test(endpoint_lengths_are_held_exactly),
	    cmocka_unit_test(endpoint_longest_forms_fit_their_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
