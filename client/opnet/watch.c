/* SPDX-License-Identifier: ISC */
/* opnet watch: the beacons of a group as events, and as a table at the end; questions to the
 * operators about who is silent or has a wrong clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "client/common/options.h"
#include "client/common/server.h"
#include "client/opnet/alarms.h"
#include "client/opnet/commands.h"
#include "client/opnet/group.h"
#include "client/opnet/json.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/beacons.h"
#include "lib/text.h"
#include "lib/units.h"

#define HOSTS_MAX 1000
#define SHOWN_MAX 80 /* bytes of a host's name on the screen */

struct settings {
	struct group_settings group;
	bool json;
	const char *alert;
	int64_t silent_after, period_ms, max_offset_ms, end_ms;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {GROUP_ROWS(AT(group)),
    {0, "silent-after", "N", OPTION_NUMBER, AT(silent_after), NULL,
	"periods without a beacon (default: 3)"},
    {0, "period", "TIME", OPTION_DURATION, AT(period_ms), NULL,
	"of beacons that do not tell theirs (default: 15s)"},
    {0, "max-offset", "TIME", OPTION_DURATION, AT(max_offset_ms), NULL,
	"of a clock that is good (default: 2s)"},
    {0, "alert", "ENDPOINT", OPTION_TEXT, AT(alert), NULL,
	"ask the operators of this mediachanged about silent hosts and wrong clocks"},
    {0, "for", "TIME", OPTION_DURATION, AT(end_ms), NULL, "end after so long"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet watch",
    .usage = "[OPTION]...",
    .summary = "Say who sends beacons, who has fallen silent, whose clock is off, as it happens;\n"
	       "when it ends (--for, or interrupted), what is known of every host.",
    .rows = rows};

struct watch {
	const struct settings *settings;
	struct shell *shell;
	struct group group;
	struct beacons beacons;
	struct alarms *alarms; /* NULL: nobody is asked */
	ev_timer end;
};

/* --- words --- */

static const char *const states[] = {[ROLLCALL_NEW] = "alive",
    [ROLLCALL_SILENT] = "silent",
    [ROLLCALL_BACK] = "back",
    [ROLLCALL_CLOCK] = "clock",
    [ROLLCALL_MOVED] = "moved",
    [ROLLCALL_FULL] = "full"};
static const char *const clocks[] = {[ROLLCALL_CLOCK_GOOD] = "good",
    [ROLLCALL_CLOCK_OFF] = "off",
    [ROLLCALL_CLOCK_ZONE] = "time zone?"};

static const char *
shown(char dst[SHOWN_MAX], const struct rollcall_host *h)
{
	return text_log(dst, SHOWN_MAX, h->name, strlen(h->name));
}

/* "+0.012 s", "-3 min 20 s" */
static const char *
offset_text(char *dst, size_t size, int64_t ms)
{
	char span[40];

	if (llabs((long long)ms) < 60000)
		snprintf(dst, size, "%+.3f s", (double)ms / 1e3);
	else
		snprintf(dst, size, "%c%s", ms < 0 ? '-' : '+',
		    units_format_ms(span, sizeof(span), llabs((long long)ms)));
	return dst;
}

static const char *
clock_time(char *dst, size_t size, int64_t wall_ms)
{
	time_t t = wall_ms / 1000;
	struct tm tm = {0};

	(void)localtime_r(&t, &tm);
	strftime(dst, size, "%H:%M:%S", &tm);
	return dst;
}

static void
describe(char *dst, size_t size, enum rollcall_what what, const struct rollcall_host *h,
    const struct netaddr *before)
{
	char offset[60], text[NETADDR_TEXT], time[20];

	offset_text(offset, sizeof(offset), h->offset_ms);
	switch (what) {
	case ROLLCALL_NEW:
	case ROLLCALL_BACK:
		snprintf(dst, size, "%s, clock %s", states[what], offset);
		break;
	case ROLLCALL_SILENT:
		snprintf(
		    dst, size, "silent since %s", clock_time(time, sizeof(time), h->seen_wall_ms));
		break;
	case ROLLCALL_CLOCK:
		if (h->clock == ROLLCALL_CLOCK_ZONE)
			snprintf(dst, size, "time zone? clock %s beside that", offset);
		else
			snprintf(dst, size, "clock is %s: %s", clocks[h->clock], offset);
		break;
	case ROLLCALL_MOVED:
		snprintf(dst, size, "was at %s before", netaddr_format(text, before));
		break;
	case ROLLCALL_FULL:
		break;
	}
}

static void
print_host_json(const char *event, const struct rollcall_host *h)
{
	char text[NETADDR_TEXT];
	struct json j;

	json_begin(&j);
	json_text(&j, "event", event);
	json_text(&j, "host", h->name);
	json_text(&j, "address", netaddr_format(text, &h->from));
	json_bool(&j, "silent", h->silent);
	json_text(&j, "clock", clocks[h->clock]);
	json_int(&j, "offset_ms", h->offset_ms);
	json_int(&j, "seen_ms", h->seen_wall_ms);
	json_int(&j, "period_ms", h->period_ms);
	json_int(&j, "beacons", (int64_t)h->beacons);
	json_end(&j);
}

static void
print_event(const struct watch *w, enum rollcall_what what, const struct rollcall_host *h,
    const struct netaddr *before)
{
	char line[160], name[SHOWN_MAX], address[NETADDR_TEXT], now[20];

	if (w->settings->json) {
		print_host_json(states[what], h);
		return;
	}
	describe(line, sizeof(line), what, h, before);
	printf("%s  %-24s %-15s  %s\n", clock_time(now, sizeof(now), clock_wall_ms()),
	    shown(name, h), netaddr_format(address, &h->from), line);
}

static void
print_table(struct watch *w)
{
	size_t count;
	const struct rollcall_host *const *hosts = rollcall_hosts(w->beacons.hosts, &count);
	char name[SHOWN_MAX], address[NETADDR_TEXT], time[20], offset[60];

	for (size_t i = 0; i < count && w->settings->json; i++)
		print_host_json("summary", hosts[i]);
	if (w->settings->json)
		return;
	if (count == 0)
		shell_say("no beacon was heard");
	else
		printf("%-24s %-15s  %-8s %-9s %s\n", "HOST", "ADDRESS", "STATE", "SEEN", "CLOCK");
	for (size_t i = 0; i < count; i++) {
		const struct rollcall_host *h = hosts[i];

		printf("%-24s %-15s  %-8s %-9s %s%s%s\n", shown(name, h),
		    netaddr_format(address, &h->from), h->silent ? "silent" : "alive",
		    clock_time(time, sizeof(time), h->seen_wall_ms),
		    offset_text(offset, sizeof(offset), h->offset_ms),
		    h->clock == ROLLCALL_CLOCK_GOOD ? "" : "  ",
		    h->clock == ROLLCALL_CLOCK_GOOD ? "" : clocks[h->clock]);
	}
}

/* --- questions --- */

static void
on_answered(const char *host, void *arg)
{
	char name[SHOWN_MAX];

	(void)arg;
	shell_say("an operator has seen to %s", text_log(name, sizeof(name), host, strlen(host)));
}

/* What there is to ask about a host now: its silence before its clock. */
static void
ask(const struct watch *w, const struct rollcall_host *h)
{
	char text[400] = "", name[SHOWN_MAX], address[NETADDR_TEXT], time[20], offset[60];

	if (w->alarms == NULL)
		return;
	shown(name, h);
	netaddr_format(address, &h->from);
	if (h->silent)
		snprintf(text, sizeof(text), "%s (%s) is silent since %s", name, address,
		    clock_time(time, sizeof(time), h->seen_wall_ms));
	else if (h->clock == ROLLCALL_CLOCK_OFF)
		snprintf(text, sizeof(text), "The clock of %s (%s) is off by %s", name, address,
		    offset_text(offset, sizeof(offset), h->offset_ms));
	alarms_set(w->alarms, h->name, h->silent ? "silent" : "clock", text);
}

static void
on_rollcall(
    enum rollcall_what what, const struct rollcall_host *h, const struct netaddr *before, void *arg)
{
	struct watch *w = arg;

	if (what == ROLLCALL_FULL) {
		shell_say("more than %d hosts: the others are not watched", HOSTS_MAX);
		return;
	}
	print_event(w, what, h, before);
	if (what == ROLLCALL_SILENT || what == ROLLCALL_BACK || what == ROLLCALL_CLOCK)
		ask(w, h);
}

/* --- the loop --- */

static void
on_end(struct ev_loop *loop, ev_timer *t, int revents)
{
	struct watch *w = t->data;

	(void)loop;
	(void)revents;
	shell_end(w->shell);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct watch *w = arg;

	(void)u;
	(void)beacons_hear(&w->beacons, d);
}

static void
run(struct watch *w)
{
	struct ev_loop *loop = w->shell->loop;

	ev_timer_init(&w->end, on_end, (double)w->settings->end_ms / 1e3, 0.);
	w->end.data = w;
	ev_now_update(loop);
	if (isatty(STDERR_FILENO))
		shell_say("watching %s, port %lld; interrupt to end with a table",
		    w->settings->group.group, (long long)w->settings->group.port);
	if (w->settings->end_ms > 0)
		ev_timer_start(loop, &w->end);
	shell_run(w->shell);
	ev_timer_stop(loop, &w->end);
	print_table(w);
}

static int
watch(void *settings, struct shell *shell)
{
	const struct settings *s = settings;
	static const struct udp_events events = {.datagram = on_datagram};
	struct rollcall_options o = {.period_ms = s->period_ms,
	    .silent_periods = (int)s->silent_after,
	    .max_offset_ms = s->max_offset_ms,
	    .max_hosts = HOSTS_MAX};
	struct watch w = {.settings = s, .shell = shell};

	if (s->alert != NULL && !alarms_check())
		return EXIT_FAILED;

	int err = group_open(&w.group, shell, &s->group, &events, &w);

	if (err != OP_OK)
		return shell_status(err);
	err = beacons_start(&w.beacons, shell->loop, &o, on_rollcall, &w);
	if (s->alert != NULL)
		w.alarms = alarms_new(shell->loop, s->alert, on_answered, &w);
	if (s->alert != NULL && w.alarms == NULL)
		err = OP_NO_MEMORY;
	if (err == OP_OK)
		run(&w);
	alarms_free(w.alarms);
	beacons_stop(&w.beacons);
	group_close(&w.group);
	return shell_status(err);
}

static int
check(void *settings)
{
	const struct settings *s = settings;
	struct endpoint e;
	const char *why;

	if (s->period_ms < 1)
		return options_complain(&program, "--period: longer than nothing");
	if (s->silent_after > 10000)
		return options_complain(&program, "--silent-after: at most 10000");
	if (s->alert != NULL && server_parse(&server_mediachanged, s->alert, &e, &why) != OP_OK)
		return options_complain(&program, "--alert: %s", why);
	return OP_OK;
}

int
opnet_watch(int argc, char **argv)
{
	struct settings settings = {.group = GROUP_DEFAULTS,
	    .silent_after = 3,
	    .period_ms = BEACON_PERIOD_S * 1000,
	    .max_offset_ms = 2000};
	static const struct shell_command command = {&program, check, watch};

	return shell_command(&command, argc, argv, &settings);
}
