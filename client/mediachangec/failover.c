/* SPDX-License-Identifier: ISC */
/* Rounds over the daemons with pauses between them.  Blocking; called by asking.c and oneline.c. */
#include "client/mediachangec/failover.h"

#include <stdio.h>
#include "client/common/stop.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/units.h"

#define FIRST_PAUSE_MS 100
#define MAX_PAUSE_MS 1000

struct rounds {
	const struct settings *settings;
	failover_fn *attempt;
	void *arg;
	int64_t deadline_ms;
	int named[OPTION_TEXTS_MAX]; /* the error that was last said of each */
};

bool
failover_is_final(int err)
{
	static const int final[] = {OP_BAD_REQUEST, OP_UNKNOWN_METHOD, OP_DENIED, OP_CONFLICT,
	    OP_TOO_LARGE, OP_NO_MEMORY, OP_CANCELLED};

	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++)
		if (final[i] == err)
			return true;
	return false;
}

int
failover_pause(int64_t *pause_ms, int64_t max_ms, int64_t deadline_ms)
{
	int64_t until_ms = clock_boot_ms() + *pause_ms;

	*pause_ms = *pause_ms * 2 < max_ms ? *pause_ms * 2 : max_ms;
	return stop_poll(NULL, 0, until_ms < deadline_ms ? until_ms : deadline_ms);
}

static void
name(struct rounds *r, size_t i, int err, const char *why)
{
	char text[SERVER_WHY];

	/* The last attempt of all has no time left, and nothing new to say. */
	if (r->named[i] == err || (r->named[i] && err == OP_TIMEOUT))
		return;
	r->named[i] = err;
	fprintf(stderr, "mediachangec: %s\n",
	    server_explain(
		text, sizeof(text), &server_mediachanged, &r->settings->endpoints[i], err, why));
}

/* A fair share of the time that is left, so that one silent host does not use up all of it. */
static int64_t
share(const struct rounds *r, size_t servers_left)
{
	int64_t now_ms = clock_boot_ms();

	return now_ms + (r->deadline_ms - now_ms) / (int64_t)servers_left;
}

/* One round; OP_UNAVAILABLE when none of them took it. */
static int
round_once(struct rounds *r, size_t *index)
{
	size_t count = r->settings->endpoint_count;
	char why[SERVER_WHY];

	for (size_t i = 0; i < count; i++) {
		why[0] = '\0';
		int err = r->attempt(
		    &r->settings->endpoints[i], share(r, count - i), why, sizeof(why), r->arg);

		if (err == OP_OK) {
			*index = i;
			return OP_OK;
		}
		if (err != OP_CANCELLED)
			name(r, i, err, why);
		if (failover_is_final(err))
			return err == OP_CANCELLED || err == OP_NO_MEMORY ? err : OP_DENIED;
	}
	return OP_UNAVAILABLE;
}

int
failover_run(const struct settings *s, failover_fn *attempt, void *arg, size_t *index)
{
	struct rounds r = {s, attempt, arg, clock_boot_ms() + s->connect_ms, {0}};
	int64_t pause_ms = FIRST_PAUSE_MS;
	char time[40];

	for (;;) {
		int err = round_once(&r, index);

		if (err != OP_UNAVAILABLE)
			return err;
		if (clock_boot_ms() >= r.deadline_ms)
			break;
		if (failover_pause(&pause_ms, MAX_PAUSE_MS, r.deadline_ms) != 0)
			return OP_CANCELLED;
	}
	fprintf(stderr, "mediachangec: nobody took the question within %s (--connect-timeout)\n",
	    units_format_ms(time, sizeof(time), s->connect_ms));
	return OP_UNAVAILABLE;
}
