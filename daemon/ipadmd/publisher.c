/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/publisher.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ipadmd/checkers.h"
#include "daemon/ipadmd/publication.h"
#include "daemon/ipadmd/wire.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define MISSING_MAX 8

struct publisher {
	struct wire wire; /* to the engine */
	int lifeline_fd;
	struct publication run;
	const char *step; /* NULL: idle */
	bool has_run;
	bool is_gone; /* the engine */
	const char *missing[MISSING_MAX];
	size_t missing_count;
};

/* --- saying --- */

/* A notification; `pack` writes one map. */
static void
notify(struct publisher *p, const char *method, void (*pack)(struct publisher *, struct mp_out *))
{
	size_t mark;
	struct mp_out o = wire_begin(&p->wire, &mark);

	rpc_notify(&o, method);
	pack(p, &o);
	if (wire_end(&p->wire, &o, mark))
		log_warn("%s: lost: out of memory", method);
	if (wire_flush(&p->wire))
		p->is_gone = true;
}

/* What servers have been given: the record of what is current. */
static void
pack_current(struct mp_out *o, const struct publish_record *r)
{
	mp_str(o, "published");
	mp_map(o, *r->commit ? 4 : 3);
	if (*r->commit)
		mp_kstr(o, "commit", r->commit);
	mp_kint(o, "at", r->at_ms);
	mp_kint(o, "files", (int64_t)r->count);
	mp_kint(o, "records", (int64_t)publish_record_records(r));
}

static void
pack_strings(struct mp_out *o, const char *key, const char *const *items, size_t n)
{
	mp_str(o, key);
	mp_array(o, n);
	for (size_t i = 0; i < n; i++)
		mp_str(o, items[i]);
}

static void
pack_status(struct publisher *p, struct mp_out *o)
{
	const struct publish_settings *s = p->run.settings;
	const struct outcome *last = &p->run.out;
	struct publish_record current = {0};
	bool has = *p->run.shelf.current &&
		   shelf_record(p->run.shelf.path, p->run.shelf.current, &current) == OP_OK;
	bool since = p->has_run && last->since_ms > 0;

	mp_map(o, 4u + (p->step ? 1 : 0) + (has ? 1 : 0) + (since ? 1 : 0) + (p->has_run ? 1 : 0));
	mp_kbool(o, "enabled", true);
	if (p->step)
		mp_kstr(o, "step", p->step);
	pack_strings(
	    o, "generators", (const char *const *)s->generators.items, s->generators.count);
	mp_kstr(o, "directory", p->run.shelf.path);
	if (has)
		pack_current(o, &current);
	if (since)
		mp_kint(o, "since_at", last->since_ms);
	if (p->has_run) {
		mp_str(o, "last");
		outcome_pack(o, last);
	}
	pack_strings(o, "missing", p->missing, p->missing_count);
	publish_record_fini(&current);
}

static void
pack_step(struct publisher *p, struct mp_out *o)
{
	mp_map(o, 3);
	mp_kstr(o, "step", p->step);
	mp_kstr(o, "commit", p->run.out.commit);
	mp_str(o, "commits");
	outcome_pack_commits(o, &p->run.out);
}

static void
pack_outcome(struct publisher *p, struct mp_out *o)
{
	outcome_pack(o, &p->run.out);
}

static void
on_step(const char *step, void *arg)
{
	struct publisher *p = arg;

	p->step = step;
	notify(p, "status", pack_status);
	notify(p, "sdb.publishing", pack_step);
}

/* --- publishing --- */

/* When did it begin that something is unpublished? */
static int64_t
waits_since(struct publisher *p)
{
	struct publication *run = &p->run;
	struct shelf_unproven doubt = {0};
	struct publish_record r = {0};
	const char *set = run->shelf.current;

	if (shelf_unproven(&run->shelf, &doubt) == OP_OK && strcmp(doubt.set, set) == 0)
		set = doubt.before;
	if (*set)
		shelf_record(run->shelf.path, set, &r);
	int64_t at_ms = snapshot_waits_since(run->history, r.commit);

	publish_record_fini(&r);
	return at_ms;
}

static void
log_outcome(const struct outcome *o)
{
	if (o->state == OUTCOME_PUBLISHED)
		log_notice("published: commit %.10s: %zu of %zu files changed, %zu records",
		    o->commit, o->changed, o->files, o->records_new);
	else if (o->state == OUTCOME_UNCHANGED)
		log_info("published: commit %.10s changes nothing", o->commit);
	else
		log_warn("unpublished: %s: %s", outcome_state_name(o->state), o->reason);
}

