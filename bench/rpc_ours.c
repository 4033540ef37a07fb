/* SPDX-License-Identifier: ISC */
/*
 * Framed RPC over lib/ev: `peer`, what daemons and helper are made of (peer.h), `toolkit`, for
 * small programs (rpcmsg.h).  A call is `echo {data}` with the message as a binary, its answer the
 * same map.  And `bare`, the floor: blocking read and write of as many bytes on the same sockets,
 * without anything around them.
 */
#include <err.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"
#include "bench/rpc.h"
#include "lib/ev/dial.h"
#include "lib/ev/listen.h"
#include "lib/ev/peer.h"
#include "lib/ev/rpcmsg.h"

#define DEADLINE_MS 10000

/* --- what they share --- */

static int
listen_at(const struct rpc_load *load)
{
	char why[200];
	int fd;

	if (listen_open(&load->at, NULL, &fd, 1, why, sizeof(why)) != 1)
		errx(1, "%s", why);
	rpc_ready();
	return fd;
}

static void
no_delay(int fd)
{
	int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)); /* UNIX: has no delay */
}

static void
put_message(struct mp_out *o, size_t bytes)
{
	static const char message[1 << 20];

	if (bytes > sizeof(message))
		errx(64, "messages of a MiB at most");
	mp_map(o, 1);
	mp_str(o, "data");
	mp_bin(o, message, bytes);
}

static void
check_answer(int err, const struct rpc_msg *m, size_t bytes)
{
	const msgpack_object *data = err == OP_OK ? mp_get(m->result, "data") : NULL;

	if (!data || data->type != MSGPACK_OBJECT_BIN || data->via.bin.size != bytes)
		errx(1, "no answer: %s", op_strerror(err));
}

/* One run of calls: how many are still to be answered, and what has been. */
struct run {
	const struct rpc_load *load;
	double began;
	long count;
	int in_flight;
	struct ev_loop *loop;
	struct msg *msg;
};

/* An answer is there; true: ask again. */
static bool
counts(struct run *run)
{
	double now = bench_now();

	if (run->began == 0) { /* the first one: connected */
		run->began = now;
		return true;
	}
	run->count++;
	if (now < run->began + run->load->seconds)
		return true;
	run->in_flight--;
	return false;
}

/* --- peer --- */

static void
on_request(struct peer *p, const struct rpc_msg *m, void *arg)
{
	(void)arg;
	mp_object(peer_result_begin(p, m->msgid), m->params);
	if (peer_end(p) != OP_OK)
		errx(1, "the answer cannot be sent");
}

static void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	(void)p;
	(void)m;
	(void)arg;
}

static void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	if (arg)
		errx(1, "%s: %s", op_strerror(err), why);
	peer_free(p);
}

static const struct peer_events events = {
    .request = on_request, .notify = on_notify, .end = on_end};

static void
on_connection(struct ev_loop *loop, ev_io *w, int revents)
{
	int fd = accept(w->fd, NULL, NULL);

	(void)revents;
	if (fd < 0)
		return;
	no_delay(fd);
	if (!peer_new(loop, transport_socket(fd), &events, NULL, 1, NULL))
		errx(1, "out of memory");
}

static void
serve_peer(const struct rpc_load *load)
{
	struct ev_loop *loop = ev_default_loop(0);
	ev_io w;

	ev_io_init(&w, on_connection, listen_at(load), EV_READ);
	ev_io_start(loop, &w);
	ev_run(loop, 0);
}

static void ask_peer(struct peer *p, struct run *run);

static void
on_peer_answer(struct peer *p, int err, const struct rpc_msg *m, void *arg)
{
	struct run *run = arg;
	bool first = run->began == 0;

	check_answer(err, m, run->load->bytes);
	if (counts(run))
		ask_peer(p, run);
	for (; first && run->in_flight < run->load->window; run->in_flight++)
		ask_peer(p, run);
	if (run->in_flight == 0)
		ev_break(run->loop, EVBREAK_ALL);
}

static void
ask_peer(struct peer *p, struct run *run)
{
	put_message(
	    peer_call_begin(p, "echo", DEADLINE_MS, on_peer_answer, run, NULL), run->load->bytes);
	if (peer_end(p) != OP_OK)
		errx(1, "the call cannot be sent");
}

