/* SPDX-License-Identifier: ISC */
/*
 * The engine's children: parts of the daemon (a function in a fork) and programs (their keepers).
 * Both are watched by libev's child watcher; a child record lives from the fork to `gone`.  On the
 * engine's loop.
 */
#include "daemon/server/engine_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/server/descriptors.h"
#include "daemon/server/keeper.h"
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/paths.h"
#include "lib/text.h"

#define OUTPUT_LINE 1024u
#define OUTPUT_LINES 200 /* logged of a program with a time limit */
#define MAX_ENV 64

extern char **environ;

struct engine_child {
	struct engine *engine;
	pid_t pid;
	void (*gone)(struct engine *e, int status, void *arg);
	void *arg;
	ev_child watcher;
	/* a program */
	bool is_program;
	char name[64];
	struct buf output;
	int lines;
	ev_io reader;
	int64_t started_ms, limit_ms; /* 0: no limit; the keeper's business */
};

/* --- output of a program, line by line --- */

static void
log_line(struct engine_child *c, size_t len)
{
	char shown[OUTPUT_LINE];

	if (len == 0 || (c->limit_ms > 0 && c->lines > OUTPUT_LINES))
		return;
	if (c->limit_ms > 0 && ++c->lines > OUTPUT_LINES)
		log_notice("%s: more output, which is not logged", c->name);
	else
		log_notice("%s: %s", c->name,
		    text_log(shown, sizeof(shown), (const char *)buf_bytes(&c->output), len));
}

static void
log_lines(struct engine_child *c, bool all)
{
	while (buf_len(&c->output) > 0) {
		const unsigned char *bytes = buf_bytes(&c->output);
		const unsigned char *end = memchr(bytes, '\n', buf_len(&c->output));
		size_t len = end ? (size_t)(end - bytes) : buf_len(&c->output);

		if (!end && !all && len < OUTPUT_LINE)
			return;
		log_line(c, len);
		buf_consume(&c->output, end ? len + 1 : len);
	}
}

/* False when there is nothing more for now. */
static bool
read_output(struct engine_child *c)
{
	unsigned char *room;
	ssize_t n;

	if (buf_reserve(&c->output, OUTPUT_LINE, &room))
		return false;
	n = read(c->reader.fd, room, OUTPUT_LINE);
	if (n == 0)
		ev_io_stop(c->engine->loop, &c->reader);
	if (n <= 0)
		return n == -1 && errno == EINTR;
	buf_commit(&c->output, (size_t)n);
	log_lines(c, false);
	return true;
}

static void
on_output(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	read_output(io->data);
}

/* --- the record --- */

static void
on_gone(struct ev_loop *loop, ev_child *w, int revents)
{
	struct engine_child *c = w->data;

	(void)revents;
	ev_child_stop(loop, w);
	if (c->is_program) {
		/* What it wrote last; bounded, as a grandchild may write on for ever. */
		for (int i = 0; i < 64 && read_output(c); i++)
			;
		log_lines(c, true);
		ev_io_stop(loop, &c->reader);
		if (WIFSIGNALED(w->rstatus) && c->limit_ms > 0 &&
		    clock_boot_ms() - c->started_ms >= c->limit_ms)
			log_warn("%s: killed: it ran longer than allowed", c->name);
		close(c->reader.fd);
		buf_fini(&c->output);
	}
	c->gone(c->engine, w->rstatus, c->arg);
	free(c);
}

static struct engine_child *
child_new(struct engine *e, void (*gone)(struct engine *e, int status, void *arg), void *arg)
{
	struct engine_child *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->engine = e;
	c->gone = gone;
	c->arg = arg;
	return c;
}

static void
child_watch(struct engine_child *c, pid_t pid)
{
	c->pid = pid;
	ev_child_init(&c->watcher, on_gone, pid, 0);
	c->watcher.data = c;
	ev_child_start(c->engine->loop, &c->watcher);
}

void
engine_child_kill(struct engine_child *c)
{
	kill(c->pid, c->is_program ? SIGTERM : SIGKILL);
}

