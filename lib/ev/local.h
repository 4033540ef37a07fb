/* SPDX-License-Identifier: ISC */
/*
 * Datagrams between programs of one host, on sockets of the UNIX family (unix(7)).  The kernel
 * tells who sent each one (SCM_CREDENTIALS: SO_PEERCRED is empty here).  A client binds an abstract
 * name that the kernel makes up, so that it can be answered and leaves nothing behind.  Nothing
 * blocks but local_wait().
 */
#ifndef OPDESK_LIB_EV_LOCAL_H
#define OPDESK_LIB_EV_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include "lib/ev/listen.h"

struct local {
	int fd; /* non-blocking, close-on-exec: for watchers */
	/* a server's, to remove its own file and nobody else's */
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	dev_t device;
	ino_t inode;
	struct timespec made; /* its change time: numbers of inodes are used again */
	pid_t owner;
};

struct local_peer {
	struct sockaddr_un address;
	socklen_t len; /* no more than the family: the sender has no name and cannot be answered */
	uid_t uid;
	pid_t pid;
};

/* A server at a path: rules and errors of listen_open().  options may be NULL. */
int local_open_server(struct local *l, const char *path, const struct listen_options *options,
    char *why, size_t why_size);
/* A client of the server at this path: OP_NOT_FOUND and OP_UNAVAILABLE: nobody is there; OP_DENIED;
 * OP_BAD_REQUEST: the path is too long, or not a datagram socket; `why` says which. */
int local_open_client(struct local *l, const char *path, char *why, size_t why_size);
/* Remove the server's file if this process made it and it is still the same; close. */
void local_close(struct local *l);

/* One datagram.  OP_OK: *len (0 is possible); from may be NULL.  OP_AGAIN: none is here;
 * OP_TOO_LARGE: longer than size, dropped, *from is set; OP_CLOSED: a client's server has gone;
 * OP_SYSTEM. */
int local_receive(struct local *l, void *bytes, size_t size, size_t *len, struct local_peer *from);

/* OP_AGAIN: the receiver's queue is full: it is not waited for; OP_CLOSED: gone; OP_TOO_LARGE;
 * OP_NOT_FOUND: it has no name; OP_SYSTEM.  to NULL: the client's server. */
int local_send(struct local *l, const void *bytes, size_t len, const struct local_peer *to);

/* True: something can be received within that time.  A signal does not end it. */
bool local_wait(struct local *l, int64_t timeout_ms);

#endif
