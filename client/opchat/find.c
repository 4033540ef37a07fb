/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/opchat/opchat.h"
#include "lib/err.h"
#include "lib/ev/discover.h"
#include "lib/ev/interfaces.h"
#include "lib/ev/udp.h"

#define WAIT_MS 3000
#define PROBES 3
#define SCHEME "udp:"

struct search {
	struct resolve_addr *found;
	bool has_found, is_over;
	int left;
	struct interface *list;
	int count;
	struct udp *udp;
	struct discover *discover; /* by groups, IPv6 too; NULL: nowhere to ask */
};

/* Whatever else comes from there is no answer to a probe. */
static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct search *s = arg;
	struct chat_msg m;

	(void)u;
	if (s->has_found || chat_parse(d->bytes, d->len, 0, &m) != OP_OK || m.code != CHAT_ERROR)
		return;
	*s->found = *d->from;
	s->has_found = true;
}

static const struct udp_events events = {.datagram = on_datagram};

static int
probe(struct search *s, bool aloud)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	size_t len = chat_format(bytes, CHAT_PROBE, "%s", "");
	int asked = 0;

	for (int i = 0; i < s->count; i++) {
		struct resolve_addr to;
		char text[NETADDR_TEXT];

		if (!interface_can_broadcast(&s->list[i]))
			continue;
		udp_addr(&s->list[i].broadcast, CHAT_PORT, &to);
		if (aloud)
			fprintf(stderr, "Broadcasting for a server on %s\n",
			    netaddr_format(text, &s->list[i].broadcast));
		asked += udp_send(s->udp, bytes, len, &to, NULL) == OP_OK;
	}
	return asked;
}

static void
on_time(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct search *s = timer->data;

	(void)loop;
	(void)revents;
	if (--s->left == 0)
		s->is_over = true;
	else
		probe(s, false);
}

/* --- by discovery, which reaches where broadcasts do not --- */

static void
on_found(const struct discover_answer *a, void *arg)
{
	struct search *s = arg;
	struct resolve_answer r;
	struct endpoint e;
	struct netaddr address;
	char host[ENDPOINT_HOST_MAX];
	const char *why;

	if (s->has_found || strncmp(a->endpoint, SCHEME, strlen(SCHEME)) != 0 ||
	    endpoint_parse(a->endpoint + strlen(SCHEME), "2027", &e, &why) != OP_OK)
		return;
	/* An address, but for the zone, so that nothing waits; a name is somebody's invention. */
	snprintf(host, sizeof(host), "%.*s", (int)strcspn(e.host, "%"), e.host);
	if (netaddr_parse(host, &address) != OP_OK)
		return;
	resolve_forward_wait(e.host, e.port, WAIT_MS, NULL, &r);
	if (r.err != OP_OK || r.count == 0)
		return;
	*s->found = r.addrs[0];
	s->has_found = true;
}

static void
on_asking(const char *interface, const struct netaddr *to, void *arg)
{
	char text[NETADDR_TEXT];

	(void)arg;
	if (netaddr_is_multicast(to))
		fprintf(stderr, "Asking the group %s on %s\n", netaddr_format(text, to), interface);
}

static void
on_done(void *arg)
{
	(void)arg;
}

static int
ask_groups(struct ev_loop *loop, struct search *s)
{
	static const struct discover_events asking = {on_asking, on_found, on_done};
	char why[200];

	return discover_start(
	    loop, "opchatd", NULL, 0, WAIT_MS, &asking, s, &s->discover, why, sizeof(why));
}

/* --- both --- */

static int
search(struct ev_loop *loop, struct search *s)
{
	ev_timer timer;

	int asked = probe(s, true);

	if (ask_groups(loop, s) != OP_OK && asked == 0)
		return OP_UNAVAILABLE;
	ev_timer_init(&timer, on_time, WAIT_MS / 1e3 / PROBES, WAIT_MS / 1e3 / PROBES);
	timer.data = s;
	ev_timer_start(loop, &timer);
	while (!s->has_found && !s->is_over)
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &timer);
	discover_stop(s->discover);
	return s->has_found ? OP_OK : OP_NOT_FOUND;
}

int
opchat_find(struct ev_loop *loop, struct resolve_addr *out)
{
	struct search s = {.found = out, .left = PROBES};
	const struct udp_options options = {.broadcast = true, .max_bytes = CHAT_BYTES_MAX};
	struct resolve_addr any;
	char why[200], text[NETADDR_TEXT];
	struct netaddr found;
	uint16_t port;

	udp_any(AF_INET, 0, &any);
	int err = udp_open(loop, &any, &options, &events, &s, &s.udp, why, sizeof(why));

	if (err)
		return err;
	s.count = interfaces_list(&s.list);
	err = s.count < 0 ? s.count : search(loop, &s);
	if (s.count >= 0)
		free(s.list);
	udp_close(s.udp);
	if (err == OP_OK) {
		netaddr_from_sockaddr((struct sockaddr *)&out->sa, &found, &port);
		fprintf(stderr, "Found a server at %s\n", netaddr_format(text, &found));
	}
	return err;
}
