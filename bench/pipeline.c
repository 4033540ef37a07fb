/* SPDX-License-Identifier: ISC */
/*
 * What processes at the ends of pipes can do at all: the messages of a question on the way that
 * they take through mediachanged, and nothing done to them: pipeline ASKERS SECONDS FILE
 * [multiplex]. Askers on TCP and a desk on a UNIX socket, a relay for each (or one for all), a hub,
 * and a keeper that writes what has come over what is in FILE and syncs it, and waits for more as
 * the storer does (batch.h).  Lengths are ours, contents are zeros: no MessagePack, no checks, no
 * book, no SQLite.  Prints `accepted RATE`.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"
#include "daemon/mediachanged/batch.h"
#include "lib/clock.h"

#define MAX_OPEN 15 /* as the askers */
#define WARM_UP 0.5 /* seconds */
#define FOREVER 1e18
#define READ_BYTES 65536
#define LOG_BYTES (16 << 20) /* of FILE: what SQLite's log has before it begins anew */

enum kind { ASK, ANSWER, CONFIRM, ACCEPTED, PENDING, RESULT, CLOSED, DONE };

/* Bytes of each with its header; ROW is what goes to the keeper for the first three. */
static const uint32_t bytes_of[] = {[ASK] = 290,
    [ANSWER] = 150,
    [CONFIRM] = 75,
    [ACCEPTED] = 130,
    [PENDING] = 560,
    [RESULT] = 620,
    [CLOSED] = 1240 /* the change, and the reply to the desk */,
    [DONE] = 15};
#define ROW 520
#define STORED 16

struct head {
	uint32_t bytes, kind, asker;
};

struct port {
	int fd;
	struct buf in, out;
	int open;    /* an asker's: questions without an answer */
	bool asking; /* and one is on its way to the disk */
};

typedef void take_fn(struct port *ports, int from, const struct head *h);

static long accepted;

static void
put(struct port *p, struct head h)
{
	unsigned char *room;

	if (buf_reserve(&p->out, h.bytes, &room))
		errx(1, "out of memory");
	memset(room, 0, h.bytes);
	memcpy(room, &h, sizeof(h));
	buf_commit(&p->out, h.bytes);
}

static void
flush(struct port *p)
{
	if (buf_len(&p->out) > 0)
		bench_write(p->fd, buf_bytes(&p->out), buf_len(&p->out));
	buf_clear(&p->out);
}

static void
fill(struct port *p)
{
	unsigned char *room;

	if (buf_reserve(&p->in, READ_BYTES, &room))
		errx(1, "out of memory");
	ssize_t n = read(p->fd, room, READ_BYTES);

	if (n == 0)
		exit(0);
	if (n > 0)
		buf_commit(&p->in, (size_t)n);
}

/* Is there a whole message `at` bytes behind the first unread one? */
static bool
has_whole(const struct port *p, size_t at, struct head *h)
{
	if (buf_len(&p->in) < at + sizeof(*h))
		return false;
	memcpy(h, buf_bytes(&p->in) + at, sizeof(*h));
	return buf_len(&p->in) >= at + h->bytes;
}

static void
run(struct port *ports, int count, take_fn *take, double end)
{
	struct epoll_event events[64], e = {.events = EPOLLIN};
	int set = epoll_create1(0);
	struct head h;

	for (e.data.u32 = 0; (int)e.data.u32 < count; e.data.u32++)
		if (epoll_ctl(set, EPOLL_CTL_ADD, ports[e.data.u32].fd, &e))
			err(1, "epoll_ctl");
	while (bench_now() < end) {
		int n = epoll_wait(set, events, 64, 1000);

		for (int i = 0; i < n; i++) {
			struct port *p = &ports[events[i].data.u32];

			fill(p);
			for (; has_whole(p, 0, &h); buf_consume(&p->in, h.bytes))
				take(ports, (int)events[i].data.u32, &h);
		}
		for (int i = 0; i < count; i++)
			flush(&ports[i]);
	}
	close(set);
}

/* --- what each of them does --- */

static void
ask(struct port *p)
{
	put(p, (struct head){bytes_of[ASK], ASK, 0});
	p->asking = true;
	p->open++;
}

static void
asker(struct port *ports, int from, const struct head *h)
{
	struct port *p = &ports[from];

	if (h->kind == ACCEPTED) {
		accepted++;
		p->asking = false;
	} else if (h->kind == RESULT) {
		p->open--;
		put(p, (struct head){bytes_of[CONFIRM], CONFIRM, 0});
	}
	if (!p->asking && p->open < MAX_OPEN)
		ask(p);
}

static void
desk(struct port *ports, int from, const struct head *h)
{
	if (h->kind == PENDING)
		put(&ports[from], (struct head){bytes_of[ANSWER], ANSWER, h->asker});
}

/* Ports 2n and 2n + 1 are a client and its link to the hub. */
static void
relay(struct port *ports, int from, const struct head *h)
{
	if (buf_append(&ports[from ^ 1].out, buf_bytes(&ports[from].in), h->bytes))
		errx(1, "out of memory");
}

/* Port 0 is the keeper, 1 the desk's relay, the others are the askers'. */
static void
hub(struct port *ports, int from, const struct head *h)
{
	struct port *p = &ports[2 + h->asker];

	if (from > 0) {
		uint32_t who = from > 1 ? (uint32_t)from - 2 : h->asker;

		put(&ports[0], (struct head){ROW, h->kind, who});
	} else if (h->kind == ASK) {
		put(p, (struct head){bytes_of[ACCEPTED], ACCEPTED, 0});
		put(&ports[1], (struct head){bytes_of[PENDING], PENDING, h->asker});
	} else if (h->kind == ANSWER) {
		put(p, (struct head){bytes_of[RESULT], RESULT, 0});
		put(&ports[1], (struct head){bytes_of[CLOSED], CLOSED, h->asker});
	} else {
		put(p, (struct head){bytes_of[DONE], DONE, 0});
	}
}

