/* SPDX-License-Identifier: ISC */
/*
 * The commands of levels of escalation: an errand is one that runs, or one that could not be
 * started and of which the book is told in its next turn.  What the question says goes into the
 * environment, made plain: a script must not stumble over control characters.  On the engine's
 * loop.
 */
#include "daemon/mediachanged/service.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/text.h"
#include "lib/units.h"

#define NOTE_BYTES 200
#define NOT_FOUND 127 /* exit status of a program that could not be run, as in the shell */

struct errand {
	TAILQ_ENTRY(errand) link;
	struct service *service;
	struct engine_child *child; /* NULL: not started */
	char id[UUID_SIZE];
	int level;
	int64_t started_ms, limit_ms;
	char note[NOTE_BYTES]; /* of one that was not started */
};

/* --- what the command is told --- */

#define ENV_MAX 20

struct surroundings {
	struct buf text; /* NAME=VALUE, each with its NUL */
	size_t at[ENV_MAX];
	size_t count;
	int err;
};

static void
add(struct surroundings *env, const char *name, const char *value, bool keep_lines)
{
	env->at[env->count++] = buf_len(&env->text);
	if (!env->err)
		env->err = buf_printf(&env->text, "%s=", name);
	if (!env->err)
		env->err = text_plain(&env->text, value, strlen(value), keep_lines);
	if (!env->err)
		env->err = buf_append(&env->text, "", 1);
}

static void
add_number(struct surroundings *env, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	add(env, name, text, false);
}

/* Where this daemon is, so that the command can ask mediachangeq, and what programs need to find
 * the files of the daemon's user. */
static void
add_place(struct surroundings *env, const struct service *s)
{
	static const char *const passed[] = {"HOME", "USER", "LOGNAME", "OPDESK_RUNTIME"};
	char endpoint[512];

	if (engine_unix_endpoint(s->engine, endpoint, sizeof(endpoint)) == OP_OK)
		add(env, "OPDESK_SERVER", endpoint, false);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (getenv(passed[i]))
			add(env, passed[i], getenv(passed[i]), false);
}

static void
fill(struct surroundings *env, const struct service *s, const struct alert *a, int64_t age_ms)
{
	*env = (struct surroundings){0};
	buf_init(&env->text);
	add_place(env, s);
	add(env, "OPDESK_ID", a->id, false);
	add(env, "OPDESK_TITLE", a->title ? a->title : "", false);
	add(env, "OPDESK_TEXT", a->text, true);
	add(env, "OPDESK_ASKER", a->asker, false);
	add(env, "OPDESK_FROM", a->from, false);
	add(env, "OPDESK_SEVERITY", a->severity, false);
	add(env, "OPDESK_KEY", a->key ? a->key : "", false);
	add(env, "OPDESK_TAGS", a->tags ? a->tags : "", true);
	add(env, "OPDESK_LABELS", a->labels, true);
	add_number(env, "OPDESK_AGE", age_ms / 1000);
	add_number(env, "OPDESK_ATTEMPT", a->attempt);
	add_number(env, "OPDESK_LEVEL", a->escalated);
}

/* --- results --- */

/* What became of it; OP_OK when it has done its work. */
static int
result_of(const struct errand *e, int status, char *dst, size_t size)
{
	int64_t took_ms = clock_boot_ms() - e->started_ms;
	char time[40];

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		snprintf(dst, size, "done in %s", units_format_ms(time, sizeof(time), took_ms));
		return OP_OK;
	}
	if (WIFSIGNALED(status) && took_ms >= e->limit_ms)
		snprintf(dst, size, "killed: it took longer than %s",
		    units_format_ms(time, sizeof(time), e->limit_ms));
	else if (WIFSIGNALED(status))
		snprintf(dst, size, "ended by signal %d", WTERMSIG(status));
	else if (WEXITSTATUS(status) == NOT_FOUND)
		snprintf(dst, size, "cannot be run (exit status %d); the log says why", NOT_FOUND);
	else
		snprintf(dst, size, "failed with exit status %d", WEXITSTATUS(status));
	return OP_SYSTEM;
}

static void
tell(struct errand *e, bool has_failed, const char *note)
{
	struct service *s = e->service;
	struct book_now now = service_now();

	if (has_failed)
		log_warn("escalate: question %s: level %d: %s", e->id, e->level, note);
	else
		log_notice("escalate: question %s: level %d: %s", e->id, e->level, note);
	TAILQ_REMOVE(&s->errands, e, link);
	book_escalated(s->book, e->id, has_failed, note, &now);
	free(e);
}

static void
on_gone(struct engine *engine, int status, void *arg)
{
	struct errand *e = arg;
	struct service *s = e->service;
	char note[NOTE_BYTES];
	int err = result_of(e, status, note, sizeof(note));

	(void)engine;
	tell(e, err != OP_OK, note);
	tell_all(s);
}

bool
escalate_tell(struct service *s)
{
	struct errand *e;

	TAILQ_FOREACH(e, &s->errands, link)
	{
		if (e->child)
			continue;
		tell(e, true, e->note);
		return true;
	}
	return false;
}

/* --- running --- */

static void
spawn(struct errand *e, const struct escalate_settings *level, const struct alert *a)
{
	struct book_now now = service_now();
	struct surroundings env;
	char *list[ENV_MAX + 1] = {NULL}, **argv = NULL;

	fill(&env, e->service, a, book_view(e->service->book, a, &now).age_ms);
	int err = env.err ? env.err : alert_settings_command(level, &argv);

	for (size_t i = 0; i < env.count && !err; i++)
		list[i] = (char *)env.text.data + env.text.off + env.at[i];
	if (!err) {
		log_notice("escalate: question %s: level %d: running %s", e->id, e->level, argv[0]);
		e->child =
		    engine_spawn(e->service->engine, argv, list, level->limit_ms, on_gone, e);
	}
	if (!e->child)
		snprintf(e->note, sizeof(e->note), "cannot be started: %s",
		    err ? op_strerror(err) : strerror(errno));
	free(argv);
	buf_fini(&env.text);
}

void
escalate_run(struct service *s, const struct alert *a)
{
	const struct escalate_settings *levels[BOOK_LEVELS_MAX];
	size_t count = alert_settings_levels(s->settings, levels);
	struct errand *e = calloc(1, sizeof(*e));

	if (!e)
		abort(); /* as the book does: the next engine says that it was interrupted */
	e->service = s;
	e->level = (int)a->escalated;
	e->started_ms = clock_boot_ms();
	memcpy(e->id, a->id, UUID_SIZE);
	TAILQ_INSERT_TAIL(&s->errands, e, link);
	if (a->escalated > (int64_t)count) {
		snprintf(e->note, sizeof(e->note), "there is no such level any more");
		return;
	}
	e->limit_ms = levels[a->escalated - 1]->limit_ms;
	spawn(e, levels[a->escalated - 1], a);
}

void
escalate_stop(struct service *s)
{
	struct errand *e;

	TAILQ_FOREACH(e, &s->errands, link)
	{
		if (e->child)
			engine_child_kill(e->child);
	}
}
