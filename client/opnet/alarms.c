/* SPDX-License-Identifier: ISC */
/*
 * An alarm is what is wanted (`text`, "" for nothing) and an asker, a child process or none, that
 * asks `asked`.  reconcile() brings the second to the first; the end of a child and the timer after
 * an unreachable daemon call it again.
 */
#include "client/opnet/alarms.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "client/opnet/shell.h"
#include "lib/clock.h"
#include "lib/datagram/beacon.h"
#include "lib/err.h"
#include "lib/ev/child.h"
#include "lib/paths.h"
#include "lib/text.h"

#define TEXT_MAX 600
#define AGAIN_S 30.0
#define ASKERS_MAX 32 /* a network that is cut is not a thousand questions */
#define END_MS 3000
#define UNREACHABLE 4 /* exit statuses of mediachangec(1) */
#define WITHDRAWN 5

struct alarm {
	struct alarms *alarms;
	char host[BEACON_HOST_MAX];
	char reason[16], text[TEXT_MAX]; /* wanted */
	char asked[TEXT_MAX];            /* by the asker, or answered */
	pid_t pid;                       /* 0: nobody asks */
	int pidfd;
	bool ending, answered;
	ev_io io;
	ev_timer again;
	struct alarm *next;
};

struct alarms {
	struct ev_loop *loop;
	const char *endpoint;
	char program[512];
	void (*answered)(const char *host, void *arg);
	void *arg;
	struct alarm *list;
	int askers;
	bool full_told;
};

static void reconcile(struct alarm *a);
static void room_again(struct alarms *all);

/* --- the asker --- */

