/* SPDX-License-Identifier: ISC */
/*
 * From the command line to the acceptor's loop, in the order: configure, background, bind, engine,
 * ready.  Everything that goes wrong before `ready` is told on standard error and gives a non-zero
 * exit status, in the background the same ones by the parent.
 */
#include "daemon/server/server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>
#include "daemon/server/acceptor.h"
#include "daemon/server/background.h"
#include "daemon/server/descriptors.h"
#include "daemon/server/keeper.h"
#include "daemon/server/notify.h"
#include "daemon/server/options.h"
#include "daemon/server/restart.h"
#include "daemon/server/stdio.h"
#include "daemon/server/user.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/output.h"

struct start {
	const struct server_app *app;
	struct server_options options;
	struct server_config *config;
	bool taking_over; /* from the daemon before, in the same process (restart.h) */
	int parent_fd;    /* of background_start(), or -1 */
	int pid_fd;
	bool log_is_open;
};

static int
fail(const struct start *s, const char *why, int status)
{
	if (s->parent_fd != -1)
		background_failed(s->parent_fd, status, why);
	else
		fprintf(stderr, "%s: %s\n", s->app->name, why);
	/* In the background nobody reads that. */
	if (s->taking_over) {
		if (!s->log_is_open) {
			log_ident(s->app->name, NULL);
			log_to_syslog();
		}
		log_error("restart: the new program cannot go on: %s", why);
	} else if (s->log_is_open && log_fd() != -1) { /* not to standard error a second time */
		log_error("%s", why);
	}
	return status;
}

static int
printed(const struct server_app *app)
{
	return output_flush(app->name) == OP_OK ? EXIT_SUCCESS : EX_SOFTWARE;
}

static int
check_only(const struct start *s)
{
	char path[200], why[600];
	const char *file = server_config_file(s->app, &s->options, path, sizeof(path));

	/* a restart is not refused for what a start only warns of */
	if (s->app->examine && !restart_asked_for_check() &&
	    s->app->examine(s->config->own, why, sizeof(why))) {
		server_config_locate(file, why, sizeof(why));
		return fail(s, why, EX_CONFIG);
	}
	if (file)
		printf("%s: ok\n", file);
	else
		printf("%s: no configuration file, the defaults are ok\n", s->app->name);
	return printed(s->app);
}

static int
open_log(const struct start *s)
{
	const char *where = s->config->generic.log;

	log_ident(s->app->name, NULL);
	server_config_apply_log_level(s->config);
	if (!where || !*where)
		where = s->options.foreground ? "stderr" : "syslog";
	if (strcmp(where, "syslog") == 0)
		log_to_syslog();
	else if (strcmp(where, "stderr") == 0)
		log_to_stderr(true);
	else
		return log_to_file(where);
	return OP_OK;
}

static void
on_ready(struct acceptor *a, void *arg)
{
	struct start *s = arg;

	for (size_t i = 0; i < a->listener_count; i++)
		log_notice("listening on %s", a->listeners[i].endpoint);
	notify_ready();
	hooks_run(a, hooks_of(a)->ready);
	if (s->parent_fd != -1) {
		background_ready(s->parent_fd);
		s->parent_fd = -1;
		return;
	}
	for (size_t i = 0; i < a->listener_count; i++)
		printf("listening %s\n", a->listeners[i].endpoint);
	printf("ready\n");
	fflush(stdout);
}

static int
serve(struct start *s)
{
	struct acceptor a;
	char why[700];
	int status = EXIT_SUCCESS;

	if (acceptor_init(&a, s->config, &s->options, s->taking_over, why, sizeof(why)) ||
	    user_become(s->config, why, sizeof(why))) {
		status = fail(s, why, EX_UNAVAILABLE);
	} else {
		if (s->taking_over)
			s->pid_fd = a.pid_fd;
		a.pid_fd = s->pid_fd;
		hooks_run(&a, s->taking_over ? hooks_of(&a)->restarted : hooks_of(&a)->bound);
		a.on_ready = on_ready;
		a.on_ready_arg = s;
		if (acceptor_run(&a))
			status = fail(s, a.engine.why, EX_UNAVAILABLE);
		else
			log_notice("stopped");
	}
	s->config = a.tree.config; /* a reload may have replaced it */
	acceptor_fini(&a);
	return status;
}

static int
start_and_serve(struct start *s)
{
	/* A reload replaces the configuration. */
	char *pid_path = strdup(s->config->pid_path);
	char why[512];
	int status;

	if (!pid_path)
		return fail(s, op_strerror(OP_NO_MEMORY), EX_OSERR);
	acceptor_catch_signals();
	if (*pid_path && !s->taking_over)
		s->pid_fd = pid_file_open(pid_path, why, sizeof(why));
	if (*pid_path && !s->taking_over && s->pid_fd < 0) {
		status = fail(s, why, EX_CANTCREAT);
	} else {
		status = serve(s);
		pid_file_remove(pid_path, s->pid_fd);
	}
	free(pid_path);
	return status;
}

static int
run(struct start *s)
{
	char why[512];

	if (s->options.check)
		return check_only(s);
	if (s->options.stdio)
		return stdio_session(s->config);
	if (!s->options.foreground && !s->taking_over) {
		s->parent_fd = background_start(s->app->name, s->config->generic.start_limit_ms);
		if (s->parent_fd < 0) {
			s->parent_fd = -1;
			snprintf(
			    why, sizeof(why), "cannot go to the background: %s", strerror(errno));
			return fail(s, why, EX_OSERR);
		}
	}
	if (open_log(s)) {
		snprintf(why, sizeof(why), "log: cannot open %s: %s", s->config->generic.log,
		    strerror(errno));
		return fail(s, why, EX_CANTCREAT);
	}
	s->log_is_open = true;
	return start_and_serve(s);
}

int
server_main(const struct server_app *app, int argc, char **argv)
{
	struct start s = {.app = app, .parent_fd = -1, .pid_fd = -1};
	char why[700];
	int status, err;

	if (keeper_is_one(argc, argv))
		return keeper_main(argc, argv);
	descriptors_fill();
	s.taking_over = restart_prepare();
	err = options_parse(app, argc, argv, &s.options);
	if (err)
		return err > 0 ? printed(app) : EX_USAGE;
	s.config = server_config_load(app, &s.options, why, sizeof(why));
	if (!s.config)
		return fail(&s, why, EX_CONFIG);
	status = run(&s);
	server_config_free(s.config);
	return status;
}
