/* SPDX-License-Identifier: ISC */
/*
 * Reading MessagePack in two passes over the same decoder of heads: mp_scan() checks everything and
 * counts, then mp_parse() makes one allocation for all the objects and fills it, so that a message
 * costs one malloc() whatever its shape and nothing is allocated for what is only claimed.
 */
#include "lib/mp.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

struct scan {
	const unsigned char *p;
	size_t left;
	size_t nodes; /* objects inside containers */
};

struct build {
	const unsigned char *p;
	msgpack_object *free_node;
};

static uint64_t
big_endian(const unsigned char *p, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | p[i];
	return v;
}

static void
put_int(msgpack_object *o, uint64_t raw, size_t bytes)
{
	unsigned shift = 64 - 8 * (unsigned)bytes;

	o->via.i64 = (int64_t)(raw << shift) >> shift;
	o->type =
	    o->via.i64 < 0 ? MSGPACK_OBJECT_NEGATIVE_INTEGER : MSGPACK_OBJECT_POSITIVE_INTEGER;
}

static void
put_size(msgpack_object *o, msgpack_object_type type, uint64_t size)
{
	o->type = type;
	/* array, map, str and bin all begin with their size and have their pointer next */
	o->via.array.size = (uint32_t)size;
	o->via.array.ptr = NULL;
}

static void
put_float(msgpack_object *o, uint64_t raw, size_t bytes)
{
	uint32_t low = (uint32_t)raw;
	float f;

	if (bytes == 4) {
		memcpy(&f, &low, sizeof(f));
		o->type = MSGPACK_OBJECT_FLOAT32;
		o->via.f64 = (double)f;
	} else {
		o->type = MSGPACK_OBJECT_FLOAT64;
		memcpy(&o->via.f64, &raw, sizeof(o->via.f64));
	}
}

/* The formats 0xc0 … 0xdf of the specification: what they are and how many bytes follow. */
enum form {
	FORM_NONE,
	FORM_NIL,
	FORM_BOOL,
	FORM_BIN,
	FORM_FLOAT,
	FORM_UINT,
	FORM_INT,
	FORM_STR,
	FORM_ARRAY,
	FORM_MAP
};

static const struct {
	unsigned char form, bytes;
} forms[32] = {
    {FORM_NIL, 0}, {FORM_NONE, 0}, {FORM_BOOL, 0}, {FORM_BOOL, 0},    /* c0 … c3 */
    {FORM_BIN, 1}, {FORM_BIN, 2}, {FORM_BIN, 4}, {FORM_NONE, 0},      /* c4 … c7 */
    {FORM_NONE, 0}, {FORM_NONE, 0}, {FORM_FLOAT, 4}, {FORM_FLOAT, 8}, /* c8 … cb */
    {FORM_UINT, 1}, {FORM_UINT, 2}, {FORM_UINT, 4}, {FORM_UINT, 8},   /* cc … cf */
    {FORM_INT, 1}, {FORM_INT, 2}, {FORM_INT, 4}, {FORM_INT, 8},       /* d0 … d3 */
    {FORM_NONE, 0}, {FORM_NONE, 0}, {FORM_NONE, 0}, {FORM_NONE, 0},   /* d4 … d7 */
    {FORM_NONE, 0}, {FORM_STR, 1}, {FORM_STR, 2}, {FORM_STR, 4},      /* d8 … db */
    {FORM_ARRAY, 2}, {FORM_ARRAY, 4}, {FORM_MAP, 2}, {FORM_MAP, 4},   /* dc … df */
};

static void
put_form(msgpack_object *o, unsigned form, unsigned char first, uint64_t raw, size_t bytes)
{
	static const msgpack_object_type sized[] = {
	    [FORM_BIN] = MSGPACK_OBJECT_BIN,
	    [FORM_STR] = MSGPACK_OBJECT_STR,
	    [FORM_ARRAY] = MSGPACK_OBJECT_ARRAY,
	    [FORM_MAP] = MSGPACK_OBJECT_MAP,
	};

	switch (form) {
	case FORM_NIL:
		o->type = MSGPACK_OBJECT_NIL;
		break;
	case FORM_BOOL:
		o->type = MSGPACK_OBJECT_BOOLEAN;
		o->via.boolean = first & 1;
		break;
	case FORM_UINT:
		o->type = MSGPACK_OBJECT_POSITIVE_INTEGER;
		o->via.u64 = raw;
		break;
	case FORM_INT:
		put_int(o, raw, bytes);
		break;
	case FORM_FLOAT:
		put_float(o, raw, bytes);
		break;
	default:
		put_size(o, sized[form], raw);
	}
}

/* One object's head: its type and value, for containers and strings their size only.  Returns how
 * many bytes it takes, 0 when there is none. */
static inline size_t
read_head(const unsigned char *p, size_t left, msgpack_object *o)
{
	unsigned char first;
	size_t bytes;

	if (left == 0)
		return 0;
	first = p[0];
	if (first < 0x80 || first >= 0xe0) {
		put_int(o, first, 1);
		return 1;
	}
	if (first < 0xc0) {
		if (first >= 0xa0)
			put_size(o, MSGPACK_OBJECT_STR, first & 0x1f);
		else if (first >= 0x90)
			put_size(o, MSGPACK_OBJECT_ARRAY, first & 0x0f);
		else
			put_size(o, MSGPACK_OBJECT_MAP, first & 0x0f);
		return 1;
	}
	bytes = forms[first - 0xc0].bytes;
	if (forms[first - 0xc0].form == FORM_NONE || left - 1 < bytes)
		return 0;
	put_form(o, forms[first - 0xc0].form, first, big_endian(p + 1, bytes), bytes);
	return 1 + bytes;
}

static bool
is_bytes(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_STR || o->type == MSGPACK_OBJECT_BIN;
}

