/* SPDX-License-Identifier: ISC */
/* The child of `dequeue` dies with the acceptor, whatever becomes of that. */
#include "daemon/server/hooks.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "daemon/server/acceptor.h"
#include "daemon/server/datagrams.h"
#include "daemon/server/descriptors.h"
#include "lib/clock.h"
#include "lib/ev/child.h"
#include "lib/log.h"

const struct server_hooks *
hooks_of(const struct acceptor *a)
{
	static const struct server_hooks none = {0};
	const struct server_hooks *hooks = a->tree.config->app->hooks;

	return hooks ? hooks : &none;
}

void
hooks_run(const struct acceptor *a, void (*hook)(const void *settings))
{
	if (hook)
		hook(a->tree.config->own);
}

/* --- listeners that nobody comes to --- */

void
quiet_begin(struct acceptor *a, size_t listener, int64_t now_ms)
{
	const struct server_hooks *hooks = hooks_of(a);

	/* Datagrams do not pass through the acceptor. */
	a->quiet_ms[listener] = hooks->listener_timeout && hooks->listener_timeout_ms > 0 &&
					!datagrams_are(&a->listeners[listener])
				    ? now_ms + hooks->listener_timeout_ms
				    : INT64_MAX;
}

void
quiet_look(struct acceptor *a, int64_t now_ms)
{
	for (size_t i = 0; i < a->listener_count && a->ready && !a->stopping; i++) {
		if (a->quiet_ms[i] == 0)
			quiet_begin(a, i, now_ms);
		if (now_ms < a->quiet_ms[i])
			continue;
		int64_t again_ms =
		    hooks_of(a)->listener_timeout(a->tree.config->own, a->listeners[i].endpoint);

		a->quiet_ms[i] = again_ms > 0 ? now_ms + again_ms : INT64_MAX;
	}
}

int64_t
quiet_next_ms(const struct acceptor *a)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < a->listener_count && a->ready && !a->stopping; i++)
		if (a->quiet_ms[i] < next)
			next = a->quiet_ms[i];
	return next;
}

/* --- dequeue --- */

static void __attribute__((noreturn)) run_child(const struct acceptor *a, pid_t acceptor)
{
	sigset_t none;

	if (!child_follow(acceptor, SIGKILL))
		_exit(EXIT_FAILURE);
	prctl(PR_SET_NAME, "opdesk:dequeue");
	log_ident(a->tree.config->app->name, "dequeue");
	descriptors_keep(NULL, 0);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	hooks_of(a)->dequeue(a->tree.config->own);
	_exit(EXIT_SUCCESS);
}

void
dequeue_look(struct acceptor *a, int64_t now_ms)
{
	const struct server_hooks *hooks = hooks_of(a);

	if (!hooks->dequeue || !a->ready || a->stopping || a->restart.step != RESTART_NO)
		return;
	if (a->dequeue.due_ms == 0)
		a->dequeue.due_ms = now_ms + hooks->dequeue_ms;
	if (a->dequeue.pid > 0 || now_ms < a->dequeue.due_ms)
		return;
	a->dequeue.due_ms = now_ms + hooks->dequeue_ms;
	pid_t self = getpid();

	a->dequeue.pid = fork();
	if (a->dequeue.pid == 0)
		run_child(a, self);
	if (a->dequeue.pid == -1) {
		log_warn("dequeue: cannot fork: %s", strerror(errno));
		a->dequeue.pid = 0;
	}
}

int64_t
dequeue_next_ms(const struct acceptor *a)
{
	return a->dequeue.due_ms > 0 && a->dequeue.pid == 0 ? a->dequeue.due_ms : INT64_MAX;
}

bool
dequeue_reaped(struct acceptor *a, pid_t pid, int status)
{
	char how[32];

	if (a->dequeue.pid == 0 || pid != a->dequeue.pid)
		return false;
	a->dequeue.pid = 0;
	if (status != 0 && !a->stopping)
		log_warn("dequeue: ended: %s", acceptor_describe(status, how, sizeof(how)));
	return true;
}
