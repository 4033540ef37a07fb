/* SPDX-License-Identifier: ISC */
/*
 * A set that was switched to is in doubt until the servers have proven to serve it.  Serials that
 * are taken back are burnt: a secondary may have them, so the next ones must be newer.
 */
#include "daemon/ipadmd/publication.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/probe.h"
#include "lib/err.h"
#include "lib/log.h"

static int
fail(struct publication *p, int err, const char *step, const char *what)
{
	if (err == OP_NO_MEMORY || err == OP_CLOSED || err == OP_CONFLICT)
		return err;
	return outcome_fail(&p->out, OUTCOME_FAILED, step, "%s: %s", what,
	    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
}

/* --- reload --- */

/* Is something in this folder ("bind") other than in the set of before, or not there any more? */
static bool
folder_differs(const struct publish_record *a, const struct publish_record *b, const char *folder)
{
	size_t len = strlen(folder);

	for (size_t i = 0; i < a->count; i++) {
		const struct publish_previous *f = &a->list[i];
		const struct publish_previous *other;

		if (strncmp(f->path, folder, len) != 0 || f->path[len] != '/')
			continue;
		other = publish_record_find(b, f->path);
		if (!other || other->hash != f->hash || other->serial != f->serial)
			return true;
	}
	return false;
}

/* The two records between which servers are to change; both NULL: reload all. */
struct span {
	const struct publish_record *from, *to;
};

static bool
is_due(const struct span *s, const char *label)
{
	return !*label || !s->from || folder_differs(s->from, s->to, label) ||
	       folder_differs(s->to, s->from, label);
}

static int
run_reload(struct publication *p, const char *text, const struct span *span, char *why, size_t size)
{
	struct command_line line;
	struct command_result result;
	int err = command_line_parse(text, &line);

	if (err)
		return err;
	const struct command_run run = {.argv = line.argv,
	    .directory = p->shelf.path,
	    .limit_ms = p->settings->command_limit_ms,
	    .stop_fd = {p->stop_fd[0], p->stop_fd[1]}};

	if (!is_due(span, line.label)) {
		command_line_fini(&line);
		return OP_OK;
	}
	err = command_run(&run, &result);
	if (err == OP_OK) {
		outcome_output(&p->out, text, &result);
		log_info("%s: status %d", text, result.status);
		if (result.status == -1)
			snprintf(why, size, "%s: killed, or not started", text);
		else if (result.status != 0)
			snprintf(why, size, "%s: exit status %d", text, result.status);
		if (result.status != 0)
			err = OP_CONFLICT;
	}
	command_line_fini(&line);
	return err;
}

static int
reload(struct publication *p, const struct span *span, char *why, size_t size)
{
	int err = OP_OK;

	p->on_step("reload", p->arg);
	for (size_t i = 0; i < p->settings->reload.count && !err; i++)
		err = run_reload(p, p->settings->reload.items[i], span, why, size);
	publication_reach(PUBLISH_RELOADED);
	return err;
}

/* --- probe --- */

/* A zone file says its name in a line "$ORIGIN NAME."; a copy, or NULL. */
static char *
zone_of(const struct publication *p, const char *set, const char *path)
{
	static const char mark[] = "$ORIGIN ";
	struct buf bytes;
	const char *at;
	char *name = NULL;

	buf_init(&bytes);
	if (shelf_read(&p->shelf, set, path, &bytes) == OP_OK &&
	    buf_append(&bytes, "", 1) == OP_OK &&
	    (at = strstr((const char *)buf_bytes(&bytes), mark)) != NULL) {
		size_t len = strcspn(at + strlen(mark), " \t\r\n");

		while (len > 0 && at[strlen(mark) + len - 1] == '.')
			len--;
		name = len ? strndup(at + strlen(mark), len) : NULL;
	}
	buf_fini(&bytes);
	return name;
}

struct zones {
	struct probe_zone *list;
	size_t count;
};

static void
zones_fini(struct zones *z)
{
	for (size_t i = 0; i < z->count; i++)
		free((char *)(uintptr_t)z->list[i].name);
	free(z->list);
}

/* The zones of the current set: to serve, those that differ from `from`; to leave, those whose
 * serials were `from`'s.  from NULL: all, to serve. */
static int
find_zones(const struct publication *p, const struct publish_record *current,
    const struct publish_record *from, enum probe_want want, struct zones *out)
{
	struct zones z = {.list = calloc(current->count + 1, sizeof(*z.list))};

	if (!z.list)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < current->count; i++) {
		const struct publish_previous *f = &current->list[i];
		const struct publish_previous *old =
		    from ? publish_record_find(from, f->path) : NULL;
		char *name;

		if (f->serial == 0 || (old && old->serial == f->serial) ||
		    (want == PROBE_LEFT && !old))
			continue;
		if ((name = zone_of(p, p->shelf.current, f->path)) != NULL)
			z.list[z.count++] = (struct probe_zone){.name = name,
			    .serial = want == PROBE_LEFT ? old->serial : f->serial,
			    .want = want};
	}
	*out = z;
	return OP_OK;
}

static int
probe(struct publication *p, const struct publish_record *current,
    const struct publish_record *from, enum probe_want want, char *why, size_t size)
{
	const struct probe with = {
	    &p->settings->probe, p->settings->probe_limit_ms, {p->stop_fd[0], p->stop_fd[1]}};
	struct zones z;
	int err;

	if (p->settings->probe.count == 0)
		return OP_OK;
	p->on_step("probe", p->arg);
	if ((err = find_zones(p, current, from, want, &z)))
		return err;
	err = probe_wait(&with, z.list, z.count, why, size);
	zones_fini(&z);
	publication_reach(PUBLISH_PROBED);
	return err == OP_TIMEOUT ? OP_CONFLICT : err;
}

