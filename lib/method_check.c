/* SPDX-License-Identifier: ISC */
/*
 * The check of a call against its row of the table.  Workers check every call here, so that the
 * engine sees only maps whose keys have the right types and lengths.
 */
#include "lib/method.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/text.h"
#include "lib/uuid.h"

/* Each function returns what is wrong, or NULL. */

static const char *
text_fault(const msgpack_object *v, int64_t max)
{
	if (v->type != MSGPACK_OBJECT_STR)
		return "not a string";
	if (v->via.str.size > max)
		return "too long";
	if (memchr(v->via.str.ptr, '\0', v->via.str.size) ||
	    !text_is_utf8(v->via.str.ptr, v->via.str.size))
		return "not UTF-8 text";
	return NULL;
}

static const char *
texts_fault(const msgpack_object *v, const struct method_field *f)
{
	const char *fault = NULL;

	if (v->type != MSGPACK_OBJECT_ARRAY)
		return "not an array";
	if (v->via.array.size > f->max_items)
		return "too many";
	for (uint32_t i = 0; i < v->via.array.size && !fault; i++)
		fault = text_fault(&v->via.array.ptr[i], f->max);
	return fault;
}

static const char *
int_fault(const msgpack_object *v, int64_t max)
{
	if (v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		return "negative";
	if (v->type != MSGPACK_OBJECT_POSITIVE_INTEGER)
		return "not an integer";
	return v->via.u64 > (uint64_t)max ? "too large" : NULL;
}

static const char *
bin_fault(const msgpack_object *v, int64_t max)
{
	if (v->type != MSGPACK_OBJECT_BIN)
		return "not binary";
	return v->via.bin.size > max ? "too long" : NULL;
}

static const char *
maps_fault(const msgpack_object *v, const struct method_field *f)
{
	if (v->type != MSGPACK_OBJECT_ARRAY)
		return "not an array";
	if (v->via.array.size > f->max_items)
		return "too many";
	for (uint32_t i = 0; i < v->via.array.size; i++)
		if (v->via.array.ptr[i].type != MSGPACK_OBJECT_MAP)
			return "not a map";
	return NULL;
}

static const char *
field_fault(const msgpack_object *v, const struct method_field *f)
{
	switch (f->type) {
	case FIELD_STR:
		return text_fault(v, f->max);
	case FIELD_STRS:
		return texts_fault(v, f);
	case FIELD_BIN:
		return bin_fault(v, f->max);
	case FIELD_INT:
		return int_fault(v, f->max);
	case FIELD_BOOL:
		return v->type == MSGPACK_OBJECT_BOOLEAN ? NULL : "not true or false";
	case FIELD_MAPS:
		return maps_fault(v, f);
	case FIELD_ID:
		if (v->type == MSGPACK_OBJECT_STR && uuid_valid(v->via.str.ptr, v->via.str.size))
			return NULL;
		return "not a UUID";
	}
	return "of an unknown type";
}

static int
say(char *why, size_t why_size, const char *name, const char *fault)
{
	snprintf(why, why_size, "%s: %s", name, fault);
	return OP_BAD_REQUEST;
}

static int
check_map(const struct method_field *fields, const msgpack_object *map, char *why, size_t why_size)
{
	for (const struct method_field *f = fields; f && f->name; f++) {
		const msgpack_object *v = mp_get(map, f->name);
		const char *fault = NULL;

		if (v)
			fault = field_fault(v, f);
		else if (f->required)
			fault = "missing";
		if (fault)
			return say(why, why_size, f->name, fault);
	}
	return OP_OK;
}

/* The maps inside; each has no more inside (method_items). */
static int
check_items(const struct method_field *f, const msgpack_object *v, char *why, size_t why_size)
{
	char fault[100];

	for (uint32_t i = 0; i < v->via.array.size; i++)
		if (check_map(method_items(f), &v->via.array.ptr[i], fault, sizeof(fault)))
			return say(why, why_size, f->name, fault);
	return OP_OK;
}

int
method_check(const struct method *m, const msgpack_object *params, char *why, size_t why_size)
{
	int err = check_map(m->fields, params, why, why_size);

	for (const struct method_field *f = m->fields; f && f->name && err == OP_OK; f++)
		if (f->type == FIELD_MAPS && mp_get(params, f->name))
			err = check_items(f, mp_get(params, f->name), why, why_size);
	if (err == OP_OK)
		why[0] = '\0';
	return err;
}
