/* SPDX-License-Identifier: ISC */
/*
 * What the drivers of the benchmarks share: the clock, a blocking connection, and a blocking RPC
 * peer on it.  Any failure ends the driver with a message: a benchmark with errors has no figure.
 */
#ifndef OPDESK_BENCH_COMMON_H
#define OPDESK_BENCH_COMMON_H

#include <stdbool.h>
#include "lib/buf.h"
#include "lib/rpc.h"

double bench_now(void); /* seconds, CLOCK_MONOTONIC */

/* A positive number from the command line. */
int bench_count(const char *text);

/* A positive number of seconds, 0.4, from the command line. */
double bench_seconds(const char *text);

/* Listen at a port of 127.0.0.1 that the kernel chooses, and print `listening ENDPOINT`.  flags: of
 * socket(2). */
int bench_listen(int flags);

/* Connect, blocking, to tcp:HOST:PORT or unix:PATH. */
int bench_connect(const char *endpoint);

/* Raise the limit of open descriptors to what the kernel allows. */
void bench_many_files(void);

void bench_write(int fd, const void *bytes, size_t len);

struct bench_peer {
	int fd;
	uint32_t next_msgid;
	struct buf in;
	struct buf out; /* frames not yet sent */
};

void bench_peer_init(struct bench_peer *p, int fd);

/* Connect and say hello as `role`. */
void bench_peer_open(struct bench_peer *p, const char *endpoint, const char *role);

/* A call: the head is written, the caller appends the params and ends with bench_peer_end(). */
uint32_t bench_peer_call(struct bench_peer *p, struct mp_out *o, size_t *mark, const char *method);
void bench_peer_end(struct bench_peer *p, struct mp_out *o, size_t mark);
void bench_peer_flush(struct bench_peer *p);

/* Read once, blocking; false: the other side closed. */
bool bench_peer_read(struct bench_peer *p);

/* The next whole message of what was read; the caller calls rpc_fini() and then
 * bench_peer_done().  False: read on. */
bool bench_peer_next(struct bench_peer *p, struct rpc_msg *m);
void bench_peer_done(struct bench_peer *p);

#endif
