/* SPDX-License-Identifier: ISC */
/*
 * opdesk::codec: frames and RPC messages between Tcl values and the bytes of the helper's pipe
 * (docs/protocol.md, Pipe between GUI and helper).  Without state: the bytes that have arrived stay
 * in the caller's variable.
 */
#include "gui/command.h"

#include <stdio.h>
#include <string.h>
#include "gui/encode.h"
#include "lib/buf.h"
#include "lib/err.h"
#include "lib/frame.h"
#include "lib/method.h"
#include "lib/rpc.h"

/* --- encoding --- */

struct envelope {
	int link;
	Tcl_WideInt msgid; /* 0: a notification */
	Tcl_Obj *method, *params;
	Tcl_WideInt timeout_ms; /* 0: the helper's default */
};

static int
write_frame(Tcl_Interp *interp, struct buf *b, const struct envelope *e, const struct method *m)
{
	struct mp_out o;
	size_t mark;
	int err = frame_begin(b, &mark);

	if (err)
		return command_fail(interp, "codec", err, NULL);
	mp_out_init(&o, b);
	mp_array(&o, e->timeout_ms ? 3 : 2);
	mp_int(&o, e->link);
	if (e->msgid)
		rpc_request(&o, (uint32_t)e->msgid, m->name);
	else
		rpc_notify(&o, m->name);
	if (encode_params(interp, &o, m, e->params))
		return TCL_ERROR;
	if (e->timeout_ms)
		mp_int(&o, e->timeout_ms);
	err = o.err ? o.err : frame_end(b, mark);
	return err ? command_fail(interp, "codec", err, NULL) : TCL_OK;
}

static int
encode(Tcl_Interp *interp, const struct envelope *e)
{
	Tcl_Size len;
	const char *name = Tcl_GetStringFromObj(e->method, &len);
	const struct method *m = method_find(name, (size_t)len, true);
	struct buf b;
	int code;

	if (!m || (e->msgid != 0) != (m->way == METHOD_CALL))
		return command_fail(interp, "codec", OP_UNKNOWN_METHOD, NULL);
	buf_init(&b);
	code = write_frame(interp, &b, e, m);
	if (code == TCL_OK)
		Tcl_SetObjResult(interp, Tcl_NewByteArrayObj(buf_bytes(&b), (Tcl_Size)buf_len(&b)));
	buf_fini(&b);
	return code;
}

static int
cmd_call(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct envelope e = {.method = argv[3], .params = argv[4]};

	(void)data;
	if (Tcl_GetIntFromObj(interp, argv[1], &e.link) != TCL_OK ||
	    Tcl_GetWideIntFromObj(interp, argv[2], &e.msgid) != TCL_OK ||
	    (argc > 5 && Tcl_GetWideIntFromObj(interp, argv[5], &e.timeout_ms) != TCL_OK))
		return TCL_ERROR;
	if (e.msgid < 1 || e.msgid > INT32_MAX)
		return command_fail(interp, "codec", OP_BAD_REQUEST, "msgid out of range");
	return encode(interp, &e);
}

static int
cmd_notify(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct envelope e = {.method = argv[2], .params = argv[3]};

	(void)data;
	(void)argc;
	if (Tcl_GetIntFromObj(interp, argv[1], &e.link) != TCL_OK)
		return TCL_ERROR;
	return encode(interp, &e);
}

/* --- decoding --- */

static Tcl_Obj *value_of(const msgpack_object *v);

static Tcl_Obj *
dict_of(const msgpack_object_map *map)
{
	Tcl_Obj *dict = Tcl_NewDictObj();

	for (uint32_t i = 0; i < map->size; i++) {
		const msgpack_object_kv *kv = &map->ptr[i];

		if (kv->val.type != MSGPACK_OBJECT_NIL)
			Tcl_DictObjPut(NULL, dict, value_of(&kv->key), value_of(&kv->val));
	}
	return dict;
}

static Tcl_Obj *
list_of(const msgpack_object_array *array)
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	for (uint32_t i = 0; i < array->size; i++)
		Tcl_ListObjAppendElement(NULL, list, value_of(&array->ptr[i]));
	return list;
}

static Tcl_Obj *
number_of(const msgpack_object *v)
{
	switch (v->type) {
	case MSGPACK_OBJECT_BOOLEAN:
		return Tcl_NewBooleanObj(v->via.boolean);
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		/* Tcl's wide is signed; nothing of ours is past 2^63 */
		return Tcl_NewWideIntObj((Tcl_WideInt)v->via.u64);
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return Tcl_NewWideIntObj(v->via.i64);
	default:
		return Tcl_NewDoubleObj(v->via.f64);
	}
}

