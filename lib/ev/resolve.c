/* SPDX-License-Identifier: ISC */
/*
 * One question is one forked child with a pipe: it asks the C library and writes a whole struct
 * resolve_answer, which fits into one atomic write.  End of the pipe means that the child is
 * exiting; it is then waited for by its pidfd, and so it is after a SIGKILL (cancelled, too late).
 * The owner's SIGCHLD is left alone (child.h).
 */
#include "lib/ev/resolve.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/block.h"
#include "lib/ev/child.h"
#include "lib/ev/reason.h"

struct question {
	const char *host; /* forward */
	const char *port;
	const struct sockaddr *sa; /* reverse: when not NULL */
	socklen_t len;
};

struct resolve {
	struct ev_loop *loop;
	ev_io io; /* the pipe; fed when the answer is known without a child */
	ev_timer timer;
	int fd; /* -1 without a child */
	int pidfd;
	size_t got;
	resolve_fn *done;
	void *arg;
	struct resolve_answer answer;
};

static_assert(sizeof(struct resolve_answer) <= PIPE_BUF, "the answer is one atomic write");

/* --- asking the C library: in the child, or here when it cannot block --- */

static void
fail(struct resolve_answer *a, int err, const char *why)
{
	a->err = err;
	reason_lower(a->why, sizeof(a->why), why);
}

static void
fail_gai(struct resolve_answer *a, int gai)
{
	if (gai == EAI_SYSTEM)
		fail(a, OP_SYSTEM, strerror(errno));
	else if (gai == EAI_AGAIN)
		fail(a, OP_UNAVAILABLE, gai_strerror(gai));
	else if (gai == EAI_SERVICE)
		fail(a, OP_NOT_FOUND, "the port is no service that this host knows");
	else if (gai == EAI_MEMORY)
		fail(a, OP_NO_MEMORY, gai_strerror(gai));
	else
		fail(a, OP_NOT_FOUND, gai_strerror(gai));
}

static int
ask_forward(const char *host, const char *port, int flags, struct resolve_answer *a)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};
	struct addrinfo *list = NULL;
	int gai = getaddrinfo(host, port, &hints, &list);

	if (gai != 0) {
		fail_gai(a, gai);
		return gai;
	}
	for (struct addrinfo *i = list; i != NULL && a->count < RESOLVE_MAX; i = i->ai_next) {
		memcpy(&a->addrs[a->count].sa, i->ai_addr, i->ai_addrlen);
		a->addrs[a->count++].len = i->ai_addrlen;
	}
	freeaddrinfo(list);
	return 0;
}

/* A name that anybody may have put into the DNS: only what a host name is made of passes. */
static bool
is_hostname(const char *s)
{
	for (const char *c = s; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("-._", *c) == NULL)
			return false;
	return *s != '\0' && *s != '-';
}

static void
verify(const struct sockaddr *sa, struct resolve_answer *a)
{
	struct resolve_answer forward = {0};
	struct netaddr want, have;
	uint16_t port;

	netaddr_from_sockaddr(sa, &want, &port);
	(void)ask_forward(a->name, NULL, 0, &forward);
	for (int i = 0; i < forward.count; i++) {
		netaddr_from_sockaddr((struct sockaddr *)&forward.addrs[i].sa, &have, &port);
		if (netaddr_equal(&want, &have))
			a->verified = true;
	}
}

static void
ask_reverse(const struct sockaddr *sa, socklen_t len, struct resolve_answer *a)
{
	int gai = getnameinfo(sa, len, a->name, sizeof(a->name), NULL, 0, NI_NAMEREQD);

	if (gai != 0 || !is_hostname(a->name)) {
		a->name[0] = '\0';
		if (gai != 0 && gai != EAI_NONAME)
			fail_gai(a, gai);
		return;
	}
	verify(sa, a);
}

static void
ask(const struct question *q, struct resolve_answer *a)
{
	if (q->sa != NULL)
		ask_reverse(q->sa, q->len, a);
	else
		(void)ask_forward(q->host, q->port, 0, a);
}

/* True when the answer is known without asking anybody else. */
static bool
answer_here(const struct question *q, struct resolve_answer *a)
{
	struct netaddr addr;
	uint16_t port;

	if (q->sa == NULL) {
		if (ask_forward(q->host, q->port, AI_NUMERICHOST | AI_NUMERICSERV, a) == 0)
			return true;
		*a = (struct resolve_answer){0};
		return false;
	}
	netaddr_from_sockaddr(q->sa, &addr, &port);
	if (addr.family != 0 && !netaddr_is_loopback(&addr))
		return false;
	snprintf(a->name, sizeof(a->name), "localhost");
	a->verified = true;
	return true;
}

/* --- the child --- */

