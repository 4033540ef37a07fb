/* SPDX-License-Identifier: ISC */
#include "daemon/opchatd/service.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include "daemon/opchatd/service_int.h"
#include "lib/acl.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/discoverable.h"
#include "lib/log.h"

#define IDLE_S 30.

/* --- what leaves --- */

static void
send_to(struct service *s, const struct room_action *a)
{
	int family = a->peer.addr.family == 6 ? AF_INET6 : AF_INET;
	struct udp_path path = {.local = a->peer.local, .ifindex = a->peer.ifindex};
	struct resolve_addr to;

	udp_addr(&a->peer.addr, a->peer.port, &to);
	for (size_t i = 0; i < s->count; i++)
		if (udp_family(s->sockets[i]) == family &&
		    udp_send(s->sockets[i], a->bytes, a->len, &to, &path) == OP_OK)
			return;
}

static void
publish(struct service *s, const struct room_action *a)
{
	struct udp *u = s->groups[a->peer.addr.family == 6];
	struct resolve_addr to;
	int err = OP_UNAVAILABLE;

	udp_addr(&a->peer.addr, a->peer.port, &to);
	if (u)
		err = udp_send(u, a->bytes, a->len, &to, NULL);
	if (err && err != OP_AGAIN)
		log_warn("multicast: not sent: %s", op_strerror(err));
}

static void
set_tick(struct service *s)
{
	double idle = (double)s->settings->silent_ms / 1000. / 4;
	double after = room_is_busy(s->room) ? ROOM_TICK_MS / 1000. : idle < IDLE_S ? idle : IDLE_S;

	if (ev_is_active(&s->tick) && s->tick.repeat == after)
		return;
	s->tick.repeat = after;
	ev_timer_again(engine_loop(s->engine), &s->tick);
}

void
service_act(struct service *s)
{
	struct room_action a;

	while (room_next(s->room, &a))
		switch (a.type) {
		case ROOM_SEND:
			send_to(s, &a);
			break;
		case ROOM_PUBLISH:
			publish(s, &a);
			break;
		case ROOM_LOG:
			log_info("%s", a.text);
			break;
		}
	set_tick(s);
}

/* --- what comes --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct service *s = arg;
	struct room_peer from = {.local = d->path.local, .ifindex = d->path.ifindex};
	char text[NETADDR_TEXT];

	(void)u;
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &from.addr, &from.port);
	if (!acl_allows(s->members, &from.addr, NULL)) {
		log_debug("datagram: refused: %s", netaddr_format(text, &from.addr));
		return;
	}
	if (d->truncated)
		log_debug("datagram: too long: %s", netaddr_format(text, &from.addr));
	else
		room_receive(
		    s->room, &from, d->bytes, d->len, clock_boot_ms(), clock_wall_ms() / 1000);
	service_act(s);
}

static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	struct service *s = arg;
	struct room_peer peer = {.port = 0};

	(void)u;
	(void)why;
	netaddr_from_sockaddr((const struct sockaddr *)&to->sa, &peer.addr, &peer.port);
	if (err == OP_UNAVAILABLE && !netaddr_is_multicast(&peer.addr)) {
		room_unreachable(s->room, &peer, clock_boot_ms());
		service_act(s);
	}
}

static const struct udp_events events = {.datagram = on_datagram, .failed = on_failed};

static void
on_tick(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct service *s = timer->data;

	(void)loop;
	(void)revents;
	room_tick(s->room, clock_boot_ms());
	service_act(s);
}

/* --- beginning --- */

static struct acl *
make_acl(const struct string_list *rules)
{
	struct acl *acl = acl_new();

	for (size_t i = 0; acl && i < rules->count; i++) {
		bool allow = strncmp(rules->items[i], "allow ", 6) == 0;

		if (acl_add(acl, allow, rules->items[i] + (allow ? 6 : 5)) != OP_OK) {
			acl_free(acl);
			return NULL;
		}
	}
	return acl;
}

static bool
is_allowed(const struct netaddr *addr, void *acl)
{
	return acl_allows(acl, addr, NULL);
}

static struct room_limits
limits_of(const struct chat_settings *s)
{
	return (struct room_limits){
	    .max_users = (size_t)s->max_users,
	    .max_channels = (size_t)s->max_channels,
	    .history = (size_t)s->history,
	    .per_second = (double)s->per_minute / 60,
	    .burst = (double)s->burst,
	    .silent_ms = s->silent_ms,
	    .multicast_port = s->multicast ? (uint16_t)s->multicast_port : 0,
	};
}

static const struct channel_settings five[] = {
    {.title = (char[]){"duty"}, .description = (char[]){"who is on duty, and what is going on"}},
    {.title = (char[]){"backups"}, .description = (char[]){"tapes, disks and what runs at night"}},
    {.title = (char[]){"network"}, .description = (char[]){"addresses, lines and cables"}},
    {.title = (char[]){"storage"}, .description = (char[]){"disks that are full or about to be"}},
    {.title = (char[]){"cafe"}, .description = (char[]){"everything else"}},
};

