/* SPDX-License-Identifier: ISC */
/* What a relay lets pass, answers itself, refuses, and repeats to a new engine. */
#include "tests/unit/unit.h"

#include "daemon/server/relay_core.h"
#include "lib/rpc.h"

#define ID "11111111-2222-4333-8444-555555555555"

struct fixture {
	struct relay_core *core;
	struct buf message, reply;
	const char *why;
};

static struct fixture f;

static int
set_up(void **state)
{
	struct relay_limits limits = {.max_calls = 3, .max_bytes = 1000};

	(void)state;
	f.core = relay_core_new(&limits);
	buf_init(&f.message);
	buf_init(&f.reply);
	return f.core ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	relay_core_free(f.core);
	buf_fini(&f.message);
	buf_fini(&f.reply);
	return 0;
}

static struct mp_out
start(void)
{
	struct mp_out o;

	buf_clear(&f.message);
	buf_clear(&f.reply);
	mp_out_init(&o, &f.message);
	return o;
}

static enum relay_verdict
client(void)
{
	return relay_core_client(
	    f.core, buf_bytes(&f.message), buf_len(&f.message), &f.reply, &f.why);
}

static enum relay_verdict
engine(void)
{
	return relay_core_engine(
	    f.core, buf_bytes(&f.message), buf_len(&f.message), &f.reply, &f.why);
}

static enum relay_verdict
hello_as(uint32_t msgid, int64_t proto, const char *role)
{
	struct mp_out o = start();

	rpc_request(&o, msgid, "hello");
	mp_map(&o, 2);
	mp_kint(&o, "proto", proto);
	mp_kstr(&o, "role", role);
	return client();
}

static enum relay_verdict
hello(uint32_t msgid, int64_t proto)
{
	return hello_as(msgid, proto, "asker");
}

static enum relay_verdict
call(uint32_t msgid, const char *method)
{
	struct mp_out o = start();

	rpc_request(&o, msgid, method);
	mp_map(&o, 2);
	mp_kstr(&o, "id", ID);
	mp_kstr(&o, "text", "which tape?");
	return client();
}

static enum relay_verdict
cancel(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_notify(&o, "$/cancel");
	mp_map(&o, 1);
	mp_kint(&o, "msgid", msgid);
	return client();
}

static enum relay_verdict
result(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_result(&o, msgid);
	mp_map(&o, 0);
	return engine();
}

static enum relay_verdict
failure(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_error(&o, msgid, OP_DENIED, NULL);
	return engine();
}

static enum relay_verdict
raw(const char *bytes, size_t len)
{
	start();
	buf_append(&f.message, bytes, len);
	return client();
}

/* The error name in the reply. */
static void
replied(uint32_t msgid, int err)
{
	struct rpc_msg m;

	assert_int_equal(rpc_parse(&m, buf_bytes(&f.reply), buf_len(&f.reply)), OP_OK);
	assert_int_equal(m.type, RPC_RESPONSE);
	assert_int_equal(m.msgid, msgid);
	assert_int_equal(rpc_error_of(&m).err, err);
	rpc_fini(&m);
}

static void
greet(void)
{
	assert_int_equal(hello(1, RPC_PROTO), RELAY_FORWARD);
	assert_int_equal(result(1), RELAY_FORWARD);
}

/* --- repeating --- */

struct heard {
	char text[400]; /* "request 1 hello; …" */
};

static int
hear(const void *payload, size_t len, void *arg)
{
	struct heard *h = arg;
	size_t at = strlen(h->text);
	struct rpc_msg m;

	assert_int_equal(rpc_parse(&m, payload, len), OP_OK);
	snprintf(h->text + at, sizeof(h->text) - at, "%u %.*s; ", m.msgid, (int)m.method.len,
	    m.method.s ? m.method.s : "");
	rpc_fini(&m);
	return OP_OK;
}

static int
hear_reply(const void *payload, size_t len, void *arg)
{
	struct heard *h = arg;
	size_t at = strlen(h->text);
	struct rpc_msg m;

	assert_int_equal(rpc_parse(&m, payload, len), OP_OK);
	snprintf(h->text + at, sizeof(h->text) - at, "answered %u %s; ", m.msgid,
	    op_err_name(rpc_error_of(&m).err));
	rpc_fini(&m);
	return OP_OK;
}

