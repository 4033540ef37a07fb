/* SPDX-License-Identifier: ISC */
/*
 * A shared socket of each family that is in its group on every interface that can.  The kernel
 * tells when interfaces and addresses change (rtnetlink(7)); where it does not, the timer looks.
 */
#include "lib/ev/discoverable.h"

#include <errno.h>
#include <sys/socket.h>
/* after sys/socket.h */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/datagram/discovery.h"
#include "lib/err.h"
#include "lib/ev/interfaces.h"
#include "lib/limiter.h"
#include "lib/log.h"

#define LOOK_AGAIN_S 30.0
#define PER_SECOND 5.0 /* a client asks three times within three seconds */
#define BURST 20.0
#define ALL_PER_SECOND 200.0

static const struct {
	uint8_t family;
	int af;
	const char *group;
} families[] = {{4, AF_INET, DISCOVERY_GROUP}, {6, AF_INET6, DISCOVERY_GROUP6}};
#define FAMILIES (sizeof(families) / sizeof(families[0]))

struct discoverable {
	struct ev_loop *loop;
	struct discovery_reply reply;
	struct udp *udps[FAMILIES]; /* NULL: not wanted, or not to be had */
	struct limiter *limiter;
	ev_timer timer;
	ev_io changes; /* fd -1: none to be had */
	bool is_blind; /* the interfaces could not be listed, which was said */
};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct discoverable *me = arg;
	char answer[DISCOVERY_BYTES_MAX];
	struct netaddr source;
	uint16_t port;

	if (d->truncated || !discovery_asks(d->bytes, d->len, me->reply.program))
		return;
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &source, &port);
	size_t n = discovery_format(answer, d->len, &me->reply);

	if (n > 0 && limiter_allows(me->limiter, &source, clock_boot_ms()))
		(void)udp_send(u, answer, n, d->from, &d->path);
}

/* What is joined already says so, and what cannot be joined now may be able to next time. */
static void
join_everywhere(struct discoverable *me)
{
	struct interface *list;
	int count = interfaces_list(&list);

	if (count < 0 && !me->is_blind)
		log_warn("discovery: the interfaces cannot be listed, new ones are not joined: %s",
		    count == OP_SYSTEM ? strerror(errno) : op_strerror(count));
	me->is_blind = count < 0;
	for (size_t f = 0; f < FAMILIES; f++) {
		struct netaddr group;
		char why[160];

		(void)netaddr_parse(families[f].group, &group);
		for (int i = 0; i < count && me->udps[f] != NULL; i++)
			if (interface_can_multicast(&list[i]) &&
			    list[i].address.family == families[f].family)
				(void)udp_join(me->udps[f], &group, list[i].name, why, sizeof(why));
	}
	if (count >= 0)
		free(list);
}

