/* SPDX-License-Identifier: ISC */
/*
 * Datagram sockets: opening, binding, ending.  What goes in and out is in udp_io.c, groups are in
 * udp_multicast.c.
 */
#include "lib/ev/udp.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/reason.h"
#include "lib/ev/udp_int.h"

#define RESOLVE_MS 10000
#define PER_TURN 32
#define SAME_PORT_TRIES 16

#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29 /* linux/in6.h, which cannot be included beside netinet/in.h */
#endif

static int
refuse_errno(int errnum, char *why, size_t why_size)
{
	reason_text(why, why_size, errnum);
	errno = errnum;
	return reason_err(errnum);
}

/* --- addresses --- */

void
udp_addr(const struct netaddr *a, uint16_t port, struct resolve_addr *out)
{
	out->len = netaddr_to_sockaddr(a, port, &out->sa);
}

void
udp_any(int family, uint16_t port, struct resolve_addr *out)
{
	struct netaddr any = {.family = family == AF_INET6 ? 6 : 4};

	udp_addr(&any, port, out);
}

static in_port_t *
port_of(struct resolve_addr *a)
{
	return a->sa.ss_family == AF_INET6 ? &((struct sockaddr_in6 *)&a->sa)->sin6_port
					   : &((struct sockaddr_in *)&a->sa)->sin_port;
}

/* --- opening --- */

void
udp_release(struct udp *u)
{
	for (size_t i = 0; i < u->socket_count; i++)
		free(u->sockets[i]);
	free(u->sockets);
	free(u->room);
	free(u->members);
	free(u->member_sockets);
	free(u);
}

struct flag {
	int level, option, value;
};

static int
set_flags(int fd, const struct flag *flags, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (setsockopt(fd, flags[i].level, flags[i].option, &flags[i].value,
			sizeof(flags[i].value)) < 0)
			return -1;
	return 0;
}

static int
set_receiving(const struct udp *u, int fd)
{
	int errors = u->events->failed != NULL;
	struct flag v4[] = {{IPPROTO_IP, IP_PKTINFO, 1}, {IPPROTO_IP, IP_MULTICAST_ALL, 0},
	    {IPPROTO_IP, IP_RECVERR, errors}};
	struct flag v6[] = {{IPPROTO_IPV6, IPV6_V6ONLY, 1}, {IPPROTO_IPV6, IPV6_RECVPKTINFO, 1},
	    {IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0}, {IPPROTO_IPV6, IPV6_RECVERR, errors}};

	return udp_is_ipv6(u) ? set_flags(fd, v6, 4) : set_flags(fd, v4, 3);
}

static void
set_reuse(int fd, bool on)
{
	struct flag reuse = {SOL_SOCKET, SO_REUSEADDR, on};

	(void)set_flags(fd, &reuse, 1);
}

/* The kernel looks at this flag of all sockets of the port, at the time of bind(2) only. */
static void
share(struct udp *u, int fd, bool on)
{
	set_reuse(fd, on);
	for (size_t i = 0; i < u->socket_count; i++)
		set_reuse(u->sockets[i]->fd, on);
}

static int
bind_socket(struct udp *u, int fd)
{
	struct flag broadcast = {SOL_SOCKET, SO_BROADCAST, u->options.broadcast};
	bool first = u->socket_count == 0;

	if (set_receiving(u, fd) < 0 || set_flags(fd, &broadcast, 1) < 0)
		return -1;
	share(u, fd, u->options.reuse || !first);
	int rc = bind(fd, (const struct sockaddr *)&u->local.sa, u->local.len);

	share(u, fd, u->options.reuse);
	if (rc == 0 && first) {
		u->local.len = sizeof(u->local.sa);
		rc = getsockname(fd, (struct sockaddr *)&u->local.sa, &u->local.len);
	}
	return rc;
}

static int
open_socket(struct udp *u)
{
	int fd = socket(u->local.sa.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind_socket(u, fd) == 0)
		return fd;

	int errnum = errno;

	close(fd);
	errno = errnum;
	return -1;
}

int
udp_add_socket(struct udp *u)
{
	struct udp_socket **grown =
	    reallocarray(u->sockets, u->socket_count + 1, sizeof(*u->sockets));
	struct udp_socket *s = calloc(1, sizeof(*s));

	if (grown != NULL)
		u->sockets = grown;
	if (grown == NULL || s == NULL) {
		free(s);
		errno = ENOMEM;
		return OP_NO_MEMORY;
	}
	s->udp = u;
	s->fd = open_socket(u);
	if (s->fd < 0) {
		free(s);
		return reason_err(errno);
	}
	u->sockets[u->socket_count++] = s;
	ev_io_init(&s->io, udp_on_readable, s->fd, EV_READ);
	s->io.data = s;
	ev_io_start(u->loop, &s->io);
	return OP_OK;
}

