/* SPDX-License-Identifier: ISC */
/* One call, on the way that a question would take. */
#include "client/mediachangec/preflight.h"

#include <inttypes.h>
#include <stdio.h>
#include "client/common/rpcsync.h"
#include "client/mediachangec/failover.h"
#include "lib/output.h"

static const struct rpcsync_hello hello = {"mediachangec", "asker"};

static int
call(struct rpcsync *rpc, int64_t deadline_ms, int64_t *desks, char *why, size_t why_size)
{
	const struct rpc_msg *m = NULL;
	uint32_t msgid;

	mp_map(rpcsync_begin(rpc, "alert.desks", &msgid), 0);
	int err = rpcsync_send(rpc, deadline_ms);

	if (err == OP_OK)
		err = rpcsync_wait(rpc, msgid, deadline_ms, &m);
	if (err == OP_OK)
		return mp_get_int(m->result, "desks", desks) == OP_OK ? OP_OK : OP_PROTOCOL;
	if (m)
		rpcsync_error_text(why, why_size, m);
	return m && err == OP_UNAVAILABLE ? OP_NOT_NOW : err;
}

static int
attempt(const struct endpoint *e, int64_t deadline_ms, char *why, size_t why_size, void *arg)
{
	struct rpcsync *rpc;
	int err = rpcsync_open(e, &hello, deadline_ms, &rpc, why, why_size);

	if (err != OP_OK)
		return err;
	err = call(rpc, deadline_ms, arg, why, why_size);
	rpcsync_close(rpc);
	return err;
}

static int
print_desks(const struct settings *s, const struct endpoint *e, int64_t desks)
{
	char place[ENDPOINT_TEXT];

	if (desks == 0)
		fprintf(stderr, "mediachangec: no desk is there at %s: a question would wait\n",
		    endpoint_format(place, sizeof(place), e));
	if (s->quiet)
		return OP_OK;
	printf("%" PRId64 "\n", desks);
	return output_flush("mediachangec");
}

int
preflight_run(const struct settings *s, enum outcome *outcome)
{
	int64_t desks = 0;
	size_t index;
	int err = failover_run(s, attempt, &desks, &index);

	*outcome = OUTCOME_UNREACHABLE;
	if (err == OP_UNAVAILABLE)
		return OP_OK;
	if (err == OP_DENIED) {
		*outcome = OUTCOME_REFUSED;
		return OP_OK;
	}
	if (err != OP_OK)
		return err;
	if (desks > 0)
		*outcome = OUTCOME_YES;
	return print_desks(s, &s->endpoints[index], desks);
}
