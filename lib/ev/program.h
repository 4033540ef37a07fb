/* SPDX-License-Identifier: ISC */
/*
 * A program whose standard input and output are a transport: ssh, at the other end of which a
 * daemon listens.  Its standard error is kept line by line; the last line is what the transport's
 * why() says when the program ends.  The program leads a session of its own: it asks nobody at the
 * terminal, and a Ctrl-C is not for it.
 *
 * Closing the transport ends the program's input, after which it normally ends by itself; it gets
 * SIGTERM after half a second and SIGKILL after another.
 */
#ifndef OPDESK_LIB_EV_PROGRAM_H
#define OPDESK_LIB_EV_PROGRAM_H

#include <ev.h>
#include <stddef.h>
#include "lib/ev/transport.h"

/*
 * argv[0] is looked up in PATH.  close() leaves the end of the program to `loop`, which may be
 * destroyed after it, not before; without a loop (NULL) close() waits for it, a second at most.
 * OP_OK: *out is given away.  OP_UNAVAILABLE (there is no such program), OP_DENIED, OP_SYSTEM,
 * OP_NO_MEMORY, with `why`: "cannot run ssh: no such file or directory".
 */
int program_start(struct ev_loop *loop, const char *const argv[], struct transport *out, char *why,
    size_t why_size);

#endif
