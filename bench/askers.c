/* SPDX-License-Identifier: ISC */
/*
 * Questions accepted per second: askers ENDPOINT COUNT SECONDS.  Each asker keeps one connection
 * and asks the next question when the last one was accepted, that is, on disk; it confirms the
 * answers, which a desk gives meanwhile, and never has more than MAX_OPEN without one.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include "bench/common.h"
#include "lib/uuid.h"

#define MAX_OPEN 15 /* 64 askers stay under 1,000 questions of one address */
#define WARM_UP 1.0 /* seconds: the storer's log has grown to its size */

struct asker {
	struct bench_peer peer;
	int open;
	bool asking; /* a question is on its way to the disk */
};

struct tally {
	long accepted, answered;
};

static const char text[] = "Please insert volume 7 of the nightly backup of alpha into the left "
			   "drive, check that its label "
			   "says ALPHA-07 and that the write protection is off, then press Ok. "
			   "Cancel ends the backup job.";

static void
ask(struct asker *a)
{
	struct mp_out o;
	char id[UUID_SIZE];
	size_t mark;

	uuid_new(id);
	bench_peer_call(&a->peer, &o, &mark, "alert.ask");
	mp_map(&o, 2);
	mp_kstr(&o, "id", id);
	mp_kstr(&o, "text", text);
	bench_peer_end(&a->peer, &o, mark);
	a->asking = true;
	a->open++;
}

static void
confirm(struct asker *a, const msgpack_object *alert)
{
	struct mp_out o;
	struct mp_text id;
	size_t mark;

	if (mp_get_text(alert, "id", &id) < 0)
		errx(1, "a closed alert without id");
	bench_peer_call(&a->peer, &o, &mark, "alert.confirm");
	mp_map(&o, 1);
	mp_str(&o, "id");
	mp_strn(&o, id.s, id.len);
	bench_peer_end(&a->peer, &o, mark);
}

static void
heard(struct asker *a, const struct rpc_msg *m, struct tally *t)
{
	if (m->type == RPC_NOTIFY && mp_text_is(m->method, "alert.accepted")) {
		t->accepted += a->asking;
		a->asking = false;
	} else if (m->type == RPC_RESPONSE && m->error) {
		struct rpc_error e = rpc_error_of(m);

		errx(1, "refused: %.*s", (int)e.message.len, e.message.s);
	} else if (m->type == RPC_RESPONSE && mp_get(m->result, "id")) {
		t->answered++;
		a->open--;
		confirm(a, m->result);
	}
}

static void
serve(struct asker *a, struct tally *t)
{
	struct rpc_msg m;

	if (!bench_peer_read(&a->peer))
		errx(1, "closed by the daemon");
	while (bench_peer_next(&a->peer, &m)) {
		heard(a, &m, t);
		rpc_fini(&m);
		bench_peer_done(&a->peer);
	}
	if (!a->asking && a->open < MAX_OPEN)
		ask(a);
	bench_peer_flush(&a->peer);
}

static double
serve_until(struct asker *askers, int set, double end, struct tally *t)
{
	struct epoll_event events[64];
	double began = bench_now();

	while (bench_now() < end) {
		int n = epoll_wait(set, events, 64, 1000);

		if (n < 0)
			err(1, "epoll_wait");
		for (int i = 0; i < n; i++)
			serve(&askers[events[i].data.u32], t);
	}
	return bench_now() - began;
}

static void
begin(struct asker *askers, int count, const char *endpoint, int set)
{
	struct epoll_event e = {.events = EPOLLIN};

	for (int i = 0; i < count; i++) {
		bench_peer_open(&askers[i].peer, endpoint, "asker");
		e.data.u32 = (uint32_t)i;
		if (epoll_ctl(set, EPOLL_CTL_ADD, askers[i].peer.fd, &e))
			err(1, "epoll_ctl");
		ask(&askers[i]);
		bench_peer_flush(&askers[i].peer);
	}
}

int
main(int argc, char **argv)
{
	struct tally warm = {0}, t = {0};
	int set = epoll_create1(0);
	double seconds;

	if (argc != 4)
		errx(64, "usage: askers ENDPOINT COUNT SECONDS");
	int count = bench_count(argv[2]);
	struct asker *askers = calloc((size_t)count, sizeof *askers);
	if (!askers || set < 0)
		errx(1, "out of memory");
	begin(askers, count, argv[1], set);
	serve_until(askers, set, bench_now() + WARM_UP, &warm);
	seconds = serve_until(askers, set, bench_now() + bench_count(argv[3]), &t);
	printf("accepted %.1f answered %.1f\n", (double)t.accepted / seconds,
	    (double)t.answered / seconds);
	return 0;
}