static double
drive_peer(const struct rpc_load *load)
{
	struct run run = {.load = load, .in_flight = 1, .loop = ev_default_loop(0)};
	struct transport t;
	char why[200];

	if (dial_wait(&load->at, DEADLINE_MS, NULL, &t, why, sizeof(why)) != OP_OK)
		errx(1, "%s", why);
	ask_peer(peer_new(run.loop, t, &events, NULL, 1, &run), &run);
	ev_run(run.loop, 0);
	return rpc_rate(run.began, run.count);
}

/* --- toolkit --- */

static int
echo(struct rpcmsg_query *q, void *arg)
{
	(void)arg;
	mp_object(q->result, q->params);
	return OP_OK;
}

static const struct rpcmsg_method methods[] = {{"echo", echo}, {NULL, NULL}};

static msg_rcv_fn *
on_login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	(void)host;
	(void)port;
	(void)arg;
	return rpcmsg_serve(c, methods, NULL);
}

static void
serve_toolkit(const struct rpc_load *load)
{
	struct msg *m = msg_new();
	char why[200];

	if (!m || !msg_new_server(m, &load->at, NULL, on_login, NULL, why, sizeof(why)))
		errx(1, "%s", m ? why : "out of memory");
	rpc_ready();
	msg_event_loop(m, 0);
}

static void ask_toolkit(struct rpcmsg *r, struct run *run);

static void
on_toolkit_answer(struct rpcmsg *r, int err, const struct rpc_msg *m, void *arg)
{
	struct run *run = arg;
	bool first = run->began == 0;

	check_answer(err, m, run->load->bytes);
	if (counts(run))
		ask_toolkit(r, run);
	for (; first && run->in_flight < run->load->window; run->in_flight++)
		ask_toolkit(r, run);
	if (run->in_flight == 0)
		msg_break(run->msg);
}

static void
ask_toolkit(struct rpcmsg *r, struct run *run)
{
	put_message(rpcmsg_begin(r), run->load->bytes);
	if (rpcmsg_call(r, "echo", DEADLINE_MS, on_toolkit_answer, run, NULL) != OP_OK)
		errx(1, "the call cannot be sent");
}

static double
drive_toolkit(const struct rpc_load *load)
{
	struct run run = {.load = load, .in_flight = 1, .msg = msg_new()};
	struct rpcmsg *r;
	char why[200];

	if (!run.msg || rpcmsg_connect(run.msg, &load->at, DEADLINE_MS, NULL, NULL, &r, why,
			    sizeof(why)) != OP_OK)
		errx(1, "%s", run.msg ? why : "out of memory");
	ask_toolkit(r, &run);
	msg_event_loop(run.msg, 0);
	return rpc_rate(run.began, run.count);
}

/* --- bare --- */

static int bare_fd;

static void
serve_bare(const struct rpc_load *load)
{
	int listener = listen_at(load), fd;
	char bytes[65536];
	ssize_t n;

	(void)fcntl(listener, F_SETFL, 0); /* blocking again */
	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		no_delay(fd);
		/* The other end leaves with messages in flight. */
		while ((n = read(fd, bytes, sizeof(bytes))) > 0 &&
		       send(fd, bytes, (size_t)n, MSG_NOSIGNAL) == n)
			continue;
		close(fd);
	}
	err(1, "accept");
}

static void
connect_bare(const struct rpc_load *load)
{
	char at[ENDPOINT_TEXT];

	bare_fd = bench_connect(endpoint_format(at, sizeof(at), &load->at));
}

static void
send_bare(const char *bytes, size_t len, int count)
{
	bench_write(bare_fd, bytes, len * (size_t)count);
}

static int
receive_bare(size_t len)
{
	static char bytes[65536];
	static size_t have;
	int whole = 0;

	while (whole == 0) {
		ssize_t n = read(bare_fd, bytes, sizeof(bytes));

		if (n <= 0)
			err(1, "read");
		have += (size_t)n;
		whole = (int)(have / len);
	}
	have %= len;
	return whole;
}

static const struct rpc_pipe bare = {connect_bare, send_bare, receive_bare};

const struct rpc_kind rpc_kinds[] = {
    {"peer", serve_peer, NULL, drive_peer},
    {"toolkit", serve_toolkit, NULL, drive_toolkit},
    {"bare", serve_bare, &bare, NULL},
    {0},
};
