/* SPDX-License-Identifier: ISC */
/* A relay with large results, thousands of calls, bytes at random, and no memory. */
#include "tests/unit/server/relaycore.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(relay_large_results_of_cancelled_calls_give_way),
	    T(relay_thousands_of_calls_are_found_and_keep_their_order),
	    T(relay_random_bytes_never_pass),
	    cmocka_unit_test(relay_without_memory_fails_cleanly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
