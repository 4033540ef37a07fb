/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/attempt.h"
#include "daemon/ipadmd/done_answer.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define TRIES 5

int
change_refresh(struct clerk *k)
{
	int err = tree_refresh(&k->tree);

	if (err)
		return clerk_fail(
		    k, OP_UNAVAILABLE, "the directory cannot be read: %s", strerror(errno));
	err = change_notice(k);
	return err == OP_SYSTEM ? OP_UNAVAILABLE : err;
}

int
change_admit(struct clerk *k, const char *file)
{
	struct lease there;
	struct mp_out o;
	int err = locks_read(&k->locks, file, &there);

	if (err == OP_NOT_FOUND)
		return OP_OK;
	if (err)
		return err;
	if (lease_admits(&there, k->caller.who, k->caller.session))
		return OP_OK;
	mp_out_init(&o, &k->data);
	pack_lock(&o, &there, clock_wall_ms(), k->settings->lock_ms);
	return clerk_fail(k, OP_LOCKED, "%s: locked by %s", file, there.owner);
}

/* --- doing it --- */

/* Before the exchange: nothing has changed. */
static int
refuse_failed(struct clerk *k, const struct change *c, const char *failed, int err)
{
	const char *why = err == OP_SYSTEM ? strerror(errno) : op_strerror(err);

	if (err == OP_SYSTEM && history_error())
		why = history_error();

	log_warn("%s%s: not changed: %s failed: %s", c->files[0].place.name,
	    c->count > 1 ? " and others" : "", failed, why);
	return clerk_fail(k, OP_UNAVAILABLE, "%s failed: %s", failed, why);
}

/* The files that are to change, as the history and the commit sequence want them. */
struct work {
	struct history_blob *blobs;
	const struct buf **bases;
	size_t count;
};

static int
gather(const struct attempt *a, struct work *w)
{
	*w = (struct work){.blobs = calloc(a->count + 1, sizeof(*w->blobs)),
	    .bases = calloc(a->count + 1, sizeof(const struct buf *))};
	if (!w->blobs || !w->bases)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < a->count; i++) {
		const struct attempt_file *f = &a->files[i];

		if (f->is_same)
			continue;
		w->blobs[w->count] =
		    (struct history_blob){f->wanted->place.name, f->is_gone ? NULL : &f->next};
		w->bases[w->count++] = f->there ? &f->there->bytes : NULL;
	}
	return OP_OK;
}

static int
commit_work(struct clerk *k, const struct change *c, const struct work *w)
{
	const char *failed = "";
	struct history_entry e = {
	    .files = w->blobs,
	    .count = w->count,
	    .author = k->caller.author,
	    .who = k->caller.who,
	    .message = c->message && *c->message ? c->message : c->fallback,
	    .change = c->id,
	    .at_ms = clock_wall_ms(),
	};
	int err = commit_run(&k->committer, &e, w->bases, k->commit, &failed);

	if (err == OP_CONFLICT)
		return OP_AGAIN;
	if (err == OP_INTERNAL) {
		k->is_broken = true;
		return clerk_fail(k, OP_UNAVAILABLE, "%s failed: the outcome is looked up", failed);
	}
	if (err)
		return refuse_failed(k, c, failed, err);
	done_add(&k->done, c->id, k->commit);
	change_tell(k, &e, k->commit);
	return OP_OK;
}

static int
do_attempt(struct clerk *k, const struct change *c, const struct attempt *a)
{
	struct work w = {0};
	int err = gather(a, &w);

	if (err == OP_OK)
		err = commit_work(k, c, &w);
	free(w.blobs);
	free(w.bases);
	return err;
}

static int
try(struct clerk *k, const struct change *c)
{
	struct attempt a;
	int err = attempt_make(k, c, &a);
	bool empty = attempt_is_empty(&a);

	if (err == OP_OK && !empty)
		err = attempt_judge(k, &a);
	if (err == OP_OK && clerk_is_cancelled(k))
		err = OP_CANCELLED; /* the last moment */
	if (err == OP_OK && c->is_dry)
		err = done_preview(k, &a);
	else if (err == OP_OK && !empty)
		err = do_attempt(k, c, &a);
	if (err == OP_OK && !c->is_dry)
		err = done_answer(k, c, &a, empty ? NULL : k->commit);
	attempt_fini(&a);
	return err;
}

int
change_run(struct clerk *k, const struct change *c)
{
	int err = try(k, c);

	for (int i = 1; i < TRIES && err == OP_AGAIN; i++) {
		tree_distrust(&k->tree); /* something was not as we knew it */
		err = change_refresh(k);
		if (err == OP_OK)
			err = try(k, c);
	}
	if (err == OP_AGAIN)
		return clerk_fail(
		    k, OP_UNAVAILABLE, "%s is being edited by other means", c->files[0].place.name);
	return err;
}

int
change_once(struct clerk *k, const msgpack_object *params, bool is_set, char id[UUID_SIZE])
{
	struct mp_text t;

	if (mp_get_text(params, "id", &t) || t.len != UUID_SIZE - 1)
		return OP_PROTOCOL;
	snprintf(id, UUID_SIZE, "%.*s", (int)t.len, t.s);
	const char *commit = done_find(&k->done, id);

	if (!commit)
		return OP_OK;
	int err = done_again(k, is_set, commit);

	return err ? err : OP_AGAIN;
}

int
change_begin(
    struct clerk *k, const msgpack_object *params, struct change_file *f, char id[UUID_SIZE])
{
	int err = clerk_file(k, params);

	if (err)
		return err;
	f->place = k->place;
	err = change_once(k, params, false, id);
	return err ? err : change_admit(k, k->file);
}