/* Beside this program, else wherever PATH says. */
static void
find_program(char *dst, size_t size)
{
	char own[400];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	own[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(own, '/');

	if (slash != NULL) {
		*slash = '\0';
		snprintf(dst, size, "%s/mediachangec", own);
	}
	if (slash == NULL || access(dst, X_OK) != 0)
		snprintf(dst, size, "mediachangec");
}

bool
alarms_check(void)
{
	char path[512];

	find_program(path, sizeof(path));
	int problem = paths_program(path, getenv("PATH"));

	if (problem != 0)
		shell_say("--alert: nobody could be asked: cannot run mediachangec: %s",
		    strerror(problem));
	return problem == 0;
}

static void
become_asker(const struct alarm *a, pid_t watcher)
{
	char key[BEACON_HOST_MAX + 40];
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	snprintf(key, sizeof(key), "opnet-watch:%s:%s", a->host, a->reason);
	const char *const argv[] = {"mediachangec", "-s", a->alarms->endpoint, "--kind", "ok",
	    "--severity", "warning", "--tag", "opnet-watch", "--title", "opnet watch", "--key", key,
	    "--", a->asked, NULL};

	/* Nobody asks for a watcher that is dead. */
	if (!child_follow(watcher, SIGTERM))
		_exit(UNREACHABLE);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	execvp(a->alarms->program, (char *const *)argv);
	fprintf(stderr, "opnet: cannot run %s: %s\n", a->alarms->program, strerror(errno));
	_exit(UNREACHABLE);
}

static void
on_end(struct ev_loop *loop, ev_io *w, int revents)
{
	struct alarm *a = w->data;
	int status = 0;

	(void)revents;
	ev_io_stop(loop, w);
	close(a->pidfd);
	waitpid(a->pid, &status, 0);
	a->pid = 0;
	bool by_itself = !a->ending && WIFEXITED(status);

	a->ending = false;
	if (by_itself && WEXITSTATUS(status) == UNREACHABLE) {
		shell_say("nobody could be asked about %s; again in %.0f s", a->host, AGAIN_S);
		ev_timer_set(&a->again, AGAIN_S, 0.);
		ev_timer_start(loop, &a->again);
	} else if (by_itself) {
		a->answered = true;
		if (WEXITSTATUS(status) != WITHDRAWN)
			a->alarms->answered(a->host, a->alarms->arg);
	}
	room_again(a->alarms);
}

static void
start(struct alarm *a)
{
	memcpy(a->asked, a->text, sizeof(a->asked));
	fflush(NULL);
	pid_t self = getpid();

	a->pid = fork();
	if (a->pid == 0)
		become_asker(a, self);
	if (a->pid > 0)
		a->pidfd = child_hold(a->pid);
	if (a->pid < 0 || a->pidfd < 0) {
		a->pid = 0;
		shell_say("cannot ask about %s: no process to be had", a->host);
		ev_timer_set(&a->again, AGAIN_S, 0.);
		ev_timer_start(a->alarms->loop, &a->again);
		return;
	}
	a->alarms->askers++;
	ev_io_init(&a->io, on_end, a->pidfd, EV_READ);
	a->io.data = a;
	ev_io_start(a->alarms->loop, &a->io);
}

static void
start_if_room(struct alarm *a)
{
	struct alarms *all = a->alarms;

	if (all->askers < ASKERS_MAX) {
		start(a);
		return;
	}
	if (!all->full_told)
		shell_say("%d questions are open: more hosts are not asked about", ASKERS_MAX);
	all->full_told = true;
}

/* An asker has ended: somebody who waited may have one. */
static void
room_again(struct alarms *all)
{
	all->askers--;
	all->full_told = false;
	for (struct alarm *a = all->list; a != NULL; a = a->next)
		if (a->pid == 0)
			reconcile(a);
}

/* --- what is wanted --- */

static void
on_again(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	reconcile(w->data);
}

static void
reconcile(struct alarm *a)
{
	bool same = strcmp(a->text, a->asked) == 0;

	if (a->pid > 0) {
		if (!same && !a->ending) {
			a->ending = true;
			kill(a->pid, SIGTERM);
		}
		return;
	}
	if (!same)
		a->answered = false;
	if (a->text[0] == '\0')
		a->asked[0] = '\0';
	else if (!a->answered && !ev_is_active(&a->again))
		start_if_room(a);
}

static struct alarm *
find(struct alarms *all, const char *host)
{
	struct alarm *a = all->list;

	while (a != NULL && strcmp(a->host, host) != 0)
		a = a->next;
	if (a != NULL)
		return a;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		return NULL;
	a->alarms = all;
	snprintf(a->host, sizeof(a->host), "%s", host);
	ev_timer_init(&a->again, on_again, 0., 0.);
	a->again.data = a;
	a->next = all->list;
	all->list = a;
	return a;
}

void
alarms_set(struct alarms *all, const char *host, const char *reason, const char *text)
{
	struct alarm *a = find(all, host);

	if (a == NULL) {
		shell_say("cannot ask about %s: %s", host, op_strerror(OP_NO_MEMORY));
		return;
	}
	memset(a->text, 0, sizeof(a->text));
	snprintf(a->text, sizeof(a->text), "%s", text);
	snprintf(a->reason, sizeof(a->reason), "%s", reason);
	ev_timer_stop(all->loop, &a->again);
	reconcile(a);
}

struct alarms *
alarms_new(struct ev_loop *loop, const char *endpoint,
    void (*answered)(const char *host, void *arg), void *arg)
{
	struct alarms *all = calloc(1, sizeof(*all));

	if (all == NULL)
		return NULL;
	all->loop = loop;
	all->endpoint = endpoint;
	all->answered = answered;
	all->arg = arg;
	find_program(all->program, sizeof(all->program));
	return all;
}

/* An asker needs a second at most to withdraw. */
static void
end_asker(struct alarm *a, int64_t deadline_ms)
{
	struct pollfd p = {a->pidfd, POLLIN, 0};
	int64_t left_ms = deadline_ms - clock_boot_ms();

	ev_io_stop(a->alarms->loop, &a->io);
	if (poll(&p, 1, left_ms > 0 ? (int)left_ms : 0) == 0)
		kill(a->pid, SIGKILL);
	waitpid(a->pid, NULL, 0);
	close(a->pidfd);
}

void
alarms_free(struct alarms *all)
{
	int64_t deadline_ms = clock_boot_ms() + END_MS;
	struct alarm *next;

	if (all == NULL)
		return;
	for (struct alarm *a = all->list; a != NULL; a = a->next)
		if (a->pid > 0)
			kill(a->pid, SIGTERM);
	for (struct alarm *a = all->list; a != NULL; a = next) {
		next = a->next;
		ev_timer_stop(all->loop, &a->again);
		if (a->pid > 0)
			end_asker(a, deadline_ms);
		free(a);
	}
	free(all);
}
