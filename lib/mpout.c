/* SPDX-License-Identifier: ISC */
/*
 * The writing half of lib/mp.h: msgpack-c's packer over a struct buf, with one sticky error, so
 * that a message is built without looking at every step.
 */
#include "lib/mp.h"

#include <string.h>

#include "lib/err.h"

static int
sink(void *data, const char *bytes, size_t len)
{
	struct mp_out *o = data;

	if (!o->err)
		o->err = buf_append(o->buf, bytes, len);
	return o->err;
}

static msgpack_packer
packer(struct mp_out *o)
{
	return (msgpack_packer){.data = o, .callback = sink};
}

void
mp_out_init(struct mp_out *o, struct buf *buf)
{
	*o = (struct mp_out){.buf = buf};
}

void
mp_map(struct mp_out *o, size_t pairs)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_map(&pk, pairs);
}

void
mp_array(struct mp_out *o, size_t items)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_array(&pk, items);
}

void
mp_str(struct mp_out *o, const char *s)
{
	if (s)
		mp_strn(o, s, strlen(s));
	else
		mp_nil(o);
}

/* Most of every message is short strings: these in one piece. */
void
mp_strn(struct mp_out *o, const char *s, size_t len)
{
	msgpack_packer pk = packer(o);
	unsigned char *room;

	if (len >= 256) {
		msgpack_pack_str_with_body(&pk, s, len);
		return;
	}
	if (o->err || (o->err = buf_reserve(o->buf, len + 2, &room)))
		return;
	if (len < 32) {
		*room++ = (unsigned char)(0xa0 | len);
	} else {
		*room++ = 0xd9;
		*room++ = (unsigned char)len;
	}
	if (len)
		memcpy(room, s, len); /* no text may be NULL */
	buf_commit(o->buf, len < 32 ? len + 1 : len + 2);
}

void
mp_bin(struct mp_out *o, const void *bytes, size_t len)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_bin_with_body(&pk, bytes, len);
}

void
mp_int(struct mp_out *o, int64_t v)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_int64(&pk, v);
}

void
mp_bool(struct mp_out *o, bool v)
{
	msgpack_packer pk = packer(o);

	if (v)
		msgpack_pack_true(&pk);
	else
		msgpack_pack_false(&pk);
}

void
mp_nil(struct mp_out *o)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_nil(&pk);
}

void
mp_object(struct mp_out *o, const msgpack_object *v)
{
	msgpack_packer pk = packer(o);

	msgpack_pack_object(&pk, *v);
}

void
mp_raw(struct mp_out *o, const void *bytes, size_t len)
{
	sink(o, bytes, len);
}

void
mp_kstr(struct mp_out *o, const char *key, const char *s)
{
	mp_str(o, key);
	mp_str(o, s);
}

void
mp_kint(struct mp_out *o, const char *key, int64_t v)
{
	mp_str(o, key);
	mp_int(o, v);
}

void
mp_kbool(struct mp_out *o, const char *key, bool v)
{
	mp_str(o, key);
	mp_bool(o, v);
}
