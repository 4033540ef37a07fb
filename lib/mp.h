/* SPDX-License-Identifier: ISC */
/*
 * MessagePack (the public specification, https://github.com/msgpack/msgpack/blob/master/spec.md)
 * with msgpack-c's objects: a writer with one sticky error (mpout.c), and a reader of our own
 * (mp.c) that holds array and map counts against the bytes there are before it allocates (a 5-byte
 * header can make msgpack-c's reader ask for 2 GB) and makes one allocation for a whole message.
 */
#ifndef OPDESK_LIB_MP_H
#define OPDESK_LIB_MP_H

#include <msgpack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

#define MP_MAX_DEPTH 16         /* nesting that the reader accepts */
#define MP_MAX_OBJECTS 2000000u /* in one message: bounds its memory (24 bytes each) */

/* --- writing: append to a buffer; after the first failure every call is a no-op --- */

struct mp_out {
	struct buf *buf; /* borrowed */
	int err;         /* 0 or OP_NO_MEMORY: look once, at the end */
};

void mp_out_init(struct mp_out *o, struct buf *buf);
void mp_map(struct mp_out *o, size_t pairs);
void mp_array(struct mp_out *o, size_t items);
void mp_str(struct mp_out *o, const char *s);              /* NULL packs nil */
void mp_strn(struct mp_out *o, const char *s, size_t len); /* NULL when there is nothing of it */
void mp_bin(struct mp_out *o, const void *bytes, size_t len);
void mp_int(struct mp_out *o, int64_t v);
void mp_bool(struct mp_out *o, bool v);
void mp_nil(struct mp_out *o);
/* Any object read by mp_parse(), written again. */
void mp_object(struct mp_out *o, const msgpack_object *v);
/* Bytes that already are MessagePack. */
void mp_raw(struct mp_out *o, const void *bytes, size_t len);

/* A key and its value. */
void mp_kstr(struct mp_out *o, const char *key, const char *s);
void mp_kint(struct mp_out *o, const char *key, int64_t v);
void mp_kbool(struct mp_out *o, const char *key, bool v);

/* --- reading --- */

struct mp_doc {
	msgpack_object *nodes; /* owned: all objects inside containers */
	msgpack_object root;
};

/*
 * Parse exactly one object that fills the `len` bytes.  Strings and binaries point into `bytes`,
 * which must outlive the document.  OP_PROTOCOL: not MessagePack, an ext type, deeper than
 * MP_MAX_DEPTH, counts past the bytes or MP_MAX_OBJECTS, or something left over; OP_NO_MEMORY.  On
 * success call mp_fini().
 */
int mp_parse(struct mp_doc *doc, const void *bytes, size_t len);
void mp_fini(struct mp_doc *doc);

/* Length of the first object in `bytes`, by the same checks; OP_PROTOCOL when there is none. */
int mp_scan(const void *bytes, size_t len, size_t *used);

struct mp_text { /* a string as it stands in a message: not terminated, borrowed */
	const char *s;
	size_t len;
};

/* The value under `key` in a map; NULL when `map` is NULL, no map, or has no such key (the first
 * counts).  A nil value is returned as NULL too: nil means "not given" in all our maps. */
const msgpack_object *mp_get(const msgpack_object *map, const char *key);

/* Typed: OP_OK; OP_NOT_FOUND: no such key or nil; OP_BAD_REQUEST: another type or out of range. */
int mp_get_text(const msgpack_object *map, const char *key, struct mp_text *out);
int mp_get_int(const msgpack_object *map, const char *key, int64_t *out);
int mp_get_bool(const msgpack_object *map, const char *key, bool *out);
int mp_get_array(const msgpack_object *map, const char *key, const msgpack_object_array **out);

/* An owned, terminated copy of the string under `key`; NULL when absent, of another type, holding
 * a NUL, or out of memory. */
char *mp_dup(const msgpack_object *map, const char *key);

bool mp_text_is(struct mp_text t, const char *s);

#endif
