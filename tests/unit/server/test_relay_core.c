/* SPDX-License-Identifier: ISC */
/* What a relay lets pass, answers itself, refuses, and repeats to a new engine. */
#include "tests/unit/server/relaycore.h"

static void
relay_calls_before_hello_are_answered(void **state)
{
	(void)state;
	assert_int_equal(call(5, "alert.ask"), RELAY_REPLY);
	replied(5, OP_BAD_REQUEST);
	assert_false(relay_core_said_hello(f.core));
	assert_int_equal(hello(6, 7), RELAY_REPLY);
	replied(6, OP_CONFLICT);
	assert_false(relay_core_said_hello(f.core));
	assert_int_equal(hello(7, RPC_PROTO), RELAY_FORWARD);
	assert_true(relay_core_said_hello(f.core));
	assert_int_equal(call(8, "alert.ask"), RELAY_FORWARD);
	assert_int_equal(hello(9, RPC_PROTO), RELAY_REPLY);
	replied(9, OP_BAD_REQUEST);
}

static void
relay_hello_with_an_unknown_role_is_answered_here(void **state)
{
	(void)state;
	assert_int_equal(hello_as(1, RPC_PROTO, "boss"), RELAY_REPLY);
	replied(1, OP_BAD_REQUEST);
	assert_int_equal(call(2, "alert.ask"), RELAY_REPLY);
	replied(2, OP_BAD_REQUEST);
	assert_int_equal(hello_as(3, RPC_PROTO, "tool"), RELAY_FORWARD);
}

static void
relay_refused_hello_may_be_said_again(void **state)
{
	(void)state;
	assert_int_equal(hello(1, RPC_PROTO), RELAY_FORWARD);
	assert_int_equal(failure(1), RELAY_FORWARD);
	assert_false(relay_core_said_hello(f.core));
	greet();
	assert_true(relay_core_said_hello(f.core));
}

static void
relay_bad_calls_are_answered_not_forwarded(void **state)
{
	(void)state;
	greet();
	assert_int_equal(call(2, "no.such"), RELAY_REPLY);
	replied(2, OP_UNKNOWN_METHOD);
	assert_int_equal(call(2, "server.closing"), RELAY_REPLY);
	replied(2, OP_UNKNOWN_METHOD);
	assert_int_equal(call(2, "alert.answer"), RELAY_REPLY);
	replied(2, OP_BAD_REQUEST);
	assert_int_equal(raw("\x94\x00\x03\xa4ping\xc0", 9), RELAY_REPLY);
	replied(3, OP_BAD_REQUEST);
	assert_int_equal(relay_core_open_calls(f.core), 0);
}

static void
relay_broken_protocol_ends_the_connection(void **state)
{
	(void)state;
	greet();
	assert_int_equal(raw("\xc1", 1), RELAY_BAD);
	assert_int_equal(raw("\x94\x01\x02\xc0\xc0", 5), RELAY_BAD);
	assert_int_equal(call(2, "alert.ask"), RELAY_FORWARD);
	assert_int_equal(call(2, "alert.ask"), RELAY_BAD);
	assert_non_null(strstr(f.why, "msgid"));
}

static void
relay_open_calls_are_bounded(void **state)
{
	(void)state;
	greet();
	for (uint32_t i = 2; i < 5; i++)
		assert_int_equal(call(i, "alert.ask"), RELAY_FORWARD);
	assert_int_equal(call(5, "alert.ask"), RELAY_REPLY);
	replied(5, OP_UNAVAILABLE);
	assert_int_equal(result(3), RELAY_FORWARD);
	assert_int_equal(call(5, "alert.ask"), RELAY_FORWARD);
}

static void
relay_engine_is_held_to_the_protocol(void **state)
{
	struct mp_out o;

	(void)state;
	greet();
	assert_int_equal(result(9), RELAY_BAD);
	call(2, "alert.ask");
	assert_int_equal(result(2), RELAY_FORWARD);
	assert_int_equal(result(2), RELAY_BAD);
	o = start();
	rpc_request(&o, 1, "ping");
	mp_map(&o, 0);
	assert_int_equal(engine(), RELAY_BAD);
	o = start();
	rpc_notify(&o, "alert.changed");
	mp_map(&o, 0);
	assert_int_equal(engine(), RELAY_FORWARD);
	start();
	buf_append(&f.message, "\xc1", 1);
	assert_int_equal(engine(), RELAY_BAD);
}

