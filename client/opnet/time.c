/* SPDX-License-Identifier: ISC */
/* opnet time: how far other clocks are from ours (RFC 868). */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/json.h"
#include "client/opnet/survey.h"
#include "lib/clock.h"
#include "lib/datagram/daytime.h"
#include "lib/datagram/time868.h"
#include "lib/err.h"

struct settings {
	bool json, udp;
	const char *port;
	int64_t timeout_ms;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {0, "udp", NULL, OPTION_FLAG, AT(udp), NULL, "ask by a datagram (default: by a connection)"},
    {'p', "port", "PORT", OPTION_TEXT, AT(port), NULL,
	"a number or the name of a service (default: 37)"},
    {'t', "timeout", "TIME", OPTION_DURATION, AT(timeout_ms), NULL,
	"one deadline for all of them (default: 10s)"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet time",
    .usage = "[OPTION]... [HOST[:PORT]]...",
    .summary =
	"Ask the clocks of hosts (default: localhost), all at once.  A line is the host, the\n"
	"seconds by which its clock is ahead of ours, and its time; the first is this host.",
    .rows = rows,
    .permute = true};

struct count {
	const struct settings *settings;
	int failed;
};

static int64_t
local_of(int64_t unix_s)
{
	time_t t = unix_s;
	struct tm tm;

	return localtime_r(&t, &tm) != NULL ? unix_s + tm.tm_gmtoff : unix_s;
}

/* The uncertainty follows the time, so that the line still begins as it always did. */
static void
print_line(const char *host, int64_t unix_s, const struct time868_offset *o)
{
	char stamp[DAYTIME_CHARS + 1];

	printf("%-24s %8lld %s", host, (long long)time868_offset_s(o),
	    daytime_stamp(stamp, local_of(unix_s)));
	long long hundredths = (o->within_ms + 9) / 10;

	if (hundredths > 0)
		printf("  ±%lld.%02lld s", hundredths / 100, hundredths % 100);
	printf("\n");
}

static void
print_json(
    const struct survey_answer *a, const char *why, int64_t unix_s, const struct time868_offset *o)
{
	char address[SHELL_ADDRESS];
	struct json j;

	json_begin(&j);
	json_text(&j, "host", a->host);
	if (a->from != NULL)
		json_text(&j, "address", shell_host(address, a->from));
	if (why != NULL) {
		json_text(&j, "error", why);
	} else {
		json_int(&j, "time", unix_s);
		json_int(&j, "offset_ms", o->offset_ms);
		json_int(&j, "within_ms", o->within_ms);
	}
	json_end(&j);
}

static void
on_answer(const struct survey_answer *a, void *arg)
{
	struct count *c = arg;
	const char *why = a->err == OP_OK ? NULL : a->why;
	struct time868_offset o = {0};
	char text[64];
	int64_t unix_s = 0;

	if (a->err == OP_OK &&
	    time868_decode(a->bytes, a->len, a->answered_ms / 1000, &unix_s) != OP_OK) {
		snprintf(
		    text, sizeof(text), "an answer of %zu bytes, not %d", a->len, TIME868_BYTES);
		why = text;
	}
	if (why == NULL)
		o = time868_offset(unix_s, a->asked_ms, a->answered_ms);
	c->failed += why != NULL;
	if (c->settings->json)
		print_json(a, why, unix_s, &o);
	else if (why == NULL)
		print_line(a->host, unix_s, &o);
	else
		shell_say("%s: %s", a->host, why);
}

static void
print_this_host(bool json)
{
	struct survey_answer a = {0};
	struct time868_offset none = {0};
	int64_t now_s = clock_wall_ms() / 1000;
	char name[256] = "localhost";

	(void)gethostname(name, sizeof(name) - 1);
	a.host = name;
	if (json)
		print_json(&a, NULL, now_s, &none);
	else
		print_line(name, now_s, &none);
}

int
opnet_time(int argc, char **argv)
{
	static char *const nobody[] = {(char *)"localhost"};
	struct settings settings = {.port = TIME868_PORT, .timeout_ms = 10000};
	struct count c = {&settings, 0};
	struct shell shell;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return err == OP_CANCELLED ? 0 : EXIT_USAGE;
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	struct survey_question q = {.port = settings.port,
	    .udp = settings.udp,
	    .enough = TIME868_BYTES,
	    .timeout_ms = settings.timeout_ms};
	bool named = first < argc;

	print_this_host(settings.json);
	err = survey_run(
	    &shell, &q, named ? argv + first : nobody, named ? argc - first : 1, on_answer, &c);
	shell_close(&shell);
	if (err != OP_OK)
		return shell_status(err);
	return c.failed > 0 ? EXIT_FAILED : 0;
}
