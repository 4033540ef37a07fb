/* SPDX-License-Identifier: ISC */
/* The table of settings and what holds across them. */
#include "daemon/ipadmd/publish_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/ipadmd/checkers.h"
#include "daemon/ipadmd/command.h"
#include "daemon/ipadmd/probe.h"
#include "lib/err.h"
#include "lib/publish/brake.h"
#include "lib/publish/publish.h"

#define AT(member) offsetof(struct publish_settings, member)
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define YEARS_MS (3650 * DAY_MS)

static const char *const serials[] = {"time", "date", "count", NULL};
static const char *const separators[] = {"/", "-", NULL};

const struct server_setting publish_settings_table[] = {
    {"generators", SETTING_STRINGS, NULL, 0, 0, NULL, AT(generators), NULL,
	"what is made of the subnet files: bind, dhcpd, kea, dnsmasq, hosts"},
    {"directory", SETTING_STRING, NULL, 0, 0, NULL, AT(directory), NULL,
	"where it goes, in its subdirectory current; default: published in the state directory"},
    {"delay", SETTING_DURATION, "2s", 0, DAY_MS, NULL, AT(delay_ms), NULL,
	"how long further changes are waited for, so that many are published at once"},
    {"retry", SETTING_DURATION, "5m", 0, DAY_MS, NULL, AT(retry_ms), NULL,
	"when it is tried again after a failure; 0: at the next change"},
    {"name_servers", SETTING_STRINGS, NULL, 0, 0, NULL, AT(name_servers), NULL,
	"full names of those that serve the zones, the primary first"},
    {"hostmaster", SETTING_STRING, NULL, 0, 0, NULL, AT(hostmaster), NULL,
	"mail address in the zones; default: hostmaster in the primary's domain"},
    {"ttl", SETTING_DURATION, "1h", 1000, YEARS_MS, NULL, AT(ttl_ms), NULL,
	"how long answers may be kept"},
    {"negative_ttl", SETTING_DURATION, "10m", 1000, YEARS_MS, NULL, AT(negative_ttl_ms), NULL,
	"how long the answer that there is no such name may be kept"},
    {"zone_refresh", SETTING_DURATION, "3h", 1000, YEARS_MS, NULL, AT(refresh_ms), NULL,
	"how often secondaries look for a new serial"},
    {"zone_retry", SETTING_DURATION, "30m", 1000, YEARS_MS, NULL, AT(retry_zone_ms), NULL,
	"how soon they try again when that failed"},
    {"zone_expire", SETTING_DURATION, "14d", 1000, YEARS_MS, NULL, AT(expire_ms), NULL,
	"when they give the zone up"},
    {"serial", SETTING_STRING, "time", 0, 0, serials, AT(serial), NULL,
	"what new serials are made of: the time, the date, or one more than before"},
    {"classless", SETTING_STRING, "/", 0, 0, separators, AT(classless), NULL,
	"what parts address and bits in the names of zones below a /24 (RFC 2317)"},
    {"classless_parents", SETTING_BOOL, "yes", 0, 0, NULL, AT(classless_parents), NULL,
	"the /24 around them is published too"},
    {"dhcp_name_servers", SETTING_STRINGS, NULL, 0, 0, NULL, AT(dhcp_name_servers), NULL,
	"addresses of name servers that DHCP clients are told"},
    {"lease", SETTING_DURATION, "1d", 1000, YEARS_MS, NULL, AT(lease_ms), NULL,
	"for how long a DHCP client has its address"},
    {"brake", SETTING_INT, "30", 1, 100, NULL, AT(brake), NULL,
	"percent of records that may go in one step without being confirmed"},
    {"strict", SETTING_BOOL, "no", 0, 0, NULL, AT(strict), NULL,
	"publish nothing while a subnet file has an error, instead of leaving that part out"},
    {"filter", SETTING_STRINGS, NULL, 0, 0, NULL, AT(filter), NULL,
	"commands that change what was made, or make it: \"bind: COMMAND\" in place of bind"},
    {"checkers", SETTING_STRINGS, NULL, 0, 0, NULL, AT(checkers), NULL,
	"\"zone: PROGRAM\" takes another program, \"zone:\" none, \"COMMAND\" checks all"},
    {"require_checkers", SETTING_BOOL, "no", 0, 0, NULL, AT(require_checkers), NULL,
	"publish nothing that could not be checked because a checker is not installed"},
    {"reload", SETTING_STRINGS, NULL, 0, 0, NULL, AT(reload), NULL,
	"commands that follow: \"bind: rndc reload\" when bind's files have changed"},
    {"command_limit", SETTING_DURATION, "60s", 100, DAY_MS, NULL, AT(command_limit_ms), NULL,
	"a filter, checker or reload command that takes longer is killed"},
    {"probe", SETTING_STRINGS, NULL, 0, 0, NULL, AT(probe), NULL,
	"name servers, ADDRESS or ADDRESS:PORT, that must serve the new serials"},
    {"probe_limit", SETTING_DURATION, "15s", 100, DAY_MS, NULL, AT(probe_limit_ms), NULL,
	"how long they may take for it"},
    {0},
};

/* --- the check --- */

static int
fail(char *why, size_t size, const char *setting, const char *value, const char *reason)
{
	snprintf(why, size, "publish: %s: %s: %s", setting, value, reason);
	return OP_BAD_REQUEST;
}

