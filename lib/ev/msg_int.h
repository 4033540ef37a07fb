/* SPDX-License-Identifier: ISC */
/* What the three files of the message toolkit know of each other. */
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
};

/* The receive function of a connection that was made without one. */
void msg_conn_set_rcv(struct msg_conn *c, msg_rcv_fn *rcv);

#endif