/* Servers have what is current, or *why says why not and *step where: OP_CONFLICT. */
struct proof {
	const char *step;
	char why[400];
};

static int
prove(struct publication *p, const struct publish_record *current,
    const struct publish_record *from, enum probe_want want, struct proof *proof)
{
	const struct span span = {from, from ? current : NULL};
	int err;

	*proof = (struct proof){.step = "reload"};
	err = reload(p, &span, proof->why, sizeof(proof->why));
	if (err)
		return err;
	proof->step = "probe";
	return probe(p, current, from, want, proof->why, sizeof(proof->why));
}

/* --- going back --- */

static int
back(struct publication *p, const struct publish_record *gone)
{
	struct publish_record old = {0};
	struct proof proof;
	int err;

	if (shelf_burn(&p->shelf, gone))
		log_warn("%s: serials that are taken back cannot be noted: %s", p->shelf.path,
		    strerror(errno));
	publication_reach(PUBLISH_BURNT);
	p->on_step("switch", p->arg);
	err = shelf_switch(&p->shelf, p->doubt.before);
	publication_reach(PUBLISH_BACK);
	if (err == OP_OK)
		err = shelf_record(p->shelf.path, "current", &old);
	if (err) {
		outcome_more(&p->out, "; going back failed, too: %s",
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
		return err == OP_NO_MEMORY ? err : OP_CONFLICT;
	}
	err = prove(p, &old, gone, PROBE_LEFT, &proof);
	publish_record_fini(&old);
	if (err == OP_OK)
		err = shelf_trust(&p->shelf);
	if (err == OP_OK)
		outcome_more(&p->out, "; what was published before is served again");
	else if (err != OP_CLOSED)
		outcome_more(&p->out,
		    "; what was published before is in its place again, but not served: %s",
		    proof.why);
	return err == OP_CLOSED || err == OP_NO_MEMORY ? err : OP_CONFLICT;
}

/* It is not served, for the reason in `proof`. */
static int
give_up(struct publication *p, const struct publish_record *gone, const struct proof *proof)
{
	outcome_fail(&p->out, OUTCOME_FAILED, proof->step, "%s", proof->why);
	log_warn("publishing failed: %s: %s", proof->step, proof->why);
	if (*p->doubt.before)
		return back(p, gone);
	outcome_more(&p->out, "; there is nothing published before to go back to");
	return OP_CONFLICT;
}

static int
trust(struct publication *p)
{
	int err = shelf_trust(&p->shelf);

	if (err)
		return fail(p, err, "probe", "cannot note that it is served");
	p->doubt = (struct shelf_unproven){0};
	publication_reach(PUBLISH_TRUSTED);
	return OP_OK;
}

/* --- the ways in --- */

/* What was never proven is nothing to go back to. */
static void
plan_doubt(struct publication *p)
{
	bool never_proven = *p->doubt.set && strcmp(p->doubt.set, p->shelf.current) == 0;

	if (!never_proven)
		memcpy(p->doubt.before, p->shelf.current, sizeof(p->doubt.before));
	memcpy(p->doubt.set, p->set, sizeof(p->doubt.set));
}

static int
switch_to(struct publication *p)
{
	int err = shelf_seal(&p->shelf, p->set, &p->next);

	publication_reach(PUBLISH_SEALED);
	if (err == OP_OK) {
		plan_doubt(p);
		err = shelf_doubt(&p->shelf, &p->doubt);
	}
	publication_reach(PUBLISH_DOUBTED);
	if (err == OP_OK)
		err = shelf_switch(&p->shelf, p->set);
	publication_reach(PUBLISH_SWITCHED);
	if (strcmp(p->shelf.current, p->set) == 0)
		p->set[0] = '\0'; /* nothing to drop, even if that is not synced */
	return err ? fail(p, err, "switch", "cannot be written") : OP_OK;
}

int
handover_new(struct publication *p)
{
	bool in_doubt = *p->doubt.set;
	struct proof proof;
	int err;

	p->on_step("switch", p->arg);
	if ((err = switch_to(p)))
		return err;
	err = prove(p, &p->next, in_doubt ? NULL : &p->before, PROBE_REACHED, &proof);
	if (err == OP_CONFLICT)
		return give_up(p, &p->next, &proof);
	return err ? err : trust(p);
}

int
handover_again(struct publication *p)
{
	struct proof proof;
	int err = prove(p, &p->before, NULL, PROBE_REACHED, &proof);

	if (err == OP_CONFLICT)
		return outcome_fail(&p->out, OUTCOME_FAILED, proof.step, "%s", proof.why);
	return err ? err : trust(p);
}

int
handover_settle(struct publication *p)
{
	struct publish_record current = {0};
	struct proof proof;
	int err = shelf_unproven(&p->shelf, &p->doubt);

	if (err == OP_NOT_FOUND)
		p->doubt = (struct shelf_unproven){0};
	if (err || !*p->doubt.before || strcmp(p->doubt.set, p->shelf.current) != 0)
		return err == OP_NOT_FOUND ? OP_OK : err;
	log_notice("%s: was switched to and not proven: going on", p->doubt.set);
	if (shelf_record(p->shelf.path, p->shelf.current, &current))
		return OP_OK; /* as when nothing can be gone back to */
	snprintf(p->out.commit, sizeof(p->out.commit), "%s", current.commit);
	err = prove(p, &current, NULL, PROBE_REACHED, &proof);
	if (err == OP_CONFLICT)
		err = give_up(p, &current, &proof);
	else if (err == OP_OK)
		err = trust(p);
	publish_record_fini(&current);
	return err;
}
