/* SPDX-License-Identifier: ISC */
/* What the files of the message toolkit know of each other. */
#ifndef OPDESK_LIB_EV_MSG_INT_H
#define OPDESK_LIB_EV_MSG_INT_H

#include <sys/queue.h>
#include "lib/ev/msg_event.h"

LIST_HEAD(msg_conns, msg_conn);
LIST_HEAD(msg_servers, msg_server);
LIST_HEAD(msg_handlers, msg_handler);
LIST_HEAD(msg_timers, msg_timer);

/* Something to do at the end of this turn, or of the next when that one is at its end already;
 * embedded in its owner. */
struct msg_job {
	TAILQ_ENTRY(msg_job) link;
	void (*run)(void *arg);
	void *arg;
	unsigned turn; /* in which it was added */
	bool waits;
};

struct msg {
	const struct msg_backend *backend;
	void *loop; /* owned; the back end's */
	TAILQ_HEAD(, msg_job) jobs;
	unsigned turn;
	struct msg_conns conns;
	struct msg_servers servers;
	struct msg_handlers handlers;
	struct msg_timers timers;
	unsigned waits; /* rpcmsg_wait() within one another */
	bool broken;    /* the innermost msg_event_loop() ends */
};

void msg_job_add(struct msg *m, struct msg_job *j); /* twice is once */
void msg_job_drop(struct msg *m, struct msg_job *j);

static inline void
msg_watch_start(struct msg *m, struct msg_watch *w)
{
	m->backend->watch(m->loop, w);
}

static inline void
msg_watch_stop(struct msg *m, struct msg_watch *w)
{
	m->backend->unwatch(m->loop, w);
}

/* One turn of the loop, inside callbacks too; msg_break() is left to the msg_event_loop() around.
 */
void msg_turn(struct msg *m);

/* As msg_send_later(), of a message in two parts. */
int msg_conn_send_parts(
    struct msg_conn *c, const void *head, size_t head_len, const void *rest, size_t rest_len);

/* The receive function of a connection that was made without one: until then the loop moves none of
 * its bytes, as there is nobody to tell. */
void msg_conn_set_rcv(struct msg_conn *c, msg_rcv_fn *rcv);

/* `gone` is called with the connection's arg when it is disconnected, by whomever. */
void msg_conn_on_gone(struct msg_conn *c, void (*gone)(void *arg));
struct msg *msg_conn_owner(const struct msg_conn *c);

#endif