pid_t
engine_child_pid(const struct engine_child *c)
{
	return c->pid;
}

/* --- a part of the daemon --- */

static void
set_signals(void (*stop_signals)(int))
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR2};
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		signal(numbers[i], stop_signals);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* libev's handlers would swallow a signal that comes before the child has its own. */
static pid_t
fork_without_signals(void)
{
	sigset_t all, before;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid != 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

struct engine_child *
engine_fork(struct engine *e, const char *part, int keep_fd,
    int (*run)(int fd, int lifeline_fd, void *arg), void *arg,
    void (*gone)(struct engine *e, int status, void *arg), int *fd)
{
	struct engine_child *c = child_new(e, gone, arg);
	char name[16];
	int fds[2];
	pid_t pid;

	if (!c)
		return NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1) {
		free(c);
		return NULL;
	}
	pid = fork_without_signals();
	if (pid == 0) {
		const int keep[] = {fds[1], e->tree->lifeline_in, keep_fd};

		descriptors_keep(keep, sizeof(keep) / sizeof(*keep));
		set_signals(SIG_IGN);
		log_ident(e->tree->config->app->name, part);
		snprintf(name, sizeof(name), "opdesk:%s", part);
		prctl(PR_SET_NAME, name);
		_exit(run(fds[1], e->tree->lifeline_in, arg));
	}
	close(fds[1]);
	if (pid == -1) {
		log_warn("%s: cannot fork: %s", part, strerror(errno));
		close(fds[0]);
		free(c);
		return NULL;
	}
	child_watch(c, pid);
	*fd = fds[0];
	return c;
}

/* --- a program --- */

static void __attribute__((noreturn)) exec_program(
    char *const argv[], char *const env[], int64_t limit_ms, int lifeline, const int output[2])
{
	static char path[] = "PATH=" PATHS_PROGRAMS;
	static char lang[] = "LANG=C.UTF-8";
	char *fixed[MAX_ENV] = {path};
	int null = open("/dev/null", O_RDONLY);
	bool has_lang = false;
	size_t n = 1;

	for (; env && *env && n < MAX_ENV - 2; env++) {
		has_lang |= strncmp(*env, "LANG=", 5) == 0;
		fixed[n++] = *env;
	}
	if (!has_lang)
		fixed[n++] = lang;
	if (null == -1 || dup2(null, 0) == -1 || dup2(output[1], 1) == -1 ||
	    dup2(output[1], 2) == -1)
		_exit(127);
	set_signals(SIG_DFL);
	environ = fixed;
	keeper_become(argv, limit_ms, lifeline, output[0]);
	dprintf(2, "cannot run: %s\n", strerror(errno));
	_exit(127);
}

static void
watch_program(struct engine_child *c, pid_t pid, int out, int64_t limit_ms)
{
	const struct engine *e = c->engine;

	c->is_program = true;
	c->limit_ms = limit_ms;
	c->started_ms = clock_boot_ms();
	child_watch(c, pid);
	buf_init(&c->output);
	ev_io_init(&c->reader, on_output, out, EV_READ);
	c->reader.data = c;
	ev_io_start(e->loop, &c->reader);
}

struct engine_child *
engine_spawn(struct engine *e, char *const argv[], char *const env[], int64_t limit_ms,
    void (*gone)(struct engine *e, int status, void *arg), void *arg)
{
	struct engine_child *c = child_new(e, gone, arg);
	const char *base = strrchr(argv[0], '/');
	int fds[2];
	pid_t pid;

	if (!c)
		return NULL;
	snprintf(c->name, sizeof(c->name), "%s", base ? base + 1 : argv[0]);
	if (pipe2(fds, O_CLOEXEC) == -1) {
		free(c);
		return NULL;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	pid = fork_without_signals();
	if (pid == 0)
		exec_program(argv, env, limit_ms, e->tree->lifeline_in, fds);
	close(fds[1]);
	if (pid == -1) {
		log_warn("%s: cannot fork: %s", c->name, strerror(errno));
		close(fds[0]);
		free(c);
		return NULL;
	}
	watch_program(c, pid, fds[0], limit_ms);
	return c;
}
