/* SPDX-License-Identifier: ISC */
/* What the rows of the table of types are made of (type_subnet.c, type_flat.c). */
#ifndef OPDESK_DAEMON_IPADMD_TYPE_ROWS_H
#define OPDESK_DAEMON_IPADMD_TYPE_ROWS_H

#include "daemon/ipadmd/file_type.h"

int subnet_merge(const struct place *p, const struct buf *base, const struct buf *mine,
    const struct buf *theirs, struct buf *out, struct mp_out *conflicts);
int subnet_pack_diff(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);
int subnet_pack_changed(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);
size_t subnet_row_keys(const struct tree_file *f);
void subnet_pack_row(const struct tree_file *f, struct mp_out *o);

int flat_merge_buf(const struct place *p, const struct buf *base, const struct buf *mine,
    const struct buf *theirs, struct buf *out, struct mp_out *conflicts);
int flat_pack_diff(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);
int flat_pack_changed(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o);
int flat_check_buf(const struct place *p, const struct buf *bytes, struct flat_findings *out);
size_t flat_row_keys(const struct tree_file *f);
void flat_pack_row(const struct tree_file *f, struct mp_out *o);

#endif
