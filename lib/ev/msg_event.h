/* SPDX-License-Identifier: ISC */
/*
 * What the message toolkit asks of an event loop, and all of it: a back end is one table of these
 * functions.  Watches and alarms are embedded in what they belong to, so that starting one needs no
 * memory and cannot fail.
 */
#ifndef OPDESK_LIB_EV_MSG_EVENT_H
#define OPDESK_LIB_EV_MSG_EVENT_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include "lib/ev/msg.h"

struct msg_watch {
	int fd;
	enum msg_event kind;
	/* Called in each turn in which fd is ready, or at its end; may stop, and free, anything. */
	void (*ready)(struct msg_watch *w);
	void *arg;
	bool failed; /* fd cannot be watched (any more): stopped, and `ready` called once */
	union {
		ev_io io;
		struct {
			TAILQ_ENTRY(msg_watch) link, ready_link;
			bool active, is_ready;
		} poll;
	} own; /* the back end's; zero at first */
};

struct msg_alarm {
	void (*ring)(struct msg_alarm *a); /* stopped before, unless it repeats */
	void *arg;
	union {
		ev_timer timer;
		struct {
			TAILQ_ENTRY(msg_alarm) link;
			enum { MSG_POLL_STOPPED, MSG_POLL_WAITS, MSG_POLL_IS_DUE } place;
			int64_t at_ns, repeat_ns;
		} poll;
	} own;
};

struct msg_backend {
	const char *name;
	void *(*make)(void); /* NULL: no memory, or no descriptor */
	void (*free)(void *loop);
	void (*watch)(void *loop, struct msg_watch *w);   /* level-triggered; twice is once */
	void (*unwatch)(void *loop, struct msg_watch *w); /* one that is not started, too */
	/* `seconds` from now, then every `repeat` (0: once).  Not started twice. */
	void (*start)(void *loop, struct msg_alarm *a, double seconds, double repeat);
	void (*stop)(void *loop, struct msg_alarm *a);
	/* One turn: wait for something, or only look; call what is ready and what is due.  True:
	 * something is still started.  With nothing started it does not wait.  May be called inside
	 * callbacks. */
	bool (*run)(void *loop, bool wait);
};

#endif
