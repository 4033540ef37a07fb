/* SPDX-License-Identifier: ISC */
/*
 * The loop.  Signals are blocked except inside ppoll(), so a handler only sets a flag and no
 * wake-up is lost.  Stopping: sockets first, then the engine (TERM), then, when that has ended, the
 * lifeline, which ends the workers; limits make sure that it is over within five seconds.
 */
#include "daemon/server/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/server/background.h"
#include "daemon/server/notify.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define ENGINE_STOP_MS 4000
#define ALL_STOP_MS 4800

static volatile sig_atomic_t want_stop, want_reload, want_restart, want_reap;
static sigset_t while_waiting, handled;

static void
on_signal(int number)
{
	if (number == SIGCHLD)
		want_reap = 1;
	else if (number == SIGHUP)
		want_reload = 1;
	else if (number == SIGUSR2)
		want_restart = 1;
	else
		want_stop++;
}

void
acceptor_catch_signals(void)
{
	static const int numbers[] = {SIGCHLD, SIGHUP, SIGUSR2, SIGTERM, SIGINT};
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_NOCLDSTOP};

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&handled);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaddset(&handled, numbers[i]);
	sigprocmask(SIG_BLOCK, &handled, &while_waiting);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sigaction(numbers[i], &action, NULL);
		sigdelset(&while_waiting, numbers[i]);
	}
}

/* ppoll() lets no signal in while descriptors are ready: a flood of clients must not keep them out.
 */
static void
take_signals(void)
{
	static const struct timespec at_once = {0};
	int number;

	while ((number = sigtimedwait(&handled, NULL, &at_once)) > 0)
		on_signal(number);
}

const char *
acceptor_describe(int status, char *dst, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(dst, size, "signal %d", WTERMSIG(status));
	else
		snprintf(dst, size, "exit %d", WEXITSTATUS(status));
	return dst;
}

/* --- reaping --- */

static void
worker_ended(struct acceptor *a, pid_t pid, int status)
{
	char address[NETADDR_TEXT] = "local", how[32];
	struct source source;

	rest_died(a, pid);
	if (!accounting_remove(&a->workers, pid, &source))
		return;
	if (status == 0 && !log_wants(LOG_LEVEL_INFO))
		return;
	if (source.addr.family)
		netaddr_format(address, &source.addr);
	acceptor_describe(status, how, sizeof(how));
	if (status == 0 || a->stopping)
		log_info("worker %ld: ended: %s (%s)", (long)pid, how, address);
	else
		log_warn("worker %ld: ended: %s (%s)", (long)pid, how, address);
}

static void
reap(struct acceptor *a)
{
	pid_t pid;
	int status;

	want_reap = 0;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == a->engine.pid)
			supervise_ended(a, status);
		else if (!restart_reaped(a, pid, status) && !dequeue_reaped(a, pid, status) &&
			 !datagrams_reaped(a, pid, status) && !roster_died(a, pid, status) &&
			 !a->tree.config->multiplexed)
			worker_ended(a, pid, status);
	}
}

/* --- stopping --- */

static void
cut_lifeline(struct acceptor *a)
{
	if (a->tree.lifeline_out != -1)
		close(a->tree.lifeline_out);
	a->tree.lifeline_out = -1;
}

static void
kill_workers(struct acceptor *a)
{
	size_t slot = 0;
	pid_t pid;

	roster_kill(&a->roster);
	datagrams_kill(a, SIGKILL);
	while (!a->tree.config->multiplexed && (pid = accounting_next(&a->workers, &slot)) > 0)
		kill(pid, SIGKILL);
}

static void
begin_stop(struct acceptor *a)
{
	a->stopping = true;
	notify_stopping();
	pid_file_stopping(a->pid_fd);
	hooks_run(a, hooks_of(a)->stopping);
	if (a->dequeue.pid > 0)
		kill(a->dequeue.pid, SIGTERM);
	a->kill_engine_ms = clock_boot_ms() + ENGINE_STOP_MS;
	a->kill_all_ms = clock_boot_ms() + ALL_STOP_MS;
	log_notice("stopping: %zu connections", a->workers.count - a->workers.resting);
	accept_close(a);
	rest_expire(a, INT64_MAX);
	if (a->engine.pid > 0)
		kill(a->engine.pid, SIGTERM);
}

static bool
workers_are_gone(const struct acceptor *a)
{
	return a->tree.config->multiplexed ? a->roster.running == 0 : a->workers.count == 0;
}

