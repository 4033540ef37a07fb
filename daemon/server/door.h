/* SPDX-License-Identifier: ISC */
/*
 * The door: one pair of sockets (parcel.h) through which workers hand a connection to the engine. A
 * message is {listener, peer's name} with two descriptors, the engine's end of the link and the
 * client's connection, and the kernel's word on who sent it.  The acceptor makes it and keeps both
 * ends, so that what is sent while no engine runs waits for the next one.
 */
#ifndef OPDESK_DAEMON_SERVER_DOOR_H
#define OPDESK_DAEMON_SERVER_DOOR_H

#include <stddef.h>
#include <sys/types.h>

#define DOOR_LISTENER 256
#define DOOR_NAME 256

struct door {
	int in;  /* the engine reads here */
	int out; /* workers write here */
};

struct door_visit {
	char listener[DOOR_LISTENER];
	char name[DOOR_NAME]; /* empty: none */
	int link_fd, client_fd;
	pid_t pid;
};

/* OP_SYSTEM with errno. */
int door_open(struct door *d);

/* Never waits.  Both descriptors stay the caller's.  OP_AGAIN: the door is full, or too many
 * descriptors are on their way; OP_SYSTEM. */
int door_send(int fd, const char *listener, const char *name, int link_fd, int client_fd);

/*
 * OP_OK: the two descriptors are the caller's.  OP_AGAIN: nobody is there.  OP_PROTOCOL: not what
 * a worker of ours sends; out->pid says whose it was (0: unknown).  OP_NO_MEMORY: no room for the
 * descriptors, it may come again.  OP_SYSTEM.
 */
int door_receive(int fd, struct door_visit *out);

#endif