/* What has changed does not matter: all are looked at. */
static void
on_changes(struct ev_loop *loop, ev_io *w, int revents)
{
	char bytes[4096];

	(void)loop;
	(void)revents;
	while (recv(w->fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	join_everywhere(w->data);
}

static int
open_changes(void)
{
	struct sockaddr_nl nl = {.nl_family = AF_NETLINK,
	    .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&nl, sizeof(nl)) == 0)
		return fd;
	close(fd);
	return -1;
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct discoverable *me = w->data;
	uint64_t refused = limiter_take_refused(me->limiter);

	(void)loop;
	(void)revents;
	if (refused > 0)
		log_notice("discovery: too many questions, not answered: %llu",
		    (unsigned long long)refused);
	join_everywhere(me);
}

static struct limiter *
make_limiter(void)
{
	struct limiter_options o = {.per_second = PER_SECOND,
	    .burst = BURST,
	    .all_per_second = ALL_PER_SECOND,
	    .all_burst = ALL_PER_SECOND};

	if (getrandom(&o.seed, sizeof(o.seed), GRND_NONBLOCK) != sizeof(o.seed))
		o.seed = (uint64_t)clock_boot_ms();
	return limiter_new(&o);
}

/* The answer has to fit into what clients send. */
static int
set_reply(struct discoverable *d, const char *program, const char *endpoint)
{
	char text[DISCOVERY_BYTES_MAX];
	struct discovery_reply *r = &d->reply;

	snprintf(r->version, sizeof(r->version), "%s", OPDESK_VERSION);
	if ((size_t)snprintf(r->program, sizeof(r->program), "%s", program) >= sizeof(r->program) ||
	    (size_t)snprintf(r->endpoint, sizeof(r->endpoint), "%s", endpoint) >=
		sizeof(r->endpoint))
		return OP_BAD_REQUEST;
	return discovery_format(text, DISCOVERY_REQUEST_BYTES, r) > 0 ? OP_OK : OP_BAD_REQUEST;
}

/* Those that are wanted; a host without IPv6 does without, if IPv4 is wanted as well. */
static int
open_sockets(struct discoverable *d, uint8_t family, char *why, size_t why_size)
{
	static const struct udp_events events = {.datagram = on_datagram};
	struct udp_options options = {.reuse = true, .max_bytes = DISCOVERY_BYTES_MAX};
	int err = OP_UNAVAILABLE;

	for (size_t f = 0; f < FAMILIES; f++) {
		struct resolve_addr any;

		if (family != 0 && family != families[f].family)
			continue;
		udp_any(families[f].af, DISCOVERY_PORT, &any);
		int one = udp_open(d->loop, &any, &options, &events, d, &d->udps[f], why, why_size);

		if (one == OP_OK || err != OP_OK)
			err = one;
	}
	return err;
}

int
discoverable_start(struct ev_loop *loop, const char *program, const char *endpoint, uint8_t family,
    struct discoverable **out, char *why, size_t why_size)
{
	struct discoverable *d = calloc(1, sizeof(*d));

	if (d == NULL || (d->limiter = make_limiter()) == NULL) {
		free(d);
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	d->loop = loop;
	int err = set_reply(d, program, endpoint);

	if (err != OP_OK)
		snprintf(why, why_size, "\"%s %s\" does not fit into an answer", program, endpoint);
	if (err == OP_OK)
		err = open_sockets(d, family, why, why_size);
	ev_timer_init(&d->timer, on_timer, LOOK_AGAIN_S, LOOK_AGAIN_S);
	ev_io_init(&d->changes, on_changes, err == OP_OK ? open_changes() : -1, EV_READ);
	d->timer.data = d->changes.data = d;
	if (err != OP_OK) {
		discoverable_stop(d);
		return err;
	}
	ev_timer_start(loop, &d->timer);
	if (d->changes.fd >= 0)
		ev_io_start(loop, &d->changes);
	join_everywhere(d);
	*out = d;
	return OP_OK;
}

/* --- a service of datagrams --- */

/* "udp:*:PORT" if one is bound to every address, for the families that are; else the first that is
 * not of loopback. */
static bool
find_place(struct udp *const *udps, size_t count, char *dst, size_t size, uint8_t *family)
{
	bool any = false, found = false;

	for (size_t i = 0; i < count; i++) {
		struct resolve_addr bound;
		struct netaddr addr;
		char text[NETADDR_TEXT];
		uint16_t port;

		if (udp_local(udps[i], &bound) != OP_OK)
			continue;
		netaddr_from_sockaddr((const struct sockaddr *)&bound.sa, &addr, &port);
		if (netaddr_is_any(&addr)) {
			*family = any ? 0 : addr.family;
			any = found = true;
			snprintf(dst, size, "udp:*:%u", port);
		} else if (!found && !netaddr_is_loopback(&addr)) {
			*family = 0;
			found = true;
			snprintf(dst, size, addr.family == 6 ? "udp:[%s]:%u" : "udp:%s:%u",
			    netaddr_format(text, &addr), port);
		}
	}
	return found;
}

int
discoverable_sockets(struct ev_loop *loop, const char *program, struct udp *const *udps,
    size_t count, struct discoverable **out, char *why, size_t why_size)
{
	char endpoint[80];
	uint8_t family;

	if (!find_place(udps, count, endpoint, sizeof(endpoint), &family)) {
		snprintf(why, why_size, "nobody but this host could reach it");
		return OP_NOT_FOUND;
	}
	return discoverable_start(loop, program, endpoint, family, out, why, why_size);
}

void
discoverable_stop(struct discoverable *d)
{
	if (d == NULL)
		return;
	ev_timer_stop(d->loop, &d->timer);
	ev_io_stop(d->loop, &d->changes);
	if (d->changes.fd >= 0)
		close(d->changes.fd);
	for (size_t f = 0; f < FAMILIES; f++)
		udp_close(d->udps[f]);
	limiter_free(d->limiter);
	free(d);
}
