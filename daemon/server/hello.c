/* SPDX-License-Identifier: ISC */
/* Pure.  The types were checked before, against the table of methods. */
#include "daemon/server/hello.h"

#include <stdio.h>
#include "lib/err.h"
#include "lib/rpc.h"

const char *
hello_role(const msgpack_object *params)
{
	static const char *const roles[] = {"asker", "desk", "tool"};
	struct mp_text t;

	if (mp_get_text(params, "role", &t))
		return roles[0];
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (mp_text_is(t, roles[i]))
			return roles[i];
	return NULL;
}

int
hello_check(const msgpack_object *params, char *why, size_t why_size)
{
	int64_t proto = 0;

	mp_get_int(params, "proto", &proto);
	if (proto != RPC_PROTO) {
		snprintf(why, why_size, "protocol %lld is spoken by the client, %d by the server",
		    (long long)proto, RPC_PROTO);
		return OP_CONFLICT;
	}
	if (!hello_role(params)) {
		snprintf(why, why_size, "role: expected asker, desk or tool");
		return OP_BAD_REQUEST;
	}
	return OP_OK;
}
