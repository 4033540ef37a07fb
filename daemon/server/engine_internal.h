/* SPDX-License-Identifier: ISC */
/* What the files of the engine's side share: engine.c the life, clients.c who is attached, child.c
 * its children.  One engine per process, on the default loop. */
#ifndef OPDESK_DAEMON_SERVER_ENGINE_INTERNAL_H
#define OPDESK_DAEMON_SERVER_ENGINE_INTERNAL_H

#include "daemon/server/engine.h"
#include "daemon/server/tree.h"

struct engine {
	struct ev_loop *loop;
	struct tree *tree;
	const struct engine_events *events;
	void *arg;
	int report_fd, lock_fd;
	bool stopping, ready;
	int64_t full_told_ms; /* that descriptors have run out */
	struct client *clients;
	uint64_t last_id;
	ev_io door, lifeline;
	ev_signal term, hup, usr2;
	ev_timer stop_limit;
	struct discoverable *discoverable; /* or NULL */
	ev_prepare flush; /* while the last messages leave */
};

/* A line for the acceptor. */
void engine_report(struct engine *e, const char *word, const char *value);

/* The door is readable. */
void clients_on_door(struct ev_loop *loop, ev_io *io, int revents);
/* Nothing is queued for any client. */
bool clients_are_flushed(const struct engine *e);

#endif
