/* SPDX-License-Identifier: ISC */
/*
 * Connecting: an endpoint becomes a list of addresses, each address an attempt; the first that
 * connects wins and the others are closed.  The step from one address to the next is one timer,
 * which is also fed to report, from the loop, what is known at once: errors, and that ssh runs.
 */
#include "lib/ev/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/block.h"
#include "lib/ev/program.h"
#include "lib/ev/reason.h"
#include "lib/ev/resolve.h"
#include "lib/ev/tls.h"
#include "lib/units.h"

#define STAGGER_S 0.25 /* RFC 8305, 5 */
#define UNIX_RETRY_S                                                                 \
	0.02 /* connect(2) on a UNIX socket with a full backlog cannot be waited for \
	      */

struct attempt {
	struct dial *dial;
	ev_io io;
	int fd; /* -1: free */
};

struct dial {
	struct ev_loop *loop;
	dial_fn *done;
	void *arg;
	int64_t timeout_ms;
	ev_timer deadline;
	ev_timer next;
	struct resolve *resolve;
	struct resolve_addr addrs[RESOLVE_MAX];
	int count;
	int tried;
	struct attempt attempts[RESOLVE_MAX]; /* by address */
	int open;
	struct ev_loop *ssh_loop; /* where the end of ssh is awaited; NULL: in its close() */
	struct transport ssh;     /* ops NULL: none */
	char tls_name[ENDPOINT_HOST_MAX]; /* whom the certificate must be for; "": no TLS */
	struct tls *tls;
	struct transport secured; /* in its handshake; ops NULL: none */
	ev_io shake;
	int err;       /* of the last failure */
	char why[400]; /* a path may be in it */
};

static void
fail(struct dial *d, int err, const char *why)
{
	d->err = err;
	snprintf(d->why, sizeof(d->why), "%s", why);
}

static void
fail_errno(struct dial *d, int errnum)
{
	d->err = reason_err(errnum);
	reason_text(d->why, sizeof(d->why), errnum);
}

static void
drop(struct attempt *a)
{
	if (a->fd < 0)
		return;
	ev_io_stop(a->dial->loop, &a->io);
	close(a->fd);
	a->fd = -1;
	a->dial->open--;
}

void
dial_cancel(struct dial *d)
{
	if (d == NULL)
		return;
	ev_timer_stop(d->loop, &d->deadline);
	ev_timer_stop(d->loop, &d->next);
	resolve_cancel(d->resolve);
	for (int i = 0; i < RESOLVE_MAX; i++)
		drop(&d->attempts[i]);
	ev_io_stop(d->loop, &d->shake);
	if (d->ssh.ops != NULL)
		transport_close(&d->ssh);
	if (d->secured.ops != NULL)
		transport_close(&d->secured);
	tls_free(d->tls);
	free(d);
}

static void
finish(struct dial *d, struct transport *t)
{
	dial_fn *done = d->done;
	void *arg = d->arg;
	int err = t != NULL ? OP_OK : d->err;
	char why[sizeof(d->why)];

	snprintf(why, sizeof(why), "%s", t != NULL ? "" : d->why);
	dial_cancel(d);
	done(t, err, why, arg);
}

/* A server that vanished without a word is noticed after about 40 s, whatever the caller waits for.
 */
