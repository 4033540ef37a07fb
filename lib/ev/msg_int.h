/* SPDX-License-Identifier: ISC */
/* What the files of the message toolkit know of each other. */
#ifndef OPDESK_LIB_EV_MSG_INT_H
#define OPDESK_LIB_EV_MSG_INT_H

#include <sys/queue.h>
#include "lib/ev/msg.h"

LIST_HEAD(msg_conns, msg_conn);
LIST_HEAD(msg_servers, msg_server);
LIST_HEAD(msg_handlers, msg_handler);
LIST_HEAD(msg_timers, msg_timer);

struct msg {
	struct ev_loop *loop; /* owned */
	struct msg_conns conns;
	struct msg_servers servers;
	struct msg_handlers handlers;
	struct msg_timers timers;
	unsigned waits; /* rpcmsg_wait() within one another */
	bool broken; /* the innermost msg_event_loop() ends */
};

/* One turn of the loop, inside callbacks too; msg_break() is left to the msg_event_loop() around. */
void msg_turn(struct msg *m);

/* The receive function of a connection that was made without one. */
void msg_conn_set_rcv(struct msg_conn *c, msg_rcv_fn *rcv);

/* `gone` is called with the connection's arg when it is disconnected, by whomever. */
void msg_conn_on_gone(struct msg_conn *c, void (*gone)(void *arg));
struct msg *msg_conn_owner(const struct msg_conn *c);

#endif
