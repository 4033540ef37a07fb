/* SPDX-License-Identifier: ISC */
/*
 * Text from outside: UTF-8 (RFC 3629) checked, made plain for a screen, a log or JSON (RFC 8259).
 * Pure.
 */
#ifndef OPDESK_LIB_TEXT_H
#define OPDESK_LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/mp.h"

/* Decode the character at the front of `len` (>= 1) bytes; returns its length, 0 when it is invalid
 * (overlong, a surrogate, past U+10FFFF) or cut short. */
size_t text_next(const char *s, size_t len, uint32_t *cp);

bool text_is_utf8(const void *bytes, size_t len);

/* How many leading bytes of the UTF-8 text keep within max_bytes without cutting a character. */
size_t text_clip(const char *s, size_t len, size_t max_bytes);

/*
 * Append the text with every control (C0 but LF and TAB when keep_lines, DEL, C1), bidirectional
 * control (U+200E/F, U+202A–E, U+2066–9, U+061C) and invalid byte replaced by a visible form:
 * "\x1b", "\u202e".  A backslash stays itself: the result is for eyes, not to be read back.
 * OP_NO_MEMORY.
 */
int text_plain(struct buf *out, const char *s, size_t len, bool keep_lines);

/* The same into a caller's array, always terminated, cut with "…" when it does not fit; returns
 * dst.  For log lines. */
const char *text_log(char *dst, size_t size, const char *s, size_t len);

/* Append a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.  OP_NO_MEMORY. */
int text_json_string(struct buf *out, const char *s, size_t len);

/* Append an object of mp_parse() as JSON; binaries as base64 (RFC 4648) strings, map keys that are
 * not strings are an OP_BAD_REQUEST; OP_NO_MEMORY. */
int text_json(struct buf *out, const msgpack_object *v);

#endif
