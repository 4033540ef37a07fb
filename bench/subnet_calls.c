/* SPDX-License-Identifier: ISC */
/*
 * Calls to ipadmd, as many as it takes, each client with one at a time:
 *   subnet_calls ENDPOINT list|change|allocate CLIENTS SUBNETS SECONDS
 * The files are Subnet_0.sdb ...; each has a node "a".
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "lib/uuid.h"

struct caller {
	struct bench_peer peer;
	int number;
};

static const char *what;
static int subnets, turn;

static void
put_common(struct mp_out *o, size_t pairs)
{
	char id[UUID_SIZE], file[40];

	uuid_new(id);
	mp_map(o, pairs);
	mp_kstr(o, "id", id);
	snprintf(file, sizeof(file), "Subnet_%d.sdb", turn % subnets);
	mp_kstr(o, "file", file);
}

static void
call(struct caller *c)
{
	char text[60], method[40];
	struct mp_out o;
	size_t mark;

	snprintf(method, sizeof(method), "sdb.%s", what);
	bench_peer_call(&c->peer, &o, &mark, method);
	turn++;
	snprintf(text, sizeof(text), "n%d", turn);
	if (strcmp(what, "change") == 0) {
		put_common(&o, 4);
		mp_kstr(&o, "node", "a");
		mp_kstr(&o, "comment", text);
	} else if (strcmp(what, "allocate") == 0) {
		put_common(&o, 3);
		mp_kstr(&o, "name", text);
	} else {
		mp_map(&o, 0);
	}
	bench_peer_end(&c->peer, &o, mark);
	bench_peer_flush(&c->peer);
}

static long
serve(struct caller *c)
{
	struct rpc_msg m;
	long answers = 0;

	if (!bench_peer_read(&c->peer))
		errx(1, "closed by the daemon");
	while (bench_peer_next(&c->peer, &m)) {
		if (m.type == RPC_RESPONSE && m.error) {
			struct rpc_error e = rpc_error_of(&m);

			errx(1, "refused: %.*s", (int)e.message.len, e.message.s);
		}
		answers += m.type == RPC_RESPONSE;
		rpc_fini(&m);
		bench_peer_done(&c->peer);
	}
	if (answers)
		call(c);
	return answers;
}

int
main(int argc, char **argv)
{
	if (argc != 6)
		errx(64,
		    "usage: subnet_calls ENDPOINT list|change|allocate CLIENTS SUBNETS SECONDS");
	what = argv[2];
	subnets = bench_count(argv[4]);
	int count = bench_count(argv[3]), seconds = bench_count(argv[5]);
	struct caller *callers = calloc((size_t)count, sizeof(*callers));
	struct pollfd *fds = calloc((size_t)count, sizeof(*fds));
	long answers = 0;

	if (!callers || !fds)
		errx(1, "out of memory");
	for (int i = 0; i < count; i++) {
		bench_peer_open(&callers[i].peer, argv[1], "tool");
		fds[i] = (struct pollfd){.fd = callers[i].peer.fd, .events = POLLIN};
		call(&callers[i]);
	}
	double began = bench_now();

	while (bench_now() < began + seconds) {
		if (poll(fds, (nfds_t)count, 1000) < 0)
			err(1, "poll");
		for (int i = 0; i < count; i++)
			if (fds[i].revents)
				answers += serve(&callers[i]);
	}
	double took = bench_now() - began;

	printf("calls %.1f ms %.2f\n", (double)answers / took, took * 1000. / (double)answers);
	return 0;
}