static int
publish(struct publisher *p, const msgpack_object *params)
{
	char commit[COMMIT_TEXT] = "";
	struct publication_wish wish = {.commit = commit};
	struct mp_text t;

	mp_get_bool(params, "confirm", &wish.confirm);
	if (mp_get_text(params, "commit", &t) == OP_OK && t.len < sizeof(commit))
		memcpy(commit, t.s, t.len);
	int err = publication_run(&p->run, &wish);

	if (err)
		return err;
	p->has_run = true;
	p->step = NULL;
	p->run.out.since_ms = waits_since(p);
	log_outcome(&p->run.out);
	notify(p, "status", pack_status);
	notify(p, "sdb.published", pack_outcome);
	return p->is_gone ? OP_CLOSED : OP_OK;
}

static int
answer(struct publisher *p, uint32_t msgid)
{
	size_t mark;
	struct mp_out o = wire_begin(&p->wire, &mark);

	rpc_result(&o, msgid);
	outcome_pack(&o, &p->run.out);
	int err = wire_end(&p->wire, &o, mark);

	return err ? err : wire_flush(&p->wire);
}

static int
serve_call(const struct rpc_msg *m, void *arg)
{
	struct publisher *p = arg;

	if (m->type != RPC_REQUEST || !mp_text_is(m->method, "publish"))
		return OP_PROTOCOL;
	int err = publish(p, m->params);

	return err ? err : answer(p, m->msgid);
}

/* --- the loop --- */

static int
serve(struct publisher *p)
{
	struct pollfd fds[] = {
	    {.fd = p->wire.fd, .events = POLLIN}, {.fd = p->lifeline_fd, .events = POLLIN}};
	int err = OP_OK;

	while (err == OP_OK) {
		if (poll(fds, 2, -1) == -1) {
			if (errno != EINTR)
				return OP_SYSTEM;
			continue;
		}
		if (fds[1].revents)
			return OP_CLOSED;
		if (fds[0].revents && (err = wire_take(&p->wire)) == OP_OK)
			err = wire_each(&p->wire, serve_call, p);
	}
	return err;
}

/* --- begin and end --- */

static void
on_missing(const char *label, const char *program, void *arg)
{
	struct publisher *p = arg;

	if (p->missing_count == MISSING_MAX)
		return;
	p->missing[p->missing_count++] = label;
	log_notice("%s: not installed: its files are published without it", program);
}

static int
open_all(struct publisher *p, const char *state, char *why, size_t size)
{
	const struct publish_settings *s = p->run.settings;
	char path[SHELF_PATH];

	umask(022); /* servers run as other users */
	if (shelf_path(&p->run.shelf, s->directory, state)) {
		snprintf(why, size, "directory: its name is too long");
		return OP_TOO_LARGE;
	}
	if (shelf_open(&p->run.shelf)) {
		snprintf(why, size, "%s: %s", p->run.shelf.path, strerror(errno));
		return OP_SYSTEM;
	}
	snprintf(path, sizeof(path), "%s/history.git", state);
	return history_open(path, false, &p->run.history, why, size);
}

/* {} or {why}: the first thing that the engine hears. */
static void
pack_open(struct publisher *p, struct mp_out *o)
{
	const char *why = p->run.out.reason;

	mp_map(o, *why ? 1 : 0);
	if (*why)
		mp_kstr(o, "why", why);
}

static int
cannot_begin(struct publisher *p, const char *why)
{
	p->run.out.at_ms = clock_wall_ms();
	outcome_fail(&p->run.out, OUTCOME_FAILED, "generate", "%s", why);
	p->has_run = true;
	notify(p, "status", pack_status);
	notify(p, "sdb.published", pack_outcome);
	notify(p, "open", pack_open);
	return EX_CANTCREAT;
}

int
publisher_run(int fd, int lifeline_fd, const struct publish_settings *settings, const char *state)
{
	struct publisher p = {.wire = {.fd = fd},
	    .lifeline_fd = lifeline_fd,
	    .run = {.settings = settings, .stop_fd = {fd, lifeline_fd}, .on_step = on_step}};
	char why[SHELF_PATH + 100] = ""; /* a path and an error */

	p.run.arg = &p;
	if (outcome_init(&p.run.out))
		return EX_OSERR;
	if (open_all(&p, state, why, sizeof(why)))
		return cannot_begin(&p, why);
	checkers_missing(settings, on_missing, &p);
	notify(&p, "open", pack_open);
	notify(&p, "status", pack_status);
	int err = serve(&p);

	if (err == OP_CLOSED)
		return EX_OK;
	log_error("publisher: given up: %s", op_strerror(err));
	return EX_IOERR;
}
