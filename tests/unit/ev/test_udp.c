/* SPDX-License-Identifier: ISC */
/*
 * Datagram sockets on loopback (lib/ev/udp.h): both families, what comes beside the bytes, errors
 * of hosts that refuse, bounded turns.
 */
#include "tests/unit/ev/evtest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include "lib/ev/udp.h"

struct fixture {
	struct ev_loop *loop;
	struct udp *server, *client;
	int datagrams, failures, in_turn, most_in_turn;
	bool echo, close_at_first;
	struct udp_datagram last;
	struct resolve_addr from, failed_to;
	char bytes[2048], why[200];
	int err;
};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct fixture *f = arg;

	f->datagrams++;
	f->in_turn++;
	f->last = *d;
	f->from = *d->from;
	if (d->len <= sizeof(f->bytes))
		memcpy(f->bytes, d->bytes, d->len);
	if (f->echo && u == f->server)
		assert_int_equal(udp_send(u, d->bytes, d->len, d->from, &d->path), OP_OK);
	if (f->close_at_first)
		udp_close(u);
}

static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	(void)u;
	f->failures++;
	f->failed_to = *to;
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
}

static const struct udp_events events = {on_datagram, on_failed, NULL};
static const struct udp_events deaf = {on_datagram, NULL, NULL};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVFLAG_AUTO);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	udp_close(f->server);
	udp_close(f->client);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static struct udp *
open_on(struct fixture *f, const char *address, uint16_t port, const struct udp_options *o,
    const struct udp_events *e)
{
	struct resolve_addr local;
	struct netaddr a;
	struct udp *u = NULL;

	assert_int_equal(netaddr_parse(address, &a), OP_OK);
	udp_addr(&a, port, &local);
	if (udp_open(f->loop, &local, o, e, f, &u, f->why, sizeof(f->why)) != OP_OK)
		fail_msg("%s: %s", address, f->why);
	return u;
}

static struct resolve_addr
local_of(const struct udp *u)
{
	struct resolve_addr a;

	assert_int_equal(udp_local(u, &a), OP_OK);
	return a;
}

static uint16_t
port_of(const struct resolve_addr *a)
{
	struct netaddr addr;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&a->sa, &addr, &port);
	return port;
}

/* An address on which nobody listens: bound a moment ago and given back. */
static struct resolve_addr
deserted(struct fixture *f, const char *address)
{
	struct udp *u = open_on(f, address, 0, NULL, &events);
	struct resolve_addr a = local_of(u);

	udp_close(u);
	return a;
}

static void
udp_round_trip_in_both_families(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		f->datagrams = 0;
		f->echo = true;
		f->server = open_on(f, hosts[i], 0, NULL, &events);
		f->client = open_on(f, hosts[i], 0, NULL, &events);
		struct resolve_addr to = local_of(f->server);

		assert_int_equal(udp_family(f->server), to.sa.ss_family);
		assert_int_equal(udp_send(f->client, "ahoy", 4, &to, NULL), OP_OK);
		assert_true(reaches(f->loop, &f->datagrams, 2));
		assert_int_equal(f->last.len, 4);
		assert_memory_equal(f->bytes, "ahoy", 4);
		assert_int_equal(port_of(&f->from), port_of(&to));
		assert_false(f->last.truncated);
		udp_close(f->server);
		udp_close(f->client);
		f->server = f->client = NULL;
	}
}