static void
tune_tcp(int fd)
{
	static const struct {
		int level, option, value;
	} options[] = {
	    {IPPROTO_TCP, TCP_NODELAY, 1},
	    {SOL_SOCKET, SO_KEEPALIVE, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, 20},
	    {IPPROTO_TCP, TCP_KEEPINTVL, 5},
	    {IPPROTO_TCP, TCP_KEEPCNT, 4},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		(void)setsockopt(fd, options[i].level, options[i].option, &options[i].value,
		    sizeof(options[i].value));
}

/* A refusal counts for all addresses of the name. */
static void
on_shake(struct ev_loop *loop, ev_io *w, int revents)
{
	struct dial *d = w->data;
	struct transport t = d->secured;
	short events = 0;

	(void)revents;
	d->err = tls_handshake(&d->secured, &events, d->why, sizeof(d->why));
	if (d->err == OP_OK) {
		d->secured.ops = NULL;
		finish(d, &t);
	} else if (d->err == OP_AGAIN) {
		ev_io_stop(loop, w);
		ev_io_set(w, t.rfd, events == POLLOUT ? EV_WRITE : EV_READ);
		ev_io_start(loop, w);
	} else {
		finish(d, NULL);
	}
}

static void
secure(struct dial *d, int fd)
{
	ev_timer_stop(d->loop, &d->next);
	for (int i = 0; i < RESOLVE_MAX; i++)
		drop(&d->attempts[i]);
	if (tls_wrap(d->tls, fd, d->tls_name, &d->secured) != OP_OK) {
		close(fd);
		fail(d, OP_NO_MEMORY, op_strerror(OP_NO_MEMORY));
		finish(d, NULL);
		return;
	}
	ev_io_init(&d->shake, on_shake, fd, EV_WRITE);
	d->shake.data = d;
	ev_io_start(d->loop, &d->shake);
}

static void
connected(struct dial *d, struct attempt *a)
{
	struct transport t = transport_socket(a->fd);

	ev_io_stop(d->loop, &a->io);
	a->fd = -1;
	d->open--;
	if (d->tls_name[0] != '\0')
		secure(d, t.rfd);
	else
		finish(d, &t);
}

static void try_next(struct dial *d);

static void
on_connect(struct ev_loop *loop, ev_io *w, int revents)
{
	struct attempt *a = w->data;
	struct dial *d = a->dial;
	int errnum = 0;
	socklen_t len = sizeof(errnum);

	(void)loop;
	(void)revents;
	if (getsockopt(a->fd, SOL_SOCKET, SO_ERROR, &errnum, &len) < 0)
		errnum = errno;
	if (errnum == 0) {
		connected(d, a);
		return;
	}
	fail_errno(d, errnum);
	drop(a);
	try_next(d);
}

static void
later(struct dial *d, double seconds)
{
	ev_timer_stop(d->loop, &d->next);
	ev_timer_set(&d->next, seconds, 0.0);
	ev_timer_start(d->loop, &d->next);
}

/* 0: connected, or under way; else errno. */
static int
open_attempt(struct attempt *a, const struct resolve_addr *addr)
{
	int family = addr->sa.ss_family;

	a->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		return errno;
	a->dial->open++;
	if (family != AF_UNIX)
		tune_tcp(a->fd);
	ev_io_init(&a->io, on_connect, a->fd, EV_WRITE);
	a->io.data = a;
	if (connect(a->fd, (const struct sockaddr *)&addr->sa, addr->len) == 0 ||
	    errno == EINPROGRESS || errno == EINTR) {
		/* Connected at once is seen by the watcher too: writable, no error. */
		ev_io_start(a->dial->loop, &a->io);
		return 0;
	}

	int errnum = errno;

	drop(a);
	return errnum;
}

static void
try_next(struct dial *d)
{
	while (d->tried < d->count) {
		int i = d->tried++;
		int errnum = open_attempt(&d->attempts[i], &d->addrs[i]);

		if (errnum == EAGAIN) {
			d->tried--;
			later(d, UNIX_RETRY_S);
			return;
		}
		if (errnum == 0) {
			if (d->tried < d->count)
				later(d, STAGGER_S);
			return;
		}
		fail_errno(d, errnum);
	}
	if (d->open == 0)
		finish(d, NULL);
}

static void
on_next(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct dial *d = w->data;
	struct transport ssh = d->ssh;

	(void)loop;
	(void)revents;
	if (ssh.ops == NULL) {
		try_next(d);
		return;
	}
	d->ssh.ops = NULL;
	finish(d, &ssh);
}

static void
on_deadline(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct dial *d = w->data;
	char text[32];

	(void)loop;
	(void)revents;
	d->err = OP_TIMEOUT;
	snprintf(d->why, sizeof(d->why), "no answer within %s",
	    units_format_ms(text, sizeof(text), d->timeout_ms));
	finish(d, NULL);
}

static void
on_resolved(const struct resolve_answer *a, void *arg)
{
	struct dial *d = arg;

	d->resolve = NULL;
	memcpy(d->addrs, a->addrs, sizeof(d->addrs));
	d->count = a->count;
	fail(d, a->err, a->why);
	try_next(d);
}

static void
begin_tcp(struct dial *d, const struct endpoint *e)
{
	d->resolve =
	    resolve_forward(d->loop, e->host, e->port, d->timeout_ms + 1000, on_resolved, d);
	if (d->resolve == NULL) {
		fail(d, OP_SYSTEM, "cannot start a resolver process");
		ev_feed_event(d->loop, &d->next, EV_TIMER);
	}
}

static void
begin_tls(struct dial *d, const struct endpoint *e)
{
	size_t len = strcspn(e->host, "%"); /* no zone */

	d->err = tls_client_of_environment(&d->tls, d->why, sizeof(d->why));
	if (d->err != OP_OK) {
		/* Whoever parsed the endpoint has tried the files: they are just being replaced. */
		if (d->err == OP_BAD_REQUEST)
			d->err = OP_SYSTEM;
		ev_feed_event(d->loop, &d->next, EV_TIMER);
		return;
	}
	memcpy(d->tls_name, e->host, len);
	begin_tcp(d, e);
}

static void
begin_unix(struct dial *d, const struct endpoint *e)
{
	struct sockaddr_un *sun = (struct sockaddr_un *)&d->addrs[0].sa;

	sun->sun_family = AF_UNIX;
	memcpy(sun->sun_path, e->path, sizeof(sun->sun_path));
	d->addrs[0].len = sizeof(*sun);
	d->count = 1;
	ev_feed_event(d->loop, &d->next, EV_TIMER);
}

static void
begin_ssh(struct dial *d, const struct endpoint *e)
{
	const char *own = getenv("OPDESK_SSH");
	const char *ssh = own != NULL && own[0] != '\0' ? own : "ssh";
	const char *const argv[] = {
	    ssh, "-T", "-oBatchMode=yes", "--", e->host, e->path, "--stdio", NULL};

	if (e->path[0] == '\0')
		fail(d, OP_BAD_REQUEST, "which program? ssh:HOST/PROGRAM");
	else if (e->host[0] == '\0' || e->host[0] == '-')
		fail(d, OP_BAD_REQUEST, "the host is no [USER@]HOST");
	else
		d->err = program_start(d->ssh_loop, argv, &d->ssh, d->why, sizeof(d->why));
	ev_feed_event(d->loop, &d->next, EV_TIMER);
}

static void (*const begin[])(struct dial *d, const struct endpoint *e) = {
    [ENDPOINT_TCP] = begin_tcp,
    [ENDPOINT_UNIX] = begin_unix,
    [ENDPOINT_SSH] = begin_ssh,
    [ENDPOINT_TLS] = begin_tls,
};

static struct dial *
start(struct ev_loop *loop, struct ev_loop *ssh_loop, const struct endpoint *e, int64_t timeout_ms,
    dial_fn *done, void *arg)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->loop = loop;
	d->ssh_loop = ssh_loop;
	d->done = done;
	d->arg = arg;
	d->timeout_ms = timeout_ms;
	for (int i = 0; i < RESOLVE_MAX; i++) {
		d->attempts[i].dial = d;
		d->attempts[i].fd = -1;
	}
	ev_init(&d->shake, on_shake);
	ev_timer_init(&d->next, on_next, 0.0, 0.0);
	ev_timer_init(&d->deadline, on_deadline, (double)timeout_ms / 1e3, 0.0);
	d->next.data = d->deadline.data = d;
	ev_now_update(loop);
	ev_timer_start(loop, &d->deadline);
	begin[e->kind](d, e);
	return d;
}

