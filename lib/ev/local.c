/* SPDX-License-Identifier: ISC */
#include "lib/ev/local.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"

/* The descriptor, or OP_SYSTEM. */
static int
open_socket(struct local *l)
{
	int on = 1;

	*l = (struct local){.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
	if (l->fd >= 0 && setsockopt(l->fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0)
		return OP_OK;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	return OP_SYSTEM;
}

static int
give_up(struct local *l, int err)
{
	close(l->fd);
	l->fd = -1;
	return err;
}

int
local_open_server(struct local *l, const char *path, const struct listen_options *options,
    char *why, size_t why_size)
{
	struct stat st;
	int err = open_socket(l);

	if (err == OP_OK) {
		err = listen_bind_datagram(l->fd, path, options, why, why_size);
	} else {
		snprintf(why, why_size, "%s", strerror(errno));
		return err;
	}
	if (err != OP_OK)
		return give_up(l, err);
	if (stat(path, &st) == 0) {
		snprintf(l->path, sizeof(l->path), "%s", path);
		l->device = st.st_dev;
		l->inode = st.st_ino;
		l->made = st.st_ctim;
		l->owner = getpid();
	}
	return OP_OK;
}

static int
connect_error(int number, const char **text)
{
	switch (number) {
	case ENOENT:
		*text = "no server is there";
		return OP_NOT_FOUND;
	case ECONNREFUSED:
		*text = "its server has gone";
		return OP_UNAVAILABLE;
	case EACCES:
	case EPERM:
		*text = "permission denied";
		return OP_DENIED;
	case EPROTOTYPE:
	case ENOTSOCK:
		*text = "it is no datagram socket";
		return OP_BAD_REQUEST;
	default:
		*text = strerror(number);
		return OP_SYSTEM;
	}
}

int
local_open_client(struct local *l, const char *path, char *why, size_t why_size)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	const char *text = "the path is too long";
	int err = OP_BAD_REQUEST;

	if (strlen(path) < sizeof(sun.sun_path)) {
		memcpy(sun.sun_path, path, strlen(path));
		err = open_socket(l);
		/* an address that is only a family: the kernel makes up a name (autobind) */
		if (err == OP_OK &&
		    (bind(l->fd, (struct sockaddr *)&sun, sizeof(sa_family_t)) != 0 ||
			connect(l->fd, (struct sockaddr *)&sun, sizeof(sun)) != 0))
			err = give_up(l, connect_error(errno, &text));
		else if (err != OP_OK)
			text = strerror(errno);
	}
	if (err != OP_OK)
		snprintf(why, why_size, "%s", text);
	return err;
}

static bool
is_still_ours(const struct local *l)
{
	struct stat st;

	return l->owner == getpid() && stat(l->path, &st) == 0 && st.st_dev == l->device &&
	       st.st_ino == l->inode && st.st_ctim.tv_sec == l->made.tv_sec &&
	       st.st_ctim.tv_nsec == l->made.tv_nsec;
}

void
local_close(struct local *l)
{
	if (l->fd < 0)
		return;
	if (is_still_ours(l))
		unlink(l->path);
	close(l->fd);
	l->fd = -1;
}

static void
read_credentials(struct msghdr *m, struct local_peer *from)
{
	struct ucred cred;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			from->uid = cred.uid;
			from->pid = cred.pid;
		}
}

int
local_receive(struct local *l, void *bytes, size_t size, size_t *len, struct local_peer *from)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct local_peer peer = {.uid = (uid_t)-1};
	struct iovec v = {.iov_base = bytes, .iov_len = size};
	struct msghdr m = {.msg_name = &peer.address,
	    .msg_namelen = sizeof(peer.address),
	    .msg_iov = &v,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	ssize_t n;

	do
		n = recvmsg(l->fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return OP_AGAIN;
	if (n < 0)
		return errno == ECONNREFUSED || errno == ECONNRESET ? OP_CLOSED : OP_SYSTEM;
	peer.len = m.msg_namelen;
	read_credentials(&m, &peer);
	if (from)
		*from = peer;
	if (m.msg_flags & MSG_TRUNC)
		return OP_TOO_LARGE;
	*len = (size_t)n;
	return OP_OK;
}

int
local_send(struct local *l, const void *bytes, size_t len, const struct local_peer *to)
{
	ssize_t n;

	if (to && to->len <= sizeof(sa_family_t))
		return OP_NOT_FOUND;
	do
		n = sendto(l->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL,
		    to ? (const struct sockaddr *)&to->address : NULL, to ? to->len : 0);
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return OP_OK;
	switch (errno) {
	case EAGAIN:
	case ENOBUFS:
		return OP_AGAIN;
	case EMSGSIZE:
		return OP_TOO_LARGE;
	case ECONNREFUSED:
	case ECONNRESET:
	case ENOENT:
		return OP_CLOSED;
	default:
		return OP_SYSTEM;
	}
}

bool
local_wait(struct local *l, int64_t timeout_ms)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};
	int64_t until_ms = clock_boot_ms() + timeout_ms, left = timeout_ms;
	int n;

	while ((n = poll(&p, 1, (int)left)) < 0 && errno == EINTR) {
		left = until_ms - clock_boot_ms();
		if (left < 0)
			left = 0;
	}
	return n == 1;
}
