/* SPDX-License-Identifier: ISC */
/* [link, rpc, timeout_ms]: what is accepted, what is not, and that the message inside stays as it
 * is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "helper/wrap.h"
#include "lib/err.h"
#include "lib/rpc.h"

static void
head_and_parse_give_the_same_bytes(void **state)
{
	struct buf rpc, b;
	struct mp_out o;
	struct wrap w;

	(void)state;
	buf_init(&rpc);
	buf_init(&b);
	mp_out_init(&o, &rpc);
	rpc_request(&o, 7, "alert.list");
	mp_map(&o, 0);
	mp_out_init(&o, &b);
	wrap_head(&o, 300);
	mp_raw(&o, buf_bytes(&rpc), buf_len(&rpc));
	assert_int_equal(o.err, OP_OK);
	assert_int_equal(wrap_parse(buf_bytes(&b), buf_len(&b), &w), OP_OK);
	assert_int_equal(w.link, 300);
	assert_int_equal(w.timeout_ms, WRAP_TIMEOUT_MS);
	assert_int_equal(w.rpc_len, buf_len(&rpc));
	assert_memory_equal(w.rpc, buf_bytes(&rpc), w.rpc_len);
	assert_true(buf_len(&b) - buf_len(&rpc) <= WRAP_ROOM);
	buf_fini(&rpc);
	buf_fini(&b);
}

static void
parse_timeout_is_taken(void **state)
{
	static const unsigned char bytes[] = {0x93, 0x05, 0x90, 0xcd, 0x03, 0xe8};
	struct wrap w;

	(void)state;
	assert_int_equal(wrap_parse(bytes, sizeof(bytes), &w), OP_OK);
	assert_int_equal(w.link, 5);
	assert_int_equal(w.timeout_ms, 1000);
	assert_int_equal(w.rpc_len, 1);
}

static void
parse_anything_else_is_a_protocol_error(void **state)
{
	static const struct {
		size_t len;
		unsigned char bytes[8];
	} rows[] = {
	    {0, {0}}, {1, {0xc0}}, {1, {0x92}}, {2, {0x91, 0x01}},
	    {2, {0x92, 0x01}},                               /* no message */
	    {3, {0x92, 0xff, 0x90}},                         /* link -1 */
	    {3, {0x92, 0xa0, 0x90}},                         /* link "" */
	    {4, {0x92, 0x01, 0x90, 0x90}},                   /* something left over */
	    {3, {0x93, 0x01, 0x90}},                         /* the time is missing */
	    {4, {0x93, 0x01, 0x90, 0xff}},                   /* time -1 */
	    {5, {0x94, 0x01, 0x90, 1, 1}},                   /* four items */
	    {3, {0x92, 0x01, 0x95}},                         /* a message that is cut */
	    {7, {0x92, 0xce, 0xff, 0xff, 0xff, 0xff, 0x90}}, /* link past 31 bits */
	};
	struct wrap w;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(wrap_parse(rows[i].bytes, rows[i].len, &w), OP_PROTOCOL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(head_and_parse_give_the_same_bytes),
	    cmocka_unit_test(parse_timeout_is_taken),
	    cmocka_unit_test(parse_anything_else_is_a_protocol_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
