/* SPDX-License-Identifier: ISC */
/*
 * What the loop's half of a connection (msg_conn.c) and the blocking one (msg_block.c) share.  All
 * bytes that arrived wait in `in`, all that must leave in `out`, whoever moves them: that is why
 * one can finish what the other began.
 */
#ifndef OPDESK_LIB_EV_MSG_CONN_INT_H
#define OPDESK_LIB_EV_MSG_CONN_INT_H

#include "lib/ev/msg_int.h"

struct msg_conn {
	LIST_ENTRY(msg_conn) link;
	struct msg *m;
	struct transport t;
	msg_rcv_fn *rcv;
	void (*drained)(struct msg_conn *c, void *arg);
	void (*on_gone)(void *arg);
	void *arg;
	struct msg_watch readable;
	struct msg_watch writable;
	struct msg_job again; /* next turn: there is more to hand over */
	struct msg_job flush; /* this turn's messages leave in one write at its end */
	struct buf in;
	struct buf out;
	size_t begun; /* bytes left of the first message in `out`; 0: not begun */
	size_t max_message;
	size_t high_water;
	int err; /* why it is closed */
	int eof_err;
	int send_err; /* of the failed write that waits for a decision */
	unsigned busy;
	bool open;
	bool eof;     /* the peer's; or nothing more can be read because of eof_err */
	bool refused; /* a message was: `drained` is owed */
	bool gone;    /* disconnected inside a callback */
};

/* Our side is over, with this error; the handle stays. */
void msg_conn_close(struct msg_conn *c, int err);

/* Queue a message in two parts; nothing is begun when it fails. */
int msg_conn_queue(
    struct msg_conn *c, const void *head, size_t head_len, const void *rest, size_t rest_len);
/* Write a slice of the queue.  An error stays in send_err. */
int msg_conn_write(struct msg_conn *c);
/* Bytes were moved, or dropped, outside the loop: from it, who was refused is told of room. */
void msg_conn_settle(struct msg_conn *c);

/* The end, and an error with it, are only noted: what came before must be handed over first. */
void msg_conn_read(struct msg_conn *c);
/* Move the next whole message from what has arrived to `out`; OP_AGAIN when there is none. */
int msg_conn_take(struct msg_conn *c, struct buf *out);
/* Nothing whole is left: how did it end? */
int msg_conn_how_ended(const struct msg_conn *c);

#endif
