/* SPDX-License-Identifier: ISC */
/*
 * Round trips per second:
 *   rpc serve KIND ENDPOINT WINDOW BYTES      prints `ready`, serves until it is ended
 *   rpc call KIND ENDPOINT WINDOW BYTES SECONDS    prints `calls N`
 * Both ends of a KIND are of the same library.  WINDOW messages are kept in flight.
 */
#include "bench/rpc.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/common.h"

void
rpc_ready(void)
{
	puts("ready");
	fflush(stdout);
}

double
rpc_rate(double began, long count)
{
	return (double)count / (bench_now() - began);
}

static double
drive_pipe(const struct rpc_pipe *pipe, const struct rpc_load *load)
{
	char *messages = calloc((size_t)load->window, load->bytes);
	double began, end;
	long count = 0;

	if (!messages)
		err(1, "memory");
	pipe->connect(load);
	pipe->send(messages, load->bytes, 1);
	if (pipe->receive(load->bytes) != 1)
		errx(1, "one message, several answers");
	began = bench_now();
	end = began + load->seconds;
	pipe->send(messages, load->bytes, load->window);
	while (bench_now() < end) {
		int n = pipe->receive(load->bytes);

		count += n;
		pipe->send(messages, load->bytes, n);
	}
	free(messages);
	return rpc_rate(began, count);
}

static const struct rpc_kind *
kind_of(const char *name)
{
	for (const struct rpc_kind *k = rpc_kinds; k->name; k++)
		if (strcmp(k->name, name) == 0)
			return k;
	errx(64, "no kind %s", name);
}

int
main(int argc, char **argv)
{
	struct rpc_load load;
	const char *why;

	if (argc < 6 || argc != (strcmp(argv[1], "serve") == 0 ? 6 : 7))
		errx(64, "usage: rpc serve|call KIND ENDPOINT WINDOW BYTES [SECONDS]");
	const struct rpc_kind *kind = kind_of(argv[2]);

	if (endpoint_parse(argv[3], "0", &load.at, &why) < 0)
		errx(64, "%s: %s", argv[3], why);
	load.window = bench_count(argv[4]);
	load.bytes = (size_t)bench_count(argv[5]);
	if (argc == 6) {
		kind->serve(&load);
		return 0;
	}
	load.seconds = bench_seconds(argv[6]);
	printf("calls %.1f\n", kind->pipe ? drive_pipe(kind->pipe, &load) : kind->drive(&load));
	return 0;
}