static int
make_room(struct service *s)
{
	const struct chat_settings *set = s->settings;
	const struct channel_settings *c = set->channels.count ? set->channels.items : five;
	size_t count = set->channels.count ? set->channels.count : sizeof(five) / sizeof(five[0]);
	struct room_channel channels[ROOM_CHANNELS_MAX] = {0};
	struct room_limits limits = limits_of(set);
	uint64_t seed = (uint64_t)clock_boot_ms();

	for (size_t i = 0; i < count; i++) {
		char group[NETADDR_TEXT];

		snprintf(group, sizeof(group), "239.255.27.%zu", i + 1);
		channels[i].title = c[i].title;
		channels[i].description = c[i].description;
		netaddr_parse(c[i].group && *c[i].group ? c[i].group : group, &channels[i].group);
		if (c[i].allow.count == 0)
			continue;
		s->channels[i] = make_acl(&c[i].allow);
		if (!s->channels[i])
			return OP_NO_MEMORY;
		channels[i].allows = is_allowed;
		channels[i].arg = s->channels[i];
	}
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		log_warn("random numbers: none from the system: %m");
	s->room = room_new(channels, count, &limits, seed);
	return s->room ? OP_OK : OP_NO_MEMORY;
}

static void
open_sockets(struct service *s)
{
	static const struct udp_options options = {.max_bytes = CHAT_BYTES_MAX, .broadcast = true};

	for (size_t i = 0; i < s->settings->udp.count; i++) {
		const char *where = s->settings->udp.items[i];
		char why[200] = "no address with a port", text[400];
		struct endpoint e;
		int n = chat_settings_udp(where, &e);

		if (n == OP_OK)
			n = udp_bind(engine_loop(s->engine), &e, &options, &events, s,
			    &s->sockets[s->count], (int)(SOCKETS_MAX - s->count), why, sizeof(why));
		if (n < 1) {
			snprintf(text, sizeof(text), "cannot receive at %s: %s", where, why);
			engine_fail(s->engine, text);
		}
		s->count += (size_t)n;
	}
}

static void
say_where(const struct service *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct resolve_addr bound;
		struct netaddr addr;
		char text[NETADDR_TEXT];
		uint16_t port;

		if (udp_local(s->sockets[i], &bound) != OP_OK)
			continue;
		netaddr_from_sockaddr((const struct sockaddr *)&bound.sa, &addr, &port);
		log_notice("chat: at udp:%s%s%s:%u", addr.family == 6 ? "[" : "",
		    netaddr_format(text, &addr), addr.family == 6 ? "]" : "", port);
	}
}

static void
open_groups(struct service *s)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (int i = 0; i < 2 && s->settings->multicast; i++) {
		struct resolve_addr any;
		char why[200];
		const char *interface = s->settings->interface ? s->settings->interface : "";
		struct udp **u = &s->groups[i];

		udp_any(families[i], 0, &any);
		if (udp_open(engine_loop(s->engine), &any, NULL, &events, s, u, why, sizeof(why)) ==
			OP_OK &&
		    udp_set_ttl(*u, (int)s->settings->ttl) == OP_OK &&
		    udp_set_interface(*u, interface, why, sizeof(why)) == OP_OK)
			continue;
		if (i == 0)
			log_error("multicast: cannot send: %s", why);
		udp_close(*u);
		*u = NULL;
	}
}

static void
be_found(struct service *s)
{
	char why[200];
	int err = OP_NOT_FOUND;

	if (engine_discovery(s->engine))
		err = discoverable_sockets(engine_loop(s->engine), "opchatd", s->sockets, s->count,
		    &s->discoverable, why, sizeof(why));
	if (err != OP_OK && err != OP_NOT_FOUND)
		log_warn("discovery: not answered: %s", why);
}

static int
start(struct engine *e, const void *settings)
{
	struct service *s = calloc(1, sizeof(*s));

	if (!s)
		return OP_NO_MEMORY;
	s->engine = e;
	s->settings = settings;
	engine_set_arg(e, s);
	ev_init(&s->tick, on_tick);
	s->tick.data = s;
	s->members = make_acl(&s->settings->members);
	if (!s->members || make_room(s) != OP_OK)
		return OP_NO_MEMORY;
	open_sockets(s);
	open_groups(s);
	say_where(s);
	be_found(s);
	set_tick(s);
	return OP_OK;
}

/* --- its life --- */

/* Who asks after this is told by the kernel that nobody is here. */
static void
stop(struct engine *e)
{
	struct service *s = engine_arg(e);

	room_close(s->room);
	service_act(s);
	while (s->count > 0)
		udp_close(s->sockets[--s->count]);
	engine_stopped(e);
}

static void
attached(struct client *c)
{
	(void)c;
}

static void
notify(struct client *c, const struct rpc_msg *m)
{
	(void)c;
	(void)m;
}

static void
reload(struct engine *e, const void *settings)
{
	struct service *s = engine_arg(e);
	struct acl *members = make_acl(&((const struct chat_settings *)settings)->members);
	struct room_limits limits = limits_of(settings);

	s->settings = settings;
	if (members) {
		acl_free(s->members);
		s->members = members;
	}
	room_set_limits(s->room, &limits);
}

const struct engine_events service_events = {
    .start = start,
    .attached = attached,
    .request = service_request,
    .notify = notify,
    .detached = attached,
    .reload = reload,
    .stop = stop,
};
