/* SPDX-License-Identifier: ISC */
/*
 * `desk = auto` or a program: when a question is pending and no desk has been there for a while,
 * one is started, with a pause between two starts.  Its display is that of the daemon's own
 * environment, never another user's session, and never as root.  It is ended with the daemon.  On
 * the engine's loop.
 */
#include "daemon/mediachanged/service.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/paths.h"

#define ENV_MAX 16

extern char **environ;

struct desk {
	struct service *service;
	struct engine_child *child;
	ev_timer wait;      /* runs while a desk is missing */
	int64_t started_ms; /* 0: never */
	bool told;          /* that none can be started */
};

static bool
is_wanted(const struct desk *d)
{
	const struct service *s = d->service;

	return strcmp(s->settings->desk, "none") != 0 && s->desks == 0 && !s->stopping &&
	       !d->child && book_pending_count(s->book) > 0;
}

/* Why none can be started, or NULL. */
static const char *
obstacle(void)
{
	if (geteuid() == 0)
		return "the daemon runs as root";
	if (!getenv("DISPLAY"))
		return "the daemon has no DISPLAY";
	return NULL;
}

static void
tell_once(struct desk *d, const char *why)
{
	if (!d->told)
		log_notice("desk: none is there to show questions, and none is started: %s", why);
	d->told = true;
}

/* `auto`: opdesk from the directory of this program, else by PATH. */
static const char *
program(const struct desk *d, char *dst, size_t size)
{
	const char *name = d->service->settings->desk;
	ssize_t n = readlink("/proc/self/exe", dst, size - 1);
	char *slash;

	if (strcmp(name, "auto") != 0)
		return name;
	dst[n > 0 ? n : 0] = '\0';
	slash = strrchr(dst, '/');
	if (!slash || (size_t)(slash - dst) + sizeof("/opdesk") > size)
		return "opdesk";
	memcpy(slash, "/opdesk", sizeof("/opdesk"));
	return access(dst, X_OK) == 0 ? dst : "opdesk";
}

static void
on_gone(struct engine *e, int status, void *arg)
{
	struct desk *d = arg;

	(void)e;
	log_info("desk: ended with status %d", status);
	d->child = NULL;
	desk_update(d);
}

/* What a desk needs to know of the daemon's own environment: the display, whose preferences and
 * language it has, where notifications go.  Borrowed from there. */
static void
fill_environment(char *env[ENV_MAX])
{
	static const char *const names[] = {"DISPLAY", "XAUTHORITY", "HOME", "OPDESK_RUNTIME",
	    "USER", "LOGNAME", "LANG", "LC_ALL", "LC_MESSAGES", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
	    "DBUS_SESSION_BUS_ADDRESS"};
	size_t n = 0;

	for (char **entry = environ; *entry && n < ENV_MAX - 1; entry++)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			size_t len = strlen(names[i]);

			if (strncmp(*entry, names[i], len) == 0 && (*entry)[len] == '=')
				env[n++] = *entry;
		}
	env[n] = NULL;
}

static void
start(struct desk *d)
{
	char path[4096], endpoint[512];
	char *env[ENV_MAX];
	char *argv[] = {(char *)(uintptr_t)program(d, path, sizeof(path)), "-s", endpoint, NULL};

	if (engine_unix_endpoint(d->service->engine, endpoint, sizeof(endpoint))) {
		tell_once(d, "the daemon has no UNIX socket");
		return;
	}
	fill_environment(env);
	d->started_ms = clock_boot_ms();
	log_notice("desk: none is there: starting %s", argv[0]);
	d->child = engine_spawn(d->service->engine, argv, env, 0, on_gone, d);
}

static void
on_wait(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct desk *d = timer->data;
	const char *why = obstacle();

	(void)loop;
	(void)revents;
	if (!is_wanted(d))
		return;
	if (why)
		tell_once(d, why);
	else
		start(d);
}

void
desk_update(struct desk *d)
{
	struct ev_loop *loop = engine_loop(d->service->engine);
	int64_t wait_ms = d->service->settings->desk_wait_ms;
	int64_t next_ms = d->started_ms + d->service->settings->desk_pause_ms;

	if (!is_wanted(d)) {
		ev_timer_stop(loop, &d->wait);
		return;
	}
	if (ev_is_active(&d->wait) || d->told)
		return;
	if (d->started_ms && next_ms - clock_boot_ms() > wait_ms)
		wait_ms = next_ms - clock_boot_ms();
	ev_timer_set(&d->wait, (double)wait_ms / 1000., 0.);
	ev_timer_start(loop, &d->wait);
}

void
desk_stop(struct desk *d)
{
	ev_timer_stop(engine_loop(d->service->engine), &d->wait);
	if (d->child)
		engine_child_kill(d->child);
}

struct desk *
desk_new(struct service *s)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->service = s;
	ev_timer_init(&d->wait, on_wait, 0., 0.);
	d->wait.data = d;
	return d;
}
