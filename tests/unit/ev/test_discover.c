/* SPDX-License-Identifier: ISC */
/*
 * Looking for daemons and being found (lib/ev/discover.h, lib/ev/discoverable.h): two daemons in
 * one network namespace, asked from another one over two interfaces, and on loopback.
 */
#include "tests/unit/ev/evtest.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include "lib/ev/discover.h"
#include "lib/ev/discoverable.h"
#include "lib/ev/interfaces.h"
#include "lib/ev/udp.h"
#include "lib/log.h"
#include "tests/unit/ev/netns.h"

static bool permitted;

struct fixture {
	struct ev_loop *loop;
	struct discoverable *servers[2];
	struct discover *discover;
	int asked, found, done, datagrams;
	bool stop_at_first;
	char endpoints[32][240];
	char why[200];
};

static void
on_asking(const char *interface, const struct netaddr *to, void *arg)
{
	struct fixture *f = arg;

	(void)interface;
	(void)to;
	f->asked++;
}

static void
on_found(const struct discover_answer *a, void *arg)
{
	struct fixture *f = arg;

	assert_true(f->found < 32);
	snprintf(f->endpoints[f->found++], 240, "%s %s %s", a->reply->program, a->reply->version,
	    a->endpoint);
	if (f->stop_at_first) {
		discover_stop(f->discover);
		f->discover = NULL;
	}
}

static void
on_done(void *arg)
{
	struct fixture *f = arg;

	f->done++;
	discover_stop(f->discover);
	f->discover = NULL;
}

static const struct discover_events events = {on_asking, on_found, on_done};

static int
link_addresses(void)
{
	struct interface *list;
	int n = 0, count = interfaces_list(&list);

	for (int i = 0; i < count; i++)
		n += netaddr_is_link_local(&list[i].address);
	if (count >= 0)
		free(list);
	return n;
}

/* The kernel makes them when it has noticed that both ends of a pair are up: a second, at times. */
static void
wait_for_links(int ns)
{
	netns_go(ns);
	for (int i = 0; i < 1000 && link_addresses() < 2; i++)
		poll(NULL, 0, 10);
	assert_int_equal(link_addresses(), 2);
}

static int
group_setup(void **state)
{
	(void)state;
	permitted = netns_make();
	if (permitted) {
		wait_for_links(netns_there);
		wait_for_links(netns_here);
	}
	return 0;
}

static int
setup(void **state)
{
	static const char *const names[] = {"mediachanged", "ipadmd"};
	static const char *const endpoints[] = {"tcp:*:8979", "tcp:*:8980"};
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVFLAG_AUTO);
	*state = f;
	if (!permitted)
		return 0;
	netns_go(netns_there);
	for (int i = 0; i < 2; i++)
		if (discoverable_start(f->loop, names[i], endpoints[i], 0, &f->servers[i], f->why,
			sizeof(f->why)) != OP_OK)
			fail_msg("%s: %s", names[i], f->why);
	netns_go(netns_here);
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	discover_stop(f->discover);
	discoverable_stop(f->servers[0]);
	discoverable_stop(f->servers[1]);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void
start(struct fixture *f, const char *program, const char *host)
{
	struct discover_host a = {.ifindex = 0};
	size_t count = 0;

	if (host != NULL) {
		assert_int_equal(netaddr_parse(host, &a.address), OP_OK);
		count = 1;
	}
	if (discover_start(f->loop, program, &a, count, 600, &events, f, &f->discover, f->why,
		sizeof(f->why)) != OP_OK)
		fail_msg("%s", f->why);
}

static bool
has(const struct fixture *f, const char *endpoint)
{
	for (int i = 0; i < f->found; i++)
		if (strcmp(f->endpoints[i], endpoint) == 0)
			return true;
	return false;
}

static int
count_ending(const struct fixture *f, const char *end)
{
	int n = 0;

	for (int i = 0; i < f->found; i++) {
		size_t len = strlen(f->endpoints[i]);

		n += len > strlen(end) && strcmp(f->endpoints[i] + len - strlen(end), end) == 0;
	}
	return n;
}