/* A label is the name of a generator, or of something that `also` knows. */
static int
check_commands(const char *setting, const struct string_list *l, bool (*also)(const char *),
    bool needs_words, char *why, size_t size)
{
	for (size_t i = 0; i < l->count; i++) {
		struct command_line c;
		const char *fault = NULL;

		if (command_line_parse(l->items[i], &c))
			return fail(why, size, setting, l->items[i], "not a command");
		if (*c.label && !(also ? also(c.label) : publish_generator_bit(c.label) != 0))
			fault = "nothing of this name is made";
		else if (needs_words && c.argc == 0)
			fault = "no command";
		command_line_fini(&c);
		if (fault)
			return fail(why, size, setting, l->items[i], fault);
	}
	return OP_OK;
}

static int
check_generators(const struct publish_settings *s, char *why, size_t size)
{
	for (size_t i = 0; i < s->generators.count; i++)
		if (publish_generator_bit(s->generators.items[i]) == 0)
			return fail(why, size, "generators", s->generators.items[i],
			    "not one of bind, dhcpd, kea, dnsmasq, hosts");
	return OP_OK;
}

static int
check_addresses(const struct publish_settings *s, char *why, size_t size)
{
	struct probe_server server;
	struct netaddr a;

	for (size_t i = 0; i < s->dhcp_name_servers.count; i++)
		if (netaddr_parse(s->dhcp_name_servers.items[i], &a))
			return fail(why, size, "dhcp_name_servers", s->dhcp_name_servers.items[i],
			    "not an address");
	for (size_t i = 0; i < s->probe.count; i++)
		if (probe_server_parse(s->probe.items[i], &server))
			return fail(why, size, "probe", s->probe.items[i],
			    "not ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT");
	return OP_OK;
}

int
publish_settings_check(const struct publish_settings *s, char *why, size_t why_size)
{
	struct publish_setup setup;
	const char *fault;
	int err;

	if (s->directory && *s->directory && *s->directory != '/')
		return fail(why, why_size, "directory", s->directory, "not an absolute path");
	if ((err = check_generators(s, why, why_size)) ||
	    (err = check_addresses(s, why, why_size)) ||
	    (err = check_commands("filter", &s->filter, NULL, true, why, why_size)) ||
	    (err = check_commands("checkers", &s->checkers, checkers_know, false, why, why_size)) ||
	    (err = check_commands("reload", &s->reload, NULL, true, why, why_size)))
		return err;
	if ((err = publish_setup_init(&setup, s, "/published/current", 0)))
		return err;
	fault = publish_options_fault(&setup.options);
	if (fault)
		snprintf(why, why_size, "publish: %s", fault);
	publish_setup_fini(&setup);
	return fault ? OP_BAD_REQUEST : OP_OK;
}

/* --- for lib/publish/ --- */

unsigned
publish_settings_replaced(const struct publish_settings *s)
{
	unsigned bits = 0;

	for (size_t i = 0; i < s->filter.count; i++) {
		struct command_line c;

		if (command_line_parse(s->filter.items[i], &c))
			continue;
		bits |= publish_generator_bit(c.label);
		command_line_fini(&c);
	}
	return bits;
}

/* YYYYMMDD00, as many people number their zones. */
static uint32_t
date_serial(int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm tm;

	gmtime_r(&now, &tm);
	return (uint32_t)(((tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday) * 100);
}

static uint32_t
serial_hint(const char *how, int64_t now_ms)
{
	if (strcmp(how, "time") == 0)
		return (uint32_t)(now_ms / 1000);
	return strcmp(how, "date") == 0 ? date_serial(now_ms) : 0;
}

static uint32_t
seconds(int64_t ms)
{
	return (uint32_t)(ms / 1000);
}

static void
set_options(struct publish_options *o, const struct publish_settings *s, int64_t now_ms)
{
	o->generators = 0;
	for (size_t i = 0; i < s->generators.count; i++)
		o->generators |= publish_generator_bit(s->generators.items[i]);
	o->generators &= ~publish_settings_replaced(s);
	o->name_servers = (const char *const *)s->name_servers.items;
	o->name_server_count = s->name_servers.count;
	o->hostmaster = s->hostmaster && *s->hostmaster ? s->hostmaster : NULL;
	o->ttl_s = seconds(s->ttl_ms);
	o->negative_ttl_s = seconds(s->negative_ttl_ms);
	o->refresh_s = seconds(s->refresh_ms);
	o->retry_s = seconds(s->retry_zone_ms);
	o->expire_s = seconds(s->expire_ms);
	o->serial_hint = serial_hint(s->serial, now_ms);
	o->classless_separator = s->classless[0];
	o->classless_parents = s->classless_parents;
	o->lease_s = seconds(s->lease_ms);
}

int
publish_setup_init(struct publish_setup *out, const struct publish_settings *s,
    const char *directory, int64_t now_ms)
{
	struct publish_setup u = {0};

	publish_options_default(&u.options);
	u.options.directory = directory;
	set_options(&u.options, s, now_ms);
	u.resolvers = calloc(s->dhcp_name_servers.count + 1, sizeof(*u.resolvers));
	if (!u.resolvers)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < s->dhcp_name_servers.count; i++)
		if (netaddr_parse(s->dhcp_name_servers.items[i], &u.resolvers[i])) {
			free(u.resolvers);
			return OP_BAD_REQUEST;
		}
	u.options.dhcp_name_servers = u.resolvers;
	u.options.dhcp_name_server_count = s->dhcp_name_servers.count;
	*out = u;
	return OP_OK;
}

void
publish_setup_fini(struct publish_setup *setup)
{
	free(setup->resolvers);
	*setup = (struct publish_setup){0};
}