static bool
is_container(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_ARRAY || o->type == MSGPACK_OBJECT_MAP;
}

/* How many objects follow as the container's contents. */
static size_t
contents(const msgpack_object *o)
{
	return o->type == MSGPACK_OBJECT_MAP ? 2 * (size_t)o->via.map.size : o->via.array.size;
}

static bool
scan_one(struct scan *s, unsigned depth)
{
	msgpack_object o;
	size_t n = read_head(s->p, s->left, &o);

	if (n == 0)
		return false;
	if (is_bytes(&o)) {
		if (o.via.str.size > s->left - n)
			return false;
		n += o.via.str.size;
	}
	s->p += n;
	s->left -= n;
	if (!is_container(&o))
		return true;
	n = contents(&o);
	/* Every object takes a byte at least: a count past the bytes is a lie. */
	if (depth == MP_MAX_DEPTH || n > s->left || n > MP_MAX_OBJECTS - s->nodes)
		return false;
	s->nodes += n;
	while (n-- > 0)
		if (!scan_one(s, depth + 1))
			return false;
	return true;
}

static int
scan(struct scan *s, const void *bytes, size_t len)
{
	*s = (struct scan){.p = bytes, .left = len};
	return scan_one(s, 0) ? OP_OK : OP_PROTOCOL;
}

int
mp_scan(const void *bytes, size_t len, size_t *used)
{
	struct scan s;
	int err = scan(&s, bytes, len);

	if (err)
		return err;
	*used = len - s.left;
	return OP_OK;
}

/* Fill *out from bytes that scan() has accepted. */
static void
build_one(struct build *b, msgpack_object *out)
{
	size_t n = read_head(b->p, SIZE_MAX, out);
	msgpack_object *items;

	b->p += n;
	if (is_bytes(out)) {
		out->via.str.ptr = (const char *)b->p;
		b->p += out->via.str.size;
	} else if (is_container(out) && contents(out)) {
		n = contents(out);
		items = b->free_node;
		b->free_node += n;
		/* a map's pair is two objects side by side */
		out->via.array.ptr = items;
		for (size_t i = 0; i < n; i++)
			build_one(b, &items[i]);
	}
}

int
mp_parse(struct mp_doc *doc, const void *bytes, size_t len)
{
	struct scan s;
	struct build b = {.p = bytes};
	msgpack_object *nodes = NULL;
	int err = scan(&s, bytes, len);

	if (err)
		return err;
	if (s.left)
		return OP_PROTOCOL;
	if (s.nodes) {
		nodes = malloc(s.nodes * sizeof(*nodes));
		if (!nodes)
			return OP_NO_MEMORY;
	}
	b.free_node = nodes;
	build_one(&b, &doc->root);
	doc->nodes = nodes;
	return OP_OK;
}

void
mp_fini(struct mp_doc *doc)
{
	free(doc->nodes);
	*doc = (struct mp_doc){0};
}

/* --- looking into maps --- */

const msgpack_object *
mp_get(const msgpack_object *map, const char *key)
{
	size_t len = strlen(key);

	if (!map || map->type != MSGPACK_OBJECT_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->via.map.size; i++) {
		const msgpack_object_kv *kv = &map->via.map.ptr[i];

		if (kv->key.type == MSGPACK_OBJECT_STR && kv->key.via.str.size == len &&
		    memcmp(kv->key.via.str.ptr, key, len) == 0)
			return kv->val.type == MSGPACK_OBJECT_NIL ? NULL : &kv->val;
	}
	return NULL;
}

int
mp_get_text(const msgpack_object *map, const char *key, struct mp_text *out)
{
	const msgpack_object *v = mp_get(map, key);

	if (!v)
		return OP_NOT_FOUND;
	if (v->type != MSGPACK_OBJECT_STR)
		return OP_BAD_REQUEST;
	*out = (struct mp_text){v->via.str.ptr, v->via.str.size};
	return OP_OK;
}

int
mp_get_int(const msgpack_object *map, const char *key, int64_t *out)
{
	const msgpack_object *v = mp_get(map, key);

	if (!v)
		return OP_NOT_FOUND;
	if (v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER) {
		*out = v->via.i64;
		return OP_OK;
	}
	if (v->type != MSGPACK_OBJECT_POSITIVE_INTEGER || v->via.u64 > INT64_MAX)
		return OP_BAD_REQUEST;
	*out = (int64_t)v->via.u64;
	return OP_OK;
}

int
mp_get_bool(const msgpack_object *map, const char *key, bool *out)
{
	const msgpack_object *v = mp_get(map, key);

	if (!v)
		return OP_NOT_FOUND;
	if (v->type != MSGPACK_OBJECT_BOOLEAN)
		return OP_BAD_REQUEST;
	*out = v->via.boolean;
	return OP_OK;
}

int
mp_get_array(const msgpack_object *map, const char *key, const msgpack_object_array **out)
{
	const msgpack_object *v = mp_get(map, key);

	if (!v)
		return OP_NOT_FOUND;
	if (v->type != MSGPACK_OBJECT_ARRAY)
		return OP_BAD_REQUEST;
	*out = &v->via.array;
	return OP_OK;
}

char *
mp_dup(const msgpack_object *map, const char *key)
{
	struct mp_text t;
	char *copy;

	if (mp_get_text(map, key, &t) != OP_OK || memchr(t.s, '\0', t.len))
		return NULL;
	copy = malloc(t.len + 1);
	if (!copy)
		return NULL;
	memcpy(copy, t.s, t.len);
	copy[t.len] = '\0';
	return copy;
}

bool
mp_text_is(struct mp_text t, const char *s)
{
	return strlen(s) == t.len && memcmp(s, t.s, t.len) == 0;
}
