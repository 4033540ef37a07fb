/* SPDX-License-Identifier: ISC */
/*
 * getopt_long() over a table made from the settings.  The line is read twice: once for what is no
 * setting, once (and again at every SIGHUP) to put settings over the file's values.
 */
#include "daemon/server/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "lib/err.h"

#define MAX_OPTIONS 64
#define FIRST_SETTING 1000

struct parsed {
	struct option longs[MAX_OPTIONS];
	int count;
};

static const struct option fixed[] = {
    {"foreground", no_argument, NULL, 'f'},
    {"config", required_argument, NULL, 'c'},
    {"check", no_argument, NULL, 'k'},
    {"stdio", no_argument, NULL, 's'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
};

static void
make_longs(const struct settings_part *parts, struct parsed *p)
{
	p->count = 0;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		p->longs[p->count++] = fixed[i];
	for (; parts->table; parts++) {
		for (const struct server_setting *s = parts->table; s->name; s++) {
			if (!s->option || p->count >= MAX_OPTIONS - 1)
				continue;
			p->longs[p->count] = (struct option){
			    s->option, required_argument, NULL, FIRST_SETTING + p->count};
			p->count++;
		}
	}
	p->longs[p->count] = (struct option){0};
}

static int
next_option(const struct server_options *o, const struct parsed *p)
{
	return getopt_long(o->argc, o->argv, "+fc:hV", p->longs, NULL);
}

/* --- help --- */

static void
print_setting(const struct server_setting *s, const char *default_text)
{
	static const char *const words[] = {"DURATION", "SIZE", "NUMBER", "yes|no", "TEXT", "LIST"};
	char name[80];

	if (s->option)
		snprintf(name, sizeof(name), "--%s, %s", s->option, s->name);
	else
		snprintf(name, sizeof(name), "%s", s->name);
	printf("  %-24s %-9s %s", name, words[s->type], s->help);
	if (default_text)
		printf(" [%s]", default_text);
	printf("\n");
}

static void
print_section(const struct server_section *s)
{
	printf("\nIn a section `%s%s { NAME = VALUE ... }`: %s\n", s->name,
	    s->kind == SECTION_TITLED ? " \"NAME\"" : "", s->help);
	for (const struct server_setting *in = s->table; in->name; in++)
		print_setting(in, in->default_text);
}

static void
print_statuses(void)
{
	static const struct {
		int status;
		const char *help;
	} rows[] = {
	    {EX_OK, "stopped by a signal; --check: all is well; --stdio: the session is over"},
	    {EX_USAGE, "the command line is wrong"},
	    {EX_UNAVAILABLE, "it could not start; --stdio: no daemon answers"},
	    {EX_SOFTWARE,
		"it ended before it was ready and did not say why; its output cannot be written"},
	    {EX_OSERR, "the system has no processes or memory left"},
	    {EX_CANTCREAT, "the pid file or the log cannot be used"},
	    {EX_IOERR, "--stdio: a stream broke"},
	    {EX_TEMPFAIL, "a start in the background took longer than start_limit"},
	    {EX_NOPERM, "--stdio: the daemon's socket may not be used by this user"},
	    {EX_CONFIG, "the configuration is wrong"},
	};

	printf("\nExit status:\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		printf("  %-3d %s\n", rows[i].status, rows[i].help);
}

static int
print_help(const struct server_app *app)
{
	const struct server_setting *s;

	printf("Usage: %s [-f] [-c FILE] [--check] [--OPTION VALUE]...\n%s\n\n", app->name,
	    app->summary);
	printf(
	    "  -f, --foreground         stay in the foreground; print `listening ENDPOINT` and "
	    "`ready`\n"
	    "  -c, --config FILE        configuration file [for root: " OPDESK_CONFDIR "/%s.conf]\n"
	    "      --check              test the configuration and exit\n"
	    "      --stdio              one session with the running daemon on standard input and "
	    "output\n"
	    "  -h, --help               this text\n"
	    "  -V, --version            version\n\n"
	    "Settings, `NAME = VALUE` in the file; those with -- are options too:\n",
	    app->name);
	for (s = generic_table; s->name; s++)
		print_setting(s, generic_default(app, s));
	for (s = app->settings; s && s->name; s++)
		print_setting(s, s->default_text);
	for (const struct server_section *in = app->sections; in && in->name; in++)
		print_section(in);
	printf("\nListens on");
	for (const char *const *d = app->default_listen; d && *d; d++)
		printf("%s%s", d == app->default_listen ? " " : " and ",
		    strcmp(*d, "unix:") == 0 ? "a UNIX socket in the runtime directory" : *d);
	printf(" unless told otherwise.\n");
	print_statuses();
	return 1;
}

static int
print_version(const struct server_app *app)
{
	printf("%s %s\n", app->name, OPDESK_VERSION);
	return 1;
}

/* --- first reading --- */

static int
usage(const struct server_app *app)
{
	fprintf(stderr, "Try `%s --help`.\n", app->name);
	return OP_BAD_REQUEST;
}

static int
take_fixed(const struct server_app *app, int option, struct server_options *out)
{
	switch (option) {
	case 'f':
		out->foreground = true;
		return OP_OK;
	case 'c':
		out->file = optarg;
		return OP_OK;
	case 'k':
		out->check = true;
		return OP_OK;
	case 's':
		out->stdio = out->foreground = true;
		return OP_OK;
	case 'h':
		return print_help(app);
	case 'V':
		return print_version(app);
	case '?':
		return usage(app);
	default:
		return OP_OK;
	}
}

int
options_parse(const struct server_app *app, int argc, char **argv, struct server_options *out)
{
	const struct settings_part parts[] = {
	    {generic_table, NULL, NULL}, {app->settings, NULL, NULL}, {0}};
	struct parsed p;
	int option, result = OP_OK;

	*out = (struct server_options){.argc = argc, .argv = argv};
	make_longs(parts, &p);
	optind = 0;
	while (result == OP_OK && (option = next_option(out, &p)) != -1)
		result = take_fixed(app, option, out);
	if (result == OP_OK && optind < argc) {
		fprintf(stderr, "%s: unexpected argument: %s\n", app->name, argv[optind]);
		result = usage(app);
	}
	return result;
}

/* --- settings --- */

static int
apply_one(const struct settings_part *parts, const char *name, bool first, char *why, size_t size)
{
	struct setting_ref ref;
	char expected[256];
	int err = settings_find_option(parts, name, &ref);

	if (err)
		return err;
	if (first)
		settings_clear(&ref);
	err = settings_set(&ref, optarg);
	if (err)
		snprintf(why, size, "--%s: expected %s, not \"%s\"", name,
		    settings_expected(ref.setting, expected, sizeof(expected)), optarg);
	return err;
}

int
options_apply(
    const struct server_options *o, const struct settings_part *parts, char *why, size_t why_size)
{
	struct parsed p;
	bool seen[MAX_OPTIONS] = {false};
	int option, err = OP_OK;

	make_longs(parts, &p);
	optind = 0;
	while (!err && (option = next_option(o, &p)) != -1) {
		int i = option - FIRST_SETTING;

		if (i < 0 || i >= p.count)
			continue;
		err = apply_one(parts, p.longs[i].name, !seen[i], why, why_size);
		seen[i] = true;
	}
	return err;
}
