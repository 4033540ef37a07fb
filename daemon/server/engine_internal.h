/* SPDX-License-Identifier: ISC */
/* What the files of the engine's side share: engine.c the life, clients.c who is attached,
 * clients_out.c what they are told, child.c its children.  One engine per process, on the default
 * loop. */
#ifndef OPDESK_DAEMON_SERVER_ENGINE_INTERNAL_H
#define OPDESK_DAEMON_SERVER_ENGINE_INTERNAL_H

#include "daemon/server/engine.h"
#include "daemon/server/tree.h"
#include "lib/ev/peer.h"

struct client {
	struct client *next, **link;
	struct engine *engine;
	struct peer *peer;
	struct identity identity;
	const char *role; /* NULL until hello */
	uint64_t id;
	pid_t worker;
	void *arg;
	struct mp_out *out; /* of the message that is being built */
	size_t queued;      /* bytes before it */
	bool is_deaf;       /* it was told so, and has not drained since */
	bool is_ending;     /* its link will be closed from the loop */
};

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
	ev_prepare flush;                  /* while the last messages leave */
	ev_prepare ending;                 /* fed when a client's link is to be closed */
};

/* A line for the acceptor. */
void engine_report(struct engine *e, const char *word, const char *value);

/* The door is readable. */
void clients_on_door(struct ev_loop *loop, ev_io *io, int revents);
/* Some clients are ending. */
void clients_on_ending(struct ev_loop *loop, ev_prepare *w, int revents);
/* Close its link: `detached`, and its memory is gone. */
void client_free(struct client *c);
/* Bounds of a client's link. */
struct conn_limits clients_limits(const struct server_settings *g);
/* Nothing is queued for any client. */
bool clients_are_flushed(const struct engine *e);

#endif
