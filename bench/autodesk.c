/* SPDX-License-Identifier: ISC */
/*
 * A desk that answers every question at once: autodesk ENDPOINT.  Prints `ready` when it is
 * subscribed; ends when the daemon closes.
 */
#include <err.h>
#include <stdio.h>
#include "bench/common.h"
#include "lib/uuid.h"

static void
subscribe(struct bench_peer *p)
{
	struct mp_out o;
	size_t mark;

	bench_peer_call(p, &o, &mark, "alert.subscribe");
	mp_map(&o, 0);
	bench_peer_end(p, &o, mark);
}

static void
answer(struct bench_peer *p, const msgpack_object *alert)
{
	const msgpack_object_array *labels;
	struct mp_text id, state;
	char answer_id[UUID_SIZE];
	struct mp_out o;
	size_t mark;

	if (mp_get_text(alert, "state", &state) < 0 || !mp_text_is(state, "pending"))
		return;
	if (mp_get_text(alert, "id", &id) < 0 || mp_get_array(alert, "labels", &labels) < 0)
		errx(1, "an alert without id or labels");
	uuid_new(answer_id);
	bench_peer_call(p, &o, &mark, "alert.answer");
	mp_map(&o, 3);
	mp_str(&o, "id");
	mp_strn(&o, id.s, id.len);
	mp_kstr(&o, "answer_id", answer_id);
	mp_str(&o, "label");
	mp_object(&o, &labels->ptr[0]);
	bench_peer_end(p, &o, mark);
}

static void
heard(struct bench_peer *p, const struct rpc_msg *m)
{
	const msgpack_object_array *alerts;

	if (m->type == RPC_NOTIFY && mp_text_is(m->method, "alert.changed"))
		answer(p, m->params);
	else if (m->type == RPC_NOTIFY && mp_text_is(m->method, "server.reset"))
		subscribe(p);
	else if (m->type == RPC_RESPONSE && mp_get_array(m->result, "alerts", &alerts) == 0) {
		for (uint32_t i = 0; i < alerts->size; i++)
			answer(p, &alerts->ptr[i]);
		puts("ready");
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	struct bench_peer p;
	struct rpc_msg m;

	if (argc != 2)
		errx(64, "usage: autodesk ENDPOINT");
	bench_peer_open(&p, argv[1], "desk");
	subscribe(&p);
	do {
		while (bench_peer_next(&p, &m)) {
			heard(&p, &m);
			rpc_fini(&m);
			bench_peer_done(&p);
		}
		bench_peer_flush(&p);
	} while (bench_peer_read(&p));
	return 0;
}
