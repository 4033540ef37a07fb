/* SPDX-License-Identifier: ISC */
/* Taking [link, rpc, timeout_ms] apart without touching the RPC message.  Pure. */
#include "helper/wrap.h"

#include "lib/err.h"

#define FIXARRAY 0x90u /* MessagePack: an array of up to 15 items, the count in the low bits */

static int
parse_int(const unsigned char *bytes, size_t len, int64_t max, int64_t *out)
{
	struct mp_doc doc;
	int err = mp_parse(&doc, bytes, len);

	if (err != OP_OK)
		return err;
	if (doc.root.type != MSGPACK_OBJECT_POSITIVE_INTEGER || doc.root.via.u64 > (uint64_t)max)
		err = OP_PROTOCOL;
	else
		*out = (int64_t)doc.root.via.u64;
	mp_fini(&doc);
	return err;
}

int
wrap_parse(const void *payload, size_t len, struct wrap *out)
{
	const unsigned char *bytes = payload;
	struct wrap w = {.timeout_ms = WRAP_TIMEOUT_MS};
	size_t items, used;

	if (len == 0)
		return OP_PROTOCOL;
	items = bytes[0] ^ FIXARRAY;
	if (items != 2 && items != 3)
		return OP_PROTOCOL;
	bytes++;
	len--;
	if (mp_scan(bytes, len, &used) != OP_OK)
		return OP_PROTOCOL;
	int err = parse_int(bytes, used, INT32_MAX, &w.link);

	if (err != OP_OK)
		return err;
	w.rpc = bytes + used;
	len -= used;
	if (mp_scan(w.rpc, len, &w.rpc_len) != OP_OK)
		return OP_PROTOCOL;
	len -= w.rpc_len;
	if (items == 3)
		err = parse_int(w.rpc + w.rpc_len, len, INT32_MAX, &w.timeout_ms);
	else if (len > 0)
		err = OP_PROTOCOL;
	if (err == OP_OK)
		*out = w;
	return err;
}

void
wrap_head(struct mp_out *o, int64_t link)
{
	mp_array(o, 2);
	mp_int(o, link);
}
