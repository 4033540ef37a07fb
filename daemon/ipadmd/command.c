/* SPDX-License-Identifier: ISC */
/*
 * A program is over when it has exited and, after that, its output has ended or a moment has
 * passed: a child that it left in the background may hold the pipe open for ever.
 */
#include "daemon/ipadmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/child.h"
#include "lib/paths.h"
#include "lib/text.h"

#define MAX_ENV 16
#define AFTER_MS 200 /* for output after the exit */
#define ASK_MS 100   /* between two questions whether it is given up */

extern char **environ;

/* --- the words --- */

int
command_line_parse(const char *text, struct command_line *out)
{
	struct command_line c = {.text = strdup(text)};
	char *rest = NULL;

	if (!c.text)
		return OP_NO_MEMORY;
	c.label = c.text + strlen(c.text); /* "" */
	for (char *w = strtok_r(c.text, " \t", &rest); w; w = strtok_r(NULL, " \t", &rest)) {
		size_t len = strlen(w);

		if (c.argc == 0 && !*c.label && len > 1 && w[len - 1] == ':') {
			w[len - 1] = '\0';
			c.label = w;
		} else if (c.argc == COMMAND_WORDS) {
			command_line_fini(&c);
			return OP_BAD_REQUEST;
		} else {
			c.argv[c.argc++] = w;
		}
	}
	if (c.argc == 0 && !*c.label) {
		command_line_fini(&c);
		return OP_BAD_REQUEST;
	}
	*out = c;
	return OP_OK;
}

void
command_line_fini(struct command_line *c)
{
	free(c->text);
	*c = (struct command_line){0};
}

int
command_line_add(struct command_line *c, const char *argument)
{
	if (c->argc == COMMAND_WORDS + COMMAND_MORE)
		return OP_TOO_LARGE;
	c->argv[c->argc++] = (char *)(uintptr_t)argument;
	c->argv[c->argc] = NULL;
	return OP_OK;
}

/* --- the program --- */

bool
command_exists(const char *program)
{
	return paths_program(program, PATHS_PROGRAMS) == 0;
}

static void
set_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD};
	sigset_t none;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn))
run_program(const struct command_run *run, int out, pid_t parent)
{
	static char path[] = "PATH=" PATHS_PROGRAMS, lang[] = "LANG=C.UTF-8";
	char *fixed[MAX_ENV] = {path, lang};
	int null = open("/dev/null", O_RDONLY);
	size_t n = 2;

	for (char *const *e = run->env; e && *e && n < MAX_ENV - 1; e++)
		fixed[n++] = *e;
	setpgid(0, 0);
	if (!child_follow(parent, SIGKILL))
		_exit(127);
	if (null == -1 || dup2(null, 0) == -1 || dup2(out, 1) == -1 || dup2(out, 2) == -1)
		_exit(127);
	set_signals();
	close_range(3, ~0u, 0);
	environ = fixed;
	if (chdir(run->directory ? run->directory : "/") == 0)
		execvp(run->argv[0], run->argv);
	dprintf(2, "cannot run %s: %s\n", run->argv[0], strerror(errno));
	_exit(127);
}

/* --- waiting for it --- */

struct job {
	const struct command_run *run;
	pid_t pid;
	int pid_fd, out;
	bool exited;
	int64_t end_ms;
	struct buf output;
};

static void
read_output(struct job *j)
{
	unsigned char *room;

	if (buf_reserve(&j->output, COMMAND_OUTPUT, &room))
		return;
	ssize_t n = read(j->out, room, COMMAND_OUTPUT);

	if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN)) {
		close(j->out);
		j->out = -1;
	}
	if (n > 0)
		buf_commit(&j->output, (size_t)n);
	if (buf_len(&j->output) > COMMAND_OUTPUT)
		buf_consume(&j->output, buf_len(&j->output) - COMMAND_OUTPUT);
}

static bool
has_ended(const struct pollfd *stop, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (stop[i].revents & (POLLHUP | POLLERR | POLLNVAL | POLLRDHUP))
			return true;
	return false;
}

