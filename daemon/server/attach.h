/* SPDX-License-Identifier: ISC */
/*
 * A worker's link to the engine: made through the door, and made again with pauses of 10 ms … 1 s
 * when the engine was replaced.  Runs on the worker's loop.
 */
#ifndef OPDESK_DAEMON_SERVER_ATTACH_H
#define OPDESK_DAEMON_SERVER_ATTACH_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct attach;

struct attach_events {
	/* The link is there; first: for the first time.  May come from inside attach_start(). */
	void (*up)(bool first, void *arg);
	void (*down)(void *arg);
	void (*message)(const unsigned char *payload, size_t len, void *arg);
	/* attach_is_full() no longer holds. */
	void (*drained)(void *arg);
	/* After attach_finish(), perhaps from inside it: everything is written, or the engine is
	 * gone.  Free it now or later. */
	void (*finished)(void *arg);
};

struct attach_options {
	int door_fd, client_fd; /* borrowed while attached anew may be needed */
	const char *listener, *name;
	size_t max_frame; /* of what the engine may send */
};

/* `events` borrowed for ever.  NULL: no memory. */
struct attach *attach_new(struct ev_loop *loop, const struct attach_options *o,
    const struct attach_events *events, void *arg);
void attach_start(struct attach *a);
void attach_free(struct attach *a);

/* OP_UNAVAILABLE while down; else as conn_send(). */
int attach_send(struct attach *a, const void *payload, size_t len);
bool attach_is_up(const struct attach *a);
bool attach_is_full(const struct attach *a);
/* Stop reading from the engine: how a slow client holds it back. */
void attach_pause(struct attach *a, bool paused);
/* No new link: send what is queued, end our direction, then `finished`. */
void attach_finish(struct attach *a);

#endif
