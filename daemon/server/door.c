/* SPDX-License-Identifier: ISC */
/*
 * Wire form of a message: listener NUL name NUL.  It never leaves the host or the daemon's own
 * processes, and the two texts are for logs and screens only.
 */
#include "daemon/server/door.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/text.h"

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(2 * sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
};

int
door_open(struct door *d)
{
	int fds[2], on = 1;

	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) == -1)
		return OP_SYSTEM;
	if (setsockopt(fds[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == -1) {
		close(fds[0]);
		close(fds[1]);
		return OP_SYSTEM;
	}
	d->in = fds[0];
	d->out = fds[1];
	return OP_OK;
}

int
door_send(int fd, const char *listener, const char *name, int link_fd, int client_fd)
{
	int fds[2] = {link_fd, client_fd};
	union control control = {.bytes = {0}};
	struct iovec parts[2] = {
	    {(char *)listener, strlen(listener) + 1},
	    {(char *)name, strlen(name) + 1},
	};
	struct msghdr msg = {
	    .msg_iov = parts,
	    .msg_iovlen = 2,
	    .msg_control = control.bytes,
	    .msg_controllen = CMSG_SPACE(sizeof(fds)),
	};
	struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(head), fds, sizeof(fds));
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n >= 0)
		return OP_OK;
	return errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS ? OP_AGAIN : OP_SYSTEM;
}

struct parcel {
	int fds[2];
	int count; /* descriptors that came, all kept open */
	pid_t pid;
};

static void
unpack_control(struct msghdr *msg, struct parcel *p)
{
	*p = (struct parcel){.fds = {-1, -1}};
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred cred;

			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			p->pid = cred.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			/* Never more than two: the control buffer has no room for a third. */
			p->count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(p->fds, CMSG_DATA(c), (size_t)p->count * sizeof(int));
		}
	}
}

static int
unpack_texts(const char *bytes, size_t len, struct door_visit *out)
{
	size_t listener = strnlen(bytes, len), name;

	if (listener + 1 >= len || listener >= sizeof(out->listener))
		return OP_PROTOCOL;
	name = strnlen(bytes + listener + 1, len - listener - 1);
	if (listener + 1 + name + 1 != len || name >= sizeof(out->name))
		return OP_PROTOCOL;
	if (!text_is_utf8(bytes, listener) || !text_is_utf8(bytes + listener + 1, name))
		return OP_PROTOCOL;
	memcpy(out->listener, bytes, listener + 1);
	memcpy(out->name, bytes + listener + 1, name + 1);
	return OP_OK;
}

int
door_receive(int fd, struct door_visit *out)
{
	char bytes[DOOR_LISTENER + DOOR_NAME];
	union control control;
	struct iovec part = {bytes, sizeof(bytes)};
	struct msghdr msg = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	struct parcel p;
	ssize_t n;

	do
		n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? OP_AGAIN : OP_SYSTEM;
	unpack_control(&msg, &p);
	out->pid = p.pid;
	if ((msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || p.count != 2 ||
	    unpack_texts(bytes, (size_t)n, out)) {
		for (int i = 0; i < p.count; i++)
			close(p.fds[i]);
		return OP_PROTOCOL;
	}
	out->link_fd = p.fds[0];
	out->client_fd = p.fds[1];
	return OP_OK;
}