/* True when all is over. */
static bool
go_on_stopping(struct acceptor *a, int64_t now_ms)
{
	bool at_once = want_stop > 1 || now_ms >= a->kill_all_ms;

	if (a->engine.pid > 0 && (at_once || now_ms >= a->kill_engine_ms)) {
		kill(a->engine.pid, SIGKILL);
		a->kill_engine_ms = INT64_MAX; /* once: what is left is to wait for its end */
	}
	if (at_once)
		kill_workers(a);
	if (a->engine.pid == 0 || at_once)
		cut_lifeline(a);
	return at_once || (a->engine.pid == 0 && workers_are_gone(a) && !datagrams_run(a));
}

/* --- reload --- */

/* Workers go on with the settings that they were forked with: others take their place. */
static void
renew_workers(struct acceptor *a)
{
	a->tree.generation++;
	rest_expire(a, INT64_MAX);
	datagrams_kill(a, SIGTERM);
	if (a->tree.config->multiplexed && a->ready)
		roster_renew(a);
}

static void
take_config(struct acceptor *a, struct server_config *fresh)
{
	struct server_config *old = a->tree.config;
	bool same = settings_equal(old->parts, fresh->parts);
	char changed[200];

	server_config_keep_places(fresh, old, changed, sizeof(changed));
	if (*changed)
		log_notice("configuration: changed, but counts from the next start: %s", changed);
	server_config_apply_log_level(fresh);
	log_notice("configuration: read again%s", same ? ": as before" : "");
	a->tree.config = fresh;
	server_config_free(old);
	/* A certificate may have been renewed under its old name. */
	if (!same || server_config_has_tls(fresh))
		renew_workers(a);
	hooks_run(a, hooks_of(a)->reloaded);
}

static void
reload(struct acceptor *a)
{
	struct server_config *fresh;
	char why[512];

	want_reload = 0;
	if (log_reopen())
		log_warn("log: cannot be opened again: %s", strerror(errno));
	fresh = server_config_load(a->tree.config->app, a->tree.options, why, sizeof(why));
	if (!fresh) {
		log_warn("configuration: not taken, the old settings stay: %s", why);
		return;
	}
	take_config(a, fresh);
	if (a->engine.pid > 0)
		kill(a->engine.pid, SIGHUP);
}

/* --- the loop --- */

static int64_t
next_wake(const struct acceptor *a)
{
	int64_t next = refusals_next_ms(&a->refusals);

	if (idle_next_ms(&a->idle) < next)
		next = idle_next_ms(&a->idle);
	if (a->engine.pid == 0 && a->engine.due_ms < next && !a->stopping)
		next = a->engine.due_ms;
	if (restart_next_ms(a) < next)
		next = restart_next_ms(a);
	if (!a->stopping && a->restart.step == RESTART_NO && dequeue_next_ms(a) < next)
		next = dequeue_next_ms(a);
	if (datagrams_next_ms(a) < next)
		next = datagrams_next_ms(a);
	if (quiet_next_ms(a) < next)
		next = quiet_next_ms(a);
	if (!a->stopping && roster_next_ms(a) < next)
		next = roster_next_ms(a);
	if (a->accept_after_ms && a->accept_after_ms < next)
		next = a->accept_after_ms;
	if (a->stopping && a->kill_all_ms < next)
		next = a->kill_all_ms;
	if (a->stopping && a->engine.pid > 0 && a->kill_engine_ms < next)
		next = a->kill_engine_ms;
	return next;
}

/* What is waited for: report and bell, the channels, the listeners. */
enum { REPORT, BELL, CHANNELS };

struct waiting {
	struct pollfd p[CHANNELS + ROSTER_MAX + MAX_LISTENERS];
	size_t channels, listeners;
};

static size_t
gather(const struct acceptor *a, struct waiting *w)
{
	bool accepting = a->ready && !a->stopping && a->accept_after_ms == 0 &&
			 a->restart.step != RESTART_ENDING;
	struct pollfd *p = w->p + CHANNELS;

	w->p[REPORT] = (struct pollfd){.fd = a->engine.report_fd, .events = POLLIN};
	w->p[BELL] = (struct pollfd){
	    .fd = a->tree.config->multiplexed ? -1 : a->tree.bell.in, .events = POLLIN};
	w->channels = roster_poll(&a->roster, p);
	p += w->channels;
	w->listeners = accepting ? a->listener_count : 0;
	for (size_t i = 0; i < w->listeners; i++)
		*p++ =
		    (struct pollfd){.fd = datagrams_are(&a->listeners[i]) ? -1 : a->listeners[i].fd,
			.events = POLLIN};
	return (size_t)(p - w->p);
}