static void
default_signals(void)
{
	sigset_t none;

	for (int s = 1; s < NSIG; s++)
		(void)signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Keep the pipe as 3, and take 0 to 2, so that no file the library opens becomes standard error. */
static bool
keep_only(int fd)
{
	int high = fcntl(fd, F_DUPFD, 4);
	int null = open("/dev/null", O_RDWR);

	return high >= 0 && null >= 0 && dup2(null, 0) >= 0 && dup2(null, 1) >= 0 &&
	       dup2(null, 2) >= 0 && dup2(high, 3) >= 0 && close_range(4, ~0u, 0) == 0;
}

static _Noreturn void
child(const struct question *q, int fd, pid_t parent)
{
	struct resolve_answer a = {0};

	default_signals();
	if (!child_follow(parent, SIGKILL) || !keep_only(fd))
		_exit(1);
	ask(q, &a);
	_exit(write(3, &a, sizeof(a)) == (ssize_t)sizeof(a) ? 0 : 1);
}

/* With all signals blocked, so that no handler of the owner's runs in the child. */
static pid_t
fork_child(const struct question *q, int fd)
{
	sigset_t all, before;
	pid_t pid, self = getpid();

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0)
		child(q, fd, self);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static int
start_child(struct resolve *r, const struct question *q)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return OP_SYSTEM;
	pid = fork_child(q, fds[1]);
	close(fds[1]);
	r->pidfd = pid > 0 ? child_hold(pid) : -1;
	if (r->pidfd < 0) {
		close(fds[0]);
		return OP_SYSTEM;
	}
	r->fd = fds[0];
	return OP_OK;
}

/* --- the question on the loop --- */

void
resolve_cancel(struct resolve *r)
{
	if (r == NULL)
		return;
	ev_io_stop(r->loop, &r->io);
	ev_timer_stop(r->loop, &r->timer);
	if (r->fd >= 0) {
		close(r->fd);
		(void)pidfd_send_signal(r->pidfd, SIGKILL, NULL, 0);
		child_reap(r->pidfd);
	}
	free(r);
}

static void
tell(struct resolve *r)
{
	struct resolve_answer a = r->answer;
	resolve_fn *done = r->done;
	void *arg = r->arg;

	resolve_cancel(r);
	done(&a, arg);
}

static void
on_pipe(struct ev_loop *loop, ev_io *w, int revents)
{
	struct resolve *r = w->data;
	char *into = (char *)&r->answer + r->got;
	ssize_t n = r->fd < 0 ? 0 : read(r->fd, into, sizeof(r->answer) - r->got);

	(void)loop;
	(void)revents;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		r->got += (size_t)n;
	if (n > 0 && r->got < sizeof(r->answer))
		return;
	if (r->fd >= 0 && r->got < sizeof(r->answer)) {
		r->answer = (struct resolve_answer){0};
		fail(&r->answer, OP_SYSTEM, "the resolver process ended without an answer");
	}
	tell(r);
}

static void
on_timeout(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct resolve *r = w->data;

	(void)loop;
	(void)revents;
	r->answer = (struct resolve_answer){0};
	fail(&r->answer, OP_TIMEOUT, "no answer from the name service in time");
	tell(r);
}

static struct resolve *
start(
    struct ev_loop *loop, const struct question *q, int64_t timeout_ms, resolve_fn *done, void *arg)
{
	struct resolve *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	*r = (struct resolve){.loop = loop, .fd = -1, .pidfd = -1, .done = done, .arg = arg};
	if (!answer_here(q, &r->answer) && start_child(r, q) != OP_OK) {
		free(r);
		return NULL;
	}
	ev_io_init(&r->io, on_pipe, r->fd, EV_READ);
	ev_timer_init(&r->timer, on_timeout, (double)timeout_ms / 1e3, 0.0);
	r->io.data = r->timer.data = r;
	if (r->fd < 0) {
		ev_feed_event(loop, &r->io, EV_READ);
		return r;
	}
	/* Since when the loop last looked at the clock, much may have happened. */
	ev_now_update(loop);
	ev_io_start(loop, &r->io);
	ev_timer_start(loop, &r->timer);
	return r;
}

struct resolve *
resolve_forward(struct ev_loop *loop, const char *host, const char *port, int64_t timeout_ms,
    resolve_fn *done, void *arg)
{
	struct question q = {.host = host, .port = port};

	return start(loop, &q, timeout_ms, done, arg);
}

struct resolve *
resolve_reverse(struct ev_loop *loop, const struct sockaddr *sa, socklen_t len, int64_t timeout_ms,
    resolve_fn *done, void *arg)
{
	struct question q = {.sa = sa, .len = len};

	return start(loop, &q, timeout_ms, done, arg);
}

/* --- without a loop --- */

struct waiting {
	bool done;
	struct resolve_answer *out;
};

static void
on_waited(const struct resolve_answer *a, void *arg)
{
	struct waiting *w = arg;

	*w->out = *a;
	w->done = true;
}

static void
ask_and_wait(const struct question *q, int64_t timeout_ms, const volatile int *stop,
    struct resolve_answer *out)
{
	struct waiting w = {.out = out};
	struct ev_loop *loop;
	struct resolve *r;

	*out = (struct resolve_answer){0};
	if (answer_here(q, out))
		return;
	loop = block_loop();
	r = loop != NULL ? start(loop, q, timeout_ms, on_waited, &w) : NULL;
	if (r == NULL) {
		fail(out, OP_SYSTEM, "cannot start a resolver process");
	} else if (!block_until(loop, &w.done, stop)) {
		resolve_cancel(r);
		fail(out, OP_CANCELLED, op_strerror(OP_CANCELLED));
	}
	if (loop != NULL)
		ev_loop_destroy(loop);
}

void
resolve_forward_wait(const char *host, const char *port, int64_t timeout_ms,
    const volatile int *stop, struct resolve_answer *out)
{
	struct question q = {.host = host, .port = port};

	ask_and_wait(&q, timeout_ms, stop, out);
}

void
resolve_reverse_wait(const struct sockaddr *sa, socklen_t len, int64_t timeout_ms,
    const volatile int *stop, struct resolve_answer *out)
{
	struct question q = {.sa = sa, .len = len};

	ask_and_wait(&q, timeout_ms, stop, out);
}
