/* SPDX-License-Identifier: ISC */
/*
 * Table of the generic settings, and loading all settings.  A row here is a line of every daemon's
 * --help and manual page.
 */
#include "daemon/server/generic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/server/config.h"
#include "daemon/server/options.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/paths.h"

#define SECOND INT64_C(1000)
#define AT(member) offsetof(struct server_settings, member)

static const char *const personalities[] = {"fork", "multiplex", NULL};
static const char *const levels[] = {"error", "warn", "notice", "info", "debug", NULL};

const struct server_setting generic_table[] = {
    {"listen", SETTING_STRINGS, NULL, 0, 0, NULL, AT(listen), "listen",
	"endpoint to listen on: tcp:HOST:PORT, tls:HOST:PORT or unix:PATH; repeat for more"},
    {"discovery", SETTING_BOOL, "yes", 0, 0, NULL, AT(discovery), NULL,
	"let others find the daemon when it listens wider than loopback (opnet discover)"},
    {"state", SETTING_STRING, NULL, 0, 0, NULL, AT(state), "state",
	"directory of what must survive a restart"},
    {"log", SETTING_STRING, NULL, 0, 0, NULL, AT(log), "log",
	"stderr, syslog or a file; default: stderr with -f, else syslog"},
    {"log_level", SETTING_STRING, "info", 0, 0, levels, AT(log_level), "log-level",
	"least important messages that are logged"},
    {"pid_file", SETTING_STRING, NULL, 0, 0, NULL, AT(pid_file), "pid-file",
	"default: NAME.pid in the runtime directory, none with -f"},
    {"start_limit", SETTING_DURATION, "5m", SECOND, 86400 * SECOND, NULL, AT(start_limit_ms), NULL,
	"a start in the background that takes longer is given up"},
    {"access", SETTING_STRINGS, "allow local, allow 127.0.0.0/8, allow ::1", 0, 0, NULL, AT(access),
	NULL, "who may connect: \"allow WHAT\" and \"deny WHAT\", the last match wins"},
    {"operators", SETTING_STRING, NULL, 0, 0, NULL, AT(operators), NULL,
	"group whose members are operators on UNIX sockets"},
    {"insecure_operators", SETTING_STRINGS, NULL, 0, 0, NULL, AT(insecure_operators), NULL,
	"addresses and networks whose every user is an operator"},
    {"socket_mode", SETTING_STRING, "0600", 0, 0, NULL, AT(socket_mode), NULL,
	"permissions of UNIX sockets, octal"},
    {"socket_group", SETTING_STRING, NULL, 0, 0, NULL, AT(socket_group), NULL,
	"group of UNIX sockets"},
    {"tls_certificate", SETTING_STRING, NULL, 0, 0, NULL, AT(tls_certificate), NULL,
	"PEM file: the certificate for TLS, with its chain"},
    {"tls_key", SETTING_STRING, NULL, 0, 0, NULL, AT(tls_key), NULL,
	"PEM file: its key; default: in the certificate's file"},
    {"tls_client_ca", SETTING_STRING, NULL, 0, 0, NULL, AT(tls_client_ca), NULL,
	"PEM file: who may sign the certificates that TLS clients then must have"},
    {"tls_handshake", SETTING_DURATION, "10s", 10, 3600 * SECOND, NULL, AT(tls_handshake_ms), NULL,
	"time in which the handshake of TLS must be done"},
    {"user", SETTING_STRING, NULL, 0, 0, NULL, AT(user), NULL,
	"user to become when the sockets are open, by a daemon that root starts"},
    {"group", SETTING_STRING, NULL, 0, 0, NULL, AT(group), NULL,
	"group to become; default: those of the user"},
    {"max_workers", SETTING_INT, "500", 1, 100000, NULL, AT(max_workers), NULL,
	"connections at a time"},
    {"max_workers_per_source", SETTING_INT, "50", 1, 100000, NULL, AT(max_workers_per_source), NULL,
	"the same from one address; loopback and UNIX sockets are exempt"},
    {"reserved_workers", SETTING_INT, "16", 0, 1000, NULL, AT(reserved_workers), NULL,
	"places beyond these bounds, for operators that do not ask but answer"},
    {"worker_linger", SETTING_DURATION, "1s", 0, 60 * SECOND, NULL, AT(worker_linger_ms), NULL,
	"how long a worker waits for its source's next connection; 0 = never"},
    {"personality", SETTING_STRING, "fork", 0, 0, personalities, AT(personality), NULL,
	"fork: a process per connection; multiplex: a few with many connections each"},
    {"workers", SETTING_INT, "0", 0, 64, NULL, AT(workers), NULL,
	"multiplex: number of workers; 0 = one per processor"},
    {"max_per_worker", SETTING_INT, "10000", 1, 100000, NULL, AT(max_per_worker), NULL,
	"multiplex: connections of one worker"},
    {"worker_silence", SETTING_DURATION, "30s", 0, 3600 * SECOND, NULL, AT(worker_silence_ms), NULL,
	"multiplex: a worker without a sign of life for that long is killed; 0 = never"},
    {"lookup", SETTING_DURATION, "3s", 0, 60 * SECOND, NULL, AT(lookup_ms), NULL,
	"longest wait for a peer's name; 0 = never ask"},
    {"first_byte", SETTING_DURATION, "10s", 10, 3600 * SECOND, NULL, AT(first_byte_ms), NULL,
	"time in which a client must begin to speak"},
    {"hello", SETTING_DURATION, "30s", 10, 3600 * SECOND, NULL, AT(hello_ms), NULL,
	"time in which a line or hello must be complete"},
    {"stall", SETTING_DURATION, "60s", 10, 3600 * SECOND, NULL, AT(stall_ms), NULL,
	"time without progress after which a half-sent message ends the connection"},
    {"max_frame", SETTING_SIZE, "1M", 32768, 0xffffff, NULL, AT(max_frame), NULL,
	"largest message accepted, in bytes"},
    {"max_calls", SETTING_INT, "256", 1, 100000, NULL, AT(max_calls), NULL,
	"calls that one connection may have open"},
    {0},
};

