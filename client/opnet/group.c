/* SPDX-License-Identifier: ISC */
/* One socket of the group's family. */
#include "client/opnet/group.h"

#include <netinet/in.h>
#include <stdio.h>
#include "lib/err.h"

static void
on_nothing(struct udp *u, const struct udp_datagram *d, void *arg)
{
	(void)u;
	(void)d;
	(void)arg;
}

static int
join(struct group *g, const struct group_settings *s, const struct netaddr *to, bool listens,
    char *why, size_t why_size)
{
	int err = OP_OK;

	if (!netaddr_is_multicast(to))
		return OP_OK;
	if (s->interface != NULL)
		err = udp_set_interface(g->udp, s->interface, why, why_size);
	if (err == OP_OK && listens)
		err = udp_join(g->udp, to, s->interface != NULL ? s->interface : "", why, why_size);
	return err;
}

int
group_open(struct group *g, struct shell *shell, const struct group_settings *s,
    const struct udp_events *events, void *arg)
{
	static const struct udp_events deaf = {.datagram = on_nothing};
	struct udp_options options = {
	    .reuse = events != NULL, .broadcast = true, .max_bytes = BEACON_BYTES_MAX + 1};
	struct resolve_addr local;
	struct netaddr to;
	char why[200];

	*g = (struct group){0};
	if (netaddr_parse(s->group, &to) != OP_OK) {
		shell_say("--group: \"%s\" is no address", s->group);
		return OP_BAD_REQUEST;
	}
	if (s->port > 65535) {
		shell_say("--port: at most 65535");
		return OP_BAD_REQUEST;
	}
	udp_addr(&to, (uint16_t)s->port, &g->to);
	udp_any(g->to.sa.ss_family, events != NULL ? (uint16_t)s->port : 0, &local);
	int err = udp_open(shell->loop, &local, &options, events != NULL ? events : &deaf, arg,
	    &g->udp, why, sizeof(why));

	if (err == OP_OK)
		err = join(g, s, &to, events != NULL, why, sizeof(why));
	if (err == OP_OK)
		return OP_OK;
	shell_say("group %s: %s", s->group, why);
	group_close(g);
	return err;
}

void
group_close(struct group *g)
{
	udp_close(g->udp);
	g->udp = NULL;
}
