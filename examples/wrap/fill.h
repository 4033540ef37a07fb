/* SPDX-License-Identifier: ISC */
/*
 * Filling paragraphs: words of UTF-8 text are set into lines of at most so many characters, an
 * empty line parts paragraphs, a longer word has a line to itself.  Pure.
 */
#ifndef OPDESK_EXAMPLES_WRAP_FILL_H
#define OPDESK_EXAMPLES_WRAP_FILL_H

#include <stddef.h>
#include "lib/buf.h"

/* Appends to `out`, each line ended by a newline.  Bytes that are no UTF-8 count one each.
 * OP_NO_MEMORY. */
int fill(const char *text, size_t len, size_t columns, struct buf *out);

#endif
