/* SPDX-License-Identifier: ISC */
/*
 * Round trips of messages, whatever carries them: rpc.c is the program, a table of these its kinds.
 * A message is `bytes` long, and the other end sends it back.
 */
#ifndef OPDESK_BENCH_RPC_H
#define OPDESK_BENCH_RPC_H

#include <stddef.h>
#include "lib/endpoint.h"

struct rpc_load {
	struct endpoint at;
	int window; /* messages in flight */
	size_t bytes;
	double seconds;
};

/* A blocking end of a connection; one at a time. */
struct rpc_pipe {
	void (*connect)(const struct rpc_load *load);
	/* `count` messages of `len` bytes each, one behind the other. */
	void (*send)(const char *bytes, size_t len, int count);
	/* At least one whole message; how many. */
	int (*receive)(size_t len);
};

struct rpc_kind {
	const char *name;
	/* Serve at load->at for ever; rpc_ready() when it can be connected to.  Knows load->window,
	 * as some have another server then, and load->bytes. */
	void (*serve)(const struct rpc_load *load);
	/* Either a pipe, for rpc.c to drive, or what drives itself: round trips a second. */
	const struct rpc_pipe *pipe;
	double (*drive)(const struct rpc_load *load);
};

/* Of the program; ends with a NULL name. */
extern const struct rpc_kind rpc_kinds[];

void rpc_ready(void); /* prints `ready` */

/* The end of a run that began at `began` and has had `count` round trips. */
double rpc_rate(double began, long count);

#endif