/* --- the keeper --- */

static int
open_log(const char *path)
{
	static char zeros[1 << 20];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	/* Written once: a sync need not tell the file system of new blocks. */
	for (int i = 0; fd >= 0 && i < LOG_BYTES; i += (int)sizeof(zeros))
		bench_write(fd, zeros, sizeof(zeros));
	if (fd < 0 || fsync(fd))
		err(1, "%s", path);
	return fd;
}

/* The rows that have come are `len` bytes at the front, and the replies are ready. */
static int
keep(struct port *p, int log, size_t len, struct batch *b)
{
	static off_t at;
	struct pollfd more = {.fd = p->fd, .events = POLLIN};
	int64_t began_us = clock_boot_us();
	struct head h;
	int queued = 0;

	if (at + (off_t)len > LOG_BYTES)
		at = 0;
	if (pwrite(log, buf_bytes(&p->in), len, at) != (ssize_t)len || fdatasync(log))
		err(1, "the log");
	at += (off_t)len;
	buf_consume(&p->in, len);
	if (poll(&more, 1, 0) == 1)
		fill(p);
	for (size_t seen = 0; has_whole(p, seen, &h); seen += h.bytes)
		queued++;
	flush(p);
	batch_told(b, began_us, clock_boot_us(), queued);
	return queued;
}

static bool
has_more(const struct port *p, struct batch *b)
{
	struct pollfd more = {.fd = p->fd, .events = POLLIN};
	int64_t us = batch_wait_us(b, clock_boot_us());
	struct timespec wait = {.tv_nsec = (long)us * 1000};

	return us > 0 && ppoll(&more, 1, &wait, NULL) > 0;
}

static void
keeper(struct port *p, const char *path)
{
	int log = open_log(path), queued = 0;
	struct batch b = {0};
	struct head h;

	for (;;) {
		size_t len = 0;

		if (queued == 0)
			fill(p);
		do {
			for (; has_whole(p, len, &h); len += h.bytes) {
				batch_add(&b, clock_boot_us());
				put(p, (struct head){STORED, h.kind, h.asker});
			}
		} while (has_more(p, &b) && (fill(p), true));
		queued = len > 0 ? keep(p, log, len, &b) : 0;
	}
}

/* --- putting them together --- */

static void
pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		err(1, "socketpair");
}

static void
tcp_pair(int listener, const char *endpoint, int fds[2])
{
	fds[0] = bench_connect(endpoint);
	fds[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fds[1] < 0)
		err(1, "accept");
}

/* True in the child, which ends with its parent. */
static bool
child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid == 0;
}

static void
relays(struct port *ports, int clients, bool multiplex)
{
	const struct sched_param batch = {0};

	for (int i = 0; i < (multiplex ? 1 : clients); i++) {
		if (!child())
			continue;
		if (!multiplex) /* as a worker of ours */
			sched_setscheduler(0, SCHED_BATCH, &batch);
		run(&ports[2 * i], multiplex ? 2 * clients : 2, relay, FOREVER);
	}
}

static struct port *
ports_new(int count)
{
	struct port *ports = calloc((size_t)count, sizeof(*ports));

	if (!ports)
		errx(1, "out of memory");
	return ports;
}

/* The ends that the processes have: each asker's, the relays', the hub's, the desk's. */
struct plumbing {
	int count;
	struct port *askers, *relays, *hub, desk;
};

static void
lay(struct plumbing *l)
{
	struct sockaddr_in at;
	socklen_t size = sizeof(at);
	char endpoint[40];
	int fds[2], listener = bench_listen(0);

	if (getsockname(listener, (struct sockaddr *)&at, &size))
		err(1, "getsockname");
	snprintf(endpoint, sizeof(endpoint), "tcp:127.0.0.1:%d", ntohs(at.sin_port));
	for (int i = 0; i <= l->count; i++) { /* the last one is the desk's */
		bool is_desk = i == l->count;

		if (is_desk)
			pair(fds);
		else
			tcp_pair(listener, endpoint, fds);
		*(is_desk ? &l->desk.fd : &l->askers[i].fd) = fds[0];
		l->relays[2 * i].fd = fds[1];
		pair(fds);
		l->relays[2 * i + 1].fd = fds[0];
		l->hub[is_desk ? 1 : 2 + i].fd = fds[1];
	}
	close(listener);
}

static void
start(struct plumbing *l, const char *path, bool multiplex)
{
	struct port keepers = {0};
	int fds[2];

	relays(l->relays, l->count + 1, multiplex);
	if (child())
		run(&l->desk, 1, desk, FOREVER);
	pair(fds);
	l->hub[0].fd = fds[0];
	keepers.fd = fds[1];
	if (child())
		keeper(&keepers, path);
	if (child())
		run(l->hub, l->count + 2, hub, FOREVER);
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		errx(64, "usage: pipeline ASKERS SECONDS FILE [multiplex]");
	int count = bench_count(argv[1]);
	struct plumbing l = {
	    count, ports_new(count), ports_new(2 * count + 2), ports_new(count + 2), {0}};

	lay(&l);
	start(&l, argv[3], argc > 4);
	for (int i = 0; i < count; i++) {
		ask(&l.askers[i]);
		flush(&l.askers[i]);
	}
	run(l.askers, count, asker, bench_now() + WARM_UP);
	long warm = accepted;
	double began = bench_now();
	run(l.askers, count, asker, began + bench_count(argv[2]));
	printf("accepted %.1f\n", (double)(accepted - warm) / (bench_now() - began));
	return 0;
}
