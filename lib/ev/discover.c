/* SPDX-License-Identifier: ISC */
/* A socket of each family; the way out is given with each datagram, so that no option changes. */
#include "lib/ev/discover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/ev/interfaces.h"
#include "lib/ev/udp.h"

#define TIMES 3
#define TARGETS_MAX 128

struct target {
	char interface[IF_NAMESIZE];
	struct netaddr to;
	struct udp_path path;
};

struct seen {
	char program[sizeof(((struct discovery_reply *)0)->program)];
	char endpoint[sizeof(((struct discover_answer *)0)->endpoint)];
};

struct discover {
	struct ev_loop *loop;
	const struct discover_events *events;
	void *arg;
	struct udp *udp4, *udp6; /* NULL: nobody to ask, or no such family here */
	ev_timer timer;
	int64_t wait_ms;
	int rounds; /* begun */
	char request[DISCOVERY_REQUEST_BYTES];
	struct target targets[TARGETS_MAX];
	size_t target_count;
	struct seen *seen;
	size_t seen_count;
	bool busy, stopped; /* stopped inside a callback: freed when that is over */
};

static void
release(struct discover *d)
{
	free(d->seen);
	free(d);
}

void
discover_stop(struct discover *d)
{
	if (d == NULL || d->stopped)
		return;
	ev_timer_stop(d->loop, &d->timer);
	udp_close(d->udp4);
	udp_close(d->udp6);
	d->stopped = true;
	if (!d->busy)
		release(d);
}

static void
leave_callbacks(struct discover *d)
{
	d->busy = false;
	if (d->stopped)
		release(d);
}

/* --- answers --- */

/* False: known already, or one too many. */
static bool
remember(struct discover *d, const struct discover_answer *a)
{
	struct seen *s;

	for (size_t i = 0; i < d->seen_count; i++)
		if (strcmp(d->seen[i].program, a->reply->program) == 0 &&
		    strcmp(d->seen[i].endpoint, a->endpoint) == 0)
			return false;
	if (d->seen_count == DISCOVER_FOUND_MAX)
		return false;
	struct seen *grown = reallocarray(d->seen, d->seen_count + 1, sizeof(*grown));

	if (grown == NULL)
		return false;
	d->seen = grown;
	s = &d->seen[d->seen_count++];
	memcpy(s->program, a->reply->program, sizeof(s->program));
	memcpy(s->endpoint, a->endpoint, sizeof(s->endpoint));
	return true;
}

/* With the zone that an address of the link is nothing without. */
static void
format_source(char dst[DISCOVER_ADDRESS], const struct udp_datagram *dg)
{
	char text[NETADDR_TEXT], zone[IF_NAMESIZE];
	struct netaddr from;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&dg->from->sa, &from, &port);
	netaddr_format(text, &from);
	if (netaddr_is_link_local(&from) && if_indextoname(dg->ifindex, zone) != NULL)
		snprintf(dst, DISCOVER_ADDRESS, "%s%%%s", text, zone);
	else
		snprintf(dst, DISCOVER_ADDRESS, "%s", text);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *dg, void *arg)
{
	struct discover *d = arg;
	struct discovery_reply reply;
	struct discover_answer a = {.reply = &reply};

	(void)u;
	format_source(a.from, dg);
	if (dg->truncated || discovery_parse(dg->bytes, dg->len, &reply) != OP_OK ||
	    !discovery_resolve(a.endpoint, sizeof(a.endpoint), &reply, a.from) || !remember(d, &a))
		return;
	d->busy = true;
	d->events->found(&a, d->arg);
	leave_callbacks(d);
}

/* --- questions --- */

static struct udp *
socket_for(const struct discover *d, const struct netaddr *to)
{
	return to->family == 6 ? d->udp6 : d->udp4;
}

static void
ask_all(struct discover *d)
{
	for (size_t i = 0; i < d->target_count && !d->stopped; i++) {
		const struct target *t = &d->targets[i];
		struct resolve_addr to;

		if (socket_for(d, &t->to) == NULL)
			continue;
		udp_addr(&t->to, DISCOVERY_PORT, &to);
		if (d->rounds == 0 && d->events->asking != NULL)
			d->events->asking(t->interface, &t->to, d->arg);
		/* One interface that cannot send now is no reason to stop. */
		if (!d->stopped)
			(void)udp_send(
			    socket_for(d, &t->to), d->request, sizeof(d->request), &to, &t->path);
	}
	d->rounds++;
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct discover *d = w->data;

	(void)revents;
	d->busy = true;
	if (d->rounds < TIMES) {
		ask_all(d);
		if (!d->stopped) {
			ev_timer_set(w, (double)d->wait_ms / 1e3 / TIMES, 0.);
			ev_timer_start(loop, w);
		}
	} else {
		d->events->done(d->arg);
	}
	leave_callbacks(d);
}

