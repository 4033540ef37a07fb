/* SPDX-License-Identifier: ISC */
/* A message from outside: parse, check against its method, show as JSON, write again, parse again.
 */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/method.h"
#include "lib/rpc.h"
#include "lib/text.h"

static void
look_at(const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	const struct method *method = NULL;
	char why[64];

	FUZZ_CHECK(m->type <= RPC_NOTIFY);
	FUZZ_CHECK((m->type == RPC_RESPONSE) == (m->error || m->result));
	FUZZ_CHECK((e.err != OP_OK) == (m->error != NULL));
	FUZZ_CHECK(!m->params || m->params->type == MSGPACK_OBJECT_MAP);
	if (m->type != RPC_RESPONSE)
		method = method_find(m->method.s, m->method.len, true);
	if (method && method_check(method, m->params, why, sizeof(why)) != OP_OK)
		FUZZ_CHECK(strstr(why, ": "));
}

/* The root as JSON is UTF-8; the root packed again parses to the same JSON. */
static void
round_trip(const msgpack_object *root)
{
	struct buf json, packed, json_again;
	struct mp_out o;
	struct mp_doc doc;
	int err;

	buf_init(&json);
	buf_init(&packed);
	buf_init(&json_again);
	mp_out_init(&o, &packed);
	mp_object(&o, root);
	FUZZ_CHECK(o.err == OP_OK);
	FUZZ_CHECK(mp_parse(&doc, buf_bytes(&packed), buf_len(&packed)) == OP_OK);
	err = text_json(&json, root);
	FUZZ_CHECK(text_json(&json_again, &doc.root) == err);
	FUZZ_CHECK(buf_len(&json) == buf_len(&json_again));
	if (err == OP_OK) {
		FUZZ_CHECK(text_is_utf8(buf_bytes(&json), buf_len(&json)));
		FUZZ_CHECK(memcmp(buf_bytes(&json), buf_bytes(&json_again), buf_len(&json)) == 0);
	}
	mp_fini(&doc);
	buf_fini(&json);
	buf_fini(&packed);
	buf_fini(&json_again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rpc_msg m;
	struct rpc_head h;
	struct mp_doc doc;
	size_t used;
	int err;

	err = mp_scan(data, size, &used);
	FUZZ_CHECK(err == OP_OK || err == OP_PROTOCOL);
	FUZZ_CHECK(err != OP_OK || (used >= 1 && used <= size));
	FUZZ_CHECK((mp_parse(&doc, data, size) == OP_OK) == (err == OP_OK && used == size));
	if (err == OP_OK && used == size) {
		round_trip(&doc.root);
		mp_fini(&doc);
	}
	bool has_head = rpc_head(&h, data, size) == OP_OK;

	if (rpc_parse(&m, data, size) == OP_OK) {
		look_at(&m);
		/* An array of three or four in its longer forms is none of ours. */
		FUZZ_CHECK(has_head == (data[0] < 0xa0));
		FUZZ_CHECK(!has_head || (h.type == m.type && h.msgid == m.msgid &&
					    h.failed == (m.error != NULL)));
		rpc_fini(&m);
	}
	return 0;
}
