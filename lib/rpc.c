/* SPDX-License-Identifier: ISC */
/*
 * MessagePack-RPC, both directions.  Decoding looks at the outer array only; what a method's
 * parameters must be is lib/method.h's.
 */
#include "lib/rpc.h"

#include <string.h>

/* --- reading --- */

static bool
get_msgid(const msgpack_object *o, uint32_t *msgid)
{
	if (o->type != MSGPACK_OBJECT_POSITIVE_INTEGER || o->via.u64 > UINT32_MAX)
		return false;
	*msgid = (uint32_t)o->via.u64;
	return true;
}

/* method, params: the last two of a request and of a notification. */
static int
read_call(struct rpc_msg *m, const msgpack_object *items)
{
	const msgpack_object *params = &items[1];

	if (items[0].type != MSGPACK_OBJECT_STR)
		return OP_PROTOCOL;
	m->method = (struct mp_text){items[0].via.str.ptr, items[0].via.str.size};
	if (params->type != MSGPACK_OBJECT_ARRAY || params->via.array.size > 1)
		return OP_BAD_REQUEST;
	if (params->via.array.size == 0)
		return OP_OK;
	m->params = &params->via.array.ptr[0];
	return m->params->type == MSGPACK_OBJECT_MAP ? OP_OK : OP_BAD_REQUEST;
}

/* error, result: the last two of a response. */
static int
read_outcome(struct rpc_msg *m, const msgpack_object *items)
{
	switch (items[0].type) {
	case MSGPACK_OBJECT_NIL:
		m->result = &items[1];
		return OP_OK;
	case MSGPACK_OBJECT_MAP:
	case MSGPACK_OBJECT_STR:
		m->error = &items[0];
		return OP_OK;
	default:
		return OP_BAD_REQUEST;
	}
}

static int
read_message(struct rpc_msg *m)
{
	const msgpack_object_array *a = &m->doc.root.via.array;

	if (m->doc.root.type != MSGPACK_OBJECT_ARRAY || a->size < 3 ||
	    a->ptr[0].type != MSGPACK_OBJECT_POSITIVE_INTEGER || a->ptr[0].via.u64 > RPC_NOTIFY)
		return OP_PROTOCOL;
	m->type = (enum rpc_type)a->ptr[0].via.u64;
	if (m->type == RPC_NOTIFY)
		return a->size == 3 ? read_call(m, &a->ptr[1]) : OP_PROTOCOL;
	if (a->size != 4 || !get_msgid(&a->ptr[1], &m->msgid))
		return OP_PROTOCOL;
	return m->type == RPC_REQUEST ? read_call(m, &a->ptr[2]) : read_outcome(m, &a->ptr[2]);
}

int
rpc_parse(struct rpc_msg *m, const void *payload, size_t len)
{
	struct rpc_msg got = {0};
	int err = mp_parse(&got.doc, payload, len);

	if (err)
		return err;
	err = read_message(&got);
	if (err)
		mp_fini(&got.doc);
	if (err == OP_BAD_REQUEST)
		*m = (struct rpc_msg){.type = got.type, .msgid = got.msgid};
	if (err == OP_OK)
		*m = got;
	return err;
}

void
rpc_fini(struct rpc_msg *m)
{
	mp_fini(&m->doc);
	*m = (struct rpc_msg){0};
}

static bool
take_number(const unsigned char **p, size_t *left, uint32_t *out)
{
	struct mp_doc doc;
	size_t len;

	if (mp_scan(*p, *left, &len) || mp_parse(&doc, *p, len))
		return false;
	bool is_good = get_msgid(&doc.root, out);

	mp_fini(&doc);
	*p += len;
	*left -= len;
	return is_good;
}

int
rpc_head(struct rpc_head *h, const void *payload, size_t len)
{
	const unsigned char *p = payload;
	uint32_t items, type, msgid = 0;

	if (len == 0 || (p[0] & 0xf0) != 0x90) /* an array of up to 15 items */
		return OP_PROTOCOL;
	items = *p++ & 0x0f;
	len--;
	if (!take_number(&p, &len, &type) || type > RPC_NOTIFY ||
	    items != (type == RPC_NOTIFY ? 3 : 4))
		return OP_PROTOCOL;
	if (type != RPC_NOTIFY && (!take_number(&p, &len, &msgid) || len == 0))
		return OP_PROTOCOL;
	*h = (struct rpc_head){(enum rpc_type)type, msgid, type == RPC_RESPONSE && *p != 0xc0};
	return OP_OK;
}

struct rpc_error
rpc_error_of(const struct rpc_msg *m)
{
	struct rpc_error e = {.err = OP_INTERNAL, .message = {"", 0}};
	struct mp_text name;

	if (!m->error)
		return (struct rpc_error){.err = OP_OK, .message = {"", 0}};
	if (m->error->type == MSGPACK_OBJECT_STR) {
		e.message = (struct mp_text){m->error->via.str.ptr, m->error->via.str.size};
		return e;
	}
	if (mp_get_text(m->error, "name", &name) == OP_OK)
		e.err = op_err_from_name(name.s, name.len);
	mp_get_text(m->error, "message", &e.message);
	e.data = mp_get(m->error, "data");
	return e;
}

/* --- writing --- */

void
rpc_request(struct mp_out *o, uint32_t msgid, const char *method)
{
	mp_array(o, 4);
	mp_int(o, RPC_REQUEST);
	mp_int(o, msgid);
	mp_str(o, method);
	mp_array(o, 1);
}

void
rpc_notify(struct mp_out *o, const char *method)
{
	mp_array(o, 3);
	mp_int(o, RPC_NOTIFY);
	mp_str(o, method);
	mp_array(o, 1);
}

static void
response(struct mp_out *o, uint32_t msgid)
{
	mp_array(o, 4);
	mp_int(o, RPC_RESPONSE);
	mp_int(o, msgid);
}

void
rpc_result(struct mp_out *o, uint32_t msgid)
{
	response(o, msgid);
	mp_nil(o);
}

static void
error_map(struct mp_out *o, uint32_t msgid, int err, const char *message, size_t pairs)
{
	response(o, msgid);
	mp_map(o, pairs);
	mp_kint(o, "code", err);
	mp_kstr(o, "name", op_err_name(err));
	mp_kstr(o, "message", message ? message : op_strerror(err));
}

void
rpc_error(struct mp_out *o, uint32_t msgid, int err, const char *message)
{
	error_map(o, msgid, err, message, 3);
	mp_nil(o);
}

void
rpc_error_data(
    struct mp_out *o, uint32_t msgid, int err, const char *message, const struct buf *data)
{
	error_map(o, msgid, err, message, 4);
	mp_str(o, "data");
	mp_raw(o, buf_bytes(data), buf_len(data));
	mp_nil(o);
}
