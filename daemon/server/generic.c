/* SPDX-License-Identifier: ISC */
/*
 * Table and rules of the generic settings.  A row here is a line of every daemon's --help and
 * manual page.
 */
#include "daemon/server/generic.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "daemon/server/config.h"
#include "daemon/server/options.h"
#include "daemon/server/datagrams.h"
#include "daemon/server/tls_check.h"
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

static int __attribute__((format(printf, 3, 4)))
complain(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return OP_BAD_REQUEST;
}

/* --- what one value alone cannot tell --- */

static const char *
no_runtime(int err)
{
	return err == OP_NOT_FOUND ? "there is no home directory for the runtime directory"
				   : "the path of the runtime directory is too long";
}

int
server_config_endpoint(const struct server_app *app, const char *text, struct endpoint *out,
    char *why, size_t why_size)
{
	char name[80], path[ENDPOINT_PATH_MAX + 8], full[sizeof(path) + 8];
	const char *problem;

	if (strcmp(text, "unix:") == 0) {
		snprintf(name, sizeof(name), "%s.sock", app->name);
		int err = paths_runtime(path, sizeof(path), name);

		if (err)
			return complain(
			    why, why_size, "listen: unix: %s; " PATHS_REMEDY, no_runtime(err));
		snprintf(full, sizeof(full), "unix:%s", path);
		text = full;
	}
	int err = datagrams_parse(text, out, &problem);

	if (err == OP_OK && !app->datagram)
		return complain(
		    why, why_size, "listen: %s: %s takes no datagrams", text, app->name);
	if (err == OP_OK)
		return OP_OK;
	if (err == OP_BAD_REQUEST || endpoint_parse(text, app->default_port, out, &problem))
		return complain(why, why_size, "listen: %s: %s", text, problem);
	if (out->kind == ENDPOINT_SSH)
		return complain(why, why_size, "listen: %s: expected tcp:, tls: or unix:", text);
	return OP_OK;
}

static int
check_listen(struct server_config *c, char *why, size_t size)
{
	struct string_list *list = &c->generic.listen;
	struct setting_ref ref;
	struct endpoint e;
	int err = settings_find(c->parts, "listen", &ref);

	for (const char *const *d = c->app->default_listen; list->count == 0 && d && *d && !err;) {
		while (*d && !err)
			err = settings_set(&ref, *d++);
	}
	for (size_t i = 0; i < list->count && !err; i++)
		err = server_config_endpoint(c->app, list->items[i], &e, why, size);
	return err;
}

bool
server_config_has_tls(const struct server_config *c)
{
	return c->generic.tls_certificate && *c->generic.tls_certificate;
}

struct tls_files
server_config_tls(const struct server_config *c)
{
	const struct server_settings *g = &c->generic;

	return (struct tls_files){
	    .certificate = {g->tls_certificate, "tls_certificate"},
	    .key = {g->tls_key, "tls_key"},
	    .authorities = {g->tls_client_ca, "tls_client_ca"},
	};
}

static int
check_tls(struct server_config *c, char *why, size_t size)
{
	const struct server_settings *g = &c->generic;
	const struct tls_files all = server_config_tls(c);
	const struct tls_file files[] = {all.certificate, all.key, all.authorities};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		if (!files[i].path || !*files[i].path)
			continue;
		if (files[i].path[0] != '/')
			return complain(why, size, "%s: expected an absolute path", files[i].name);
		if (!server_config_has_tls(c))
			return complain(why, size, "%s: needs tls_certificate", files[i].name);
	}
	for (size_t i = 0; i < g->listen.count; i++)
		if (strncmp(g->listen.items[i], "tls:", 4) == 0 && !server_config_has_tls(c))
			return complain(
			    why, size, "listen: %s: needs tls_certificate", g->listen.items[i]);
	return OP_OK;
}

/* Last, and once: it starts a process. */
static int
try_tls(const struct server_config *c, char *why, size_t size)
{
	struct tls_files files = server_config_tls(c);
	char problem[300];
	int err = server_config_has_tls(c) ? tls_check(&files, problem, sizeof(problem)) : OP_OK;

	return err == OP_BAD_REQUEST ? complain(why, size, "%s", problem) : err;
}

static int
check_access(struct server_config *c, char *why, size_t size)
{
	const struct string_list *list = &c->generic.access;

	acl_free(c->access);
	c->access = acl_new();
	for (size_t i = 0; c->access && i < list->count; i++) {
		const char *rule = list->items[i];
		size_t word = strcspn(rule, " \t");
		const char *what = rule + word + strspn(rule + word, " \t");
		bool allow = word == 5 && strncmp(rule, "allow", word) == 0;
		bool deny = word == 4 && strncmp(rule, "deny", word) == 0;

		if ((!allow && !deny) || !*what || acl_add(c->access, allow, what))
			return complain(why, size,
			    "access: expected \"allow WHAT\" or \"deny WHAT\", "
			    "where WHAT is all, local, a network or a host name, not \"%s\"",
			    rule);
	}
	return c->access ? OP_OK : OP_NO_MEMORY;
}

