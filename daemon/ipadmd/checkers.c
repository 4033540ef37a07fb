/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/checkers.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"

#define ARGUMENTS 16
#define FILE_MARK "%f" /* the file's path */
#define ZONE_MARK "%z" /* the zone's name */

struct checker {
	const char *label; /* as the configuration says it */
	const char *generator;
	enum publish_kind kind;
	const char *program;
	const char *arguments[ARGUMENTS]; /* ended by NULL */
};

/* -i local: else named-checkzone asks the network for every name outside the zone.  What it only
 * warns about by default is a fault of ours. */
static const struct checker checkers[] = {
    {"zone", "bind", PUBLISH_ZONE, "named-checkzone",
	{"-i", "local", "-k", "fail", "-m", "fail", "-n", "fail", "-r", "fail", ZONE_MARK,
	    FILE_MARK}},
    {"named", "bind", PUBLISH_NAMED_CONF, "named-checkconf", {FILE_MARK}},
    {"dhcpd", "dhcpd", PUBLISH_DHCPD, "dhcpd", {"-t", "-cf", FILE_MARK}},
    {"kea4", "kea", PUBLISH_KEA4_CHECK, "kea-dhcp4", {"-t", FILE_MARK}},
    {"kea6", "kea", PUBLISH_KEA6_CHECK, "kea-dhcp6", {"-t", FILE_MARK}},
    {"dnsmasq", "dnsmasq", PUBLISH_DNSMASQ_CHECK, "dnsmasq", {"--test", "-C", FILE_MARK}},
};
#define CHECKERS (sizeof(checkers) / sizeof(checkers[0]))

/* Kea wants to lock and to log even for a test. */
static char *const environment[] = {(char[]){"KEA_LOCKFILE_DIR=none"},
    (char[]){"KEA_LOGGER_DESTINATION=stderr"}, (char[]){"KEA_PIDFILE_DIR=/tmp"}, NULL};

bool
checkers_know(const char *label)
{
	for (size_t i = 0; i < CHECKERS; i++)
		if (strcmp(checkers[i].label, label) == 0)
			return true;
	return false;
}

/* What the configuration says for this label; false: nothing. */
static bool
configured(const struct publish_settings *s, const char *label, struct command_line *out)
{
	for (size_t i = 0; i < s->checkers.count; i++) {
		if (command_line_parse(s->checkers.items[i], out))
			continue;
		if (strcmp(out->label, label) == 0)
			return true;
		command_line_fini(out);
	}
	return false;
}

/* The program with its own arguments; argc 0: none is wanted. */
static int
program_of(const struct publish_settings *s, const struct checker *c, struct command_line *out)
{
	return configured(s, c->label, out) ? OP_OK : command_line_parse(c->program, out);
}

static int
run(const struct checkers *c, const struct command_line *line)
{
	const struct command_run r = {.argv = line->argv,
	    .env = environment,
	    .directory = c->staged,
	    .limit_ms = c->settings->command_limit_ms,
	    .stop_fd = {c->stop_fd[0], c->stop_fd[1]}};
	struct command_result result;
	int err = command_run(&r, &result);

	if (err || result.status == 0)
		return err;
	c->said(line->argv[0], &result, c->arg);
	return OP_CONFLICT;
}

static int
check_with(const struct checkers *c, const struct checker *checker, const struct publish_file *f)
{
	struct command_line line;
	char path[4096];
	int err = program_of(c->settings, checker, &line);

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/%s", c->staged, f->path);
	for (const char *const *a = checker->arguments; *a && !err; a++)
		err = command_line_add(&line, strcmp(*a, FILE_MARK) == 0   ? path
					      : strcmp(*a, ZONE_MARK) == 0 ? f->zone
									   : *a);
	if (!err && line.argc > 0 && command_exists(line.argv[0]))
		err = run(c, &line);
	command_line_fini(&line);
	return err;
}

int
checkers_file(const struct checkers *c, const struct publish_file *f)
{
	for (size_t i = 0; i < CHECKERS; i++)
		if (checkers[i].kind == f->kind)
			return check_with(c, &checkers[i], f);
	return OP_OK;
}

int
checkers_all(const struct checkers *c)
{
	int err = OP_OK;

	for (size_t i = 0; i < c->settings->checkers.count && !err; i++) {
		struct command_line line;

		if ((err = command_line_parse(c->settings->checkers.items[i], &line)))
			return err;
		if (!*line.label)
			err = command_line_add(&line, c->staged);
		if (!*line.label && !err)
			err = run(c, &line);
		command_line_fini(&line);
	}
	return err;
}

static bool
is_wanted(const struct publish_settings *s, const char *generator)
{
	if (publish_settings_replaced(s) & publish_generator_bit(generator))
		return false;
	for (size_t i = 0; i < s->generators.count; i++)
		if (strcmp(s->generators.items[i], generator) == 0)
			return true;
	return false;
}

void
checkers_missing(const struct publish_settings *s,
    void (*fn)(const char *label, const char *program, void *arg), void *arg)
{
	for (size_t i = 0; i < CHECKERS; i++) {
		struct command_line line;

		if (!is_wanted(s, checkers[i].generator) || program_of(s, &checkers[i], &line))
			continue;
		if (line.argc > 0 && !command_exists(line.argv[0]))
			fn(checkers[i].label, line.argv[0], arg);
		command_line_fini(&line);
	}
}