int
udp_open(struct ev_loop *loop, const struct resolve_addr *local, const struct udp_options *options,
    const struct udp_events *events, void *arg, struct udp **out, char *why, size_t why_size)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return refuse_errno(ENOMEM, why, why_size);
	u->loop = loop;
	u->events = events;
	u->arg = arg;
	u->local = *local;
	if (options != NULL)
		u->options = *options;
	if (u->options.max_bytes == 0)
		u->options.max_bytes = UDP_MAX_BYTES;
	if (u->options.per_turn == 0)
		u->options.per_turn = PER_TURN;
	u->room = malloc(u->options.max_bytes);
	if (u->room == NULL)
		errno = ENOMEM;
	if (u->room == NULL || udp_add_socket(u) != OP_OK) {
		int errnum = errno;

		udp_release(u);
		return refuse_errno(errnum, why, why_size);
	}
	ev_io_init(&u->writable, udp_on_writable, u->sockets[0]->fd, EV_WRITE);
	u->writable.data = u;
	*out = u;
	return OP_OK;
}

void
udp_close(struct udp *u)
{
	if (u == NULL || u->closed)
		return;
	ev_io_stop(u->loop, &u->writable);
	for (size_t i = 0; i < u->socket_count; i++) {
		ev_io_stop(u->loop, &u->sockets[i]->io);
		close(u->sockets[i]->fd);
		u->sockets[i]->fd = -1;
	}
	u->closed = true;
	if (!u->busy)
		udp_release(u);
}

/* --- binding to an endpoint --- */

static void
resolve_binding(const struct endpoint *e, struct resolve_answer *a)
{
	struct resolve_answer v4;

	if (strcmp(e->host, "*") != 0) {
		resolve_forward_wait(e->host, e->port, RESOLVE_MS, NULL, a);
		return;
	}
	resolve_forward_wait("::", e->port, RESOLVE_MS, NULL, a);
	resolve_forward_wait("0.0.0.0", e->port, RESOLVE_MS, NULL, &v4);
	if (a->err == OP_OK && v4.err == OP_OK)
		a->addrs[a->count++] = v4.addrs[0];
}

struct binding {
	struct ev_loop *loop;
	const struct udp_options *options;
	const struct udp_events *events;
	void *arg;
	struct udp **out;
	int max;
	char *why;
	size_t why_size;
};

/* All or none; a family or address that this host does not have is passed over as long as there is
 * another one. */
static int
bind_each(const struct binding *b, struct resolve_answer *a)
{
	int count = 0, err = OP_UNAVAILABLE;

	for (int i = 0; i < a->count && count < b->max; i++) {
		err = udp_open(b->loop, &a->addrs[i], b->options, b->events, b->arg, &b->out[count],
		    b->why, b->why_size);
		if (err == OP_UNAVAILABLE)
			continue;
		if (err != OP_OK)
			break;
		if (i + 1 < a->count)
			*port_of(&a->addrs[i + 1]) = *port_of(&b->out[count]->local);
		count++;
	}
	if (count > 0 && (err == OP_OK || err == OP_UNAVAILABLE))
		return count;
	while (count > 0)
		udp_close(b->out[--count]);
	return err;
}

int
udp_bind(struct ev_loop *loop, const struct endpoint *e, const struct udp_options *options,
    const struct udp_events *events, void *arg, struct udp **out, int max, char *why,
    size_t why_size)
{
	struct binding b = {loop, options, events, arg, out, max, why, why_size};
	struct resolve_answer a;
	/* The IPv4 socket must get the port that the kernel gave IPv6; it may be taken there. */
	int tries = strcmp(e->port, "0") == 0 ? SAME_PORT_TRIES : 1;
	int count = OP_CONFLICT;

	if (e->kind != ENDPOINT_TCP && e->kind != ENDPOINT_UDP) {
		snprintf(why, why_size, "datagrams need HOST:PORT");
		return OP_BAD_REQUEST;
	}
	resolve_binding(e, &a);
	if (a.err != OP_OK) {
		snprintf(why, why_size, "%s", a.why);
		return a.err;
	}
	for (int i = 0; i < tries && count == OP_CONFLICT; i++) {
		struct resolve_answer addrs = a;

		count = bind_each(&b, &addrs);
	}
	return count;
}

/* --- what it is --- */

int
udp_local(const struct udp *u, struct resolve_addr *out)
{
	struct resolve_addr a = {.len = sizeof(a.sa)};

	if (getsockname(u->sockets[0]->fd, (struct sockaddr *)&a.sa, &a.len) < 0)
		return OP_SYSTEM;
	*out = a;
	return OP_OK;
}

int
udp_family(const struct udp *u)
{
	return u->local.sa.ss_family;
}

void *
udp_arg(const struct udp *u)
{
	return u->arg;
}
