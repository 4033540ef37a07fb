/* SPDX-License-Identifier: ISC */
/*
 * The program's standard input and output are one end of a socket pair, so that writing to a
 * program that has gone is an error and no SIGPIPE.  Standard error is a pipe without a watcher:
 * whatever moves on the transport empties it.  It does not block the program either: what is too
 * much is lost.
 */
#include "lib/ev/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/child.h"
#include "lib/ev/reason.h"
#include "lib/text.h"

#define LINE_MAX_BYTES 300
#define PATIENCE_MS 500
#define READS_PER_TURN 16

extern char **environ;

struct program {
	struct transport stream;
	int errors; /* -1: at its end */
	int pidfd;
	char name[64];
	char line[LINE_MAX_BYTES]; /* being read */
	size_t len;
	char last[LINE_MAX_BYTES]; /* the last whole one that was not empty */
	char why[100];
	bool is_heard; /* its standard output had a byte */
	/* the end */
	struct ev_loop *loop;
	ev_io gone;
	ev_timer patience;
	ev_cleanup destroyed;
	size_t signals_sent;
};

/* --- standard error --- */

static void
end_line(struct program *p)
{
	while (p->len > 0 && strchr(" \t\r", p->line[p->len - 1]) != NULL)
		p->len--;
	if (p->len > 0)
		text_log(p->last, sizeof(p->last), p->line, p->len);
	p->len = 0;
}

static void
take_errors(struct program *p, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			end_line(p);
		else if (p->len < sizeof(p->line))
			p->line[p->len++] = bytes[i];
	}
}

static void
read_errors(struct program *p)
{
	char bytes[1024];

	for (int i = 0; i < READS_PER_TURN && p->errors >= 0; i++) {
		ssize_t n = read(p->errors, bytes, sizeof(bytes));

		if (n > 0) {
			take_errors(p, bytes, (size_t)n);
		} else if (n == 0) {
			close(p->errors);
			p->errors = -1;
		} else if (errno != EINTR) {
			break;
		}
	}
}

/* --- the transport --- */

static ssize_t
program_read(struct transport *t, void *bytes, size_t len)
{
	struct program *p = t->state;
	ssize_t n = transport_read(&p->stream, bytes, len);
	int errnum = errno;

	read_errors(p);
	if (n > 0 && !p->is_heard) {
		/* Warnings of the beginning would explain no end. */
		p->is_heard = true;
		p->len = 0;
		p->last[0] = '\0';
	}
	errno = errnum;
	/* It ended without having read everything: for a pipe that is an end of file. */
	return n < 0 && errnum == ECONNRESET ? 0 : n;
}

static ssize_t
program_write(struct transport *t, const void *bytes, size_t len)
{
	struct program *p = t->state;

	read_errors(p);
	return transport_write(&p->stream, bytes, len);
}

static int
program_end(struct transport *t)
{
	struct program *p = t->state;

	return p->stream.ops->end(&p->stream);
}

static const char *
program_why(struct transport *t)
{
	struct program *p = t->state;
	size_t len;

	read_errors(p);
	end_line(p);
	len = strlen(p->last);
	if (len > 0 && p->last[len - 1] == '.')
		p->last[--len] = '\0'; /* it becomes a part of a sentence */
	if (len > 0)
		return p->last;
	if (p->is_heard)
		return NULL;
	snprintf(p->why, sizeof(p->why), "%s ended without a word", p->name);
	return p->why;
}

/* --- the end --- */

/* The next signal; false: there is none left. */
static bool
urge(struct program *p)
{
	static const int signals[] = {SIGTERM, SIGKILL};

	if (p->signals_sent == sizeof(signals) / sizeof(signals[0]))
		return false;
	(void)pidfd_send_signal(p->pidfd, signals[p->signals_sent++], NULL, 0);
	return true;
}

static void
release(struct program *p)
{
	child_reap(p->pidfd);
	free(p);
}

static void
wait_for_end(struct program *p)
{
	struct pollfd gone = {.fd = p->pidfd, .events = POLLIN};
	int n;

	do
		n = poll(&gone, 1, PATIENCE_MS);
	while ((n < 0 && errno == EINTR) || (n == 0 && urge(p)));
	release(p);
}

