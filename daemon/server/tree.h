/* SPDX-License-Identifier: ISC */
/*
 * What the processes of the tree have in common: the configuration, the door, the lifeline.  Made
 * by the acceptor, inherited by fork; each child closes what is not its own.
 */
#ifndef OPDESK_DAEMON_SERVER_TREE_H
#define OPDESK_DAEMON_SERVER_TREE_H

#include "daemon/server/door.h"
#include "daemon/server/generic.h"
#include "daemon/server/handover.h"
#include "lib/uuid.h"

struct listener {
	int fd;
	char endpoint[DOOR_LISTENER];
};

struct tree {
	struct server_config *config;
	/* Of the acceptor's start: hello tells who is one daemon.  Not kept in the state directory:
	 * a copy of that is another daemon, which nobody would then try. */
	char instance[UUID_SIZE];
	uint32_t generation;                  /* of the configuration: grows at every reload */
	const struct server_options *options; /* to read the configuration again */
	const struct listener *listeners;
	struct door door;
	struct bell bell;
	int lifeline_in;  /* every child's: end of file = finish and exit */
	int lifeline_out; /* the acceptor's alone */
};

/* The engine's life; never returns.  It writes lines into report_fd: "ready", "failed WHY" (it then
 * exits), "condemn PID" (kill that worker: only its parent knows that the pid is still its own). */
void engine_main(struct tree *t, int report_fd) __attribute__((noreturn));

#endif
