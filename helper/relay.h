/* SPDX-License-Identifier: ISC */
/*
 * The helper's work: one framed stream to the GUI, any number of links to daemons, and the calls
 * that are on their way (docs/protocol.md, Pipe between GUI and helper).  On a libev loop; waits
 * for nothing and nobody.
 *
 * Backpressure: when the GUI does not read, the links are paused; when a daemon does not read,
 * calls to it are answered `unavailable`, and the other links go on.
 */
#ifndef OPDESK_HELPER_RELAY_H
#define OPDESK_HELPER_RELAY_H

#include <ev.h>
#include "lib/ev/transport.h"

#define RELAY_LINKS_MAX 256u

struct relay;

/* The transport is given away.  `ended` is called once, from the loop, when the GUI has closed its
 * end (err 0) or its stream is of no more use (err negative; logged).  NULL: no memory. */
struct relay *relay_new(
    struct ev_loop *loop, struct transport gui, void (*ended)(int err, void *arg), void *arg);
void relay_free(struct relay *r);

#endif
