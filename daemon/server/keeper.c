/* SPDX-License-Identifier: ISC */
/* Its arguments: KEEPER_NAME, the limit, the engine's process id, then the program's. */
#include "daemon/server/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/ev/child.h"

#define KEEPER_NAME "opdesk:keeper"
#define LIFELINE_FD 3
#define OUTPUT_FD 4
#define FD_FREE 10 /* above those */
#define FIRST 3    /* argument of the program's */
#define GRACE_MS 2000
#define NOT_RUN 127 /* as the shell says it */

struct keeper {
	pid_t program;
	int64_t kill_at_ms; /* INT64_MAX: never */
	bool is_ending;
};

static volatile sig_atomic_t is_told;   /* by SIGTERM */
static volatile sig_atomic_t is_orphan; /* SIGUSR1: the engine has gone */

static void
on_signal(int number)
{
	is_told |= number == SIGTERM;
	is_orphan |= number == SIGUSR1;
}

/* --- before --- */

void
keeper_become(char *const argv[], int64_t limit_ms, int lifeline_fd, int output_fd)
{
	int lifeline = fcntl(lifeline_fd, F_DUPFD, FD_FREE);
	int output = fcntl(output_fd, F_DUPFD, FD_FREE);
	char limit[24], engine[24];
	size_t count = 0;

	while (argv[count])
		count++;
	char **args = calloc(count + 4, sizeof(*args));

	if (!args)
		return;
	snprintf(limit, sizeof(limit), "%lld", (long long)limit_ms);
	snprintf(engine, sizeof(engine), "%ld", (long)getppid());
	args[0] = (char *)(uintptr_t)KEEPER_NAME;
	args[1] = limit;
	args[2] = engine;
	memcpy(args + FIRST, argv, count * sizeof(*args));
	if (dup2(lifeline, LIFELINE_FD) != -1 && dup2(output, OUTPUT_FD) != -1) {
		close_range(OUTPUT_FD + 1, ~0u, 0);
		execv("/proc/self/exe", args);
	}
	free(args);
}

bool
keeper_is_one(int argc, char **argv)
{
	return argc > FIRST && strcmp(argv[0], KEEPER_NAME) == 0;
}

/* --- the program --- */

static void __attribute__((noreturn)) run_program(char **argv, pid_t keeper)
{
	sigset_t none;

	if (!child_follow(keeper, SIGKILL))
		_exit(NOT_RUN);
	setpgid(0, 0);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(LIFELINE_FD);
	close(OUTPUT_FD);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "cannot run: %s\n", strerror(errno));
	_exit(NOT_RUN);
}

static void __attribute__((noreturn)) end_as(int status)
{
	static const struct rlimit no_core = {0};
	sigset_t none;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &no_core);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	raise(WTERMSIG(status));
	_exit(EXIT_FAILURE);
}

/* --- keeping --- */

/* TERM, CHLD and USR1 come in during ppoll() only; others are not for a keeper. */
static void
set_signals(sigset_t *while_waiting)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGPIPE, SIGUSR2};
	static const int heard_of[] = {SIGTERM, SIGCHLD, SIGUSR1};
	struct sigaction heard = {.sa_handler = on_signal};
	sigset_t blocked;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&blocked);
	for (size_t i = 0; i < sizeof(heard_of) / sizeof(*heard_of); i++) {
		sigaction(heard_of[i], &heard, NULL);
		sigaddset(&blocked, heard_of[i]);
	}
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	sigemptyset(while_waiting);
}

static void
end_program(struct keeper *k)
{
	int64_t grace_end = clock_boot_ms() + GRACE_MS;

	k->is_ending = true;
	kill(-k->program, SIGTERM);
	if (grace_end < k->kill_at_ms)
		k->kill_at_ms = grace_end;
}

/* Nobody else reads it any more. */
static void
drain_output(void)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(OUTPUT_FD, bytes, sizeof(bytes))) > 0 || (n == -1 && errno == EINTR))
		;
}

/* Until something happens. */
static void
wait_for_more(struct keeper *k, const sigset_t *while_waiting)
{
	struct pollfd fds[] = {{.fd = k->is_ending ? -1 : LIFELINE_FD, .events = POLLIN},
	    {.fd = is_orphan ? OUTPUT_FD : -1, .events = POLLIN}};
	int64_t left_ms = k->kill_at_ms - clock_boot_ms();
	struct timespec wait = {
	    .tv_sec = (time_t)(left_ms / 1000), .tv_nsec = (long)(left_ms % 1000) * 1000000};
	bool is_bounded = k->kill_at_ms != INT64_MAX;

	if (is_bounded && left_ms <= 0) {
		kill(-k->program, SIGKILL);
		k->kill_at_ms = INT64_MAX;
		return;
	}
	if (ppoll(fds, 2, is_bounded ? &wait : NULL, while_waiting) == -1)
		fds[0].revents = fds[1].revents = 0;
	if (fds[1].revents)
		drain_output();
	if (!k->is_ending && (is_told || fds[0].revents))
		end_program(k);
}

/* What a program that was ended has left in its group: the same grace, then SIGKILL. */
static void
end_the_rest(const struct keeper *k)
{
	const struct timespec look = {.tv_nsec = 20 * 1000000};

	while (kill(-k->program, 0) == 0) {
		if (k->kill_at_ms == INT64_MAX || k->kill_at_ms <= clock_boot_ms()) {
			kill(-k->program, SIGKILL);
			return;
		}
		ppoll(NULL, 0, &look, NULL);
	}
}

int
keeper_main(int argc, char **argv)
{
	int64_t limit_ms = strtoll(argv[1], NULL, 10);
	struct keeper k = {.kill_at_ms = limit_ms > 0 ? clock_boot_ms() + limit_ms : INT64_MAX};
	pid_t self = getpid();
	sigset_t while_waiting;
	int status;

	(void)argc;
	prctl(PR_SET_NAME, KEEPER_NAME);
	setpgid(0, 0); /* who kills the daemon's group must not leave the program's */
	set_signals(&while_waiting);
	is_orphan = !child_follow((pid_t)strtol(argv[2], NULL, 10), SIGUSR1);
	k.program = fork();
	if (k.program == 0)
		run_program(argv + FIRST, self);
	if (k.program == -1) {
		dprintf(STDERR_FILENO, "cannot run: %s\n", strerror(errno));
		return NOT_RUN;
	}
	setpgid(k.program, k.program);
	while (waitpid(k.program, &status, WNOHANG) != k.program)
		wait_for_more(&k, &while_waiting);
	if (k.is_ending)
		end_the_rest(&k);
	end_as(status);
}
