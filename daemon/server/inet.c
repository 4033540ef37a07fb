/* SPDX-License-Identifier: ISC */
/*
 * Bytes between a session and the process of its handler.  The session is held until the process is
 * reaped: it gets END_S from the end of the connection on.
 */
#include "daemon/server/inet.h"

#include <errno.h>
#include <ev.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/server.h"
#include "daemon/server/sessions.h"
#include "lib/ev/child.h"
#include "lib/log.h"

#define PIECE 16384u
#define QUEUE_MAX (256u * 1024u) /* for the process */
#define END_S 2.0

struct inet {
	struct session *s;
	pid_t pid;  /* 0: reaped */
	int fd;     /* our end of the pair; -1: closed */
	int pid_fd; /* or -1 */
	struct buf out;
	bool eof;    /* the client's */
	bool closed; /* the session is */
	ev_io reader, writer, end;
	ev_timer limit;
};

/* --- the process --- */

static void __attribute__((noreturn)) run_handler(struct session *s, int fd, pid_t worker)
{
	static const int defaults[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD, SIGPIPE};
	const struct server_app *app = session_app(s);
	const struct inet_peer peer = {session_peer_text(s), session_peer_addr(s),
	    session_peer_subject(s), session_listener(s)};
	sigset_t none;
	int status;

	if (!child_follow(worker, SIGKILL))
		_exit(EXIT_FAILURE);
	prctl(PR_SET_NAME, "opdesk:inet");
	log_ident(app->name, "inet");
	if (dup2(fd, STDIN_FILENO) == -1 || dup2(fd, STDOUT_FILENO) == -1)
		_exit(EXIT_FAILURE);
	descriptors_keep(NULL, 0);
	for (size_t i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		signal(defaults[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	status = app->inet->run(session_settings(s), &peer);
	fflush(stdout);
	_exit(status);
}

static void
maybe_free(struct inet *i)
{
	struct session *s = i->s;

	if (!i->closed || i->pid > 0)
		return;
	ev_timer_stop(session_loop(s), &i->limit);
	buf_fini(&i->out);
	free(i);
	session_set_arg(s, NULL);
	session_release(s);
}

static void
on_process_end(struct ev_loop *loop, ev_io *w, int revents)
{
	struct inet *i = w->data;
	int status = 0;

	(void)revents;
	ev_io_stop(loop, w);
	close(i->pid_fd);
	while (waitpid(i->pid, &status, 0) == -1 && errno == EINTR)
		;
	i->pid = 0;
	if (WIFSIGNALED(status))
		log_notice("%s: its handler was ended by signal %d", session_peer_text(i->s),
		    WTERMSIG(status));
	else if (status != 0)
		log_notice("%s: its handler ended with status %d", session_peer_text(i->s),
		    WEXITSTATUS(status));
	maybe_free(i);
}

static void
on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct inet *i = w->data;

	(void)loop;
	(void)revents;
	log_notice(
	    "%s: its handler is killed: it goes on without a client", session_peer_text(i->s));
	kill(i->pid, SIGKILL);
}

/* --- bytes --- */

static void
push(struct inet *i)
{
	while (buf_len(&i->out) > 0) {
		ssize_t n =
		    send(i->fd, buf_bytes(&i->out), buf_len(&i->out), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0)
			buf_consume(&i->out, (size_t)n);
		else if (errno == EAGAIN)
			break;
		else if (errno != EINTR)
			buf_clear(&i->out); /* it reads no more; what it says still counts */
	}
	if (buf_len(&i->out) > 0)
		ev_io_start(session_loop(i->s), &i->writer);
	else
		ev_io_stop(session_loop(i->s), &i->writer);
	if (buf_len(&i->out) == 0 && i->eof)
		shutdown(i->fd, SHUT_WR);
}

static void
on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct inet *i = w->data;

	(void)loop;
	(void)revents;
	push(i);
	if (buf_len(&i->out) < QUEUE_MAX / 2)
		session_pause(i->s, false);
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct inet *i = w->data;
	char bytes[PIECE];
	ssize_t n = recv(i->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || session_write(i->s, bytes, (size_t)n)) {
		ev_io_stop(loop, w);
		session_close(i->s);
	} else if (session_is_full(i->s)) {
		ev_io_stop(loop, w);
	}
}

/* --- the session --- */

static int
begin(struct inet *i, int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -1;
	pid_t self = getpid();

	i->pid = fork();
	if (i->pid == 0)
		run_handler(i->s, fds[1], self);
	close(fds[1]);
	i->fd = fds[0];
	i->pid_fd = i->pid > 0 ? (int)syscall(SYS_pidfd_open, i->pid, 0) : -1;
	if (i->pid_fd != -1)
		return 0;
	close(i->fd);
	if (i->pid > 0) {
		kill(i->pid, SIGKILL);
		waitpid(i->pid, NULL, 0);
	}
	return -1;
}

static void
watch(struct inet *i)
{
	struct ev_loop *loop = session_loop(i->s);

	ev_io_init(&i->reader, on_readable, i->fd, EV_READ);
	ev_io_init(&i->writer, on_writable, i->fd, EV_WRITE);
	ev_io_init(&i->end, on_process_end, i->pid_fd, EV_READ);
	ev_timer_init(&i->limit, on_limit, END_S, 0.);
	i->reader.data = i->writer.data = i->end.data = i->limit.data = i;
	ev_io_start(loop, &i->reader);
	ev_io_start(loop, &i->end);
}

static void
inet_opened(struct session *s)
{
	struct inet *i = calloc(1, sizeof(*i));
	int fds[2];

	if (i) {
		*i = (struct inet){.s = s};
		buf_init(&i->out);
	}
	if (!i || begin(i, fds)) {
		log_error("%s: closed: no process for its handler: %s", session_peer_text(s),
		    strerror(errno));
		free(i);
		session_close(s);
		return;
	}
	session_set_arg(s, i);
	session_hold(s);
	watch(i);
	session_timeout(s, session_app(s)->inet->limit_ms);
}

static void
inet_input(struct session *s, struct buf *in)
{
	struct inet *i = session_arg(s);

	if (buf_append(&i->out, buf_bytes(in), buf_len(in))) {
		log_error("%s: closed: out of memory", session_peer_text(s));
		session_close(s);
		return;
	}
	buf_clear(in);
	push(i);
	if (buf_len(&i->out) > QUEUE_MAX)
		session_pause(s, true);
}

static void
inet_eof(struct session *s, struct buf *rest)
{
	struct inet *i = session_arg(s);

	(void)rest;
	i->eof = true;
	push(i);
}

static void
inet_drained(struct session *s)
{
	struct inet *i = session_arg(s);

	ev_io_start(session_loop(s), &i->reader);
}

static void
inet_timeout(struct session *s)
{
	struct inet *i = session_arg(s);

	log_notice("%s: its handler is killed: its time is over", session_peer_text(s));
	if (i->pid > 0)
		kill(i->pid, SIGKILL);
	session_close(s);
}

static void
inet_stopping(struct session *s)
{
	struct inet *i = session_arg(s);

	if (i && i->pid > 0)
		kill(i->pid, SIGTERM);
	session_close(s);
}

static void
inet_closed(struct session *s, bool delivered)
{
	struct inet *i = session_arg(s);

	(void)delivered;
	if (!i)
		return;
	ev_io_stop(session_loop(s), &i->reader);
	ev_io_stop(session_loop(s), &i->writer);
	close(i->fd);
	i->closed = true;
	if (i->pid > 0)
		ev_timer_start(session_loop(s), &i->limit);
	maybe_free(i);
}

const struct session_events inet_events = {
    .opened = inet_opened,
    .input = inet_input,
    .eof = inet_eof,
    .drained = inet_drained,
    .timeout = inet_timeout,
    .stopping = inet_stopping,
    .closed = inet_closed,
};
