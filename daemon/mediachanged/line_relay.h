/* SPDX-License-Identifier: ISC */
/*
 * A client of the one-line protocol as an asker: its line is an okcancel question that is withdrawn
 * when it hangs up and confirmed when its token was delivered.  Runs in the worker; pure.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_LINE_RELAY_H
#define OPDESK_DAEMON_MEDIACHANGED_LINE_RELAY_H

#include "daemon/server/relay.h"

extern const struct relay_line line_relay;

#endif
