/* SPDX-License-Identifier: ISC */
/* What errno says, as one of our errors and as part of a sentence ("connection refused"). */
#ifndef OPDESK_LIB_EV_REASON_H
#define OPDESK_LIB_EV_REASON_H

#include <stddef.h>

/* OP_UNAVAILABLE: refused, unreachable, no such file; OP_DENIED; OP_TIMEOUT; OP_CLOSED: reset,
 * broken pipe; OP_CONFLICT: address in use; OP_TOO_LARGE: message too long; OP_NO_MEMORY; OP_SYSTEM
 * for all else. */
int reason_err(int errnum);

/* strerror(3) with a small first letter; returns dst. */
const char *reason_text(char *dst, size_t size, int errnum);

/* Any text of the C library, made a part of a sentence in the same way. */
const char *reason_lower(char *dst, size_t size, const char *text);

#endif