static void
wait_for_something(struct acceptor *a, int64_t now_ms)
{
	int64_t next = next_wake(a), wait_ms = next > now_ms ? next - now_ms : 0;
	struct timespec limit = {wait_ms / 1000, wait_ms % 1000 * 1000000};
	struct waiting w;
	const struct pollfd *p = w.p + CHANNELS;
	size_t count = gather(a, &w);

	if (ppoll(w.p, count, next == INT64_MAX ? NULL : &limit, &while_waiting) <= 0)
		return;
	take_signals();
	if (w.p[REPORT].revents)
		supervise_read(a);
	/* First who is free, then who comes. */
	if (w.p[BELL].revents)
		rest_hear(a);
	for (size_t i = 0; i < w.channels; i++, p++)
		if (p->revents)
			roster_hear(a, p->fd);
	for (size_t i = 0; i < w.listeners; i++) {
		size_t at = (a->first + i) % w.listeners;

		if (p[at].revents)
			accept_batch(a, at);
	}
	a->first++;
}

static void
look_at_clock(struct acceptor *a, int64_t now_ms)
{
	accept_log_refusals(a, now_ms);
	rest_expire(a, now_ms);
	accept_again(a, now_ms);
	dequeue_look(a, now_ms);
	datagrams_look(a, now_ms);
	quiet_look(a, now_ms);
	if (!a->stopping)
		roster_look(a, now_ms);
	if (!a->stopping && (a->ready || a->took_over) && a->restart.step != RESTART_ENDING &&
	    a->engine.pid == 0 && now_ms >= a->engine.due_ms)
		supervise_start(a);
}

int
acceptor_run(struct acceptor *a)
{
	supervise_start(a);
	for (;;) {
		int64_t now_ms = clock_boot_ms();

		if (want_reap)
			reap(a);
		if (want_stop && !a->stopping)
			begin_stop(a);
		if (a->stopping && go_on_stopping(a, now_ms)) {
			hooks_run(a, hooks_of(a)->stopped);
			return OP_OK;
		}
		if (!a->ready && !a->took_over && !a->stopping && a->engine.pid == 0)
			break;
		if (want_reload)
			reload(a);
		if (want_restart)
			restart_begin(a);
		want_restart = 0;
		if (!a->stopping)
			restart_look(a, now_ms);
		look_at_clock(a, now_ms);
		wait_for_something(a, now_ms);
	}
	return OP_UNAVAILABLE;
}

static int
open_all(struct acceptor *a, char *why, size_t why_size)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) == -1 || door_open(&a->tree.door) || bell_open(&a->tree.bell)) {
		snprintf(why, why_size, "cannot begin: %s", strerror(errno));
		return OP_SYSTEM;
	}
	a->tree.lifeline_in = fds[0];
	a->tree.lifeline_out = fds[1];
	return OP_OK;
}

/* Workers of another version finish: the end of their lifeline tells them. */
static int
part_from_workers(struct acceptor *a, char *why, size_t why_size)
{
	log_notice("restart: the workers are of another version: their clients have to come again");
	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (a->roster.items[i].pid > 0)
			close(a->roster.items[i].channel);
	a->roster = (struct roster){.running = 0};
	accounting_fini(&a->workers);
	close(a->tree.lifeline_in);
	close(a->tree.lifeline_out);
	close(a->tree.door.in);
	close(a->tree.door.out);
	close(a->tree.bell.in);
	close(a->tree.bell.out);
	return open_all(a, why, why_size);
}

static int
take_over(struct acceptor *a, char *why, size_t why_size)
{
	int err = restart_adopt(a, why, why_size);

	a->took_over = true;
	accept_reserve(a);
	if (err || a->kept_workers)
		return err;
	return part_from_workers(a, why, why_size);
}

int
acceptor_init(struct acceptor *a, struct server_config *config,
    const struct server_options *options, bool taking_over, char *why, size_t why_size)
{
	int err;

	*a = (struct acceptor){
	    .reserve_fd = -1, .engine.report_fd = -1, .held.fd = -1, .pid_fd = -1};
	a->tree.config = config;
	a->tree.options = options;
	a->tree.listeners = a->listeners;
	uuid_new(a->tree.instance);
	accounting_init(&a->workers);
	if (taking_over)
		return take_over(a, why, why_size);
	err = open_all(a, why, why_size);
	return err ? err : accept_open(a, why, why_size);
}

void
acceptor_fini(struct acceptor *a)
{
	accept_close(a);
	accounting_fini(&a->workers);
}
