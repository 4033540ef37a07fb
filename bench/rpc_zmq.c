/* SPDX-License-Identifier: ISC */
/*
 * Round trips by ZeroMQ: REQ and REP, which have one message in flight; with more of them DEALER
 * and ROUTER.  Defaults in all else.
 */
#include <err.h>
#include <stdio.h>
#include <zmq.h>
#include "bench/rpc.h"

static void *sock;

static void
make(int type)
{
	void *context = zmq_ctx_new();

	sock = context ? zmq_socket(context, type) : NULL;
	if (!sock)
		errx(1, "%s", zmq_strerror(zmq_errno()));
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

/* Every part of a message goes back as it came: with ROUTER the first says to whom. */
static void
serve(const struct rpc_load *load)
{
	char at[ENDPOINT_TEXT];
	zmq_msg_t part;

	make(load->window == 1 ? ZMQ_REP : ZMQ_ROUTER);
	if (zmq_bind(sock, where(load, at, sizeof(at))) < 0)
		errx(1, "%s: %s", at, zmq_strerror(zmq_errno()));
	rpc_ready();
	zmq_msg_init(&part);
	while (zmq_msg_recv(&part, sock, 0) >= 0) {
		int more = zmq_msg_more(&part);

		if (zmq_msg_send(&part, sock, more ? ZMQ_SNDMORE : 0) < 0)
			break;
	}
	errx(1, "%s", zmq_strerror(zmq_errno()));
}

static void
connect_to(const struct rpc_load *load)
{
	char at[ENDPOINT_TEXT];

	make(load->window == 1 ? ZMQ_REQ : ZMQ_DEALER);
	if (zmq_connect(sock, where(load, at, sizeof(at))) < 0)
		errx(1, "%s: %s", at, zmq_strerror(zmq_errno()));
}

static void
send_all(const char *bytes, size_t len, int count)
{
	for (; count > 0; count--, bytes += len)
		if (zmq_send(sock, bytes, len, 0) < 0)
			errx(1, "%s", zmq_strerror(zmq_errno()));
}

static int
receive_one(size_t len)
{
	static char bytes[1 << 20];

	if (zmq_recv(sock, bytes, sizeof(bytes), 0) != (int)len)
		errx(1, "no answer: %s", zmq_strerror(zmq_errno()));
	return 1;
}

static const struct rpc_pipe zeromq = {connect_to, send_all, receive_one};

const struct rpc_kind rpc_kinds[] = {{"zmq", serve, &zeromq, NULL}, {0}};
