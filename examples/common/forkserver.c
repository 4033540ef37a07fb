/* SPDX-License-Identifier: ISC */
#include "examples/common/forkserver.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/listen.h"
#include "lib/log.h"
#include "lib/text.h"

#define WRITE_MS 60000
#define REST_MS 100 /* after a failed accept or fork: nothing gets better at once */

static volatile sig_atomic_t stopped;
static const int signals[] = {SIGTERM, SIGINT, SIGCHLD};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static void
on_signal(int signo)
{
	if (signo != SIGCHLD)
		stopped = 1;
}

/* Blocked except while the server waits. */
static void
catch_signals(sigset_t *before)
{
	struct sigaction act = {.sa_handler = on_signal};
	sigset_t block;

	sigemptyset(&act.sa_mask);
	sigemptyset(&block);
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], &act, NULL);
		sigaddset(&block, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &block, before);
}

static void
release_signals(const sigset_t *before)
{
	for (size_t i = 0; i < SIGNALS; i++)
		signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, before, NULL);
}

const char *
forkserver_peer(int fd, char *dst, size_t size)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char name[NI_MAXHOST], address[NI_MAXHOST], port[NI_MAXSERV], safe[NI_MAXHOST];
	struct sockaddr *any = (struct sockaddr *)&a;

	if (getpeername(fd, any, &len) != 0 ||
	    (a.ss_family != AF_INET && a.ss_family != AF_INET6) ||
	    getnameinfo(any, len, address, sizeof(address), port, sizeof(port),
		NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
		snprintf(dst, size, "the local host");
		return dst;
	}
	if (getnameinfo(any, len, name, sizeof(name), NULL, 0, NI_NAMEREQD) != 0)
		snprintf(name, sizeof(name), "%s", address);
	snprintf(dst, size, "%s [%s] at port %s", text_log(safe, sizeof(safe), name, strlen(name)),
	    address, port);
	return dst;
}

static int
converse(const struct forkserver *s, int fd)
{
	char peer[NI_MAXHOST * 2 + 50];

	log_notice("connection from %s", forkserver_peer(fd, peer, sizeof(peer)));
	return s->serve(fd, s->listen.kind == ENDPOINT_UNIX, s->arg);
}

static bool
reap(int *children)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid <= 0)
		return false;
	--*children;
	if (WIFEXITED(status))
		log_notice("reaped %d with exit %d", (int)pid, WEXITSTATUS(status));
	else
		log_notice("reaped %d ended by signal %d", (int)pid, WTERMSIG(status));
	return true;
}

static void
beget(const struct forkserver *s, int listener, int fd, const sigset_t *before, int *children)
{
	pid_t pid = fork();

	if (pid == 0) {
		release_signals(before);
		close(listener);
		_exit(converse(s, fd));
	}
	if (pid < 0) {
		log_error("cannot fork: %s", strerror(errno));
		poll(NULL, 0, REST_MS);
		return;
	}
	++*children;
	log_notice("begat %d", (int)pid);
}

static void
take(const struct forkserver *s, int listener, const sigset_t *before, int *children)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			log_warn("cannot accept: %s", strerror(errno));
			poll(NULL, 0, REST_MS);
		}
		return;
	}
	if (s->iterative)
		converse(s, fd);
	else
		beget(s, listener, fd, before, children);
	close(fd);
}

int
forkserver_run(const struct forkserver *s)
{
	char why[300], text[ENDPOINT_TEXT];
	struct endpoint bound = s->listen;
	sigset_t before;
	int listener, children = 0;

	log_ident(s->name, NULL);
	if (listen_open(&s->listen, NULL, &listener, 1, why, sizeof(why)) < 1) {
		fprintf(stderr, "%s: cannot listen on %s: %s\n", s->name,
		    endpoint_format(text, sizeof(text), &s->listen), why);
		return 1;
	}
	if (s->listen.kind == ENDPOINT_TCP)
		listen_endpoint(listener, &bound);
	catch_signals(&before);
	printf("listening %s\n", endpoint_format(text, sizeof(text), &bound));
	fflush(stdout);
	log_notice("server started on %s", text);
	while (!stopped) {
		struct pollfd p = {.fd = listener, .events = POLLIN};

		if (children >= FORKSERVER_MAX_CHILDREN)
			p.fd = -1; /* the others wait in the backlog */
		if (ppoll(&p, 1, NULL, &before) == 1)
			take(s, listener, &before, &children);
		while (reap(&children))
			continue;
	}
	listen_close(listener);
	return 0;
}

bool
forkserver_write(int fd, const void *bytes, size_t len)
{
	const char *from = bytes;

	while (len > 0) {
		ssize_t n = send(fd, from, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		struct pollfd p = {.fd = fd, .events = POLLOUT};

		if (n > 0) {
			from += n;
			len -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			if (poll(&p, 1, WRITE_MS) == 0)
				return false;
		} else if (n == 0 || errno != EINTR) {
			return false;
		}
	}
	return true;
}
