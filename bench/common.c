/* SPDX-License-Identifier: ISC */
/* Shared by the drivers of the benchmarks; blocking, single-threaded, ends on any failure. */
#include "bench/common.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "lib/endpoint.h"
#include "lib/frame.h"

#define READ_BYTES 65536

double
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
bench_count(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > 1000000)
		errx(64, "not a count: %s", text);
	return (int)n;
}

double
bench_seconds(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*end || !(seconds > 0 && seconds < 1e5))
		errx(64, "not a time in seconds: %s", text);
	return seconds;
}

int
bench_listen(int flags)
{
	struct sockaddr_in addr = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof addr;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0 ||
	    listen(fd, SOMAXCONN) < 0 || getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		err(1, "listen");
	printf("listening tcp:127.0.0.1:%d\n", ntohs(addr.sin_port));
	fflush(stdout);
	return fd;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(addr.sun_path, path, strlen(path) + 1);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
		err(1, "%s", path);
	return fd;
}

static int
connect_tcp(const char *host, const char *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST}, *found;
	int fd, one = 1, code = getaddrinfo(host, port, &hints, &found);

	if (code)
		errx(1, "%s: %s", host, gai_strerror(code));
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, found->ai_addr, found->ai_addrlen) < 0)
		err(1, "%s:%s", host, port);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	freeaddrinfo(found);
	return fd;
}

int
bench_connect(const char *endpoint)
{
	struct endpoint e;
	const char *why;

	if (endpoint_parse(endpoint, "8979", &e, &why) < 0)
		errx(64, "%s: %s", endpoint, why);
	return e.kind == ENDPOINT_UNIX ? connect_unix(e.path) : connect_tcp(e.host, e.port);
}

void
bench_many_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(1, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		err(1, "setrlimit");
}

void
bench_write(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(1, "write");
		at += n;
		len -= (size_t)n;
	}
}

void
bench_peer_init(struct bench_peer *p, int fd)
{
	p->fd = fd;
	p->next_msgid = 1;
	buf_init(&p->in);
	buf_init(&p->out);
}

void
bench_peer_open(struct bench_peer *p, const char *endpoint, const char *role)
{
	struct mp_out o;
	struct rpc_msg m;
	size_t mark;

	bench_peer_init(p, bench_connect(endpoint));
	bench_peer_call(p, &o, &mark, "hello");
	mp_map(&o, 4);
	mp_kint(&o, "proto", RPC_PROTO);
	mp_kstr(&o, "program", "bench");
	mp_kstr(&o, "version", OPDESK_VERSION);
	mp_kstr(&o, "role", role);
	bench_peer_end(p, &o, mark);
	bench_peer_flush(p);
	while (!bench_peer_next(p, &m)) {
		if (!bench_peer_read(p))
			errx(1, "%s: closed at hello", endpoint);
	}
	if (m.error)
		errx(1, "%s: hello refused", endpoint);
	rpc_fini(&m);
	bench_peer_done(p);
}

uint32_t
bench_peer_call(struct bench_peer *p, struct mp_out *o, size_t *mark, const char *method)
{
	if (frame_begin(&p->out, mark) < 0)
		errx(1, "out of memory");
	mp_out_init(o, &p->out);
	rpc_request(o, p->next_msgid, method);
	return p->next_msgid++;
}

void
bench_peer_end(struct bench_peer *p, struct mp_out *o, size_t mark)
{
	if (o->err || frame_end(&p->out, mark) < 0)
		errx(1, "out of memory");
}

void
bench_peer_flush(struct bench_peer *p)
{
	bench_write(p->fd, buf_bytes(&p->out), buf_len(&p->out));
	buf_clear(&p->out);
}

bool
bench_peer_read(struct bench_peer *p)
{
	unsigned char *room;
	ssize_t n;

	if (buf_reserve(&p->in, READ_BYTES, &room) < 0)
		errx(1, "out of memory");
	do
		n = read(p->fd, room, READ_BYTES);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		buf_commit(&p->in, (size_t)n);
	return n > 0;
}

bool
bench_peer_next(struct bench_peer *p, struct rpc_msg *m)
{
	struct frame f;
	int code = frame_peek(buf_bytes(&p->in), buf_len(&p->in), FRAME_MAX, &f);

	if (code == OP_AGAIN)
		return false;
	if (code < 0 || rpc_parse(m, f.payload, f.len) < 0)
		errx(1, "the other side sent no RPC");
	return true;
}

void
bench_peer_done(struct bench_peer *p)
{
	buf_consume(&p->in, FRAME_HEADER + frame_claimed(buf_bytes(&p->in)));
}