static void
udp_empty_datagram_is_one(void **state)
{
	struct fixture *f = *state;

	f->server = open_on(f, "127.0.0.1", 0, NULL, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr to = local_of(f->server);

	assert_int_equal(udp_send(f->client, "", 0, &to, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	assert_int_equal(f->last.len, 0);
}

static void
udp_answer_leaves_from_the_address_that_was_asked(void **state)
{
	static const struct {
		const char *any, *asked;
	} cases[] = {{"0.0.0.0", "127.7.8.9"}, {"::", "::1"}};
	struct fixture *f = *state;

	f->echo = true;
	for (int i = 0; i < 2; i++) {
		struct netaddr asked, from;
		struct resolve_addr to;
		uint16_t port;

		f->datagrams = 0;
		f->server = open_on(f, cases[i].any, 0, NULL, &events);
		f->client = open_on(f, cases[i].any, 0, NULL, &events);
		to = local_of(f->server);
		netaddr_parse(cases[i].asked, &asked);
		udp_addr(&asked, port_of(&to), &to);
		assert_int_equal(udp_send(f->client, "?", 1, &to, NULL), OP_OK);
		assert_true(reaches(f->loop, &f->datagrams, 1));
		assert_true(netaddr_equal(&f->last.to, &asked));
		assert_true(f->last.ifindex != 0);
		assert_true(reaches(f->loop, &f->datagrams, 2));
		netaddr_from_sockaddr((struct sockaddr *)&f->from.sa, &from, &port);
		assert_true(netaddr_equal(&from, &asked));
		udp_close(f->server);
		udp_close(f->client);
		f->server = f->client = NULL;
	}
}

static void
udp_longer_than_the_buffer_is_told(void **state)
{
	struct udp_options o = {.max_bytes = 8};
	struct fixture *f = *state;

	f->server = open_on(f, "127.0.0.1", 0, &o, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr to = local_of(f->server);

	udp_send(f->client, "12345678", 8, &to, NULL);
	assert_true(reaches(f->loop, &f->datagrams, 1));
	assert_false(f->last.truncated);
	udp_send(f->client, "123456789", 9, &to, NULL);
	assert_true(reaches(f->loop, &f->datagrams, 2));
	assert_true(f->last.truncated);
	assert_int_equal(f->last.len, 8);
}

static void
udp_host_that_refuses_is_named_and_the_others_get_theirs(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	struct fixture *f = *state;

	for (int i = 0; i < 2; i++) {
		f->datagrams = f->failures = 0;
		struct resolve_addr nobody = deserted(f, hosts[i]);

		f->server = open_on(f, hosts[i], 0, NULL, &events);
		f->client = open_on(f, hosts[i], 0, NULL, &events);
		struct resolve_addr to = local_of(f->server);

		/* Without a turn of the loop between them: the second send meets the error of the
		 * first. */
		assert_int_equal(udp_send(f->client, "a", 1, &nobody, NULL), OP_OK);
		assert_int_equal(udp_send(f->client, "b", 1, &to, NULL), OP_OK);
		assert_true(reaches(f->loop, &f->datagrams, 1));
		assert_true(reaches(f->loop, &f->failures, 1));
		assert_int_equal(f->bytes[0], 'b');
		assert_int_equal(f->err, OP_UNAVAILABLE);
		assert_string_equal(f->why, "connection refused");
		assert_int_equal(port_of(&f->failed_to), port_of(&nobody));
		/* Told once: the loop is quiet afterwards. */
		run_for(f->loop, 50);
		assert_int_equal(f->failures, 1);
		udp_close(f->server);
		udp_close(f->client);
		f->server = f->client = NULL;
	}
}

static void
udp_without_failed_works_on(void **state)
{
	struct fixture *f = *state;
	struct resolve_addr nobody = deserted(f, "127.0.0.1");

	f->server = open_on(f, "127.0.0.1", 0, NULL, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &deaf);
	struct resolve_addr to = local_of(f->server);

	for (int i = 0; i < 3; i++) {
		assert_int_equal(udp_send(f->client, "a", 1, &nobody, NULL), OP_OK);
		assert_int_equal(udp_send(f->client, "b", 1, &to, NULL), OP_OK);
	}
	assert_true(reaches(f->loop, &f->datagrams, 3));
}

static void
udp_connected_hears_only_its_peer(void **state)
{
	struct fixture *f = *state;

	f->server = open_on(f, "127.0.0.1", 0, NULL, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct udp *stranger = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr server = local_of(f->server), client = local_of(f->client);

	f->echo = true;
	assert_int_equal(udp_connect(f->client, &server), OP_OK);
	udp_send(stranger, "x", 1, &client, NULL);
	assert_int_equal(udp_send(f->client, "y", 1, NULL, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->datagrams, 2));
	assert_int_equal(f->bytes[0], 'y');
	udp_close(stranger);
}

static void
udp_connected_learns_of_a_refusal(void **state)
{
	struct fixture *f = *state;
	struct resolve_addr nobody = deserted(f, "127.0.0.1");

	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	assert_int_equal(udp_connect(f->client, &nobody), OP_OK);
	assert_int_equal(udp_send(f->client, "a", 1, NULL, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->failures, 1));
	assert_int_equal(f->err, OP_UNAVAILABLE);
}

static void
before_turn(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct fixture *f = w->data;

	(void)loop;
	(void)revents;
	if (f->in_turn > f->most_in_turn)
		f->most_in_turn = f->in_turn;
	f->in_turn = 0;
}

static void
udp_turn_is_bounded(void **state)
{
	struct udp_options o = {.per_turn = 5};
	struct fixture *f = *state;
	ev_prepare prepare;

	f->server = open_on(f, "127.0.0.1", 0, &o, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr to = local_of(f->server);

	for (int i = 0; i < 40; i++)
		udp_send(f->client, "a", 1, &to, NULL);
	ev_prepare_init(&prepare, before_turn);
	prepare.data = f;
	ev_prepare_start(f->loop, &prepare);
	assert_true(reaches(f->loop, &f->datagrams, 40));
	ev_prepare_stop(f->loop, &prepare);
	assert_int_equal(f->most_in_turn, 5);
}

static void
udp_close_inside_a_callback_is_the_end(void **state)
{
	struct fixture *f = *state;

	f->server = open_on(f, "127.0.0.1", 0, NULL, &events);
	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr to = local_of(f->server);

	for (int i = 0; i < 10; i++)
		udp_send(f->client, "a", 1, &to, NULL);
	f->close_at_first = true;
	assert_true(reaches(f->loop, &f->datagrams, 1));
	f->server = NULL;
	run_for(f->loop, 20);
	assert_int_equal(f->datagrams, 1);
}

static void
udp_bind_says_why_not(void **state)
{
	struct fixture *f = *state;
	struct resolve_addr taken, foreign;
	struct netaddr a;
	struct udp *u;

	f->server = open_on(f, "127.0.0.1", 0, NULL, &events);
	taken = local_of(f->server);
	assert_int_equal(
	    udp_open(f->loop, &taken, NULL, &events, f, &u, f->why, sizeof(f->why)), OP_CONFLICT);
	assert_string_equal(f->why, "address already in use");
	netaddr_parse("192.0.2.1", &a);
	udp_addr(&a, 0, &foreign);
	assert_int_equal(udp_open(f->loop, &foreign, NULL, &events, f, &u, f->why, sizeof(f->why)),
	    OP_UNAVAILABLE);
}

static void
udp_bind_to_all_is_one_port_in_both_families(void **state)
{
	struct fixture *f = *state;
	struct endpoint e;
	const char *why;
	struct udp *u[4];

	assert_int_equal(endpoint_parse("*:0", "0", &e, &why), OP_OK);
	int count = udp_bind(f->loop, &e, NULL, &events, f, u, 4, f->why, sizeof(f->why));

	assert_int_equal(count, 2);
	struct resolve_addr one = local_of(u[0]), two = local_of(u[1]);

	assert_int_not_equal(udp_family(u[0]), udp_family(u[1]));
	assert_int_equal(port_of(&one), port_of(&two));
	udp_close(u[0]);
	udp_close(u[1]);
	assert_int_equal(endpoint_parse("unix:/x", "0", &e, &why), OP_OK);
	assert_int_equal(
	    udp_bind(f->loop, &e, NULL, &events, f, u, 4, f->why, sizeof(f->why)), OP_BAD_REQUEST);
}

static void
udp_too_large_and_broadcast_without_permission_are_errors(void **state)
{
	static char big[70000];
	struct fixture *f = *state;
	struct resolve_addr all;
	struct netaddr a;

	f->client = open_on(f, "127.0.0.1", 0, NULL, &events);
	struct resolve_addr to = local_of(f->client);

	assert_int_equal(udp_send(f->client, big, sizeof(big), &to, NULL), OP_TOO_LARGE);
	netaddr_parse("127.255.255.255", &a);
	udp_addr(&a, port_of(&to), &all);
	assert_int_equal(udp_send(f->client, "a", 1, &all, NULL), OP_DENIED);
}

static void
attempt(void *arg)
{
	struct fixture *f = arg;
	struct resolve_addr any;
	struct udp *u = NULL;

	udp_any(AF_INET, 0, &any);
	int err = udp_open(f->loop, &any, NULL, &events, f, &u, f->why, sizeof(f->why));

	assert_int_equal(err, u != NULL ? OP_OK : OP_NO_MEMORY);
	udp_close(u);
}

static void
udp_no_memory_opens_nothing(void **state)
{
	failing_malloc_each(attempt, *state);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(udp_round_trip_in_both_families),
	    TEST(udp_empty_datagram_is_one),
	    TEST(udp_answer_leaves_from_the_address_that_was_asked),
	    TEST(udp_longer_than_the_buffer_is_told),
	    TEST(udp_host_that_refuses_is_named_and_the_others_get_theirs),
	    TEST(udp_without_failed_works_on),
	    TEST(udp_connected_hears_only_its_peer),
	    TEST(udp_connected_learns_of_a_refusal),
	    TEST(udp_turn_is_bounded),
	    TEST(udp_close_inside_a_callback_is_the_end),
	    TEST(udp_bind_says_why_not),
	    TEST(udp_bind_to_all_is_one_port_in_both_families),
	    TEST(udp_too_large_and_broadcast_without_permission_are_errors),
	    TEST(udp_no_memory_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
