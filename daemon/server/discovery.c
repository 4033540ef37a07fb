/* SPDX-License-Identifier: ISC */
/* What the daemon listens on becomes what it tells those who look for it. */
#include "daemon/server/discovery.h"

#include <stdio.h>
#include <string.h>
#include "daemon/server/engine_internal.h"
#include "lib/err.h"
#include "lib/ev/discoverable.h"
#include "lib/log.h"

/* A name may be of loopback: it has to be written as an address. */
static bool
others_can_reach(const struct endpoint *where)
{
	struct netaddr a;

	if (where->kind != ENDPOINT_TCP || strcmp(where->port, "0") == 0)
		return false;
	return strcmp(where->host, "*") == 0 ||
	    (netaddr_parse(where->host, &a) == OP_OK && !netaddr_is_loopback(&a));
}

static bool
is_any(const struct endpoint *where)
{
	static const char *const any[] = {"*", "0.0.0.0", "::"};

	for (size_t i = 0; i < sizeof(any) / sizeof(*any); i++)
		if (strcmp(where->host, any[i]) == 0)
			return true;
	return false;
}

int
discovery_endpoint(const struct server_config *c, char *dst, size_t size)
{
	const struct string_list *listen = &c->generic.listen;
	struct endpoint where;
	char why[128];

	for (size_t i = 0; c->generic.discovery && i < listen->count; i++) {
		if (server_config_endpoint(c->app, listen->items[i], &where, why, sizeof(why)) ||
		    !others_can_reach(&where))
			continue;
		if (is_any(&where))
			snprintf(dst, size, "tcp:*:%s", where.port);
		else
			endpoint_format(dst, size, &where);
		return OP_OK;
	}
	return OP_NOT_FOUND;
}

void
discovery_end(struct engine *e)
{
	discoverable_stop(e->discoverable);
	e->discoverable = NULL;
}

void
discovery_update(struct engine *e)
{
	const struct server_config *c = e->tree->config;
	char where[ENDPOINT_TEXT], why[200];

	discovery_end(e);
	if (discovery_endpoint(c, where, sizeof(where)))
		return;
	if (discoverable_start(e->loop, c->app->name, where, &e->discoverable, why, sizeof(why)))
		log_warn("discovery: not answered: %s", why);
	else
		log_info("discovery: answered with %s", where);
}
