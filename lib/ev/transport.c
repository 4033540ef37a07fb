/* SPDX-License-Identifier: ISC */
/*
 * The two plain transports: a stream socket, and two separate descriptors.  They have no state.
 */
#include "lib/ev/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void
prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && !(flags & O_NONBLOCK))
		(void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static ssize_t
socket_read(struct transport *t, void *bytes, size_t len)
{
	ssize_t n;

	do
		n = recv(t->rfd, bytes, len, 0);
	while (n < 0 && errno == EINTR);
	return n;
}

static ssize_t
socket_write(struct transport *t, const void *bytes, size_t len)
{
	ssize_t n;

	do
		n = send(t->wfd, bytes, len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
socket_end(struct transport *t)
{
	return shutdown(t->wfd, SHUT_WR);
}

static void
socket_close(struct transport *t)
{
	close(t->rfd);
	t->rfd = t->wfd = -1;
}

static ssize_t
pipes_read(struct transport *t, void *bytes, size_t len)
{
	ssize_t n;

	do
		n = read(t->rfd, bytes, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static ssize_t
pipes_write(struct transport *t, const void *bytes, size_t len)
{
	ssize_t n;

	do
		n = write(t->wfd, bytes, len);
	while (n < 0 && errno == EINTR);
	return n;
}

static int
pipes_end(struct transport *t)
{
	int fd = t->wfd;

	t->wfd = -1;
	return fd >= 0 ? close(fd) : 0;
}

static void
pipes_close(struct transport *t)
{
	(void)pipes_end(t);
	close(t->rfd);
	t->rfd = -1;
}

static const struct transport_ops socket_ops = {
    "socket", socket_read, socket_write, socket_end, socket_close, NULL};
static const struct transport_ops pipes_ops = {
    "pipes", pipes_read, pipes_write, pipes_end, pipes_close, NULL};

bool
transport_is_tcp(const struct transport *t)
{
	int domain = 0, type = 0;
	socklen_t size = sizeof(int), type_size = sizeof(int);

	return t->ops == &socket_ops &&
	       getsockopt(t->rfd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
	       getsockopt(t->rfd, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 &&
	       (domain == AF_INET || domain == AF_INET6) && type == SOCK_STREAM;
}

struct transport
transport_socket(int fd)
{
	prepare(fd);
	return (struct transport){.ops = &socket_ops, .rfd = fd, .wfd = fd};
}

struct transport
transport_pipes(int rfd, int wfd)
{
	prepare(rfd);
	prepare(wfd);
	return (struct transport){.ops = &pipes_ops, .rfd = rfd, .wfd = wfd};
}
