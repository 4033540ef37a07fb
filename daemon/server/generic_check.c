/* SPDX-License-Identifier: ISC */
/* What one value of the generic settings alone cannot tell: endpoints, rules, files, users. */
#include "daemon/server/generic.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "daemon/server/datagrams.h"
#include "daemon/server/tls_check.h"
#include "lib/err.h"
#include "lib/paths.h"

static const char *
no_runtime(int err)
{
	return err == OP_NOT_FOUND ? "there is no home directory for the runtime directory"
				   : "the path of the runtime directory is too long";
}

static int
check_port(const char *text, const struct endpoint *e, char *why, size_t why_size)
{
	if (endpoint_port_is_known(e))
		return OP_OK;
	return server_complain(why, why_size,
	    "listen: %s: " ENDPOINT_PORT_UNKNOWN
	    ", and what begins an endpoint is tcp:, tls: or unix:",
	    text);
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
			return server_complain(
			    why, why_size, "listen: unix: %s; " PATHS_REMEDY, no_runtime(err));
		snprintf(full, sizeof(full), "unix:%s", path);
		text = full;
	}
	int err = datagrams_parse(text, out, &problem);

	if (err == OP_OK && !app->datagram)
		return server_complain(
		    why, why_size, "listen: %s: %s takes no datagrams", text, app->name);
	if (err == OP_OK)
		return check_port(text, out, why, why_size);
	if (err == OP_BAD_REQUEST || endpoint_parse(text, app->default_port, out, &problem))
		return server_complain(why, why_size, "listen: %s: %s", text, problem);
	if (out->kind == ENDPOINT_SSH)
		return server_complain(
		    why, why_size, "listen: %s: expected tcp:, tls: or unix:", text);
	return check_port(text, out, why, why_size);
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
			return server_complain(
			    why, size, "%s: expected an absolute path", files[i].name);
		if (!server_config_has_tls(c))
			return server_complain(
			    why, size, "%s: needs tls_certificate", files[i].name);
	}
	for (size_t i = 0; i < g->listen.count; i++)
		if (strncmp(g->listen.items[i], "tls:", 4) == 0 && !server_config_has_tls(c))
			return server_complain(
			    why, size, "listen: %s: needs tls_certificate", g->listen.items[i]);
	return OP_OK;
}

int
server_config_try_tls(const struct server_config *c, char *why, size_t size)
{
	struct tls_files files = server_config_tls(c);
	char problem[300];
	int err = server_config_has_tls(c) ? tls_check(&files, problem, sizeof(problem)) : OP_OK;

	return err == OP_BAD_REQUEST ? server_complain(why, size, "%s", problem) : err;
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
			return server_complain(why, size,
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
			return server_complain(why, size,
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
		return server_complain(why, size, "%s: there is no group \"%s\"", setting, name);
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
		return server_complain(why, size, "user: there is no user \"%s\"", name);
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
		return server_complain(why, size,
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
		return server_complain(
		    why, size, "state: no home directory: give the option --state");
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
			return server_complain(
			    why, size, "pid_file: %s; " PATHS_REMEDY, no_runtime(err));
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
		return server_complain(why, size, "log: stderr needs the option -f");
	return OP_OK;
}

int
server_config_check(struct server_config *c, const struct server_options *o, char *why, size_t size)
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
