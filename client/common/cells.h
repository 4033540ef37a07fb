/* SPDX-License-Identifier: ISC */
/*
 * Parts of a map that a daemon answered as text for a terminal.  Each appends to `out` what stands
 * there, made plain, or nothing when the map has none; OP_OK or OP_NO_MEMORY.
 */
#ifndef OPDESK_CLIENT_COMMON_CELLS_H
#define OPDESK_CLIENT_COMMON_CELLS_H

#include <stdint.h>
#include "lib/buf.h"
#include "lib/mp.h"

/* What a column shows of a map. */
typedef int cell_fn(struct buf *out, const msgpack_object *map);

/* The value under a key. */
typedef int cell_key_fn(struct buf *out, const msgpack_object *map, const char *key);
cell_key_fn cell_text, cell_int, cell_duration;

/* Local time, "2026-11-20 11:22:33"; ms since 1970. */
int cell_time(struct buf *out, int64_t at_ms);

#endif
