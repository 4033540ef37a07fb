/* SPDX-License-Identifier: ISC */
/*
 * One sender, to its end.  Whichever way the urgent byte is noticed, it is taken while it waits and
 * the stream is read only when poll(2) says that ordinary bytes are there (lib/ev/urgent.h).
 */
#include "examples/urgent/urgent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/listen.h"
#include "lib/ev/urgent.h"

struct receiver {
	const struct urgent_options *options;
	int fd;
	bool announced; /* this urgent byte was spoken of; it waits until it is read past */
	bool is_over;
};

/* The signal ends the wait; it repeats, can be late and names no socket, so one looks. */
static void
on_sigurg(int signo)
{
	(void)signo;
}

static void
catch_sigurg(sigset_t *waiting)
{
	struct sigaction act = {.sa_handler = on_sigurg};
	sigset_t block;

	sigemptyset(&act.sa_mask);
	sigaction(SIGURG, &act, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGURG);
	sigprocmask(SIG_BLOCK, &block, waiting);
	sigdelset(waiting, SIGURG);
}

static void
read_some(struct receiver *r, size_t max, const char *kind)
{
	char bytes[1024];
	ssize_t n = recv(r->fd, bytes, max < sizeof(bytes) ? max : sizeof(bytes), MSG_DONTWAIT);

	if (n > 0) {
		printf("got %zd bytes of %s data: %.*s\n", n, kind, (int)n, bytes);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		r->is_over = true;
		if (n < 0)
			printf("recv() error: %s\n", strerror(errno));
	}
	if (!urgent_waits(r->fd))
		r->announced = false;
}

/* By signal: fetch the byte out of band.  Inline there is none, as EINVAL says, once a byte. */
static void
take_by_signal(struct receiver *r)
{
	unsigned char byte;
	int err = urgent_take(r->fd, &byte);

	if (err == OP_OK) {
		printf("got 1 byte of OOB data!\n");
	} else if (err == OP_NOT_FOUND && r->options->is_inline && !r->announced) {
		printf("recv() error: %s\n", strerror(EINVAL));
		r->announced = true;
	}
}

/* By poll(2): out of band, or inline when the bytes before the mark have been read. */
static void
take_by_poll(struct receiver *r)
{
	unsigned char byte;

	if (!r->options->is_inline) {
		if (urgent_take(r->fd, &byte) == OP_OK)
			printf("got 1 bytes of urgent data: %c\n", byte);
	} else if (urgent_at_mark(r->fd)) {
		read_some(r, 1, "urgent");
	}
}

static void
take_urgent(struct receiver *r)
{
	if (r->options->by_signal)
		take_by_signal(r);
	else
		take_by_poll(r);
}

static void
receive(struct receiver *r, const sigset_t *waiting)
{
	short events = r->options->by_signal ? POLLIN : POLLIN | POLLPRI;
	struct pollfd p = {.fd = r->fd, .events = events};
	int n = ppoll(&p, 1, NULL, waiting);

	if (n < 0 && errno != EINTR) {
		r->is_over = true;
		return;
	}
	if (urgent_waits(r->fd))
		take_urgent(r);
	/* at the mark again: the byte is known but not here yet, and reading would pass over it */
	if (n > 0 && (p.revents & ~POLLPRI) && !(urgent_waits(r->fd) && !r->options->is_inline))
		read_some(r, (size_t)-1, "normal");
}

static int
accept_one(const struct urgent_options *o, int *fd)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};
	char why[300];
	int listener;

	snprintf(e.host, sizeof(e.host), "%s", o->listen);
	snprintf(e.port, sizeof(e.port), "%s", o->port);
	int n = listen_open(&e, NULL, &listener, 1, why, sizeof(why));

	if (n < 1 || listen_endpoint(listener, &e) != OP_OK) {
		fprintf(
		    stderr, "urgent: cannot listen on %s port %s: %s\n", o->listen, o->port, why);
		return n;
	}
	printf("Listening on port %s...\n", e.port);
	do {
		poll(&(struct pollfd){.fd = listener, .events = POLLIN}, 1, -1);
		*fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	} while (*fd < 0 && (errno == EINTR || errno == EAGAIN || errno == ECONNABORTED));
	listen_close(listener);
	return *fd < 0 ? OP_SYSTEM : OP_OK;
}

int
urgent_run_recv(const struct urgent_options *o)
{
	struct receiver r = {.options = o};
	sigset_t waiting;

	if (accept_one(o, &r.fd) != OP_OK)
		return 1;
	catch_sigurg(&waiting);
	if (urgent_set_inline(r.fd, o->is_inline) != OP_OK ||
	    (o->by_signal && urgent_own(r.fd) != OP_OK)) {
		fprintf(stderr, "urgent: %s\n", strerror(errno));
		return 1;
	}
	if (urgent_waits(r.fd)) /* before the socket had an owner: then no signal tells */
		take_urgent(&r);
	while (!r.is_over)
		receive(&r, &waiting);
	close(r.fd);
	return 0;
}