/* What is ending keeps no loop running: hence the unref. */
static void
unwatch(struct program *p)
{
	ev_ref(p->loop);
	ev_io_stop(p->loop, &p->gone);
	if (ev_is_active(&p->patience))
		ev_ref(p->loop);
	ev_timer_stop(p->loop, &p->patience);
	ev_cleanup_stop(p->loop, &p->destroyed);
}

static void
on_gone(struct ev_loop *loop, ev_io *w, int revents)
{
	struct program *p = w->data;

	(void)loop;
	(void)revents;
	unwatch(p);
	release(p);
}

static void
on_patience_over(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)revents;
	if (urge(w->data))
		return;
	ev_ref(loop);
	ev_timer_stop(loop, w);
}

static void
on_destroyed(struct ev_loop *loop, ev_cleanup *w, int revents)
{
	struct program *p = w->data;

	(void)loop;
	(void)revents;
	unwatch(p);
	(void)pidfd_send_signal(p->pidfd, SIGKILL, NULL, 0);
	release(p);
}

static void
watch_for_end(struct program *p)
{
	ev_io_init(&p->gone, on_gone, p->pidfd, EV_READ);
	ev_timer_init(&p->patience, on_patience_over, PATIENCE_MS / 1e3, PATIENCE_MS / 1e3);
	ev_cleanup_init(&p->destroyed, on_destroyed);
	p->gone.data = p->patience.data = p->destroyed.data = p;
	ev_now_update(p->loop);
	ev_io_start(p->loop, &p->gone);
	ev_timer_start(p->loop, &p->patience);
	ev_cleanup_start(p->loop, &p->destroyed);
	ev_unref(p->loop);
	ev_unref(p->loop);
}

static void
program_close(struct transport *t)
{
	struct program *p = t->state;

	transport_close(&p->stream);
	if (p->errors >= 0)
		close(p->errors);
	t->rfd = t->wfd = -1;
	if (p->loop != NULL)
		watch_for_end(p);
	else
		wait_for_end(p);
}

static const struct transport_ops program_ops = {
    "program", program_read, program_write, program_end, program_close, program_why};

/* --- the beginning --- */

/* errno of what failed, or 0.  Blocked and ignored signals of the owner's are not passed on. */
static int
spawn(const char *const argv[], int stream, int errors, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&files);
	err = posix_spawn_file_actions_adddup2(&files, stream, STDIN_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(&files, stream, STDOUT_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
	if (err == 0)
		err = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	if (err == 0)
		err = posix_spawnp(pid, argv[0], &files, &attr, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return err;
}

/* Both ends of the two channels: [0] is ours. */
static int
open_channels(int stream[2], int errors[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) < 0)
		return errno;
	if (pipe2(errors, O_CLOEXEC | O_NONBLOCK) < 0) {
		int errnum = errno;

		close(stream[0]);
		close(stream[1]);
		return errnum;
	}
	return 0;
}

/* errno of what failed, or 0. */
static int
start(struct program *p, const char *const argv[])
{
	int stream[2], errors[2], errnum = open_channels(stream, errors);
	pid_t pid;

	if (errnum != 0)
		return errnum;
	errnum = spawn(argv, stream[1], errors[1], &pid);
	close(stream[1]);
	close(errors[1]);
	if (errnum == 0 && (p->pidfd = child_hold(pid)) < 0)
		errnum = ECHILD;
	if (errnum != 0) {
		close(stream[0]);
		close(errors[0]);
		return errnum;
	}
	p->stream = transport_socket(stream[0]);
	p->errors = errors[0];
	return 0;
}

int
program_start(struct ev_loop *loop, const char *const argv[], struct transport *out, char *why,
    size_t why_size)
{
	struct program *p = calloc(1, sizeof(*p));
	const char *base = strrchr(argv[0], '/');
	char text[96];
	int errnum;

	if (p == NULL) {
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	p->loop = loop;
	snprintf(p->name, sizeof(p->name), "%s", base != NULL ? base + 1 : argv[0]);
	errnum = start(p, argv);
	if (errnum != 0) {
		snprintf(why, why_size, "cannot run %s: %s", argv[0],
		    reason_text(text, sizeof(text), errnum));
		free(p);
		return reason_err(errnum);
	}
	*out = (struct transport){
	    .ops = &program_ops, .rfd = p->stream.rfd, .wfd = p->stream.wfd, .state = p};
	return OP_OK;
}
