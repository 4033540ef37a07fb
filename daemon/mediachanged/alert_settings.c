/* SPDX-License-Identifier: ISC */
/*
 * The table of settings; docs/man/mediachanged.conf.5 explains each.
 */
#include "daemon/mediachanged/alert_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/paths.h"
#include "lib/words.h"

#define AT(member) offsetof(struct alert_settings, member)
#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define CALLS_MAX 100000 /* the workers' own limit is max_calls */
#define YEARS_MS (10000 * DAY_MS)

const struct server_setting alert_settings_table[] = {
    {"desk", SETTING_STRING, "auto", 0, 0, NULL, AT(desk), "desk",
	"what shows questions when no desk does: auto, none, or a program"},
    {"desk_wait", SETTING_DURATION, "2s", 0, DAY_MS, NULL, AT(desk_wait_ms), NULL,
	"how long a question waits for a desk before one is started"},
    {"desk_pause", SETTING_DURATION, "30s", 1000, DAY_MS, NULL, AT(desk_pause_ms), NULL,
	"between two starts of a desk"},
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
    {"history_min", SETTING_INT, "10000", 0, 100000000, NULL, AT(history_min), NULL,
	"but the newest so many questions are kept, whatever the clock says"},
    {"max_escalations", SETTING_INT, "8", 1, 1000, NULL, AT(max_escalations), NULL,
	"commands of escalate sections that run at a time"},
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

#define LEVEL_AT(member) offsetof(struct escalate_settings, member)

static const struct server_setting escalate_table[] = {
    {"after", SETTING_DURATION, NULL, 1000, YEARS_MS, NULL, LEVEL_AT(after_ms), NULL,
	"when the question has waited that long"},
    {"command", SETTING_STRINGS, NULL, 0, 0, NULL, LEVEL_AT(command), NULL,
	"what to run: a program and its arguments, no shell"},
    {"limit", SETTING_DURATION, "1m", 1000, DAY_MS, NULL, LEVEL_AT(limit_ms), NULL,
	"it is killed when it takes longer"},
    {0},
};

const struct server_section alert_settings_sections[] = {
    {.name = "escalate",
	.kind = SECTION_REPEATED,
	.table = escalate_table,
	.size = sizeof(struct escalate_settings),
	.offset = AT(escalate),
	.help = "a level of escalation; one section for each level"},
    {0},
};

/* --- levels of escalation --- */

static int
by_time(const void *a, const void *b)
{
	const struct escalate_settings *x = *(const struct escalate_settings *const *)a;
	const struct escalate_settings *y = *(const struct escalate_settings *const *)b;

	if (x->after_ms != y->after_ms)
		return x->after_ms < y->after_ms ? -1 : 1;
	return x < y ? -1 : x > y; /* as in the file */
}

size_t
alert_settings_levels(
    const struct alert_settings *s, const struct escalate_settings *out[BOOK_LEVELS_MAX])
{
	const struct escalate_settings *all = s->escalate.items;
	size_t count = s->escalate.count < BOOK_LEVELS_MAX ? s->escalate.count : BOOK_LEVELS_MAX;

	for (size_t i = 0; i < count; i++)
		out[i] = &all[i];
	qsort(out, count, sizeof(*out), by_time);
	return count;
}

int
alert_settings_command(const struct escalate_settings *s, char ***argv)
{
	const struct string_list *l = &s->command;
	size_t count = l->count;

	if (count == 1)
		return words_split(l->items[0], argv, &count);
	char **list = calloc(count + 1, sizeof(*list));

	if (!list)
		return OP_NO_MEMORY;
	if (count > 0)
		memcpy(list, l->items, count * sizeof(*list));
	*argv = list;
	return OP_OK;
}

/* n: its number in the file, for the complaint. */
static int
check_level(const struct escalate_settings *s, size_t n, char *why, size_t why_size)
{
	char **argv;

	if (s->after_ms == 0)
		return server_complain(why, why_size, "escalate %zu: a section without after", n);
	int err = alert_settings_command(s, &argv);

	if (err == OP_BAD_REQUEST)
		return server_complain(why, why_size,
		    "escalate %zu: command: a quote that is never closed, or a backslash at the "
		    "end",
		    n);
	if (err)
		return err;
	const char *program = argv[0] ? argv[0] : "";

	if (!*program)
		err = server_complain(why, why_size, "escalate %zu: a section without command", n);
	else if (strchr(program, '/') && *program != '/')
		err = server_complain(why, why_size,
		    "escalate %zu: command: %s: not an absolute path, and no plain name", n,
		    program);
	free(argv);
	return err;
}

static int
check_levels(const struct alert_settings *s, char *why, size_t why_size)
{
	const struct escalate_settings *all = s->escalate.items;
	int err = OP_OK;

	if (s->escalate.count > BOOK_LEVELS_MAX)
		return server_complain(
		    why, why_size, "escalate: more than %d sections", BOOK_LEVELS_MAX);
	for (size_t i = 0; i < s->escalate.count && err == OP_OK; i++)
		err = check_level(&all[i], i + 1, why, why_size);
	return err;
}

/* --- programs --- */

static int
examine_level(const struct escalate_settings *s, size_t n, char *why, size_t why_size)
{
	char **argv;
	int err = alert_settings_command(s, &argv);

	if (err)
		return err;
	int reason = paths_program(argv[0], PATHS_PROGRAMS);

	if (reason)
		err = server_complain(why, why_size, "escalate %zu: command: %s: cannot be run: %s",
		    n, argv[0], strerror(reason));
	free(argv);
	return err;
}

int
alert_settings_examine(const void *settings, char *why, size_t why_size)
{
	const struct alert_settings *s = settings;
	const struct escalate_settings *all = s->escalate.items;
	int err = OP_OK;

	if (strcmp(s->desk, "auto") != 0 && strcmp(s->desk, "none") != 0 &&
	    paths_program(s->desk, PATHS_PROGRAMS))
		return server_complain(why, why_size, "desk: %s: cannot be run: %s", s->desk,
		    strerror(paths_program(s->desk, PATHS_PROGRAMS)));
	for (size_t i = 0; i < s->escalate.count && err == OP_OK; i++)
		err = examine_level(&all[i], i + 1, why, why_size);
	return err;
}

int
alert_settings_check(const void *settings, char *why, size_t why_size)
{
	const struct alert_settings *s = settings;

	if (s->history_keep_ms < s->unconfirmed_keep_ms) {
		return server_complain(why, why_size,
		    "history_keep: shorter than unconfirmed_keep (%lld d): make that shorter, too",
		    (long long)(s->unconfirmed_keep_ms / DAY_MS));
	}
	if (s->max_pending_per_asker > s->max_pending) {
		return server_complain(why, why_size,
		    "max_pending: less than max_pending_per_asker (%lld): make that less, too",
		    (long long)s->max_pending_per_asker);
	}
	return check_levels(s, why, why_size);
}

struct book_limits
alert_settings_limits(const struct alert_settings *s)
{
	const struct escalate_settings *levels[BOOK_LEVELS_MAX];
	struct book_limits limits = {
	    .lease_ms = s->lease_ms,
	    .orphan_keep_ms = s->orphan_keep_ms,
	    .unconfirmed_ms = s->unconfirmed_keep_ms,
	    .desk_grace_ms = s->desk_grace_ms,
	    .max_pending = (size_t)s->max_pending,
	    .max_pending_per_asker = (size_t)s->max_pending_per_asker,
	    .max_closed = (size_t)s->max_closed,
	    .max_calls = CALLS_MAX,
	    .max_refused = (size_t)s->max_refused,
	    .max_escalations = (size_t)s->max_escalations,
	};

	limits.levels = alert_settings_levels(s, levels);
	for (size_t i = 0; i < limits.levels; i++)
		limits.escalate_after_ms[i] = levels[i]->after_ms;
	return limits;
}
