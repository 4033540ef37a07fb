/* SPDX-License-Identifier: ISC */
/* opnet time: how far other clocks are from ours (RFC 868). */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include "client/opnet/clockclient.h"
#include "client/opnet/commands.h"
#include "lib/clock.h"
#include "lib/datagram/daytime.h"
#include "lib/datagram/time868.h"
#include "lib/err.h"

static const struct option_row rows[] = {
    CLOCKCLIENT_ROWS("udp", "ask by a datagram (default: by a connection)", "37")};

static const struct options_program program = {.name = "opnet time",
    .usage = "[OPTION]... [HOST[:PORT]]...",
    .summary =
	"Ask the clocks of hosts (default: localhost), all at once.  A line is the host, the\n"
	"seconds by which its clock is ahead of ours, and its time; the first is this host.",
    .rows = rows,
    .permute = true};

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
	struct json j;

	clockclient_json(&j, a);
	if (why != NULL) {
		json_text(&j, "error", why);
	} else {
		json_int(&j, "time", unix_s);
		json_int(&j, "offset_ms", o->offset_ms);
		json_int(&j, "within_ms", o->within_ms);
	}
	json_end(&j);
}

static bool
answer(const struct survey_answer *a, bool json)
{
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
	if (json)
		print_json(a, why, unix_s, &o);
	else if (why == NULL)
		print_line(a->host, unix_s, &o);
	else
		shell_say("%s: %s", a->host, why);
	return why == NULL;
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
	static const struct clockclient client = {.program = &program,
	    .port = TIME868_PORT,
	    .enough = TIME868_BYTES,
	    .begin = print_this_host,
	    .answer = answer};

	return clockclient_run(&client, argc, argv);
}