static Tcl_Obj *
value_of(const msgpack_object *v)
{
	switch (v->type) {
	case MSGPACK_OBJECT_MAP:
		return dict_of(&v->via.map);
	case MSGPACK_OBJECT_ARRAY:
		return list_of(&v->via.array);
	case MSGPACK_OBJECT_STR:
		return command_string(v->via.str.ptr, v->via.str.size);
	case MSGPACK_OBJECT_BIN:
		return Tcl_NewByteArrayObj(
		    (const unsigned char *)v->via.bin.ptr, (Tcl_Size)v->via.bin.size);
	case MSGPACK_OBJECT_NIL:
		return Tcl_NewObj();
	default:
		return number_of(v);
	}
}

static Tcl_Obj *
error_of(const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	const char *text = e.message.len ? e.message.s : op_strerror(e.err);
	Tcl_Obj *dict = Tcl_NewDictObj();

	command_put(dict, "name", Tcl_NewStringObj(op_err_name(e.err), -1));
	command_put(
	    dict, "message", command_string(text, e.message.len ? e.message.len : strlen(text)));
	if (e.data)
		command_put(dict, "data", value_of(e.data));
	return dict;
}

static Tcl_Obj *
message_of(Tcl_WideInt link, const struct rpc_msg *m)
{
	static const char *const types[] = {"request", "response", "notify"};
	Tcl_Obj *dict = Tcl_NewDictObj();

	command_put(dict, "link", Tcl_NewWideIntObj(link));
	command_put(dict, "type", Tcl_NewStringObj(types[m->type], -1));
	if (m->type != RPC_NOTIFY)
		command_put(dict, "msgid", Tcl_NewWideIntObj(m->msgid));
	if (m->type != RPC_RESPONSE) {
		command_put(dict, "method", command_string(m->method.s, m->method.len));
		command_put(dict, "params", m->params ? value_of(m->params) : Tcl_NewDictObj());
	} else if (m->error) {
		command_put(dict, "error", error_of(m));
	} else {
		command_put(dict, "result", m->result ? value_of(m->result) : Tcl_NewObj());
	}
	return dict;
}

/* [link, rpc]: the link is read here, the bytes of rpc are lib/rpc.c's.  NULL: not that. */
static Tcl_Obj *
open_envelope(const unsigned char *payload, size_t len)
{
	struct mp_doc link;
	struct rpc_msg m;
	size_t used;
	Tcl_Obj *message = NULL;

	if (len < 2 || payload[0] != 0x92 || mp_scan(payload + 1, len - 1, &used) ||
	    mp_parse(&link, payload + 1, used))
		return NULL;
	if (link.root.type == MSGPACK_OBJECT_POSITIVE_INTEGER &&
	    !rpc_parse(&m, payload + 1 + used, len - 1 - used)) {
		message = message_of((Tcl_WideInt)link.root.via.u64, &m);
		rpc_fini(&m);
	}
	mp_fini(&link);
	return message;
}

/* Take whole frames off the front; *used is what they took.  0, or the error of the next one. */
static int
take_frames(Tcl_Obj *list, const unsigned char *bytes, size_t len, size_t *used)
{
	struct frame f;
	int err;

	*used = 0;
	while (!(err = frame_peek(bytes + *used, len - *used, FRAME_MAX, &f))) {
		Tcl_Obj *message = open_envelope(f.payload, f.len);

		if (!message)
			return OP_PROTOCOL;
		Tcl_ListObjAppendElement(NULL, list, message);
		*used += FRAME_HEADER + f.len;
	}
	return err == OP_AGAIN ? OP_OK : err;
}

/*
 * decode VARIABLE: the complete messages at the front of the bytes in VARIABLE, which loses them.
 * What cannot be read is an error once nothing good is left before it, so call again until the list
 * is empty.
 */
static int
cmd_decode(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tcl_Obj *list, *bytes = Tcl_ObjGetVar2(interp, argv[1], NULL, TCL_LEAVE_ERR_MSG);
	const unsigned char *start;
	Tcl_Size len;
	size_t used;
	int err;

	(void)data;
	(void)argc;
	if (!bytes)
		return TCL_ERROR;
	start = Tcl_GetByteArrayFromObj(bytes, &len);
	list = Tcl_NewListObj(0, NULL);
	err = take_frames(list, start, (size_t)len, &used);
	if (err && !used) {
		Tcl_DecrRefCount(list);
		return command_fail(interp, "codec", err, NULL);
	}
	if (used)
		Tcl_ObjSetVar2(interp, argv[1], NULL,
		    Tcl_NewByteArrayObj(start + used, len - (Tcl_Size)used), 0);
	Tcl_SetObjResult(interp, list);
	return TCL_OK;
}

const struct command codec_commands[] = {
    {"codec", "call", cmd_call, 4, 5, "link msgid method params ?timeout_ms?"},
    {"codec", "notify", cmd_notify, 3, 3, "link method params"},
    {"codec", "decode", cmd_decode, 1, 1, "variable"},
    {0},
};