struct dial *
dial_start(
    struct ev_loop *loop, const struct endpoint *e, int64_t timeout_ms, dial_fn *done, void *arg)
{
	return start(loop, loop, e, timeout_ms, done, arg);
}

/* --- without a loop --- */

struct waiting {
	bool done;
	int err;
	struct transport *out;
	char *why;
	size_t why_size;
};

static void
on_waited(struct transport *t, int err, const char *why, void *arg)
{
	struct waiting *w = arg;

	w->done = true;
	w->err = err;
	snprintf(w->why, w->why_size, "%s", why);
	if (t != NULL)
		*w->out = *t;
}

int
dial_wait(const struct endpoint *e, int64_t timeout_ms, const volatile int *stop,
    struct transport *out, char *why, size_t why_size)
{
	struct waiting w = {false, OP_NO_MEMORY, out, why, why_size};
	struct ev_loop *loop = block_loop();
	struct dial *d = loop != NULL ? start(loop, NULL, e, timeout_ms, on_waited, &w) : NULL;

	if (d != NULL && !block_until(loop, &w.done, stop)) {
		dial_cancel(d);
		w.err = OP_CANCELLED;
	}
	if (!w.done)
		snprintf(why, why_size, "%s", op_strerror(w.err));
	if (loop != NULL)
		ev_loop_destroy(loop);
	return w.err;
}