static int
patience_ms(const struct job *j, int64_t left)
{
	int64_t most = j->run->given_up ? ASK_MS : 60000;

	return (int)(left < most ? left : most);
}

/* OP_OK: it is over; OP_TIMEOUT, OP_CLOSED, OP_CANCELLED: it is not. */
static int
watch(struct job *j)
{
	for (;;) {
		struct pollfd fds[] = {{.fd = j->out, .events = POLLIN},
		    {.fd = j->exited ? -1 : j->pid_fd, .events = POLLIN},
		    {.fd = j->run->stop_fd[0], .events = POLLRDHUP},
		    {.fd = j->run->stop_fd[1], .events = POLLRDHUP}};
		int64_t left = j->end_ms - clock_boot_ms();

		if (j->exited && (j->out == -1 || left <= 0))
			return OP_OK;
		if (left <= 0)
			return OP_TIMEOUT;
		if (j->run->given_up && j->run->given_up(j->run->given_up_arg))
			return OP_CANCELLED;
		int n = poll(fds, 4, patience_ms(j, left));

		if (n == -1 && errno != EINTR)
			return OP_TIMEOUT;
		if (n <= 0)
			continue;
		if (has_ended(fds + 2, 2))
			return OP_CLOSED;
		if (fds[0].revents)
			read_output(j);
		if (fds[1].revents) {
			j->exited = true;
			j->end_ms = clock_boot_ms() + AFTER_MS;
		}
	}
}

static int
reap(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void
keep_output(const struct job *j, struct command_result *out)
{
	struct buf plain;
	size_t len = 0;

	buf_init(&plain);
	if (text_plain(&plain, (const char *)buf_bytes(&j->output), buf_len(&j->output), true) ==
	    OP_OK)
		len = buf_len(&plain);
	while (len > 0 && buf_bytes(&plain)[len - 1] == '\n')
		len--;
	/* What was made visible may have grown: the end of it counts. */
	size_t from = len > COMMAND_OUTPUT ? len - COMMAND_OUTPUT : 0;

	while (from < len && (buf_bytes(&plain)[from] & 0xc0) == 0x80)
		from++;
	snprintf(out->output, sizeof(out->output), "%.*s", (int)(len - from),
	    len ? (const char *)buf_bytes(&plain) + from : "");
	buf_fini(&plain);
}

static void
add_line(struct command_result *out, const char *fmt, int64_t n)
{
	size_t len = strlen(out->output);

	if (len && len < sizeof(out->output) - 1)
		out->output[len++] = '\n';
	snprintf(out->output + len, sizeof(out->output) - len, fmt, (long long)n);
}

static int
start(struct job *j, struct command_result *out)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1)
		return OP_SYSTEM;
	pid_t self = getpid();

	j->pid = fork();
	if (j->pid == 0)
		run_program(j->run, fds[1], self);
	close(fds[1]);
	if (j->pid != -1)
		j->pid_fd = (int)syscall(SYS_pidfd_open, j->pid, 0);
	if (j->pid == -1 || j->pid_fd == -1) {
		snprintf(out->output, sizeof(out->output), "not started: %s", strerror(errno));
		close(fds[0]);
		if (j->pid > 0) {
			kill(j->pid, SIGKILL);
			reap(j->pid);
		}
		return OP_SYSTEM;
	}
	setpgid(j->pid, j->pid);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	j->out = fds[0];
	j->end_ms = clock_boot_ms() + j->run->limit_ms;
	return OP_OK;
}

int
command_run(const struct command_run *run, struct command_result *out)
{
	struct job j = {.run = run, .out = -1};

	*out = (struct command_result){.status = -1};
	if (start(&j, out))
		return OP_OK;
	buf_init(&j.output);
	int err = watch(&j);

	if (err)
		kill(-j.pid, SIGKILL);
	int status = reap(j.pid);

	if (j.out != -1)
		close(j.out);
	close(j.pid_fd);
	keep_output(&j, out);
	buf_fini(&j.output);
	if (err == OP_TIMEOUT)
		add_line(out, "killed: not done after %lld ms", run->limit_ms);
	else
		out->status = status;
	return err == OP_TIMEOUT ? OP_OK : err;
}
