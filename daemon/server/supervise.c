/* SPDX-License-Identifier: ISC */
/*
 * Keeping an engine.  It reports on a pipe in lines; a first engine that fails ends the daemon, a
 * later one is started again after a pause that doubles from 10 ms to 1 s and starts anew once an
 * engine has lived ten seconds.
 */
#include "daemon/server/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/log.h"

#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 1000
#define SETTLED_MS 10000

static void
forget_report(struct engine_life *e)
{
	if (e->report_fd != -1)
		close(e->report_fd);
	e->report_fd = -1;
	e->report_len = 0;
}

static void
plan_restart(struct engine_life *e)
{
	e->due_ms = clock_boot_ms() + e->pause_ms;
	e->pause_ms = e->pause_ms * 2 < PAUSE_MAX_MS ? e->pause_ms * 2 : PAUSE_MAX_MS;
}

void
supervise_start(struct acceptor *a)
{
	struct engine_life *e = &a->engine;
	int fds[2];

	if (e->pause_ms == 0)
		e->pause_ms = PAUSE_MIN_MS;
	e->started_ms = clock_boot_ms();
	e->why[0] = '\0';
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) == -1) {
		log_error("engine: cannot start: %s", strerror(errno));
		snprintf(e->why, sizeof(e->why), "cannot start: %s", strerror(errno));
		plan_restart(e);
		return;
	}
	e->pid = fork();
	if (e->pid == 0)
		engine_main(&a->tree, fds[1]);
	close(fds[1]);
	e->report_fd = fds[0];
	if (e->pid != -1)
		return;
	log_error("engine: cannot fork: %s", strerror(errno));
	snprintf(e->why, sizeof(e->why), "cannot fork: %s", strerror(errno));
	e->pid = 0;
	forget_report(e);
	plan_restart(e);
}

/* --- what it reports --- */

static void
on_ready(struct acceptor *a, const char *value)
{
	(void)value;
	log_debug("engine %ld: ready", (long)a->engine.pid);
	if (!a->ready && !a->stopping) {
		if (a->tree.config->multiplexed)
			roster_renew(a);
		a->on_ready(a, a->on_ready_arg);
	}
	a->ready = true;
}

static void
on_failed(struct acceptor *a, const char *value)
{
	snprintf(a->engine.why, sizeof(a->engine.why), "%s", value);
}

static void
on_condemn(struct acceptor *a, const char *value)
{
	pid_t pid = (pid_t)strtol(value, NULL, 10);

	/*
	 * A worker that is not reaped keeps its number, and one that is reaped has left the table:
	 * so this is the worker that was meant, or a later one that was given its number.  The
	 * kernel gives numbers out in a circle of 32,768 at least, so for that many processes must
	 * have begun on this host between the worker's end and this line, that is while the engine
	 * had its last bytes before it.  Then one connection is lost, and its client makes it anew.
	 */
	if (a->tree.config->multiplexed ? roster_has(&a->roster, pid)
					: accounting_has(&a->workers, pid))
		kill(pid, SIGKILL);
}

static void
take_line(struct acceptor *a, char *line)
{
	static const struct {
		const char *word;
		void (*handle)(struct acceptor *a, const char *value);
	} words[] = {{"ready", on_ready}, {"failed", on_failed}, {"condemn", on_condemn}};
	char *value = strchr(line, ' ');

	if (!value)
		return;
	*value++ = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(line, words[i].word) == 0)
			words[i].handle(a, value);
}

static void
take_lines(struct acceptor *a)
{
	struct engine_life *e = &a->engine;
	char *start = e->report, *end;

	e->report[e->report_len] = '\0';
	while ((end = strchr(start, '\n')) != NULL) {
		*end = '\0';
		take_line(a, start);
		start = end + 1;
	}
	e->report_len -= (size_t)(start - e->report);
	memmove(e->report, start, e->report_len);
	if (e->report_len == sizeof(e->report) - 1)
		e->report_len = 0;
}

void
supervise_read(struct acceptor *a)
{
	struct engine_life *e = &a->engine;

	while (e->report_fd != -1) {
		size_t room = sizeof(e->report) - 1 - e->report_len;
		ssize_t n = read(e->report_fd, e->report + e->report_len, room);

		if (n > 0) {
			e->report_len += (size_t)n;
			take_lines(a);
		} else if (n == 0) {
			forget_report(e);
		} else if (errno != EINTR) {
			return;
		}
	}
}

void
supervise_ended(struct acceptor *a, int status)
{
	struct engine_life *e = &a->engine;
	char how[32];

	supervise_read(a);
	forget_report(e);
	e->pid = 0;
	acceptor_describe(status, how, sizeof(how));
	if (a->restart.step == RESTART_ENDING)
		return;
	if (a->stopping || (!a->ready && !a->took_over)) {
		if (!*e->why)
			snprintf(e->why, sizeof(e->why), "the engine ended: %s", how);
		return;
	}
	if (clock_boot_ms() - e->started_ms >= SETTLED_MS)
		e->pause_ms = PAUSE_MIN_MS;
	log_error("engine: ended: %s; a new one starts in %" PRId64 " ms", *e->why ? e->why : how,
	    e->pause_ms);
	plan_restart(e);
}
