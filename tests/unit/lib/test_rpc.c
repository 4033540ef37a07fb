/* SPDX-License-Identifier: ISC */
/* MessagePack-RPC messages: byte for byte as the specification has them, and what is refused. */
#include "tests/unit/unit.h"

#include "lib/rpc.h"

#define BYTES(text) (text), sizeof(text) - 1

struct sample {
	struct buf buf;
	struct mp_out out;
};

static int
setup(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));

	buf_init(&s->buf);
	mp_out_init(&s->out, &s->buf);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct sample *s = *state;

	buf_fini(&s->buf);
	free(s);
	return 0;
}

static int
parse(struct rpc_msg *m, const struct sample *s)
{
	return rpc_parse(m, buf_bytes(&s->buf), buf_len(&s->buf));
}

static void
rpc_request_has_the_bytes_of_the_specification(void **state)
{
	static const char wire[] = "\x94\x00\x07\xa4ping\x91\x80";
	struct sample *s = *state;

	rpc_request(&s->out, 7, "ping");
	mp_map(&s->out, 0);
	assert_int_equal(buf_len(&s->buf), sizeof(wire) - 1);
	assert_memory_equal(buf_bytes(&s->buf), wire, sizeof(wire) - 1);
}

static void
rpc_request_is_read_back(void **state)
{
	struct sample *s = *state;
	struct rpc_msg m;
	int64_t v;

	rpc_request(&s->out, UINT32_MAX, "alert.ask");
	mp_map(&s->out, 1);
	mp_kint(&s->out, "n", 5);
	assert_int_equal(parse(&m, s), OP_OK);
	assert_int_equal(m.type, RPC_REQUEST);
	assert_int_equal(m.msgid, UINT32_MAX);
	assert_true(mp_text_is(m.method, "alert.ask"));
	assert_int_equal(mp_get_int(m.params, "n", &v), OP_OK);
	assert_int_equal(v, 5);
	assert_null(m.error);
	assert_null(m.result);
	rpc_fini(&m);
}

static void
rpc_message_may_be_moved(void **state)
{
	struct sample *s = *state;
	struct rpc_msg m, moved;
	int64_t v;

	rpc_notify(&s->out, "x");
	mp_map(&s->out, 1);
	mp_kint(&s->out, "n", 5);
	assert_int_equal(parse(&m, s), OP_OK);
	moved = m;
	memset(&m, 0xff, sizeof(m));
	assert_int_equal(moved.type, RPC_NOTIFY);
	assert_int_equal(mp_get_int(moved.params, "n", &v), OP_OK);
	rpc_fini(&moved);
}

static void
rpc_empty_params_are_no_map(void **state)
{
	struct rpc_msg m;

	(void)state;
	assert_int_equal(rpc_parse(&m, BYTES("\x93\x02\xa1x\x90")), OP_OK);
	assert_null(m.params);
	rpc_fini(&m);
}

static void
rpc_result_may_be_any_value(void **state)
{
	struct sample *s = *state;
	struct rpc_msg m;

	rpc_result(&s->out, 3);
	mp_nil(&s->out);
	assert_int_equal(parse(&m, s), OP_OK);
	assert_int_equal(m.type, RPC_RESPONSE);
	assert_int_equal(m.msgid, 3);
	assert_int_equal(m.result->type, MSGPACK_OBJECT_NIL);
	assert_null(m.error);
	assert_int_equal(rpc_error_of(&m).err, OP_OK);
	rpc_fini(&m);
}

static void
rpc_every_error_is_read_back(void **state)
{
	struct sample *s = *state;

	for (int err = OP_SYSTEM; err < 0; err++) {
		struct rpc_error e;
		struct rpc_msg m;

		buf_clear(&s->buf);
		rpc_error(&s->out, 1, err, NULL);
		assert_int_equal(parse(&m, s), OP_OK);
		assert_null(m.result);
		e = rpc_error_of(&m);
		assert_int_equal(e.err, err);
		assert_true(mp_text_is(e.message, op_strerror(err)));
		assert_null(e.data);
		rpc_fini(&m);
	}
}

static void
rpc_error_carries_message_and_data(void **state)
{
	struct sample *s = *state;
	struct mp_out data_out;
	struct rpc_error e;
	struct rpc_msg m;
	struct buf data;
	int64_t v;

	buf_init(&data);
	mp_out_init(&data_out, &data);
	mp_map(&data_out, 1);
	mp_kint(&data_out, "n", 1);
	rpc_error_data(&s->out, 9, OP_ALREADY_ANSWERED, "by anna", &data);
	assert_int_equal(parse(&m, s), OP_OK);
	assert_int_equal(m.msgid, 9);
	assert_int_equal(mp_get_int(m.error, "code", &v), OP_OK);
	assert_int_equal(v, OP_ALREADY_ANSWERED);
	e = rpc_error_of(&m);
	assert_int_equal(e.err, OP_ALREADY_ANSWERED);
	assert_true(mp_text_is(e.message, "by anna"));
	assert_int_equal(mp_get_int(e.data, "n", &v), OP_OK);
	rpc_fini(&m);
	buf_fini(&data);
}

