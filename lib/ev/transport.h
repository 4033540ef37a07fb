/* SPDX-License-Identifier: ISC */
/*
 * What carries the bytes of a connection, behind one table of functions: a socket, a pair of pipes
 * (helper), a program such as ssh (lib/ev/program.h), TLS (lib/ev/tls.h).  Nothing above this knows
 * which. A transport is a value; the state, if any, is owned by it and ended by close().
 */
#ifndef OPDESK_LIB_EV_TRANSPORT_H
#define OPDESK_LIB_EV_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct transport;

struct transport_ops {
	const char *name; /* "socket", "pipes", "program", "tls" */
	/* As read(2) and write(2) on non-blocking descriptors: -1 with errno EAGAIN when nothing
	 * moves now.  EINTR is handled inside. */
	ssize_t (*read)(struct transport *t, void *bytes, size_t len);
	ssize_t (*write)(struct transport *t, const void *bytes, size_t len);
	/* No more will be written; the peer sees the end of file.  0 or -1 with errno; EAGAIN: what
	 * says so does not fit yet, try again when it can be written. */
	int (*end)(struct transport *t);
	void (*close)(struct transport *t);
	/* After the end (read() gave 0, write() failed): what it was, in words that explain more
	 * than "closed by the peer", or NULL; the text lives until close().  The function itself
	 * may be NULL. */
	const char *(*why)(struct transport *t);
};

struct transport {
	const struct transport_ops *ops;
	int rfd;     /* watched for reading */
	int wfd;     /* watched for writing; equal to rfd for sockets; -1 after end() of pipes */
	void *state; /* owned by the ops */
};

/* A socket, made non-blocking and close-on-exec; SIGPIPE never arises (MSG_NOSIGNAL).  The
 * descriptor is given away. */
struct transport transport_socket(int fd);

/* Two pipe ends (or terminals).  The process must ignore SIGPIPE.  Given away. */
struct transport transport_pipes(int rfd, int wfd);

/* A TCP socket with nothing between: one that can carry urgent data (lib/ev/urgent.h). */
bool transport_is_tcp(const struct transport *t);

static inline ssize_t
transport_read(struct transport *t, void *bytes, size_t len)
{
	return t->ops->read(t, bytes, len);
}

static inline ssize_t
transport_write(struct transport *t, const void *bytes, size_t len)
{
	return t->ops->write(t, bytes, len);
}

static inline const char *
transport_why(struct transport *t)
{
	return t->ops->why != NULL ? t->ops->why(t) : NULL;
}

static inline void
transport_close(struct transport *t)
{
	t->ops->close(t);
}

#endif
