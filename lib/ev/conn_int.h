/* SPDX-License-Identifier: ISC */
/* What the two halves of a connection, conn.c (life, reading, stall) and conn_out.c, share. */
#ifndef OPDESK_LIB_EV_CONN_INT_H
#define OPDESK_LIB_EV_CONN_INT_H

#include "lib/ev/conn.h"

struct conn {
	struct ev_loop *loop;
	struct transport t;
	const struct conn_events *events;
	struct conn_limits limits;
	void *arg;
	ev_io rio;
	ev_io wio;
	ev_idle again; /* once, in the next turn, without waiting for the descriptor */
	ev_timer stall;
	/* when the peer last gave or took something, or began to owe it; not by ev_now(), which
	 * steps with the wall clock */
	int64_t in_progress_ms;
	int64_t out_progress_ms;
	struct buf in;       /* the unfinished frame; whole ones only while paused */
	struct buf out;      /* whole frames; the first may be partly written */
	size_t urgent;       /* bytes of `out` up to and with the urgent one; 0: there is none */
	size_t mark;         /* of the frame being built */
	unsigned flushed_in; /* turn of the loop */
	unsigned busy;
	int begin_err;
	int write_errno; /* writing failed: read what is there, then end */
	bool freed;
	bool ended;     /* events->end was called: nothing is read any more */
	bool mute;      /* nothing is written any more */
	bool finishing; /* nothing is queued any more */
	bool shut;      /* our direction is ended, or nearly: its end does not fit yet */
	bool paused;
	bool full;
};

static inline void
conn_enter(struct conn *c)
{
	c->busy++;
}

/* Counterpart of conn_enter(); may give the memory back. */
void conn_leave(struct conn *c);

/* Start the stall timer if there is one and it does not run. */
void conn_arm_stall(struct conn *c);

/* One write of a slice; false when it failed. */
bool conn_write_some(struct conn *c);

/* Nothing is written any more. */
void conn_stop_output(struct conn *c);

void conn_on_writable(struct ev_loop *loop, ev_io *w, int revents);

#endif