static void
add_target(struct discover *d, const struct interface *i, const struct netaddr *to)
{
	struct target *t = &d->targets[d->target_count];

	if (d->target_count == TARGETS_MAX)
		return;
	d->target_count++;
	*t = (struct target){.to = *to};
	if (i == NULL)
		return;
	snprintf(t->interface, sizeof(t->interface), "%s", i->name);
	t->path = (struct udp_path){i->address, i->index};
}

static int
add_networks(struct discover *d)
{
	struct interface *list;
	struct netaddr group, group6;
	int count = interfaces_list(&list);

	if (count < 0)
		return count;
	(void)netaddr_parse(DISCOVERY_GROUP, &group);
	(void)netaddr_parse(DISCOVERY_GROUP6, &group6);
	for (int i = 0; i < count; i++) {
		bool six = list[i].address.family == 6;

		if (list[i].address.family == 0 || (six && (list[i].flags & IFF_LOOPBACK)))
			continue;
		if (interface_can_broadcast(&list[i]))
			add_target(d, &list[i], &list[i].broadcast);
		if (interface_can_multicast(&list[i]))
			add_target(d, &list[i], six ? &group6 : &group);
	}
	free(list);
	return d->target_count > 0 ? OP_OK : OP_UNAVAILABLE;
}

static int
add_targets(struct discover *d, const struct discover_host *hosts, size_t count)
{
	if (count == 0)
		return add_networks(d);
	for (size_t i = 0; i < count; i++) {
		add_target(d, NULL, &hosts[i].address);
		d->targets[d->target_count - 1].path.ifindex = hosts[i].ifindex;
	}
	return OP_OK;
}

static bool
asks(const struct discover *d, uint8_t family)
{
	for (size_t i = 0; i < d->target_count; i++)
		if (d->targets[i].to.family == family)
			return true;
	return false;
}

/* One of the two will do. */
static int
open_sockets(struct discover *d, char *why, size_t why_size)
{
	static const struct udp_events events = {.datagram = on_datagram};
	struct udp_options options = {.broadcast = true, .max_bytes = DISCOVERY_BYTES_MAX};
	struct resolve_addr any;
	int err4 = OP_UNAVAILABLE, err6 = OP_UNAVAILABLE;

	udp_any(AF_INET, 0, &any);
	if (asks(d, 4))
		err4 = udp_open(d->loop, &any, &options, &events, d, &d->udp4, why, why_size);
	udp_any(AF_INET6, 0, &any);
	if (asks(d, 6))
		err6 = udp_open(d->loop, &any, &options, &events, d, &d->udp6, why, why_size);
	return err4 == OP_OK || err6 == OP_OK ? OP_OK : err4 != OP_UNAVAILABLE ? err4 : err6;
}

int
discover_start(struct ev_loop *loop, const char *program, const struct discover_host *hosts,
    size_t count, int64_t wait_ms, const struct discover_events *events, void *arg,
    struct discover **out, char *why, size_t why_size)
{
	struct discover *d = calloc(1, sizeof(*d));

	if (d == NULL) {
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	d->loop = loop;
	d->events = events;
	d->arg = arg;
	d->wait_ms = wait_ms;
	ev_timer_init(&d->timer, on_timer, 0., 0.);
	d->timer.data = d;

	int err = discovery_request(d->request, program);

	if (err != OP_OK) {
		snprintf(why, why_size, "\"%s\" is no name of a program", program);
	} else {
		err = add_targets(d, hosts, count);
		if (err != OP_OK)
			snprintf(why, why_size, "%s",
			    err == OP_UNAVAILABLE ? "no interface to ask on is up"
						  : op_strerror(err));
	}
	if (err == OP_OK)
		err = open_sockets(d, why, why_size);
	if (err != OP_OK) {
		release(d);
		return err;
	}
	ev_timer_start(loop, &d->timer);
	*out = d;
	return OP_OK;
}