static void
discover_finds_both_daemons_on_both_interfaces_once(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	start(f, NULL, NULL);
	assert_true(reaches(f->loop, &f->done, 1));
	/* two broadcast addresses, three groups; groups from three addresses of IPv6 */
	assert_int_equal(f->asked, 8);
	assert_int_equal(f->found, 10);
	assert_true(has(f, "mediachanged " OPDESK_VERSION " tcp:10.9.0.2:8979"));
	assert_true(has(f, "mediachanged " OPDESK_VERSION " tcp:10.9.1.2:8979"));
	assert_true(has(f, "ipadmd " OPDESK_VERSION " tcp:10.9.0.2:8980"));
	assert_true(has(f, "ipadmd " OPDESK_VERSION " tcp:10.9.1.2:8980"));
	assert_true(has(f, "mediachanged " OPDESK_VERSION " tcp:[fd09::2]:8979"));
	assert_int_equal(count_ending(f, "%v0]:8980"), 1);
	assert_int_equal(count_ending(f, "%v1]:8980"), 1);
}

static void
discover_one_program_hears_no_other(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	start(f, "ipadmd", NULL);
	assert_true(reaches(f->loop, &f->done, 1));
	assert_int_equal(f->found, 5);
	assert_true(has(f, "ipadmd " OPDESK_VERSION " tcp:10.9.1.2:8980"));
}

static void
discover_can_be_stopped_by_the_first_answer(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	f->stop_at_first = true;
	start(f, NULL, NULL);
	assert_true(reaches(f->loop, &f->found, 1));
	run_for(f->loop, 50);
	assert_int_equal(f->found, 1);
	assert_int_equal(f->done, 0);
}

static void
discover_named_host_is_asked_directly(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	start(f, NULL, "10.9.0.2");
	assert_true(reaches(f->loop, &f->done, 1));
	/* Of several that share the port, the kernel gives it to one. */
	assert_int_equal(f->asked, 1);
	assert_int_equal(f->found, 1);
}

static void
discover_named_host_is_asked_by_ipv6(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	start(f, NULL, "fd09::2");
	assert_true(reaches(f->loop, &f->done, 1));
	assert_int_equal(f->found, 1);
	assert_int_equal(
	    count_ending(f, " tcp:[fd09::2]:8979") + count_ending(f, " tcp:[fd09::2]:8980"), 1);
}

/* Who listens to one family only is found by that one only. */
static void
discoverable_answers_the_family_that_can_use_it(void **state)
{
	struct fixture *f = *state;
	struct discoverable *only[2];

	if (!permitted)
		skip();
	netns_go(netns_there);
	assert_int_equal(
	    discoverable_start(f->loop, "four", "tcp:*:4", 4, &only[0], f->why, sizeof(f->why)),
	    OP_OK);
	assert_int_equal(
	    discoverable_start(f->loop, "six", "tcp:*:6", 6, &only[1], f->why, sizeof(f->why)),
	    OP_OK);
	netns_go(netns_here);
	start(f, NULL, NULL);
	assert_true(reaches(f->loop, &f->done, 1));
	assert_int_equal(count_ending(f, ":4"), 2);
	assert_int_equal(count_ending(f, "]:4"), 0);
	assert_int_equal(count_ending(f, ":6"), 3);
	assert_int_equal(count_ending(f, "]:6"), 3);
	discoverable_stop(only[0]);
	discoverable_stop(only[1]);
}

