/* SPDX-License-Identifier: ISC */
/* The process of a datagram socket: receive, judge, hand to the daemon.  Ended by the lifeline, or
 * by TERM when another one with new settings takes its place; never in the middle of a datagram. */
#include "daemon/server/datagram.h"

#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/server/datagrams.h"
#include "daemon/server/descriptors.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define PER_TURN 32
#define SAY_MS 1000

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct ucred))];
};

struct datagram {
	const struct server_config *config;
	const struct listener *listener;
	struct sockaddr_storage sa;
	socklen_t sa_len;
	struct netaddr addr;
	uid_t uid;
	char text[NETADDR_TEXT + 32];
	union control path; /* for the answer */
	size_t path_len;
};

struct receiver {
	struct tree *tree;
	const struct listener *listener;
	struct ev_loop *loop;
	int64_t said_ms;      /* when a line was last logged of datagrams not taken */
	unsigned long unsaid; /* how many since */
	unsigned char bytes[DATAGRAM_MAX];
};

/* --- who it is from --- */

/* The answer leaves from the address that was asked. */
static void
take_path(struct datagram *d, const struct cmsghdr *c)
{
	struct in_pktinfo v4;

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		memcpy(&v4, CMSG_DATA(c), sizeof(v4));
		v4.ipi_ifindex = 0;
		v4.ipi_spec_dst = IN_MULTICAST(ntohl(v4.ipi_addr.s_addr)) ||
					  v4.ipi_addr.s_addr != v4.ipi_spec_dst.s_addr
				      ? v4.ipi_spec_dst
				      : v4.ipi_addr;
		memcpy(&d->path, c, c->cmsg_len);
		memcpy(CMSG_DATA(&d->path.align), &v4, sizeof(v4));
		d->path_len = CMSG_SPACE(sizeof(v4));
	} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO &&
		   CMSG_DATA(c)[0] != 0xff) {
		memcpy(&d->path, c, c->cmsg_len);
		d->path_len = CMSG_SPACE(sizeof(struct in6_pktinfo));
	}
}

/* Nobody asked for descriptors. */
static void
close_given(const struct cmsghdr *c)
{
	int fd;

	for (size_t at = 0; CMSG_LEN(at + sizeof(fd)) <= c->cmsg_len; at += sizeof(fd)) {
		memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd));
		close(fd);
	}
}

static void
take_control(struct datagram *d, struct msghdr *m)
{
	struct ucred cred;

	d->uid = (uid_t)-1;
	d->path_len = 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&cred, CMSG_DATA(c), sizeof(cred));
			d->uid = cred.uid;
		} else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			close_given(c);
		} else {
			take_path(d, c);
		}
	}
}

static void
know_peer(struct datagram *d)
{
	char address[NETADDR_TEXT];
	uint16_t port = 0;

	d->addr = (struct netaddr){.family = 0};
	netaddr_from_sockaddr((const struct sockaddr *)&d->sa, &d->addr, &port);
	if (d->addr.family)
		snprintf(d->text, sizeof(d->text), "%s port %u", netaddr_format(address, &d->addr),
		    port);
	else if (d->uid != (uid_t)-1)
		snprintf(d->text, sizeof(d->text), "uid %lu (local)", (unsigned long)d->uid);
	else
		snprintf(d->text, sizeof(d->text), "local");
}

/* --- what the daemon may ask --- */

const void *
datagram_settings(const struct datagram *d)
{
	return d->config->own;
}

const struct netaddr *
datagram_peer_addr(const struct datagram *d)
{
	return &d->addr;
}

uid_t
datagram_peer_uid(const struct datagram *d)
{
	return d->uid;
}

const char *
datagram_peer_text(const struct datagram *d)
{
	return d->text;
}

const char *
datagram_listener(const struct datagram *d)
{
	return d->listener->endpoint;
}

static int
err_of(int errnum)
{
	static const struct {
		int errnum, err;
	} known[] = {{EAGAIN, OP_AGAIN}, {ENOBUFS, OP_AGAIN}, {EMSGSIZE, OP_TOO_LARGE},
	    {ECONNREFUSED, OP_CLOSED}, {ENOENT, OP_CLOSED}};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i].errnum == errnum)
			return known[i].err;
	return OP_SYSTEM;
}

