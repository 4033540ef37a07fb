/* SPDX-License-Identifier: ISC */
/* Apart from the parser, which is pure: services are in a file of the host (services(5)). */
#include "lib/endpoint.h"

#include <netdb.h>
#include <string.h>

bool
endpoint_port_is_known(const struct endpoint *e)
{
	if (e->kind != ENDPOINT_TCP && e->kind != ENDPOINT_TLS && e->kind != ENDPOINT_UDP)
		return true;
	return e->port[strspn(e->port, "0123456789")] == '\0' ||
	       getservbyname(e->port, e->kind == ENDPOINT_UDP ? "udp" : "tcp");
}
