/* SPDX-License-Identifier: ISC */
#include "lib/ev/urgent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"

static int
error_of(int number)
{
	switch (number) {
	case EAGAIN:
		return OP_AGAIN;
	case EINVAL:
		return OP_NOT_FOUND;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
		return OP_CLOSED;
	default:
		return OP_SYSTEM;
	}
}

int
urgent_send(int fd, const void *bytes, size_t len, size_t *sent)
{
	ssize_t n;

	do
		n = send(fd, bytes, len, MSG_OOB | MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_of(errno);
	if (sent)
		*sent = (size_t)n;
	return OP_OK;
}

int
urgent_take(int fd, unsigned char *byte)
{
	unsigned char got;
	ssize_t n;

	do
		n = recv(fd, &got, 1, MSG_OOB | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_of(errno);
	if (n == 0)
		return OP_CLOSED;
	*byte = got;
	return OP_OK;
}

bool
urgent_at_mark(int fd)
{
	return sockatmark(fd) == 1;
}

bool
urgent_waits(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLPRI};
	int n;

	do
		n = poll(&p, 1, 0);
	while (n < 0 && errno == EINTR);
	return n == 1 && (p.revents & POLLPRI);
}

int
urgent_set_inline(int fd, bool is_inline)
{
	int on = is_inline;

	return setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) == 0 ? OP_OK : OP_SYSTEM;
}

int
urgent_own(int fd)
{
	return fcntl(fd, F_SETOWN, getpid()) == 0 ? OP_OK : OP_SYSTEM;
}

struct urgent_watch {
	struct ev_loop *loop;
	ev_io io;
	int fd, epoll;
	urgent_fn *seen;
	void *arg;
};

static void
on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	struct urgent_watch *w = io->data;
	struct epoll_event event;
	int n;

	(void)revents;
	do
		n = epoll_wait(w->epoll, &event, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		return;
	if (event.events & EPOLLPRI)
		w->seen(w->fd, w->arg);
	else /* the end of the connection, which is always reported: nothing urgent will come */
		ev_io_stop(loop, io);
}

struct urgent_watch *
urgent_watch_start(struct ev_loop *loop, int fd, urgent_fn *seen, void *arg)
{
	struct epoll_event event = {.events = EPOLLPRI};
	struct urgent_watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct urgent_watch){.loop = loop, .fd = fd, .seen = seen, .arg = arg};
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0)
		goto fail;
	if (epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		goto fail;
	ev_io_init(&w->io, on_readable, w->epoll, EV_READ);
	w->io.data = w;
	ev_io_start(loop, &w->io);
	return w;
fail:
	if (w->epoll >= 0)
		close(w->epoll);
	free(w);
	return NULL;
}

void
urgent_watch_stop(struct urgent_watch *w)
{
	if (!w)
		return;
	ev_io_stop(w->loop, &w->io);
	close(w->epoll);
	free(w);
}