/* Room for its two sockets, and none for the one that lists interfaces. */
static void
discoverable_blind_says_so_with_the_reason(void **state)
{
	struct fixture *f = *state;
	struct discoverable *blind;
	struct rlimit before, few;
	char path[40], said[400] = "";
	int log = memfd_create("log", MFD_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d", log);
	assert_int_equal(log_to_file(path), OP_OK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	int next = dup(log);

	close(next);
	few = before;
	few.rlim_cur = (rlim_t)next + 2;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	int err = discoverable_start(f->loop, "four", "tcp:*:4", 4, &blind, f->why, sizeof(f->why));

	setrlimit(RLIMIT_NOFILE, &before);
	log_to_stderr(false);
	assert_int_equal(err, OP_OK);
	discoverable_stop(blind);
	assert_true(pread(log, said, sizeof(said) - 1, 0) > 0);
	assert_non_null(strstr(said, "discovery: the interfaces cannot be listed"));
	assert_non_null(strstr(said, strerror(EMFILE)));
	close(log);
}

static void
discover_finds_daemons_of_this_host(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	netns_go(netns_there);
	start(f, NULL, NULL);
	assert_true(reaches(f->loop, &f->done, 1));
	netns_go(netns_here);
	assert_true(has(f, "mediachanged " OPDESK_VERSION " tcp:127.0.0.1:8979"));
	assert_true(has(f, "ipadmd " OPDESK_VERSION " tcp:127.0.0.1:8980"));
}

static void
discover_nobody_there_is_done_without_a_find(void **state)
{
	struct fixture *f = *state;

	if (!permitted)
		skip();
	start(f, "opchatd", NULL);
	assert_true(reaches(f->loop, &f->done, 1));
	assert_int_equal(f->found, 0);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct fixture *f = arg;

	(void)u;
	assert_true(d->len <= DISCOVERY_REQUEST_BYTES);
	f->datagrams++;
}

static void
discoverable_flood_gets_few_answers_and_short_questions_none(void **state)
{
	static const struct udp_events counting = {.datagram = on_datagram};
	struct fixture *f = *state;
	char request[DISCOVERY_REQUEST_BYTES];
	struct resolve_addr any, to;
	struct netaddr a;
	struct udp *u;

	if (!permitted)
		skip();
	udp_any(AF_INET, 0, &any);
	assert_int_equal(
	    udp_open(f->loop, &any, NULL, &counting, f, &u, f->why, sizeof(f->why)), OP_OK);
	netaddr_parse("10.9.0.2", &a);
	udp_addr(&a, DISCOVERY_PORT, &to);
	assert_int_equal(discovery_request(request, NULL), OP_OK);
	assert_int_equal(udp_send(u, request, 20, &to, NULL), OP_OK);
	run_for(f->loop, 50);
	assert_int_equal(f->datagrams, 0);
	for (int i = 0; i < 100; i++)
		assert_int_equal(udp_send(u, request, sizeof(request), &to, NULL), OP_OK);
	run_for(f->loop, 100);
	assert_in_range(f->datagrams, 20, 22);
	udp_close(u);
}

static void
discover_wrong_use_is_refused(void **state)
{
	struct fixture *f = *state;
	struct discoverable *d;

	assert_int_equal(discover_start(f->loop, "Chat!", NULL, 0, 100, &events, f, &f->discover,
			     f->why, sizeof(f->why)),
	    OP_BAD_REQUEST);
	assert_int_equal(discoverable_start(f->loop, "ipadmd",
			     "tcp:a-name-that-is-much-too-long-for-an-answer.example.org:8980", 0,
			     &d, f->why, sizeof(f->why)),
	    OP_BAD_REQUEST);
}

static void
attempt(void *arg)
{
	struct fixture *f = arg;
	struct discover_host host = {.address = {.family = 4, .bytes = {127, 0, 0, 1}}};
	struct discoverable *d = NULL;

	for (size_t count = 0; count < 2; count++) {
		f->why[0] = '\0';
		int err = discover_start(f->loop, NULL, &host, count, 600, &events, f, &f->discover,
		    f->why, sizeof(f->why));

		assert_int_equal(err, f->discover != NULL ? OP_OK : OP_NO_MEMORY);
		assert_true(err == OP_OK || strstr(f->why, "memory") != NULL);
		discover_stop(f->discover);
		f->discover = NULL;
	}
	int err =
	    discoverable_start(f->loop, "opchatd", "tcp:*:8980", 0, &d, f->why, sizeof(f->why));

	assert_int_equal(err, d != NULL ? OP_OK : OP_NO_MEMORY);
	discoverable_stop(d);
}

static void
discover_without_memory_asks_nobody_and_says_so(void **state)
{
	if (!permitted)
		skip();
	failing_malloc_each(attempt, *state);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(discover_finds_both_daemons_on_both_interfaces_once),
	    TEST(discover_one_program_hears_no_other),
	    TEST(discover_can_be_stopped_by_the_first_answer),
	    TEST(discover_named_host_is_asked_directly),
	    TEST(discover_named_host_is_asked_by_ipv6),
	    TEST(discoverable_answers_the_family_that_can_use_it),
	    TEST(discoverable_blind_says_so_with_the_reason),
	    TEST(discover_finds_daemons_of_this_host),
	    TEST(discover_nobody_there_is_done_without_a_find),
	    TEST(discoverable_flood_gets_few_answers_and_short_questions_none),
	    TEST(discover_wrong_use_is_refused),
	    TEST(discover_without_memory_asks_nobody_and_says_so),
	};

	return cmocka_run_group_tests(tests, group_setup, NULL);
}
