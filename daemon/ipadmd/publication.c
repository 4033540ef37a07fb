/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/publication.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipadmd/checkers.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/publish/brake.h"

#ifdef OPDESK_TEST_BUILD
void
publication_reach(enum publish_place place)
{
	const char *wanted = getenv("OPDESK_PUBLISH_DIES");
	const char *file = wanted ? strchr(wanted, ' ') : NULL;

	if (file && atoi(wanted) == (int)place && unlink(file + 1) == 0)
		raise(SIGKILL);
}
#else
void
publication_reach(enum publish_place place)
{
	(void)place;
}
#endif

/* --- is it wanted? --- */

static size_t
count_differences(const struct publication *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->next.count; i++)
		n += stage_differs(p, &p->next.list[i]);
	for (size_t i = 0; i < p->before.count; i++)
		n += publish_record_find(&p->next, p->before.list[i].path) == NULL;
	return n;
}

/* More than the brake allows would go. */
static int
find_brake(struct publication *p)
{
	struct publish_file *files = calloc(p->next.count + 1, sizeof(*files));
	struct outcome *o = &p->out;
	struct publish_brake b;

	if (!files)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < p->next.count; i++) {
		files[i].path = (char *)(uintptr_t)p->next.list[i].path;
		files[i].records = p->next.list[i].records;
	}
	o->braked = publish_brake(p->before.list, p->before.count, files, p->next.count,
	    (unsigned)p->settings->brake, &b);
	if (o->braked) {
		snprintf(o->brake_path, sizeof(o->brake_path), "%s", b.path ? b.path : "");
		o->brake_before = b.before;
		o->brake_after = b.after;
	}
	free(files);
	return OP_OK;
}

static int
brake(struct publication *p, const struct publication_wish *wish)
{
	bool newest = !*wish->commit || strcmp(wish->commit, p->snapshot.commit) == 0;
	int err = find_brake(p);

	if (err || !p->out.braked)
		return err;
	if (wish->confirm && newest) {
		p->out.braked = false;
		log_notice("brake: released by hand: %zu of %zu records stay", p->out.brake_after,
		    p->out.brake_before);
		return OP_OK;
	}
	return outcome_fail(&p->out, OUTCOME_BRAKED, NULL,
	    "%s: %zu of %zu records would go: look at the preview, then confirm%s",
	    *p->out.brake_path ? p->out.brake_path : "all files together",
	    p->out.brake_before - p->out.brake_after, p->out.brake_before,
	    wish->confirm ? " what is the newest commit now" : "");
}

static int
judge(struct publication *p, const struct publication_wish *wish)
{
	if (p->settings->strict && p->out.errors > 0)
		return outcome_fail(&p->out, OUTCOME_REFUSED, NULL,
		    "the subnet files have %zu errors", p->out.errors);
	return brake(p, wish);
}

/* --- check --- */

static void
checker_said(const char *command, const struct command_result *r, void *arg)
{
	struct publication *p = arg;

	outcome_output(&p->out, command, r);
	outcome_fail(&p->out, OUTCOME_FAILED, "check", "%s: %s", command,
	    r->status == -1 ? "killed, or not started" : "refuses what was generated");
}

static void
checker_is_missing(const char *label, const char *program, void *arg)
{
	struct publication *p = arg;

	(void)label;
	outcome_fail(&p->out, OUTCOME_FAILED, "check",
	    "%s is not installed, and require_checkers is set", program);
}

static int
check(struct publication *p)
{
	char staged[SHELF_NAME];
	const struct checkers c = {p->settings, shelf_name(staged, p->shelf.path, p->set, NULL),
	    {p->stop_fd[0], p->stop_fd[1]}, checker_said, p};
	int err = OP_OK;

	p->on_step("check", p->arg);
	if (p->settings->require_checkers)
		checkers_missing(p->settings, checker_is_missing, p);
	if (*p->out.reason)
		return OP_CONFLICT;
	for (size_t i = 0; i < p->result.count && !err; i++) {
		const struct publish_previous *f =
		    publish_record_find(&p->next, p->result.files[i].path);

		if (f && stage_differs(p, f))
			err = checkers_file(&c, &p->result.files[i]);
	}
	if (err == OP_OK)
		err = checkers_all(&c);
	publication_reach(PUBLISH_CHECKED);
	return err;
}

/* --- the run --- */

static void
begin(struct publication *p)
{
	struct outcome_output *outputs = p->out.outputs;

	p->out = (struct outcome){.outputs = outputs, .at_ms = clock_wall_ms()};
	publish_result_fini(&p->result);
	publish_record_fini(&p->before);
	publish_record_fini(&p->next);
	p->set[0] = '\0';
}

/* Nothing that servers read differs: the record says that it is of this commit as well. */
static int
stay(struct publication *p)
{
	int err = OP_OK;

	stage_drop(p);
	p->next.at_ms = p->before.at_ms;
	if (*p->doubt.set) {
		err = handover_again(p);
		p->out.state = err ? p->out.state : OUTCOME_PUBLISHED;
	} else {
		p->out.state = OUTCOME_UNCHANGED;
	}
	if (err == OP_OK && strcmp(p->before.commit, p->next.commit) != 0 &&
	    shelf_note(&p->shelf, &p->next))
		log_warn("%s: its record cannot be written: %s", p->shelf.path, strerror(errno));
	return err;
}

static int
publish(struct publication *p, const struct publication_wish *wish)
{
	int err;

	if ((err = stage_make(p)))
		return err;
	publication_reach(PUBLISH_STAGED);
	if ((err = judge(p, wish)))
		return err;
	p->out.changed = count_differences(p);
	if (p->out.changed == 0 && *p->shelf.current)
		return stay(p);
	if ((err = check(p)))
		return err;
	err = handover_new(p);
	p->out.state = err ? p->out.state : OUTCOME_PUBLISHED;
	return err;
}

static int
load(struct publication *p)
{
	char head[COMMIT_TEXT] = "";
	int err = history_head(p->history, head);

	if (err == OP_OK)
		err = snapshot_load(&p->snapshot, p->history, head);
	if (err == OP_NO_MEMORY || err == OP_OK)
		return err;
	return outcome_fail(&p->out, OUTCOME_FAILED, "generate",
	    err == OP_NOT_FOUND ? "there are no subnet files yet" : "the history cannot be read");
}

static int
run(struct publication *p, const struct publication_wish *wish)
{
	int err = shelf_look(&p->shelf);

	if (err == OP_OK)
		err = handover_settle(p);
	if (err)
		return err == OP_SYSTEM ? outcome_fail(&p->out, OUTCOME_FAILED, "switch", "%s: %s",
					      p->shelf.path, strerror(errno))
					: err;
	if ((err = load(p)))
		return err;
	snprintf(p->out.commit, sizeof(p->out.commit), "%s", p->snapshot.commit);
	p->out.commit_count =
	    snapshot_recent(p->history, p->out.commit, p->out.commits, OUTCOME_COMMITS);
	p->on_step("generate", p->arg);
	shelf_tidy(&p->shelf);
	return publish(p, wish);
}

int
publication_run(struct publication *p, const struct publication_wish *wish)
{
	int64_t began_ms = clock_boot_ms();
	int err;

	begin(p);
	err = run(p, wish);
	stage_drop(p);
	publish_result_fini(&p->result);
	p->out.took_ms = clock_boot_ms() - began_ms;
	return err == OP_CONFLICT ? OP_OK : err;
}

void
publication_fini(struct publication *p)
{
	begin(p);
	snapshot_fini(&p->snapshot);
	outcome_fini(&p->out);
}
