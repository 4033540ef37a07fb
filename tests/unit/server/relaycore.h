/* SPDX-License-Identifier: ISC */
/* A relay without its two connections: what is said on either side, and what it makes of that. */
#ifndef OPDESK_TESTS_UNIT_SERVER_RELAYCORE_H
#define OPDESK_TESTS_UNIT_SERVER_RELAYCORE_H

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

static inline int
set_up(void **state)
{
	struct relay_limits limits = {.max_calls = 3, .max_bytes = 1000};

	(void)state;
	f.core = relay_core_new(&limits);
	buf_init(&f.message);
	buf_init(&f.reply);
	return f.core ? 0 : -1;
}

static inline int
tear_down(void **state)
{
	(void)state;
	relay_core_free(f.core);
	buf_fini(&f.message);
	buf_fini(&f.reply);
	return 0;
}

static inline struct mp_out
start(void)
{
	struct mp_out o;

	buf_clear(&f.message);
	buf_clear(&f.reply);
	mp_out_init(&o, &f.message);
	return o;
}

static inline enum relay_verdict
client(void)
{
	return relay_core_client(
	    f.core, buf_bytes(&f.message), buf_len(&f.message), &f.reply, &f.why);
}

static inline enum relay_verdict
engine(void)
{
	return relay_core_engine(
	    f.core, buf_bytes(&f.message), buf_len(&f.message), &f.reply, &f.why);
}

static inline enum relay_verdict
hello_as(uint32_t msgid, int64_t proto, const char *role)
{
	struct mp_out o = start();

	rpc_request(&o, msgid, "hello");
	mp_map(&o, 2);
	mp_kint(&o, "proto", proto);
	mp_kstr(&o, "role", role);
	return client();
}

static inline enum relay_verdict
hello(uint32_t msgid, int64_t proto)
{
	return hello_as(msgid, proto, "asker");
}

static inline enum relay_verdict
call(uint32_t msgid, const char *method)
{
	struct mp_out o = start();

	rpc_request(&o, msgid, method);
	mp_map(&o, 2);
	mp_kstr(&o, "id", ID);
	mp_kstr(&o, "text", "which tape?");
	return client();
}

static inline enum relay_verdict
cancel(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_notify(&o, "$/cancel");
	mp_map(&o, 1);
	mp_kint(&o, "msgid", msgid);
	return client();
}

static inline enum relay_verdict
result(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_result(&o, msgid);
	mp_map(&o, 0);
	return engine();
}

static inline enum relay_verdict
failure(uint32_t msgid)
{
	struct mp_out o = start();

	rpc_error(&o, msgid, OP_DENIED, NULL);
	return engine();
}

static inline enum relay_verdict
raw(const char *bytes, size_t len)
{
	start();
	buf_append(&f.message, bytes, len);
	return client();
}

/* The error name in the reply. */
static inline void
replied(uint32_t msgid, int err)
{
	struct rpc_msg m;

	assert_int_equal(rpc_parse(&m, buf_bytes(&f.reply), buf_len(&f.reply)), OP_OK);
	assert_int_equal(m.type, RPC_RESPONSE);
	assert_int_equal(m.msgid, msgid);
	assert_int_equal(rpc_error_of(&m).err, err);
	rpc_fini(&m);
}

static inline void
greet(void)
{
	assert_int_equal(hello(1, RPC_PROTO), RELAY_FORWARD);
	assert_int_equal(result(1), RELAY_FORWARD);
}

/* --- repeating --- */

struct heard {
	char text[400]; /* "request 1 hello; …" */
};

static inline int
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

static inline int
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

static inline bool
repeat(const char *expected)
{
	struct heard h = {""};
	bool subscribed;

	assert_int_equal(relay_core_repeat(f.core, hear, hear_reply, &h, &subscribed), OP_OK);
	assert_string_equal(h.text, expected);
	return subscribed;
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