static bool
repeat(const char *expected)
{
	struct heard h = {""};
	bool subscribed;

	assert_int_equal(relay_core_repeat(f.core, hear, hear_reply, &h, &subscribed), OP_OK);
	assert_string_equal(h.text, expected);
	return subscribed;
}

/* --- tests --- */

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

static enum relay_verdict
large_result(uint32_t msgid, size_t len)
{
	static char text[2 * RELAY_WORTH_DROPPING];
	struct mp_out o = start();

	rpc_result(&o, msgid);
	mp_bin(&o, text, len);
	return engine();
}

static void
relay_large_results_of_cancelled_calls_give_way(void **state)
{
	(void)state;
	greet();
	for (uint32_t id = 2; id <= 4; id++)
		call(id, "alert.show");
	cancel(2);
	cancel(3);
	assert_int_equal(large_result(2, 2 * RELAY_WORTH_DROPPING), RELAY_REPLY);
	assert_true(buf_len(&f.reply) > 0 && buf_len(&f.reply) < 200);
	assert_int_equal(large_result(3, 100), RELAY_FORWARD);
	assert_int_equal(large_result(4, 2 * RELAY_WORTH_DROPPING), RELAY_FORWARD);
	call(5, "alert.subscribe");
	cancel(5);
	assert_int_equal(large_result(5, 2 * RELAY_WORTH_DROPPING), RELAY_FORWARD);
	/* whoever has changed something hears what became of it */
	call(6, "alert.withdraw");
	cancel(6);
	assert_int_equal(large_result(6, 2 * RELAY_WORTH_DROPPING), RELAY_FORWARD);
	assert_int_equal(relay_core_open_calls(f.core), 0);
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

#define MANY 20000u

static int
hear_in_order(const void *payload, size_t len, void *arg)
{
	uint32_t *last = arg;
	struct rpc_msg m;

	assert_int_equal(rpc_parse(&m, payload, len), OP_OK);
	assert_true(m.msgid > *last);
	*last = m.msgid;
	rpc_fini(&m);
	return OP_OK;
}

/* Answered from both ends towards the middle; what is left keeps its order. */
static void
relay_thousands_of_calls_are_found_and_keep_their_order(void **state)
{
	struct relay_limits limits = {.max_calls = MANY, .max_bytes = 100u * MANY};
	uint32_t last = 0;
	bool subscribed;

	(void)state;
	relay_core_free(f.core);
	f.core = relay_core_new(&limits);
	assert_non_null(f.core);
	hello(1, RPC_PROTO);
	result(1);
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(call(10 + i, "alert.ask"), RELAY_FORWARD);
	assert_int_equal(call(10 + MANY, "alert.ask"), RELAY_REPLY);
	for (uint32_t i = 0; i < MANY / 4; i++) {
		assert_int_equal(result(10 + MANY - 1 - i), RELAY_FORWARD);
		assert_int_equal(result(10 + i), RELAY_FORWARD);
		assert_int_equal(result(10 + i), RELAY_BAD);
	}
	assert_int_equal(relay_core_open_calls(f.core), MANY / 2);
	assert_int_equal(
	    relay_core_repeat(f.core, hear_in_order, hear_in_order, &last, &subscribed), OP_OK);
	assert_int_equal(last, 10 + MANY - 1 - MANY / 4);
}

static void
relay_random_bytes_never_pass(void **state)
{
	char bytes[64];

	(void)state;
	unit_random_start("relay");
	for (int i = 0; i < 20000; i++) {
		size_t len = unit_random(sizeof(bytes));

		for (size_t k = 0; k < len; k++)
			bytes[k] = (char)unit_random(256);
		assert_int_not_equal(raw(bytes, len), RELAY_FORWARD);
	}
}

static void
whole_life(void *arg)
{
	(void)arg;
	if (set_up(NULL) == 0 && hello(1, RPC_PROTO) == RELAY_FORWARD) {
		result(1);
		call(2, "alert.ask");
		cancel(2);
	}
	tear_down(NULL);
}

static void
relay_without_memory_fails_cleanly(void **state)
{
	(void)state;
	failing_malloc_each(whole_life, NULL);
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
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
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
	    T(relay_large_results_of_cancelled_calls_give_way),
	    T(relay_hello_cannot_be_cancelled),
	    T(relay_thousands_of_calls_are_found_and_keep_their_order),
	    T(relay_random_bytes_never_pass),
	    cmocka_unit_test(relay_without_memory_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
