/* SPDX-License-Identifier: ISC */
/*
 * Parts of an alert as text for a terminal.  Each appends to `out` what stands there, made plain,
 * or nothing when the alert has none; OP_OK or OP_NO_MEMORY.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_CELLS_H
#define OPDESK_CLIENT_MEDIACHANGEQ_CELLS_H

#include <stdint.h>
#include "lib/buf.h"
#include "lib/mp.h"

/* What a column shows of an alert. */
typedef int cell_fn(struct buf *out, const msgpack_object *alert);
cell_fn cell_id, cell_age, cell_asked, cell_severity, cell_from, cell_state, cell_question;

/* The value under a key. */
typedef int cell_key_fn(struct buf *out, const msgpack_object *map, const char *key);
cell_key_fn cell_text, cell_int, cell_duration;

/* Local time, "2026-11-20 11:22:33"; ms since 1970. */
int cell_time(struct buf *out, int64_t at_ms);

#endif
