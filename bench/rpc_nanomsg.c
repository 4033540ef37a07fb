/* SPDX-License-Identifier: ISC */
/*
 * Round trips by nanomsg: REQ and REP, which have one message in flight; with more of them PAIR at
 * both ends.  TCP without delay, defaults in all else.
 */
#include <err.h>
#include <nanomsg/nn.h>
#include <nanomsg/pair.h>
#include <nanomsg/reqrep.h>
#include <nanomsg/tcp.h>
#include <stdio.h>
#include "bench/rpc.h"

static int sock;

static void
make(int protocol)
{
	int one = 1;

	sock = nn_socket(AF_SP, protocol);
	if (sock < 0 || nn_setsockopt(sock, NN_TCP, NN_TCP_NODELAY, &one, sizeof(one)) < 0)
		errx(1, "%s", nn_strerror(nn_errno()));
}

static const char *
where(const struct rpc_load *load, char *dst, size_t size)
{
	if (load->at.kind == ENDPOINT_UNIX)
		snprintf(dst, size, "ipc://%s", load->at.path);
	else
		snprintf(dst, size, "tcp://%s:%s", load->at.host, load->at.port);
	return dst;
}

static void
serve(const struct rpc_load *load)
{
	char at[ENDPOINT_TEXT];
	void *message;
	int n;

	make(load->window == 1 ? NN_REP : NN_PAIR);
	if (nn_bind(sock, where(load, at, sizeof(at))) < 0)
		errx(1, "%s: %s", at, nn_strerror(nn_errno()));
	rpc_ready();
	while ((n = nn_recv(sock, &message, NN_MSG, 0)) >= 0)
		if (nn_send(sock, &message, NN_MSG, 0) != n)
			break;
	errx(1, "%s", nn_strerror(nn_errno()));
}

static void
connect_to(const struct rpc_load *load)
{
	char at[ENDPOINT_TEXT];

	make(load->window == 1 ? NN_REQ : NN_PAIR);
	if (nn_connect(sock, where(load, at, sizeof(at))) < 0)
		errx(1, "%s: %s", at, nn_strerror(nn_errno()));
}

static void
send_all(const char *bytes, size_t len, int count)
{
	for (; count > 0; count--, bytes += len)
		if (nn_send(sock, bytes, len, 0) != (int)len)
			errx(1, "%s", nn_strerror(nn_errno()));
}

static int
receive_one(size_t len)
{
	static char bytes[1 << 20];

	if (nn_recv(sock, bytes, sizeof(bytes), 0) != (int)len)
		errx(1, "no answer: %s", nn_strerror(nn_errno()));
	return 1;
}

static const struct rpc_pipe nanomsg = {connect_to, send_all, receive_one};

const struct rpc_kind rpc_kinds[] = {{"nanomsg", serve, &nanomsg, NULL}, {0}};
