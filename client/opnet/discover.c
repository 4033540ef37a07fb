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
    .summary = "Ask on every broadcast interface and in the groups " DISCOVERY_GROUP
	       " and\n" DISCOVERY_GROUP6 " who is there, or only the hosts named.  A line is what "
	       "was\nfound, its version, and where it is.",
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
	struct json j;

	/* The loop ends with its turn, in which there may be more. */
	if (s->found++ > 0 && s->settings->first)
		return;
	if (s->settings->json) {
		json_begin(&j);
		json_text(&j, "program", a->reply->program);
		json_text(&j, "version", a->reply->version);
		json_text(&j, "address", a->from);
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
search(struct search *s, const struct discover_host *hosts, size_t count)
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

/* Others may have daemons of their own on the same framework: so it is asked all the same. */
static void
look_at_name(const char *name)
{
	static const char *const ours[] = {"mediachanged", "ipadmd", "opchatd", "echo"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(ours[i], name) == 0)
			return;
	shell_say(
	    "--program: none of ours is called \"%s\": mediachanged, ipadmd, opchatd, echo", name);
}

/* "192.0.2.1", "2001:db8::1", "fe80::1%eth0" */
static int
take_host(const char *text, struct discover_host *h)
{
	const char *zone = strchr(text, '%');
	char address[NETADDR_TEXT];

	snprintf(address, sizeof(address), "%.*s", (int)strcspn(text, "%"), text);
	h->ifindex = zone != NULL ? if_nametoindex(zone + 1) : 0;
	if (netaddr_parse(address, &h->address) != OP_OK)
		return options_complain(&program, "\"%s\" is no address", text);
	if (zone != NULL && h->ifindex == 0)
		return options_complain(&program, "%s: no interface \"%s\"", text, zone + 1);
	if (zone == NULL && netaddr_is_link_local(&h->address))
		return options_complain(
		    &program, "%s is of a link: say which, as %s%%eth0", text, text);
	return OP_OK;
}

int
opnet_discover(int argc, char **argv)
{
	struct settings settings = {.wait_ms = DISCOVER_WAIT_MS};
	struct search s = {.settings = &settings};
	struct discover_host hosts[HOSTS_MAX];
	size_t count = 0;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	for (int i = first; err == OP_OK && i < argc; i++) {
		if (count == HOSTS_MAX)
			err = options_complain(&program, "at most %d hosts", HOSTS_MAX);
		else
			err = take_host(argv[i], &hosts[count++]);
	}
	if (err != OP_OK)
		return options_status(err);
	if (settings.program != NULL)
		look_at_name(settings.program);
	if (!shell_open(&s.shell))
		return EXIT_INTERNAL;
	int status = search(&s, hosts, count);

	shell_close(&s.shell);
	return status;
}
