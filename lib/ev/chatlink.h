/* SPDX-License-Identifier: ISC */
/*
 * A client's conversation (lib/chatter.h) on UDP sockets: one connected to the server, and one in
 * the groups of the channels when there is multicast.  It sends, listens and keeps the time itself;
 * all else that happens is for the user.  Used by opchat and ipadmh, on their loop.
 *
 * Groups are heard on the interface that leads to the server, unless another is named: what the
 * kernel would choose is where the default route leads, if there is one.
 */
#ifndef OPDESK_LIB_EV_CHATLINK_H
#define OPDESK_LIB_EV_CHATLINK_H

#include <ev.h>
#include <stddef.h>
#include "lib/chatter.h"
#include "lib/ev/resolve.h"

struct chatlink;

/* Called from the loop and from chatlink_turn(); it must not close the link.  Never CHATTER_SEND,
 * CHATTER_LISTEN and CHATTER_LISTEN_NOT; a group that cannot be heard is a CHATTER_ERROR. */
typedef void chatlink_event_fn(const struct chatter_event *e, void *arg);

/* Logs in as `nick` from the loop's next turn on.  interface: name or address, "" as above; copied.
 * OP_OK: *out, owned.  Else an error of udp_open() or OP_NO_MEMORY, with `why`. */
int chatlink_open(struct ev_loop *loop, const struct resolve_addr *server, const char *nick,
    const char *interface, chatlink_event_fn *event, void *arg, struct chatlink **out, char *why,
    size_t why_size);
/* At once and without a word: chatter_leave() and chatlink_turn() before it log off. */
void chatlink_close(struct chatlink *l); /* NULL is fine */

/* For what the user wants; chatlink_turn() afterwards does it. */
struct chatter *chatlink_chatter(struct chatlink *l);
void chatlink_turn(struct chatlink *l);

#endif