static int
check_insecure(struct server_config *c, char *why, size_t size)
{
	const struct string_list *list = &c->generic.insecure_operators;
	struct network n;

	acl_free(c->insecure);
	c->insecure = acl_new();
	for (size_t i = 0; c->insecure && i < list->count; i++) {
		const char *what = list->items[i];

		if (network_parse(what, &n) || acl_add(c->insecure, true, what))
			return complain(why, size,
			    "insecure_operators: expected an address or a "
			    "network, not \"%s\"",
			    what);
	}
	return c->insecure ? OP_OK : OP_NO_MEMORY;
}

static int
find_group(const char *setting, const char *name, gid_t *out, char *why, size_t size)
{
	struct group *g;

	if (!name || !*name)
		return OP_OK;
	g = getgrnam(name);
	if (!g)
		return complain(why, size, "%s: there is no group \"%s\"", setting, name);
	*out = g->gr_gid;
	return OP_OK;
}

static int
check_groups(struct server_config *c, char *why, size_t size)
{
	int err = find_group("operators", c->generic.operators, &c->operators, why, size);

	if (err)
		return err;
	err = find_group("socket_group", c->generic.socket_group, &c->socket_group, why, size);
	if (err)
		return err;
	return find_group("group", c->generic.group, &c->group, why, size);
}

static int
check_user(struct server_config *c, char *why, size_t size)
{
	const char *name = c->generic.user;
	struct passwd *pw;

	if (!name || !*name)
		return OP_OK;
	pw = getpwnam(name);
	if (!pw)
		return complain(why, size, "user: there is no user \"%s\"", name);
	c->user = pw->pw_uid;
	if (c->group == NO_GROUP)
		c->group = pw->pw_gid;
	return OP_OK;
}

static int
check_mode(struct server_config *c, char *why, size_t size)
{
	const char *text = c->generic.socket_mode;
	char *end;
	unsigned long mode = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end || mode > 0777 || mode == 0)
		return complain(why, size,
		    "socket_mode: expected octal digits such as 0660, "
		    "not \"%s\"",
		    text);
	c->socket_mode = (mode_t)mode;
	return OP_OK;
}

static int
check_personality(struct server_config *c, char *why, size_t size)
{
	(void)why;
	(void)size;
	c->multiplexed = strcmp(c->generic.personality, "multiplex") == 0;
	return OP_OK;
}

static int
fill_places(struct server_config *c, char *why, size_t size)
{
	char path[4096];
	struct setting_ref ref;

	if (c->generic.state && c->generic.state[0])
		return OP_OK;
	if (paths_state(path, sizeof(path), c->app->name))
		return complain(why, size, "state: no home directory: give the option --state");
	settings_find(c->parts, "state", &ref);
	return settings_set(&ref, path);
}

static int
check_own(struct server_config *c, char *why, size_t size)
{
	return c->app->check ? c->app->check(c->own, why, size) : OP_OK;
}

static int
choose_pid_path(struct server_config *c, bool foreground, char *why, size_t size)
{
	char name[80], path[4096] = "";
	const char *chosen = c->generic.pid_file;

	if (!chosen || !*chosen) {
		snprintf(name, sizeof(name), "%s.pid", c->app->name);
		int err = foreground ? OP_OK : paths_runtime(path, sizeof(path), name);

		if (err)
			return complain(why, size, "pid_file: %s; " PATHS_REMEDY, no_runtime(err));
		chosen = path;
	}
	free(c->pid_path);
	c->pid_path = strdup(chosen);
	return c->pid_path ? OP_OK : OP_NO_MEMORY;
}

static int
check_log(struct server_config *c, bool foreground, char *why, size_t size)
{
	const char *log = c->generic.log;

	if (!foreground && log && strcmp(log, "stderr") == 0)
		return complain(why, size, "log: stderr needs the option -f");
	return OP_OK;
}

static int
check_all(struct server_config *c, const struct server_options *o, char *why, size_t size)
{
	static int (*const checks[])(struct server_config * c, char *why, size_t size) = {
	    check_listen, check_tls, check_access, check_insecure, check_groups, check_user,
	    check_mode, check_personality, fill_places, check_own};
	int err = OP_OK;

	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks) && !err; i++)
		err = checks[i](c, why, size);
	if (!err)
		err = choose_pid_path(c, o->foreground || o->check, why, size);
	return err ? err : check_log(c, o->foreground || o->check, why, size);
}

/* --- loading --- */

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
	err = check_all(c, o, why, why_size);
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
		err = check_all(c, o, why, why_size);
	if (!err)
		err = try_tls(c, why, why_size);
	if (err) {
		server_config_free(c);
		return NULL;
	}
	return c;
}