int
datagram_reply(struct datagram *d, const void *bytes, size_t len)
{
	struct iovec iov = {(void *)(uintptr_t)bytes, len};
	struct msghdr m = {.msg_name = &d->sa,
	    .msg_namelen = d->sa_len,
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = d->path_len ? &d->path : NULL,
	    .msg_controllen = d->path_len};
	ssize_t n;

	if (d->sa_len <= sizeof(sa_family_t))
		return OP_NOT_FOUND;
	do
		n = sendmsg(d->listener->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == -1 ? err_of(errno) : OP_OK;
}

/* --- receiving --- */

/* One line a second, whoever sends: sources are easily forged. */
static void
say_dropped(struct receiver *r, const struct datagram *d, const char *why)
{
	int64_t now_ms = clock_boot_ms();

	if (r->said_ms != 0 && now_ms - r->said_ms < SAY_MS) {
		r->unsaid++;
		return;
	}
	if (r->unsaid > 0)
		log_notice("datagrams: %lu more were not taken", r->unsaid);
	log_notice("%s: datagram %s", d->text, why);
	r->said_ms = now_ms;
	r->unsaid = 0;
}

static void
judge(struct receiver *r, struct datagram *d, size_t len)
{
	const struct datagram_events *events = d->config->app->datagram;

	if (acl_allows(d->config->access, &d->addr, NULL) && (!events->allow || events->allow(d))) {
		events->received(d, r->bytes, len);
		return;
	}
	say_dropped(r, d, "refused");
	if (events->denied)
		events->denied(d);
}

/* False: nothing more is there now. */
static bool
receive_one(struct receiver *r)
{
	struct datagram d = {.config = r->tree->config, .listener = r->listener};
	struct iovec iov = {r->bytes, sizeof(r->bytes)};
	union control control;
	struct msghdr m = {.msg_name = &d.sa,
	    .msg_namelen = sizeof(d.sa),
	    .msg_iov = &iov,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	ssize_t n = recvmsg(r->listener->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n == -1) /* an error of what was sent to somebody is not ours to tell */
		return errno != EAGAIN && errno != EBADF && errno != ENOTSOCK;
	d.sa_len = m.msg_namelen;
	take_control(&d, &m);
	know_peer(&d);
	if (m.msg_flags & MSG_TRUNC)
		say_dropped(r, &d, "dropped: it is too long");
	else
		judge(r, &d, (size_t)n);
	return true;
}

static void
on_readable(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	for (int i = 0; i < PER_TURN && receive_one(io->data); i++)
		;
}

static void
on_lifeline(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)io;
	(void)revents;
	_exit(EXIT_SUCCESS);
}

static void
on_term(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)w;
	(void)revents;
	_exit(EXIT_SUCCESS);
}

void
datagram_main(struct tree *t, const struct listener *l)
{
	static struct receiver r;
	const int keep[] = {l->fd, t->lifeline_in};
	ev_io socket, lifeline;
	ev_signal term;
	sigset_t terms;

	log_ident(t->config->app->name, "datagram");
	prctl(PR_SET_NAME, "opdesk:datagram");
	descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
	r = (struct receiver){.tree = t, .listener = l};
	r.loop = ev_default_loop(EVFLAG_AUTO | EVFLAG_NOENV);
	if (!r.loop) {
		log_error("datagram: cannot begin: out of memory");
		_exit(EXIT_FAILURE);
	}
	ev_signal_init(&term, on_term, SIGTERM);
	ev_signal_start(r.loop, &term);
	sigemptyset(&terms);
	sigaddset(&terms, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &terms, NULL);
	ev_io_init(&socket, on_readable, l->fd, EV_READ);
	ev_io_init(&lifeline, on_lifeline, t->lifeline_in, EV_READ);
	socket.data = &r;
	ev_io_start(r.loop, &socket);
	ev_io_start(r.loop, &lifeline);
	ev_run(r.loop, 0);
	_exit(EXIT_FAILURE);
}
