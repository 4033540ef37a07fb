/* SPDX-License-Identifier: ISC */
/*
 * A command as people write it, as an argument list.  Words are parted by blanks; '…' and "…" keep
 * blanks together; a backslash outside of '…' takes the next byte as it is.  There is nothing else:
 * no variables, no patterns, no pipes, as there is no shell.  Pure.
 */
#ifndef OPDESK_LIB_WORDS_H
#define OPDESK_LIB_WORDS_H

#include <stddef.h>

/* A list ended by NULL, owned: one free() of *out ends it with its words.  OP_BAD_REQUEST: a quote
 * that is never closed, or a backslash at the end; OP_NO_MEMORY. */
int words_split(const char *text, char ***out, size_t *count);

#endif
