/* SPDX-License-Identifier: ISC */
/*
 * `NAME --stdio`: one session on standard input and output, for ssh and inetd, relayed byte for
 * byte to the UNIX socket of the daemon that runs.  So there stays one daemon and one writer, and
 * the daemon knows its client by the user of this process.
 */
#ifndef OPDESK_DAEMON_SERVER_STDIO_H
#define OPDESK_DAEMON_SERVER_STDIO_H

#include "daemon/server/generic.h"

/*
 * Relay until either side has ended.  The socket is the first UNIX one that the configuration would
 * listen on where a daemon answers; for users other than root the system's socket comes last.
 * Returns the exit status: 0; EX_UNAVAILABLE: nobody answers; EX_NOPERM: not allowed to connect;
 * EX_IOERR, EX_OSERR: a stream broke.  What went wrong is said on standard error, or in the system
 * log when standard error is the stream of the session (inetd).
 */
int stdio_session(const struct server_config *c);

#endif
