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

	if ((where->kind != ENDPOINT_TCP && where->kind != ENDPOINT_TLS) ||
	    strcmp(where->port, "0") == 0)
		return false;
	return strcmp(where->host, "*") == 0 ||
	       (netaddr_parse(where->host, &a) == OP_OK && !netaddr_is_loopback(&a));
}

/* Every address: of both families (0), 4 or 6.  False: it is one. */
static bool
is_any(const struct endpoint *where, uint8_t *family)
{
	struct netaddr a;

	*family = 0;
	if (strcmp(where->host, "*") == 0)
		return true;
	if (netaddr_parse(where->host, &a) != OP_OK || !netaddr_is_any(&a))
		return false;
	*family = a.family;
	return true;
}

/* "0.0.0.0" and "::" are written apart by who wants both. */
static void
add_other_family(
    const struct server_config *c, enum endpoint_kind kind, const char *port, uint8_t *family)
{
	const struct string_list *listen = &c->generic.listen;
	struct endpoint where;
	char why[128];
	uint8_t other;

	for (size_t i = 0; *family != 0 && i < listen->count; i++)
		if (server_config_endpoint(c->app, listen->items[i], &where, why, sizeof(why)) ==
			0 &&
		    where.kind == kind && strcmp(where.port, port) == 0 && is_any(&where, &other) &&
		    other != *family)
			*family = 0;
}

int
discovery_endpoint(const struct server_config *c, char *dst, size_t size, uint8_t *family)
{
	const struct string_list *listen = &c->generic.listen;
	struct endpoint where;
	char why[128];

	for (size_t i = 0; c->generic.discovery && i < listen->count; i++) {
		if (server_config_endpoint(c->app, listen->items[i], &where, why, sizeof(why)) ||
		    !others_can_reach(&where))
			continue;
		if (is_any(&where, family)) {
			snprintf(dst, size, "%s:*:%s", where.kind == ENDPOINT_TLS ? "tls" : "tcp",
			    where.port);
			add_other_family(c, where.kind, where.port, family);
		} else {
			endpoint_format(dst, size, &where);
		}
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
	uint8_t family;

	discovery_end(e);
	if (discovery_endpoint(c, where, sizeof(where), &family))
		return;
	if (discoverable_start(
		e->loop, c->app->name, where, family, &e->discoverable, why, sizeof(why)))
		log_warn("discovery: not answered: %s", why);
	else
		log_info("discovery: answered with %s", where);
}