const char *
generic_default(const struct server_app *app, const struct server_setting *s)
{
	bool is_own = s->offset == AT(max_frame) && app->default_max_frame;

	return is_own ? app->default_max_frame : s->default_text;
}

static int
set_own_defaults(const struct server_config *c)
{
	struct setting_ref ref;
	int err = settings_find(c->parts, "max_frame", &ref);

	return err ? err : settings_set(&ref, generic_default(c->app, ref.setting));
}

struct server_config *
server_config_new(const struct server_app *app)
{
	struct server_config *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->app = app;
	c->operators = c->socket_group = c->group = NO_GROUP;
	c->user = NO_USER;
	c->own = calloc(1, app->settings_size + 1);
	c->parts[0] = (struct settings_part){generic_table, &c->generic, NULL};
	c->parts[1] = (struct settings_part){app->settings, c->own, app->sections};
	if (!c->own || settings_init(c->parts) || set_own_defaults(c)) {
		free(c->own);
		free(c);
		return NULL;
	}
	return c;
}

void
server_config_free(struct server_config *c)
{
	if (!c)
		return;
	settings_fini(c->parts);
	acl_free(c->access);
	acl_free(c->insecure);
	free(c->pid_path);
	free(c->own);
	free(c);
}

/* What was made of settings when they were checked. */
static void
keep_made(struct server_config *fresh, struct server_config *old)
{
	char *pid_path = fresh->pid_path;

	fresh->pid_path = old->pid_path;
	old->pid_path = pid_path;
	fresh->multiplexed = old->multiplexed;
	fresh->socket_mode = old->socket_mode;
	fresh->socket_group = old->socket_group;
	fresh->user = old->user;
	fresh->group = old->group;
}

void
server_config_keep_places(
    struct server_config *fresh, struct server_config *old, char *changed, size_t size)
{
	static const char *const names[] = {"listen", "state", "log", "pid_file", "socket_mode",
	    "socket_group", "user", "group", "personality"};
	size_t len = 0;

	*changed = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct setting_ref new, was;

		if (settings_find(fresh->parts, names[i], &new) ||
		    settings_find(old->parts, names[i], &was))
			continue;
		if (!settings_equal_value(&new, &was) && len < size)
			len += (size_t)snprintf(
			    changed + len, size - len, "%s%s", len > 0 ? ", " : "", names[i]);
		settings_exchange(&new, &was);
	}
	keep_made(fresh, old);
}

void
server_config_apply_log_level(const struct server_config *c)
{
	enum log_level level;

	if (log_parse_level(c->generic.log_level, &level) == OP_OK)
		log_set_level(level);
}

const char *
server_config_file(
    const struct server_app *app, const struct server_options *o, char *dst, size_t size)
{
	if (o->file)
		return o->file;
	snprintf(dst, size, OPDESK_CONFDIR "/%s.conf", app->name);
	return paths_are_system() && access(dst, F_OK) == 0 ? dst : NULL;
}

void
server_config_locate(const char *file, char *why, size_t size)
{
	if (!file)
		return;
	char copy[600];
	int line = config_line_of(file, why);

	snprintf(copy, sizeof(copy), "%s", why);
	if (line > 0)
		snprintf(why, size, "%s:%d: %s", file, line, copy);
	else
		snprintf(why, size, "%s: %s", file, copy);
}

static int
take_file(struct server_config *c, const struct server_options *o, char *why, size_t why_size)
{
	char path[200];
	const char *file = server_config_file(c->app, o, path, sizeof(path));
	int err;

	if (!file)
		return OP_OK;
	err = config_parse_file(file, c->parts, why, why_size);
	if (err)
		return err;
	err = server_config_check(c, o, why, why_size);
	if (err == OP_BAD_REQUEST)
		server_config_locate(file, why, why_size);
	return err;
}

struct server_config *
server_config_load(
    const struct server_app *app, const struct server_options *o, char *why, size_t why_size)
{
	struct server_config *c = server_config_new(app);
	int err = c ? OP_OK : OP_NO_MEMORY;

	snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
	if (!err)
		err = take_file(c, o, why, why_size);
	if (!err)
		err = options_apply(o, c->parts, why, why_size);
	/* Once more: an option may have replaced what the file says. */
	if (!err)
		err = server_config_check(c, o, why, why_size);
	if (!err)
		err = server_config_try_tls(c, why, why_size);
	if (err) {
		server_config_free(c);
		return NULL;
	}
	return c;
}
