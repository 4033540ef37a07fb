/* SPDX-License-Identifier: ISC */
/* JSON (RFC 8259) from text and from MessagePack objects, for the tools' --json. */
#include "lib/text.h"

#include <math.h>
#include <stdint.h>

#include "lib/err.h"

static const char *
short_escape(uint32_t cp)
{
	switch (cp) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

/* One character; *used of the text's bytes. */
static int
put_char(struct buf *out, const char *s, size_t len, size_t *used)
{
	uint32_t cp;
	size_t n = text_next(s, len, &cp);

	*used = n ? n : 1;
	if (n == 0)
		return buf_append(out, "\xef\xbf\xbd", 3); /* U+FFFD */
	if (short_escape(cp))
		return buf_append(out, short_escape(cp), 2);
	if (cp < 0x20 || cp == 0x7f)
		return buf_printf(out, "\\u%04x", cp);
	return buf_append(out, s, n);
}

static int
put_string(struct buf *out, const char *s, size_t len)
{
	int err = buf_append(out, "\"", 1);

	for (size_t i = 0, used; i < len && !err; i += used)
		err = put_char(out, s + i, len - i, &used);
	return err ? err : buf_append(out, "\"", 1);
}

static int
put_base64(struct buf *out, const char *bytes, size_t len)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = (const unsigned char *)bytes;
	int err = buf_append(out, "\"", 1);

	for (size_t i = 0; i < len && !err; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)p[i] << 16;
		char four[4];

		if (n > 1)
			v |= (uint32_t)p[i + 1] << 8;
		if (n > 2)
			v |= p[i + 2];
		four[0] = digits[v >> 18];
		four[1] = digits[v >> 12 & 63];
		four[2] = n > 1 ? digits[v >> 6 & 63] : '=';
		four[3] = n > 2 ? digits[v & 63] : '=';
		err = buf_append(out, four, sizeof(four));
	}
	return err ? err : buf_append(out, "\"", 1);
}

static int
put_float(struct buf *out, double v)
{
	/* JSON has no word for these */
	if (!isfinite(v))
		return buf_append(out, "null", 4);
	return buf_printf(out, "%.17g", v);
}

static int put_value(struct buf *out, const msgpack_object *v);

static int
put_array(struct buf *out, const msgpack_object_array *a)
{
	int err = buf_append(out, "[", 1);

	for (uint32_t i = 0; i < a->size && !err; i++) {
		if (i > 0)
			err = buf_append(out, ",", 1);
		if (!err)
			err = put_value(out, &a->ptr[i]);
	}
	return err ? err : buf_append(out, "]", 1);
}

static int
put_pair(struct buf *out, const msgpack_object_kv *kv)
{
	int err;

	if (kv->key.type != MSGPACK_OBJECT_STR)
		return OP_BAD_REQUEST;
	err = put_string(out, kv->key.via.str.ptr, kv->key.via.str.size);
	if (!err)
		err = buf_append(out, ":", 1);
	return err ? err : put_value(out, &kv->val);
}

static int
put_map(struct buf *out, const msgpack_object_map *m)
{
	int err = buf_append(out, "{", 1);

	for (uint32_t i = 0; i < m->size && !err; i++) {
		if (i > 0)
			err = buf_append(out, ",", 1);
		if (!err)
			err = put_pair(out, &m->ptr[i]);
	}
	return err ? err : buf_append(out, "}", 1);
}

static int
put_value(struct buf *out, const msgpack_object *v)
{
	switch (v->type) {
	case MSGPACK_OBJECT_NIL:
		return buf_append(out, "null", 4);
	case MSGPACK_OBJECT_BOOLEAN:
		return buf_printf(out, v->via.boolean ? "true" : "false");
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		return buf_printf(out, "%ju", (uintmax_t)v->via.u64);
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return buf_printf(out, "%jd", (intmax_t)v->via.i64);
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		return put_float(out, v->via.f64);
	case MSGPACK_OBJECT_STR:
		return put_string(out, v->via.str.ptr, v->via.str.size);
	case MSGPACK_OBJECT_BIN:
		return put_base64(out, v->via.bin.ptr, v->via.bin.size);
	case MSGPACK_OBJECT_ARRAY:
		return put_array(out, &v->via.array);
	case MSGPACK_OBJECT_MAP:
		return put_map(out, &v->via.map);
	case MSGPACK_OBJECT_EXT:
		break;
	}
	return OP_BAD_REQUEST;
}

/* Leave nothing behind of what could not be finished. */
static int
whole_or_nothing(struct buf *out, size_t before, int err)
{
	if (err)
		buf_truncate(out, before);
	return err;
}

int
text_json_string(struct buf *out, const char *s, size_t len)
{
	size_t before = buf_len(out);

	return whole_or_nothing(out, before, put_string(out, s, len));
}

int
text_json(struct buf *out, const msgpack_object *v)
{
	size_t before = buf_len(out);

	return whole_or_nothing(out, before, put_value(out, v));
}
