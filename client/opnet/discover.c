/* SPDX-License-Identifier: ISC */
/* opnet discover: the daemons of opdesk on every network that this host is on. */
#include "lib/ev/discover.h"

#include <stdio.h>
#include <string.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/json.h"
#include "client/opnet/shell.h"
#include "lib/err.h"

#define HOSTS_MAX 100

struct settings {
	bool json, first, verbose;
	const char *program;
	int64_t wait_ms;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {0, "program", "NAME", OPTION_TEXT, AT(program), NULL,
	"only this one: mediachanged, ipadmd, opchatd, echo (default: every one)"},
    {'t', "timeout", "TIME", OPTION_DURATION, AT(wait_ms), NULL,
	"how long to wait for answers (default: 3s)"},
    {'1', "first", NULL, OPTION_FLAG, AT(first), NULL, "end with the first answer"},
    {'v', "verbose", NULL, OPTION_FLAG, AT(verbose), NULL, "say where is asked"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet discover",
    .usage = "[OPTION]... [ADDRESS]...",
    .summary =
	"Ask on every broadcast interface and in the group " DISCOVERY_GROUP
	" who is there,\nor only the hosts named.  A line is what was found, its version, and "
	"where it is.",
    .rows = rows,
    .permute = true};

struct search {
	const struct settings *settings;
	struct shell shell;
	int found;
};

static void
on_asking(const char *interface, const struct netaddr *to, void *arg)
{
	const struct search *s = arg;
	char text[NETADDR_TEXT];

	if (s->settings->verbose)
		shell_say("asking %s%s%s", netaddr_format(text, to), interface[0] ? " on " : "",
		    interface);
}

static void
on_found(const struct discover_answer *a, void *arg)
{
	struct search *s = arg;
	char text[NETADDR_TEXT];
	struct json j;

	/* The loop ends with its turn, in which there may be more. */
	if (s->found++ > 0 && s->settings->first)
		return;
	if (s->settings->json) {
		json_begin(&j);
		json_text(&j, "program", a->reply->program);
		json_text(&j, "version", a->reply->version);
		json_text(&j, "address", netaddr_format(text, &a->from));
		json_text(&j, "endpoint", a->endpoint);
		json_end(&j);
	} else {
		printf("%-14s %-8s %s\n", a->reply->program, a->reply->version, a->endpoint);
	}
	if (s->settings->first)
		shell_end(&s->shell);
}

static void
on_done(void *arg)
{
	struct search *s = arg;

	shell_end(&s->shell);
}

static int
search(struct search *s, const struct netaddr *hosts, size_t count)
{
	static const struct discover_events events = {on_asking, on_found, on_done};
	struct discover *d;
	char why[200];
	int err = discover_start(s->shell.loop, s->settings->program, hosts, count,
	    s->settings->wait_ms, &events, s, &d, why, sizeof(why));

	if (err != OP_OK) {
		shell_say("%s", why);
		return shell_status(err);
	}
	shell_run(&s->shell);
	discover_stop(d);
	if (s->found == 0)
		shell_say("nobody answered");
	return s->found > 0 ? 0 : EXIT_FAILED;
}

int
opnet_discover(int argc, char **argv)
{
	struct settings settings = {.wait_ms = DISCOVER_WAIT_MS};
	struct search s = {.settings = &settings};
	struct netaddr hosts[HOSTS_MAX];
	size_t count = 0;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	for (int i = first; err == OP_OK && i < argc; i++) {
		if (count == HOSTS_MAX)
			err = options_complain(&program, "at most %d hosts", HOSTS_MAX);
		else if (netaddr_parse(argv[i], &hosts[count++]) != OP_OK)
			err = options_complain(&program, "\"%s\" is no address", argv[i]);
	}
	if (err != OP_OK)
		return err == OP_CANCELLED ? 0 : EXIT_USAGE;
	if (!shell_open(&s.shell))
		return EXIT_INTERNAL;
	int status = search(&s, hosts, count);

	shell_close(&s.shell);
	return status;
}
