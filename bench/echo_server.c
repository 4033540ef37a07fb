/* SPDX-License-Identifier: ISC */
/*
 * The far end for the helper's benchmark: an RPC server for one connection on a UNIX socket that
 * answers hello as our daemons do and every other call with its own params: echo_server PATH.
 * Prints `ready`.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "bench/common.h"
#include "lib/frame.h"

static void
hello_result(struct mp_out *o)
{
	mp_map(o, 6);
	mp_kint(o, "proto", RPC_PROTO);
	mp_kstr(o, "program", "echo");
	mp_kstr(o, "version", OPDESK_VERSION);
	mp_kstr(o, "you", "bench");
	mp_kbool(o, "operator", true);
	mp_kint(o, "now_at", 0);
}

static void
answer(struct bench_peer *p, const struct rpc_msg *m)
{
	struct mp_out o;
	size_t mark;

	if (m->type != RPC_REQUEST)
		return;
	if (frame_begin(&p->out, &mark) < 0)
		errx(1, "out of memory");
	mp_out_init(&o, &p->out);
	rpc_result(&o, m->msgid);
	if (mp_text_is(m->method, "hello"))
		hello_result(&o);
	else if (m->params)
		mp_object(&o, m->params);
	else
		mp_map(&o, 0);
	bench_peer_end(p, &o, mark);
}

static int
listen_unix(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof addr.sun_path)
		errx(64, "%s: too long", path);
	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 || listen(fd, 1) < 0)
		err(1, "%s", path);
	puts("ready");
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	struct bench_peer p;
	struct rpc_msg m;

	if (argc != 2)
		errx(64, "usage: echo_server PATH");
	int fd = accept(listen_unix(argv[1]), NULL, NULL);
	if (fd < 0)
		err(1, "accept");
	bench_peer_init(&p, fd);
	while (bench_peer_read(&p)) {
		while (bench_peer_next(&p, &m)) {
			answer(&p, &m);
			rpc_fini(&m);
			bench_peer_done(&p);
		}
		bench_peer_flush(&p);
	}
	return 0;
}
