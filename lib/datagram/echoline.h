/* SPDX-License-Identifier: ISC */
/*
 * The payload of our ECHO datagrams (RFC 862): "N: text" with a sequence number, so that answers
 * can be told apart; and what a reverse echo server makes of it, "N: txet".  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_ECHOLINE_H
#define OPDESK_LIB_DATAGRAM_ECHOLINE_H

#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

#define ECHOLINE_PORT "7"
#define ECHOLINE_REVERSE_PORT "2007"
#define ECHOLINE_TEXT_MAX 512 /* bytes of text that we send */

/* Append "N: text".  OP_NO_MEMORY. */
int echoline_format(struct buf *out, uint32_t seq, const void *text, size_t len);

/* *text_at: where the text begins.  OP_BAD_REQUEST: it does not begin with a number without leading
 * zeros, a colon and a blank. */
int echoline_parse(const void *bytes, size_t len, uint32_t *seq, size_t *text_at);

/* Append the payload reversed, as long as it was: by characters when it is UTF-8, else by bytes.  A
 * number in front and a line end behind stay where they are.  OP_NO_MEMORY. */
int echoline_reverse(struct buf *out, const void *bytes, size_t len);

#endif
