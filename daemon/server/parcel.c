/* SPDX-License-Identifier: ISC */
/* One sendmsg(2), one recvmsg(2). */
#include "daemon/server/parcel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(PARCEL_FDS * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

int
parcel_pair(int fds[2], bool with_pid)
{
	int on = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == -1)
		return OP_SYSTEM;
	if (!with_pid || setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
		return OP_OK;
	close(fds[0]);
	close(fds[1]);
	return OP_SYSTEM;
}

int
parcel_send(int fd, const struct iovec *parts, size_t count, const int *fds, int fd_count)
{
	union control control = {.bytes = {0}};
	struct msghdr msg = {.msg_iov = (struct iovec *)parts, .msg_iovlen = count};
	size_t size = (size_t)fd_count * sizeof(*fds);
	ssize_t n;

	if (fd_count > 0) {
		struct cmsghdr *head = &control.align;

		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(head), fds, size);
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE(size);
	}
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n >= 0)
		return OP_OK;
	if (errno == EPIPE || errno == ECONNRESET)
		return OP_CLOSED;
	return errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS ? OP_AGAIN : OP_SYSTEM;
}

/* False when there were more than PARCEL_FDS; the rest is closed. */
static bool
take_descriptors(const struct cmsghdr *c, struct parcel *p)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd;

	for (size_t i = 0; i < n; i++) {
		memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
		if (p->count < PARCEL_FDS)
			p->fds[p->count++] = fd;
		else
			close(fd);
	}
	return n <= PARCEL_FDS;
}

static bool
unpack_control(struct msghdr *msg, struct parcel *p)
{
	struct ucred cred;
	bool good = true;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			good = take_descriptors(c, p) && good;
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			p->pid = cred.pid;
		}
	}
	return good;
}

void
parcel_close(struct parcel *p)
{
	while (p->count > 0)
		close(p->fds[--p->count]);
}

int
parcel_receive(int fd, void *bytes, size_t size, struct parcel *out)
{
	union control control;
	struct iovec part = {bytes, size};
	struct msghdr msg = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	ssize_t n;

	*out = (struct parcel){.fds = {-1, -1}};
	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? OP_AGAIN : errno == ECONNRESET ? OP_CLOSED : OP_SYSTEM;
	out->len = (size_t)n;
	if (unpack_control(&msg, out) && n > 0 && !(msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
		return OP_OK;
	/* Who sends more than may come is not the one whose descriptors do not fit. */
	bool is_full = (msg.msg_flags & MSG_CTRUNC) && out->count < PARCEL_FDS;

	parcel_close(out);
	if (is_full)
		return OP_NO_MEMORY;
	/* An empty message looks like the end, but somebody has sent it. */
	return n == 0 && out->pid == 0 ? OP_CLOSED : OP_PROTOCOL;
}
