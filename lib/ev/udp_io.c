/* SPDX-License-Identifier: ISC */
/*
 * Datagrams in and out: with what comes beside the bytes (who sent it, to which of our addresses,
 * was it cut), and the queue of errors.  All on the owner's loop.
 */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
/* after netinet/in.h */
#include <linux/errqueue.h>
#include "lib/err.h"
#include "lib/ev/reason.h"
#include "lib/ev/udp_int.h"

#define CONTROL_BYTES 256 /* packet information, an extended error with its offender */
#define SEND_TRIES 4      /* errors of earlier datagrams that one send may have to take off */

/* --- receiving --- */

static void
take_pktinfo(struct cmsghdr *c, struct udp_datagram *d)
{
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		struct in_pktinfo info;

		memcpy(&info, CMSG_DATA(c), sizeof(info));
		d->to = d->path.local = (struct netaddr){.family = 4};
		memcpy(d->to.bytes, &info.ipi_addr, 4);
		memcpy(d->path.local.bytes, &info.ipi_spec_dst, 4);
		d->ifindex = (unsigned)info.ipi_ifindex;
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		struct in6_pktinfo info;

		memcpy(&info, CMSG_DATA(c), sizeof(info));
		d->to = (struct netaddr){.family = 6};
		memcpy(d->to.bytes, &info.ipi6_addr, 16);
		d->ifindex = info.ipi6_ifindex;
		/* An answer cannot come from a group: then the interface has to do. */
		if (netaddr_is_multicast(&d->to))
			d->path.ifindex = d->ifindex;
		else
			d->path.local = d->to;
	}
}

/* 1: a datagram was handed on, or an error taken off; 0: there is nothing. */
static int
receive_one(struct udp *u, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CONTROL_BYTES];
	} control;
	struct resolve_addr from = {0};
	struct iovec iov = {u->room, u->options.max_bytes};
	struct msghdr m = {.msg_name = &from.sa,
	    .msg_namelen = sizeof(from.sa),
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);

	if (n < 0)
		return errno != EAGAIN && errno != EBADF;

	struct udp_datagram d = {.bytes = u->room,
	    .len = (size_t)n,
	    .truncated = (m.msg_flags & MSG_TRUNC) != 0,
	    .from = &from};

	from.len = m.msg_namelen;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c))
		take_pktinfo(c, &d);
	u->events->datagram(u, &d, u->arg);
	return 1;
}

static bool
is_error_report(const struct cmsghdr *c)
{
	return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
	       (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
}

/* As receive_one(), from the queue of errors: the name is where the datagram was sent. */
static int
take_one_error(struct udp *u, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CONTROL_BYTES];
	} control;
	struct resolve_addr to = {0};
	struct msghdr m = {.msg_name = &to.sa,
	    .msg_namelen = sizeof(to.sa),
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes)};
	char why[96];

	if (recvmsg(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return errno == EINTR;
	to.len = m.msg_namelen;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c != NULL; c = CMSG_NXTHDR(&m, c)) {
		struct sock_extended_err e;

		if (!is_error_report(c))
			continue;
		memcpy(&e, CMSG_DATA(c), sizeof(e));
		if (u->events->failed != NULL)
			u->events->failed(u, &to, reason_err((int)e.ee_errno),
			    reason_text(why, sizeof(why), (int)e.ee_errno), u->arg);
		break;
	}
	return 1;
}

static void
leave_callbacks(struct udp *u)
{
	u->busy = false;
	if (u->closed)
		udp_release(u);
}

void
udp_on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct udp_socket *s = w->data;
	struct udp *u = s->udp;

	(void)loop;
	(void)revents;
	u->busy = true;
	for (int i = 0; i < u->options.per_turn && !u->closed; i++)
		if (!take_one_error(u, s->fd))
			break;
	for (int i = 0; i < u->options.per_turn && !u->closed; i++)
		if (!receive_one(u, s->fd))
			break;
	leave_callbacks(u);
}

void
udp_on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct udp *u = w->data;

	(void)revents;
	ev_io_stop(loop, w);
	u->busy = true;
	if (u->events->drained != NULL)
		u->events->drained(u, u->arg);
	leave_callbacks(u);
}

/* --- sending --- */

int
udp_connect(struct udp *u, const struct resolve_addr *to)
{
	int rc = connect(u->sockets[0]->fd, (const struct sockaddr *)&to->sa, to->len);

	return rc == 0 ? OP_OK : reason_err(errno);
}

static size_t
put_path(const struct udp *u, const struct udp_path *path, struct cmsghdr *c)
{
	if (udp_is_ipv6(u)) {
		struct in6_pktinfo info = {.ipi6_ifindex = path->ifindex};

		memcpy(&info.ipi6_addr, path->local.bytes, 16);
		c->cmsg_level = IPPROTO_IPV6;
		c->cmsg_type = IPV6_PKTINFO;
		c->cmsg_len = CMSG_LEN(sizeof(info));
		memcpy(CMSG_DATA(c), &info, sizeof(info));
		return CMSG_SPACE(sizeof(info));
	}
	struct in_pktinfo info = {.ipi_ifindex = (int)path->ifindex};

	memcpy(&info.ipi_spec_dst, path->local.bytes, 4);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
	return CMSG_SPACE(sizeof(info));
}

/* What sendmsg(2) says may belong to an earlier datagram, to somebody else: say it once more.  An
 * error of this one is told again. */
static int
send_message(int fd, const struct msghdr *m)
{
	int errnum = 0;

	for (int i = 0; i < SEND_TRIES; i++) {
		if (sendmsg(fd, m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
			return 0;
		errnum = errno;
		if (errnum == EAGAIN || errnum == EMSGSIZE)
			break;
	}
	return errnum;
}

int
udp_send(struct udp *u, const void *bytes, size_t len, const struct resolve_addr *to,
    const struct udp_path *path)
{
	union {
		struct cmsghdr align;
		char bytes[CONTROL_BYTES];
	} control = {0};
	struct iovec iov = {(void *)bytes, len};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};

	if (to != NULL) {
		m.msg_name = (void *)&to->sa;
		m.msg_namelen = to->len;
	}
	if (path != NULL && (path->local.family != 0 || path->ifindex != 0)) {
		m.msg_control = control.bytes;
		m.msg_controllen = put_path(u, path, &control.align);
	}
	int errnum = send_message(u->sockets[0]->fd, &m);

	if (errnum == 0)
		return OP_OK;
	errno = errnum;
	/* ENOBUFS: the interface's queue is full; there is nothing to wait for. */
	if (errnum != EAGAIN)
		return errnum == ENOBUFS ? OP_UNAVAILABLE : reason_err(errnum);
	ev_io_start(u->loop, &u->writable);
	return OP_AGAIN;
}
