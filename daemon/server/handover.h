/* SPDX-License-Identifier: ISC */
/*
 * How a client reaches a worker that runs already, and how the acceptor learns that it may.  A
 * worker whose client has ended *rings the bell*: a pair of sockets that all workers write to, like
 * the door, the first time with one end of a *channel* on which it waits for the next client, and
 * for the ones after that.  What comes through the channel is what a forked worker would have been
 * born with.
 */
#ifndef OPDESK_DAEMON_SERVER_HANDOVER_H
#define OPDESK_DAEMON_SERVER_HANDOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* A client as the acceptor took it, apart from its descriptor. */
struct arrival {
	uint32_t number;   /* multiplexed: what its worker calls it when it has ended */
	uint32_t listener; /* place in tree.listeners */
	bool reserved;     /* beyond the bounds, so not for one that asks (`reserved_workers`) */
	socklen_t sa_len;
	struct sockaddr_storage sa;
};

struct bell {
	int in;  /* the acceptor listens here */
	int out; /* workers ring here */
};

struct ring {
	pid_t pid;           /* by the kernel's word */
	uint32_t generation; /* of the configuration that it was forked with */
	int channel;         /* the caller's; -1: it waits on the one that it has */
};

/* OP_SYSTEM with errno. */
int bell_open(struct bell *b);
/* `channel`, or -1, stays the caller's.  OP_AGAIN: too many ring; OP_SYSTEM. */
int bell_ring(int fd, uint32_t generation, int channel);
/* OP_AGAIN: nobody rings.  OP_PROTOCOL: not what a worker of ours sends; out->pid says whose it
 * was. OP_SYSTEM. */
int bell_hear(int fd, struct ring *out);

/* Through a channel.  The client's descriptor stays the caller's.  OP_AGAIN: full; OP_CLOSED: the
 * worker is gone; OP_SYSTEM. */
int handover_send(int channel, const struct arrival *client, int fd);
/* *fd is the caller's.  OP_AGAIN: nothing; OP_NO_MEMORY: the descriptor did not fit into this
 * process; OP_PROTOCOL, OP_CLOSED, OP_SYSTEM: no more will come. */
int handover_receive(int channel, struct arrival *client, int *fd);

/* The other way: numbers of clients that have ended, `len` bytes of them.  One call sends
 * handover_reported(len) of these.  Errors as handover_send(). */
int handover_report(int channel, const void *numbers, size_t len);
size_t handover_reported(size_t len);
/* How many numbers came, at most HANDOVER_NUMBERS; or a negative op_err as parcel_receive(). */
#define HANDOVER_NUMBERS 64
int handover_hear(int channel, uint32_t numbers[HANDOVER_NUMBERS]);

#endif
