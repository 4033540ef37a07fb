/* SPDX-License-Identifier: ISC */
/*
 * One row per option: getopt's tables and the help are made from it.
 */
#include "gui/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include "lib/endpoint.h"
#include "lib/paths.h"
#include "lib/units.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* What is wrong with it, or NULL.  "unix:" alone is the socket of this host's daemon. */
static const char *
check_endpoint(const char *arg, const char *port)
{
	struct endpoint e;
	const char *why;

	if (strcmp(arg, "unix:") == 0)
		return NULL;
	if (endpoint_parse(arg, port, &e, &why))
		return why;
	return endpoint_port_is_known(&e) ? NULL : ENDPOINT_SERVER_UNKNOWN;
}

static const char *
set_server(struct options *o, const char *arg)
{
	const char *why = check_endpoint(arg, "8979");

	if (why)
		return why;
	if (o->n_servers == OPTIONS_SERVERS_MAX)
		return "too many servers";
	o->servers[o->n_servers++] = arg;
	return NULL;
}

static const char *
set_subnets(struct options *o, const char *arg)
{
	const char *why = check_endpoint(arg, "8980");

	if (why)
		return why;
	if (o->n_subnets == OPTIONS_SERVERS_MAX)
		return "too many servers";
	o->subnets[o->n_subnets++] = arg;
	return NULL;
}

static const char *
set_helper(struct options *o, const char *arg)
{
	int problem = *arg ? paths_program(arg, getenv("PATH")) : ENOENT;

	o->helper = arg;
	return problem ? strerror(problem) : NULL;
}

static const char *
set_interval(struct options *o, const char *arg)
{
	int64_t ms;

	o->interval = arg;
	if (units_duration(arg, &ms) || ms < 1000)
		return "expected " UNITS_DURATION_HELP ", at least 1s" UNITS_DURATION_MOST;
	return NULL;
}

static const char *
set_max_windows(struct options *o, const char *arg)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (end == arg || *end || n < 1 || n > 20)
		return "expected a number from 1 to 20";
	o->max_windows = arg;
	return NULL;
}

static const char *
set_language(struct options *o, const char *arg)
{
	o->language = arg;
	return strcmp(arg, "en") == 0 || strcmp(arg, "de") == 0 ? NULL : "expected en or de";
}

static const char *
set_version(struct options *o, const char *arg)
{
	(void)arg;
	o->version = true;
	return NULL;
}

static const char *
set_help(struct options *o, const char *arg)
{
	(void)arg;
	o->help = true;
	return NULL;
}

static const struct row {
	char letter; /* 0: long only */
	const char *name, *arg;
	const char *(*set)(struct options *o, const char *arg); /* NULL, or what is wrong */
	const char *help;
} rows[] = {
    {'s', "server", "ENDPOINT", set_server,
	"a mediachanged to show the questions of; may be repeated\n"
	"(default: those of the connection dialog, else the\nUNIX socket of this host's).  "
	"Started as ipadm: an ipadmd"},
    {0, "subnets", "ENDPOINT", set_subnets,
	"an ipadmd to show the subnets of; may be repeated\n"
	"(default: the UNIX socket of this host's, once the\nsubnets are looked at)"},
    {0, "helper", "PROGRAM", set_helper, "the helper to start (default: ipadmh beside opdesk)"},
    {0, "interval", "TIME", set_interval, "ring the bell this often (default: 15s)"},
    {0, "max-windows", "N", set_max_windows,
	"windows that open by themselves at once; further\nquestions wait in the list (default: "
	"3)"},
    {0, "language", "WORD", set_language, "en or de (default: as the desktop, LANG)"},
    {'h', "help", NULL, set_help, "print this help"},
    {'V', "version", NULL, set_version, "print the version"},
};

static void
help_row(const struct row *r)
{
	char left[64], letter[8] = "";

	snprintf(letter, sizeof letter, r->letter ? "-%c, " : "    ", r->letter);
	snprintf(left, sizeof left, "%s--%s%s%s", letter, r->name, r->arg ? " " : "",
	    r->arg ? r->arg : "");
	printf("  %-26s", left);
	for (const char *c = r->help; *c; c++) {
		putchar(*c);
		if (*c == '\n')
			printf("  %-26s", "");
	}
	putchar('\n');
}

void
options_help(const struct options *o)
{
	printf("usage: %s [-s ENDPOINT]... [options]\n\n"
	       "Shows the questions of unattended jobs and sends back the answers; edits subnets\n"
	       "of an ipadmd, and shows these first when started as ipadm.\n\n",
	    o->name);
	for (size_t i = 0; i < COUNT(rows); i++)
		help_row(&rows[i]);
	printf("\nENDPOINT is unix:PATH, tcp:HOST:PORT, tls:HOST:PORT, HOST[:PORT] or\n"
	       "ssh:[USER@]HOST[/PROGRAM].\n\n"
	       "exit status: 0 closed   64 usage   69 no window can be opened   70 internal\n"
	       "             72 scripts are missing   74 the X server has ended\n"
	       "             78 no home directory\n");
}

static int
wrong(const struct options *o, const char *name, const char *arg, const char *why)
{
	fprintf(stderr, "%s: --%s: %s: %s\n", o->name, name, *arg ? arg : "\"\"", why);
	return EX_USAGE;
}

static void
getopt_tables(char *letters, struct option *longs)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		longs[i] = (struct option){rows[i].name, rows[i].arg != NULL, NULL, (int)(256 + i)};
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].arg)
			*letters++ = ':';
	}
	*letters = '\0';
}

static const struct row *
find_row(int c)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (c == (int)(256 + i) || (rows[i].letter && c == rows[i].letter))
			return &rows[i];
	}
	return NULL;
}

/* The name that the program was started under. */
static const char *
own_name(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;

	return slash ? slash + 1 : argv0 ? argv0 : "opdesk";
}

int
options_parse(struct options *o, int argc, char *argv[])
{
	char letters[2 * COUNT(rows) + 1];
	struct option longs[COUNT(rows) + 1] = {{0}};
	int c;

	*o = (struct options){.name = own_name(argv[0])};
	getopt_tables(letters, longs);
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct row *r = find_row(c);
		const char *why = r ? r->set(o, optarg) : NULL;

		if (!r) {
			fprintf(stderr, "%s: try %s --help\n", o->name, o->name);
			return EX_USAGE;
		}
		if (why)
			return wrong(o, r->name, optarg, why);
	}
	if (optind < argc) {
		fprintf(stderr, "%s: unexpected argument: %s (a server is given with -s)\n",
		    o->name, argv[optind]);
		return EX_USAGE;
	}
	return 0;
}
