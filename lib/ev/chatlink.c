/* SPDX-License-Identifier: ISC */
#include "lib/ev/chatlink.h"

#include <stdio.h>
#include <stdlib.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/interfaces.h"
#include "lib/ev/udp.h"

#define INTERFACE_BYTES 64 /* a name of 15 or an address */

struct chatlink {
	struct ev_loop *loop;
	chatlink_event_fn *event;
	void *arg;
	struct netaddr server;
	struct chatter *chatter;
	struct udp *udp, *groups; /* groups: opened when there is one to hear */
	uint16_t group_port;
	char interface[INTERFACE_BYTES];
	ev_timer wake;
};

/* --- what comes --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct chatlink *l = arg;

	(void)u;
	if (!d->truncated)
		chatter_receive(l->chatter, d->bytes, d->len, NULL, clock_boot_ms());
	chatlink_turn(l);
}

static bool
is_of_this_host(const struct netaddr *a)
{
	struct interface *all;
	int count = interfaces_list(&all);
	bool found = false;

	if (count < 0)
		return false;
	for (int i = 0; i < count && !found; i++)
		found = netaddr_equal(&all[i].address, a);
	free(all);
	return found;
}

/* Only what the server sends to a group; one of this host may speak from any of its addresses. */
static void
on_group(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct chatlink *l = arg;
	struct netaddr from;
	uint16_t port;

	(void)u;
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &from, &port);
	if (!d->truncated && (netaddr_equal(&from, &l->server) ||
				 (netaddr_is_loopback(&l->server) && is_of_this_host(&from))))
		chatter_receive(l->chatter, d->bytes, d->len, &d->to, clock_boot_ms());
	chatlink_turn(l);
}

/* Nobody is there. */
static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	struct chatlink *l = arg;

	(void)u;
	(void)to;
	(void)err;
	chatter_doubt(l->chatter, why, clock_boot_ms());
	chatlink_turn(l);
}

static const struct udp_events to_us = {.datagram = on_datagram, .failed = on_failed};
static const struct udp_events to_groups = {.datagram = on_group};

/* --- groups --- */

static int
open_groups(struct chatlink *l, const struct chatter_event *e, char *why, size_t why_size)
{
	const struct udp_options options = {.reuse = true, .max_bytes = CHAT_BYTES_MAX};
	struct resolve_addr any;

	if (l->groups && l->group_port == e->port)
		return OP_OK;
	udp_close(l->groups);
	l->groups = NULL;
	l->group_port = e->port;
	udp_any(e->group.family == 6 ? AF_INET6 : AF_INET, e->port, &any);
	return udp_open(l->loop, &any, &options, &to_groups, l, &l->groups, why, why_size);
}

static void
hear(struct chatlink *l, const struct chatter_event *e)
{
	char why[200] = "", text[300], group[NETADDR_TEXT];
	int err = open_groups(l, e, why, sizeof(why));

	if (err == OP_OK)
		err = udp_join(l->groups, &e->group, l->interface, why, sizeof(why));
	if (err == OP_OK || err == OP_CONFLICT)
		return;
	snprintf(text, sizeof(text), "the group %s cannot be heard: %s",
	    netaddr_format(group, &e->group), why);
	l->event(
	    &(struct chatter_event){.type = CHATTER_ERROR, .title = "", .nick = "", .text = text},
	    l->arg);
}

static void
hear_not(struct chatlink *l, const struct chatter_event *e)
{
	char why[200];

	if (l->groups)
		udp_leave(l->groups, &e->group, l->interface, why, sizeof(why));
}

/* --- turns --- */

static void
take_event(struct chatlink *l, const struct chatter_event *e)
{
	switch (e->type) {
	case CHATTER_SEND:
		udp_send(l->udp, e->bytes, e->len, NULL, NULL);
		break;
	case CHATTER_LISTEN:
		hear(l, e);
		break;
	case CHATTER_LISTEN_NOT:
		hear_not(l, e);
		break;
	default:
		l->event(e, l->arg);
		break;
	}
}

void
chatlink_turn(struct chatlink *l)
{
	struct chatter_event e;

	while (chatter_next(l->chatter, &e))
		take_event(l, &e);
	int64_t wake_ms = chatter_wake_ms(l->chatter);

	ev_timer_stop(l->loop, &l->wake);
	if (wake_ms == INT64_MAX)
		return;
	int64_t left_ms = wake_ms - clock_boot_ms() + 1;

	ev_now_update(l->loop);
	ev_timer_set(&l->wake, left_ms > 0 ? (double)left_ms / 1e3 : 0., 0.);
	ev_timer_start(l->loop, &l->wake);
}

static void
on_wake(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct chatlink *l = t->data;

	(void)loop;
	(void)revents;
	chatter_tick(l->chatter, clock_boot_ms());
	chatlink_turn(l);
}

struct chatter *
chatlink_chatter(struct chatlink *l)
{
	return l->chatter;
}

/* --- beginning and end --- */

/* By our address on the way to the server. */
static void
choose_interface(struct chatlink *l, const char *interface)
{
	struct resolve_addr local;
	struct netaddr addr;
	uint16_t port;

	snprintf(l->interface, sizeof(l->interface), "%s", interface);
	if (*interface || udp_local(l->udp, &local) != OP_OK)
		return;
	netaddr_from_sockaddr((const struct sockaddr *)&local.sa, &addr, &port);
	if (!netaddr_is_loopback(&addr))
		netaddr_format(l->interface, &addr);
}

static int
open_socket(struct chatlink *l, const struct resolve_addr *server, char *why, size_t why_size)
{
	const struct udp_options options = {.max_bytes = CHAT_BYTES_MAX};
	struct resolve_addr any;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&server->sa, &l->server, &port);
	udp_any(server->sa.ss_family, 0, &any);
	int err = udp_open(l->loop, &any, &options, &to_us, l, &l->udp, why, why_size);

	if (err != OP_OK)
		return err;
	err = udp_connect(l->udp, server);
	if (err != OP_OK)
		snprintf(why, why_size, "%s", op_strerror(err));
	return err;
}

int
chatlink_open(struct ev_loop *loop, const struct resolve_addr *server, const char *nick,
    const char *interface, chatlink_event_fn *event, void *arg, struct chatlink **out, char *why,
    size_t why_size)
{
	struct chatlink *l = calloc(1, sizeof(*l));
	struct chatter *c = chatter_new(nick, clock_boot_ms());
	int err = OP_NO_MEMORY;

	snprintf(why, why_size, "%s", op_strerror(err));
	if (!l || !c) {
		chatter_free(c);
		free(l);
		return err;
	}
	*l = (struct chatlink){.loop = loop, .event = event, .arg = arg, .chatter = c};
	ev_timer_init(&l->wake, on_wake, 0., 0.);
	l->wake.data = l;
	err = open_socket(l, server, why, why_size);
	if (err != OP_OK) {
		chatlink_close(l);
		return err;
	}
	choose_interface(l, interface);
	ev_timer_start(loop, &l->wake);
	*out = l;
	return OP_OK;
}

void
chatlink_close(struct chatlink *l)
{
	if (!l)
		return;
	ev_timer_stop(l->loop, &l->wake);
	udp_close(l->udp);
	udp_close(l->groups);
	chatter_free(l->chatter);
	free(l);
}
