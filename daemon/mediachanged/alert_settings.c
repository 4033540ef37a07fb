/* SPDX-License-Identifier: ISC */
/*
 * The table of settings; docs/man/mediachanged.conf.5 explains each.
 */
#include "daemon/mediachanged/alert_settings.h"

#include <stdio.h>
#include "lib/err.h"

#define AT(member) offsetof(struct alert_settings, member)
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define CALLS_MAX 100000 /* the workers' own limit is max_calls */
#define YEARS_MS (10000 * DAY_MS)

const struct server_setting alert_settings_table[] = {
    {"desk", SETTING_STRING, "auto", 0, 0, NULL, AT(desk), "desk",
	"what shows questions when no desk does: auto, none, or a program"},
    {"desk_wait", SETTING_DURATION, "2s", 0, DAY_MS, NULL, AT(desk_wait_ms), NULL,
	"how long a question waits for a desk before one is started"},
    {"desk_grace", SETTING_DURATION, "5s", 0, DAY_MS, NULL, AT(desk_grace_ms), NULL,
	"how long a question that requires a desk waits for one"},
    {"lease", SETTING_DURATION, "30s", 1000, DAY_MS, NULL, AT(lease_ms), NULL,
	"a question whose asker is gone that long is marked orphaned"},
    {"orphan_keep", SETTING_DURATION, "1d", 1000, YEARS_MS, NULL, AT(orphan_keep_ms), NULL,
	"an orphaned question is withdrawn after that"},
    {"unconfirmed_keep", SETTING_DURATION, "30d", 1000, YEARS_MS, NULL, AT(unconfirmed_keep_ms),
	NULL, "an answer that its asker has not fetched is kept for it that long"},
    {"history_keep", SETTING_DURATION, "400d", DAY_MS, YEARS_MS, NULL, AT(history_keep_ms), NULL,
	"closed questions are removed from the history after that"},
    {"max_pending", SETTING_INT, "10000", 1, 1000000, NULL, AT(max_pending), NULL,
	"pending questions in all"},
    {"max_pending_per_asker", SETTING_INT, "1000", 1, 1000000, NULL, AT(max_pending_per_asker),
	NULL, "pending questions of one asker (user, or address)"},
    {"max_closed", SETTING_INT, "50000", 1, 10000000, NULL, AT(max_closed), NULL,
	"closed questions kept in memory: unconfirmed ones and the newest of each key"},
    {"max_refused", SETTING_INT, "10000", 0, 10000000, NULL, AT(max_refused), NULL,
	"ids remembered of questions that were refused when the disk failed"},
    {"max_searches", SETTING_INT, "100", 1, 10000, NULL, AT(max_searches), NULL,
	"searches of the history that wait at a time"},
    {"max_backlog", SETTING_SIZE, "12M", 1 << 20, 1 << 30, NULL, AT(max_backlog), NULL,
	"bytes queued for a desk that does not read before it has to subscribe again"},
    {"store_limit", SETTING_DURATION, "30s", 1000, DAY_MS, NULL, AT(store_limit_ms), NULL,
	"the process that writes to disk is replaced when it answers nothing for that long"},
    {0},
};

int
alert_settings_check(const void *settings, char *why, size_t why_size)
{
	const struct alert_settings *s = settings;

	if (s->history_keep_ms < s->unconfirmed_keep_ms) {
		snprintf(why, why_size, "history_keep: shorter than unconfirmed_keep");
		return OP_BAD_REQUEST;
	}
	if (s->max_pending_per_asker > s->max_pending) {
		snprintf(why, why_size, "max_pending_per_asker: more than max_pending");
		return OP_BAD_REQUEST;
	}
	return OP_OK;
}

struct book_limits
alert_settings_limits(const struct alert_settings *s)
{
	return (struct book_limits){
	    .lease_ms = s->lease_ms,
	    .orphan_keep_ms = s->orphan_keep_ms,
	    .unconfirmed_ms = s->unconfirmed_keep_ms,
	    .desk_grace_ms = s->desk_grace_ms,
	    .max_pending = (size_t)s->max_pending,
	    .max_pending_per_asker = (size_t)s->max_pending_per_asker,
	    .max_closed = (size_t)s->max_closed,
	    .max_calls = CALLS_MAX,
	    .max_refused = (size_t)s->max_refused,
	};
}
