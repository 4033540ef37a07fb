/* SPDX-License-Identifier: ISC */
/* The commands lock and unlock.  A lock taken here is held: it outlives the connection. */
#include <stdio.h>
#include <unistd.h>
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "lib/units.h"

static void
pack_lock(struct mp_out *o, const struct query *q, const void *file)
{
	(void)q;
	mp_map(o, 3);
	mp_kstr(o, "file", file);
	mp_kbool(o, "held", true);
	mp_kint(o, "pid", getpid());
}

int
ipadmc_lock(struct query *q)
{
	const msgpack_object *result;
	char file[SUBNET_FILE], text[40];
	int64_t left_ms;
	int err = subnet_resolve(q, q->operands[0], file);

	if (err == OP_OK)
		err = query_call(q, "sdb.lock", pack_lock, file, &result);
	if (err != OP_OK)
		return err;
	if (q->json)
		return query_print_json(result);
	if (mp_get_int(mp_get(result, "lock"), "left_ms", &left_ms) != OP_OK)
		return query_nonsense(q);
	printf("%s: yours for %s, and until somebody takes it after that\n", file,
	    units_format_ms(text, sizeof(text), left_ms));
	return OP_OK;
}

static void
pack_unlock(struct mp_out *o, const struct query *q, const void *file)
{
	bool is_forced = settings_of(q)->force;

	mp_map(o, (size_t)(1 + is_forced));
	mp_kstr(o, "file", file);
	if (is_forced)
		mp_kbool(o, "force", true);
}

int
ipadmc_unlock(struct query *q)
{
	const msgpack_object *result;
	char file[SUBNET_FILE];
	int err = subnet_resolve(q, q->operands[0], file);

	if (err == OP_OK)
		err = query_call(q, "sdb.unlock", pack_unlock, file, &result);
	return err == OP_OK && q->json ? query_print_json(result) : err;
}
