/* SPDX-License-Identifier: ISC */
/* Names of subnets as people type them.  Asks the daemon only for addresses. */
#include "client/ipadmc/subnet.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/netaddr.h"
#include "lib/sdb/name.h"

bool
subnet_of_number(const char *typed, char file[SUBNET_FILE])
{
	char whole[SUBNET_FILE];
	struct sdb_name name;

	if (typed[0] < '0' || typed[0] > '9')
		return false;
	int n = snprintf(whole, sizeof(whole), "Subnet_%s", typed);

	if (n >= (int)sizeof(whole) || sdb_name_parse_user(whole, (size_t)n, &name) != OP_OK)
		return false;
	sdb_name_format(file, &name);
	return true;
}

const msgpack_object *
subnet_of_network(const msgpack_object_array *files, const struct network *net)
{
	for (uint32_t i = 0; i < files->size; i++) {
		char text[NETADDR_TEXT + 8];
		struct network there;
		struct mp_text t;

		if (mp_get_text(&files->ptr[i], "network", &t) != OP_OK || t.len >= sizeof(text))
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)t.len, t.s);
		if (network_parse(text, &there) == OP_OK && there.prefix <= net->prefix &&
		    network_has(&there, &net->base))
			return &files->ptr[i];
	}
	return NULL;
}

static int
find_network(struct query *q, const char *typed, const struct network *net, char file[SUBNET_FILE])
{
	const msgpack_object_array *files;
	const msgpack_object *result;
	struct mp_text t;
	int err = query_call(q, "sdb.list", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "files", &files) != OP_OK)
		return query_nonsense(q);
	const msgpack_object *found = subnet_of_network(files, net);

	if (!found)
		return query_complain(q, OP_NOT_FOUND, "no subnet has %s", typed);
	if (mp_get_text(found, "file", &t) != OP_OK || t.len >= SUBNET_FILE)
		return query_nonsense(q);
	snprintf(file, SUBNET_FILE, "%.*s", (int)t.len, t.s);
	return OP_OK;
}

int
subnet_resolve(struct query *q, const char *typed, char file[SUBNET_FILE])
{
	struct network net;

	if (subnet_of_number(typed, file))
		return OP_OK;
	if (network_parse(typed, &net) == OP_OK)
		return find_network(q, typed, &net, file);
	if (strlen(typed) >= SUBNET_FILE)
		return query_complain(q, OP_BAD_REQUEST, "the name of a subnet is too long");
	snprintf(file, SUBNET_FILE, "%s", typed);
	return OP_OK;
}
