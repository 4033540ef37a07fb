/* SPDX-License-Identifier: ISC */
/*
 * Reading the messages between engine and storer.  Pure.
 */
#include "daemon/mediachanged/storer_wire.h"

#include <string.h>

static const msgpack_object *
item(const msgpack_object *message, size_t i)
{
	return i < message->via.array.size ? &message->via.array.ptr[i] : NULL;
}

int64_t
storer_int(const msgpack_object *message, size_t i)
{
	const msgpack_object *v = item(message, i);

	return v && (v->type == MSGPACK_OBJECT_POSITIVE_INTEGER ||
			v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		   ? v->via.i64
		   : 0;
}

const char *
storer_text(const msgpack_object *message, size_t i)
{
	const msgpack_object *v = item(message, i);

	if (!v || v->type != MSGPACK_OBJECT_STR || v->via.str.size == 0)
		return NULL;
	const char *s = v->via.str.ptr;

	return s[v->via.str.size - 1] == '\0' ? s : NULL;
}

void
storer_pack_text(struct mp_out *o, const char *s)
{
	if (s)
		mp_strn(o, s, strlen(s) + 1);
	else
		mp_nil(o);
}

bool
storer_message(const msgpack_object *message, int kinds, int *kind, uint64_t *op)
{
	if (message->type != MSGPACK_OBJECT_ARRAY || message->via.array.size < 2)
		return false;
	int64_t n = storer_int(message, 0);

	if (n < 0 || n >= kinds)
		return false;
	*kind = (int)n;
	*op = (uint64_t)storer_int(message, 1);
	return true;
}

void
storer_pack_cancel(struct mp_out *o, uint64_t op)
{
	mp_array(o, 2);
	mp_int(o, STORER_CANCEL);
	mp_int(o, (int64_t)op);
}