static void
relay_new_engine_hears_hello_and_open_calls_in_order(void **state)
{
	(void)state;
	greet();
	call(2, "alert.ask");
	call(3, "alert.confirm");
	call(4, "alert.ask");
	result(3);
	assert_false(repeat("1 hello; 2 alert.ask; 4 alert.ask; "));
	assert_int_equal(result(1), RELAY_DROP);
	assert_int_equal(result(4), RELAY_FORWARD);
	assert_false(repeat("1 hello; 2 alert.ask; "));
}

static void
relay_unanswered_hello_is_repeated_and_its_answer_passes(void **state)
{
	(void)state;
	hello(1, RPC_PROTO);
	call(2, "alert.ask");
	assert_false(repeat("1 hello; 2 alert.ask; "));
	assert_int_equal(result(1), RELAY_FORWARD);
	assert_int_equal(result(2), RELAY_FORWARD);
}

static void
relay_msgid_of_hello_may_be_used_again(void **state)
{
	(void)state;
	greet();
	call(1, "alert.ask");
	assert_false(repeat("1 hello; 1 alert.ask; "));
	assert_int_equal(result(1), RELAY_DROP);
	assert_int_equal(result(1), RELAY_FORWARD);
	assert_int_equal(relay_core_open_calls(f.core), 0);
}

static void
relay_subscription_is_told_once_after_a_reset(void **state)
{
	(void)state;
	greet();
	call(2, "alert.subscribe");
	assert_false(repeat("1 hello; 2 alert.subscribe; "));
	assert_int_equal(result(1), RELAY_DROP);
	assert_int_equal(result(2), RELAY_FORWARD);
	assert_true(repeat("1 hello; "));
	assert_int_equal(result(1), RELAY_DROP);
	assert_false(repeat("1 hello; "));
	result(1);
	call(3, "alert.subscribe");
	assert_int_equal(failure(3), RELAY_FORWARD);
	assert_false(repeat("1 hello; "));
}

static void
relay_cancelled_call_is_not_repeated_but_answered(void **state)
{
	(void)state;
	greet();
	call(2, "alert.ask");
	call(3, "alert.ask");
	assert_int_equal(cancel(2), RELAY_FORWARD);
	assert_int_equal(cancel(2), RELAY_DROP);
	assert_int_equal(cancel(77), RELAY_DROP);
	assert_false(repeat("1 hello; answered 2 cancelled; 3 alert.ask; "));
	assert_int_equal(relay_core_open_calls(f.core), 1);
	call(4, "alert.ask");
	assert_int_equal(result(1), RELAY_DROP);
	assert_false(repeat("1 hello; 3 alert.ask; 4 alert.ask; "));
}

static void
relay_hello_cannot_be_cancelled(void **state)
{
	(void)state;
	hello(1, RPC_PROTO);
	assert_int_equal(cancel(1), RELAY_DROP);
	call(2, "alert.ask");
	assert_false(repeat("1 hello; 2 alert.ask; "));
}

static void
relay_in_a_reserved_place_welcomes_all_but_askers(void **state)
{
	static const char *const roles[] = {"asker", "desk", "tool"};
	const struct relay_limits limits = {.max_calls = 3, .max_bytes = 1000, .no_askers = true};

	(void)state;
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		struct mp_out o = start();

		relay_core_free(f.core);
		f.core = relay_core_new(&limits);
		rpc_request(&o, 1, "hello");
		mp_map(&o, 2);
		mp_kint(&o, "proto", RPC_PROTO);
		mp_kstr(&o, "role", roles[i]);
		assert_int_equal(client(), i == 0 ? RELAY_REPLY : RELAY_FORWARD);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(relay_calls_before_hello_are_answered),
	    T(relay_hello_with_an_unknown_role_is_answered_here),
	    T(relay_refused_hello_may_be_said_again),
	    T(relay_in_a_reserved_place_welcomes_all_but_askers),
	    T(relay_bad_calls_are_answered_not_forwarded),
	    T(relay_broken_protocol_ends_the_connection),
	    T(relay_open_calls_are_bounded),
	    T(relay_engine_is_held_to_the_protocol),
	    T(relay_new_engine_hears_hello_and_open_calls_in_order),
	    T(relay_unanswered_hello_is_repeated_and_its_answer_passes),
	    T(relay_msgid_of_hello_may_be_used_again),
	    T(relay_subscription_is_told_once_after_a_reset),
	    T(relay_cancelled_call_is_not_repeated_but_answered),
	    T(relay_hello_cannot_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
