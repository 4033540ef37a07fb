/* SPDX-License-Identifier: ISC */
/* opnet beacon: tell a group at every whole multiple of the interval that this host is alive. */
#include "lib/datagram/beacon.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/group.h"
#include "client/opnet/json.h"
#include "lib/beat.h"
#include "lib/clock.h"
#include "lib/err.h"

struct settings {
	struct group_settings group;
	bool json, verbose, brief;
	const char *host;
	int64_t interval_ms, ttl, count;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {GROUP_ROWS(AT(group)),
    {0, "ttl", "N", OPTION_NUMBER, AT(ttl), NULL, "hops (default: 31)"},
    {'i', "interval", "TIME", OPTION_DURATION, AT(interval_ms), NULL,
	"whole seconds, at most a day (default: 15s)"},
    {0, "host", "NAME", OPTION_TEXT, AT(host), NULL, "the name to tell (default: this host's)"},
    {0, "short", NULL, OPTION_FLAG, AT(brief), NULL,
	"the classical form: local time and name only"},
    {'n', "count", "N", OPTION_NUMBER, AT(count), NULL, "end after so many"},
    {'v', "verbose", NULL, OPTION_FLAG, AT(verbose), NULL, "print what is sent"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print it as JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet beacon",
    .usage = "[OPTION]...",
    .summary = "Send a beacon to the group at every whole multiple of the interval on the wall\n"
	       "clock, until interrupted.  opnet watch shows who does.",
    .rows = rows};

struct sender {
	const struct settings *settings;
	struct shell *shell;
	struct group group;
	struct beat beat;
	struct beacon beacon;
	ev_periodic periodic;
	int64_t left;
};

static void
print(const struct sender *s, const char *text)
{
	struct json j;

	if (s->settings->json) {
		json_begin(&j);
		json_text(&j, "host", s->beacon.host);
		json_int(&j, "sent_ms", s->beacon.sent_ms);
		json_int(&j, "seq", s->beacon.seq);
		json_text(&j, "beacon", text);
		json_end(&j);
	} else if (s->settings->verbose) {
		printf("%s\n", text);
	}
}

static void
send_beacon(struct sender *s, int64_t now_ms)
{
	time_t now_s = now_ms / 1000;
	char text[BEACON_BYTES_MAX];
	struct tm tm = {0};

	(void)localtime_r(&now_s, &tm);
	s->beacon.local_s = now_s + tm.tm_gmtoff;
	s->beacon.zone_min = (int)(tm.tm_gmtoff / 60);
	s->beacon.sent_ms = now_ms;
	size_t n = beacon_format(text, sizeof(text), &s->beacon);
	int err = udp_send(s->group.udp, text, n, &s->group.to, NULL);

	if (err != OP_OK)
		shell_say("a beacon could not be sent: %s", op_strerror(err));
	else
		print(s, text);
	s->beacon.seq++;
	if (s->settings->count > 0 && --s->left == 0)
		shell_end(s->shell);
}

static ev_tstamp
next_beat(ev_periodic *p, ev_tstamp now)
{
	const struct sender *s = p->data;
	int64_t now_ms = (int64_t)(now * 1e3);

	return (double)(now_ms + beat_wait_ms(&s->beat, now_ms)) / 1e3;
}

static void
on_beat(struct ev_loop *loop, ev_periodic *p, int revents)
{
	struct sender *s = p->data;
	int64_t now_ms = clock_wall_ms();

	(void)loop;
	(void)revents;
	switch (beat_check(&s->beat, now_ms)) {
	case BEAT_WAIT:
		break;
	case BEAT_NOW:
		send_beacon(s, now_ms);
		break;
	case BEAT_MISSED:
		shell_say("the clock was set ahead, or we were stopped: no beacon in the meantime");
		break;
	}
}

static int
check(void *settings)
{
	const struct settings *s = settings;

	if (s->interval_ms < 1000 || s->interval_ms % 1000 != 0 ||
	    s->interval_ms > BEACON_PERIOD_MAX_S * 1000LL)
		return options_complain(&program, "--interval: whole seconds, at most a day");
	if (s->ttl > 255)
		return options_complain(&program, "--ttl: at most 255");
	return OP_OK;
}

static int
set_host(struct sender *s)
{
	char text[BEACON_BYTES_MAX], name[BEACON_HOST_MAX] = "";

	(void)gethostname(name, sizeof(name) - 1);
	const char *host = s->settings->host != NULL ? s->settings->host : name;

	if (strlen(host) < sizeof(s->beacon.host))
		snprintf(s->beacon.host, sizeof(s->beacon.host), "%s", host);
	return beacon_format(text, sizeof(text), &s->beacon) > 0
		   ? OP_OK
		   : options_complain(&program, "\"%s\" cannot be a host's name in a beacon", host);
}

static int
run(void *arg, struct shell *shell)
{
	const struct settings *settings = arg;
	struct sender s = {.settings = settings, .shell = shell, .left = settings->count};

	s.beacon.full = !settings->brief;
	s.beacon.period_s = (int)(settings->interval_ms / 1000);
	if (set_host(&s) != OP_OK)
		return EXIT_USAGE;
	int err = group_open(&s.group, shell, &settings->group, NULL, NULL);

	if (err != OP_OK)
		return shell_status(err);
	(void)udp_set_ttl(s.group.udp, (int)settings->ttl);
	beat_init(&s.beat, settings->interval_ms, clock_wall_ms());
	ev_periodic_init(&s.periodic, on_beat, 0., 0., next_beat);
	s.periodic.data = &s;
	ev_periodic_start(shell->loop, &s.periodic);
	if (isatty(STDERR_FILENO))
		shell_say("%s to %s, port %lld, every %lld s; interrupt to end", s.beacon.host,
		    settings->group.group, (long long)settings->group.port,
		    (long long)settings->interval_ms / 1000);
	shell_run(shell);
	ev_periodic_stop(shell->loop, &s.periodic);
	group_close(&s.group);
	return 0;
}

int
opnet_beacon(int argc, char **argv)
{
	struct settings settings = {
	    .group = GROUP_DEFAULTS, .interval_ms = BEACON_PERIOD_S * 1000, .ttl = BEACON_TTL};
	static const struct shell_command command = {&program, check, run};

	return shell_command(&command, argc, argv, &settings);
}