static void
rpc_foreign_errors_are_internal(void **state)
{
	struct rpc_error e;
	struct rpc_msg m;

	(void)state;
	assert_int_equal(rpc_parse(&m, BYTES("\x94\x01\x01\xa4oops\xc0")), OP_OK);
	e = rpc_error_of(&m);
	assert_int_equal(e.err, OP_INTERNAL);
	assert_true(mp_text_is(e.message, "oops"));
	rpc_fini(&m);
	assert_int_equal(rpc_parse(&m, BYTES("\x94\x01\x01\x81\xa4name\xa3odd\xc0")), OP_OK);
	e = rpc_error_of(&m);
	assert_int_equal(e.err, OP_INTERNAL);
	assert_int_equal(e.message.len, 0);
	rpc_fini(&m);
}

static void
rpc_head_tells_type_and_outcome_and_looks_no_further(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int err;
		struct rpc_head head;
	} cases[] = {
	    {BYTES("\x94\x00\x07\xa1x\x90"), OP_OK, {RPC_REQUEST, 7, false}},
	    {BYTES("\x94\x01\xcd\x01\x00\xc0\x80"), OP_OK, {RPC_RESPONSE, 256, false}},
	    {BYTES("\x94\x01\x07\x81\xa4"), OP_OK, {RPC_RESPONSE, 7, true}},
	    {BYTES("\x93\x02\xc1"), OP_OK, {RPC_NOTIFY, 0, false}},
	    {BYTES(""), OP_PROTOCOL, {0}},
	    {BYTES("\xc1"), OP_PROTOCOL, {0}},
	    {BYTES("\x94"), OP_PROTOCOL, {0}},
	    {BYTES("\x94\x01\x07"), OP_PROTOCOL, {0}},
	    {BYTES("\x93\x01\x07\xc0"), OP_PROTOCOL, {0}},
	    {BYTES("\x94\x02\xa1x\x90\xc0"), OP_PROTOCOL, {0}},
	    {BYTES("\x94\x03\x07\xc0\xc0"), OP_PROTOCOL, {0}},
	    {BYTES("\x94\x01\xff\xc0\xc0"), OP_PROTOCOL, {0}},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct rpc_head h = {0};

		if (rpc_head(&h, cases[i].bytes, cases[i].len) != cases[i].err ||
		    h.type != cases[i].head.type || h.msgid != cases[i].head.msgid ||
		    h.failed != cases[i].head.failed)
			fail_msg("case %zu", i);
	}
}

static void
rpc_what_is_no_message_is_a_protocol_error(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
	    {BYTES("")}, {BYTES("\xc0")}, {BYTES("\x80")}, {BYTES("\x90")},
	    {BYTES("\x92\x02\xa1x")}, {BYTES("\x94\x02\xa1x\x90\xc0")}, /* a notification of four */
	    {BYTES("\x93\x00\x01\xa1x")},                               /* a request of three */
	    {BYTES("\x95\x00\x01\xa1x\x90\xc0")},                       /* of five */
	    {BYTES("\x93\x03\xa1x\x90")},                               /* type 3 */
	    {BYTES("\x93\xff\xa1x\x90")},                               /* type -1 */
	    {BYTES("\x93\xa1"
		   "2\xa1x\x90")},                            /* type "2" */
	    {BYTES("\x94\x00\xff\xa1x\x90")},                 /* msgid -1 */
	    {BYTES("\x94\x00\xcf\0\0\0\1\0\0\0\0\xa1x\x90")}, /* msgid 2^32 */
	    {BYTES("\x94\x00\x01\x05\x90")},                  /* method 5 */
	    {BYTES("\x94\x00\x01\xc4\x01x\x90")},             /* method binary */
	    {BYTES("\x93\x02\xa1x\x90\x00")},                 /* left over */
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct rpc_msg m;

		if (rpc_parse(&m, cases[i].bytes, cases[i].len) != OP_PROTOCOL)
			fail_msg("case %zu is accepted", i);
	}
}

static void
rpc_bad_params_are_a_bad_request_with_its_id(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
	    {BYTES("\x94\x00\x05\xa1x\xc0")},
	    {BYTES("\x94\x00\x05\xa1x\x80")},
	    {BYTES("\x94\x00\x05\xa1x\x91\x01")},
	    {BYTES("\x94\x00\x05\xa1x\x92\x80\x80")},
	    {BYTES("\x94\x01\x05\x01\xc0")},
	    {BYTES("\x94\x01\x05\xc2\xc0")},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct rpc_msg m;

		assert_int_equal(rpc_parse(&m, cases[i].bytes, cases[i].len), OP_BAD_REQUEST);
		assert_int_equal(m.type, cases[i].bytes[1]);
		assert_int_equal(m.msgid, 5);
		assert_null(m.params);
		assert_null(m.error);
		assert_null(m.doc.nodes);
	}
}

static void
parse_under_failing_malloc(void *arg)
{
	struct rpc_msg m;
	int err = rpc_parse(&m, BYTES("\x93\x02\xa1x\x91\x81\xa1k\x01"));

	(void)arg;
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err == OP_OK)
		rpc_fini(&m);
}

static void
rpc_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(parse_under_failing_malloc, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(rpc_request_has_the_bytes_of_the_specification),
	    TEST(rpc_request_is_read_back),
	    TEST(rpc_message_may_be_moved),
	    TEST(rpc_empty_params_are_no_map),
	    TEST(rpc_result_may_be_any_value),
	    TEST(rpc_every_error_is_read_back),
	    TEST(rpc_error_carries_message_and_data),
	    TEST(rpc_foreign_errors_are_internal),
	    TEST(rpc_head_tells_type_and_outcome_and_looks_no_further),
	    TEST(rpc_what_is_no_message_is_a_protocol_error),
	    TEST(rpc_bad_params_are_a_bad_request_with_its_id),
	    TEST(rpc_without_memory_is_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
