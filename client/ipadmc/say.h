/* SPDX-License-Identifier: ISC */
/* What several commands print: findings, locks, what a change has done, and JSON of files. */
#ifndef OPDESK_CLIENT_IPADMC_SAY_H
#define OPDESK_CLIENT_IPADMC_SAY_H

#include <stdio.h>
#include "client/common/query.h"

/* As compilers do, so that editors can go there: "FILE:LINE:COLUMN: error: MESSAGE [CODE]", with
 * the correction on a line of its own.  OP_PROTOCOL, OP_NO_MEMORY. */
int say_findings(FILE *to, const msgpack_object_array *findings);

/* "locked by lena for another 8 min 20 s", for a *lock*. */
int say_lock(struct buf *out, const msgpack_object *lock);

/* Print a *done*; with `addresses` a line "ADDRESS NAME" for each node on standard output, and the
 * rest for people. */
int say_done(const struct query *q, const msgpack_object *done, bool addresses);

/* Lines that differ, "-OLD" and "+NEW".  OP_NO_MEMORY, OP_TOO_LARGE, OP_SYSTEM. */
int say_changes(FILE *to, const struct buf *before, const struct buf *after);

/* Print a map as one line of JSON whose binary `text` is a string when it is UTF-8, else
 * `text_base64`. */
int say_json_file(const msgpack_object *file);

/* OP_SYSTEM. */
int say_write(FILE *to, const struct buf *text);

#endif
