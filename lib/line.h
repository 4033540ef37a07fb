/* SPDX-License-Identifier: ISC */
/*
 * The one-line protocol of the original mediachangec (docs/protocol.md, One-line protocol), and the
 * look at a connection's first byte that tells it from frames and TLS on the same port.  Pure.
 */
#ifndef OPDESK_LIB_LINE_H
#define OPDESK_LIB_LINE_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_MAX_BYTES 8192u /* without the line end */

enum line_peer { LINE_PEER_FRAMES, LINE_PEER_TLS, LINE_PEER_LINE };

/* What kind of client begins with this byte: 0x00 frames, 0x16 a TLS handshake, else a line. */
enum line_peer line_first_byte(unsigned char byte);

/*
 * The line in the `len` bytes that have arrived; `eof`: no more will come (it ends the line too).
 * OP_OK: *line_len bytes at the front are the message without its LF or CRLF.  OP_AGAIN: no line
 * end yet.  OP_CLOSED: the end came before any byte.  OP_TOO_LARGE; OP_BAD_REQUEST: empty, NUL
 * inside, not UTF-8, or an HTTP request; *why (static) then says which.
 */
int line_parse(const void *bytes, size_t len, bool eof, size_t *line_len, const char **why);

#endif
