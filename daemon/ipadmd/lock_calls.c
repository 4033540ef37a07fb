/* SPDX-License-Identifier: ISC */
/*
 * Locks: taken, freed, broken, asked for, and freed for sessions that are gone.  Whoever loses a
 * lock to somebody else is told.  In the committer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/change.h"
#include "daemon/ipadmd/clerk.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

/* To everybody; `lock` NULL: it is free now. */
static void
tell_locked(struct clerk *k, const char *file, const struct lease *lock)
{
	size_t mark;
	struct mp_out o = clerk_tell(k, "sdb.locked", &mark);

	mp_map(&o, lock ? 2 : 1);
	mp_kstr(&o, "file", file);
	if (lock) {
		mp_str(&o, "lock");
		pack_lock(&o, lock, clock_wall_ms(), k->settings->lock_ms);
	}
	clerk_told(k, &o, mark);
}

/* To the session that had it. */
static void
tell_taken(struct clerk *k, const char *file, const struct lease *before)
{
	size_t mark;

	log_notice("%s: the lock of %s goes to %s", file, before->owner, k->caller.who);
	if (!*before->session)
		return;
	struct mp_out o = clerk_tell(k, "sdb.taken", &mark);

	mp_map(&o, 3);
	mp_kstr(&o, "file", file);
	mp_kstr(&o, "session", before->session);
	mp_kstr(&o, "by", k->caller.who);
	clerk_told(k, &o, mark);
}

static void
wanted(const struct clerk *k, const msgpack_object *params, struct lease *l)
{
	*l = (struct lease){0};
	snprintf(l->owner, sizeof(l->owner), "%.*s", LEASE_OWNER - 1, k->caller.who);
	mp_get_int(params, "pid", &l->pid);
	mp_get_bool(params, "held", &l->held);
	if (!l->held)
		memcpy(l->session, k->caller.session, UUID_SIZE);
}

/* OP_LOCKED: *before is in the way. */
static int
take(struct clerk *k, const msgpack_object *params, struct lease *now, struct lease *before)
{
	wanted(k, params, now);
	int err =
	    locks_take(&k->locks, k->file, now, clock_wall_ms(), k->settings->lock_ms, before);

	if (err)
		return err;
	if (*before->owner &&
	    (strcmp(before->owner, now->owner) != 0 || strcmp(before->session, now->session) != 0))
		tell_taken(k, k->file, before);
	tell_locked(k, k->file, now);
	return OP_OK;
}

static int
find(struct clerk *k, const msgpack_object *params)
{
	const struct tree_file *f;
	int err = clerk_file(k, params);

	if (err == OP_OK)
		err = tree_refresh(&k->tree);
	return err ? err : answer_find(k, &f);
}

int
call_get_locked(struct clerk *k, const msgpack_object *params)
{
	struct lease now, before;
	int err = find(k, params);

	if (err)
		return err;
	err = take(k, params, &now, &before);
	if (err && err != OP_LOCKED)
		return err;
	return answer_get(k, err == OP_OK);
}

int
call_lock(struct clerk *k, const msgpack_object *params)
{
	struct lease now, before;
	struct mp_out data;
	int err = find(k, params);

	if (err)
		return err;
	err = take(k, params, &now, &before);
	if (err == OP_LOCKED) {
		mp_out_init(&data, &k->data);
		pack_lock(&data, &before, clock_wall_ms(), k->settings->lock_ms);
		return clerk_fail(k, err, "locked by %s", before.owner);
	}
	if (err)
		return err;
	mp_map(&k->o, 3);
	mp_kbool(&k->o, "locked", true);
	mp_str(&k->o, "lock");
	pack_lock(&k->o, &now, clock_wall_ms(), k->settings->lock_ms);
	mp_kstr(&k->o, "session", k->caller.session);
	return OP_OK;
}

static int
unlock(struct clerk *k, const char *file, bool force)
{
	struct lease there;
	int err = locks_read(&k->locks, file, &there);

	if (err)
		return err;
	bool mine = strcmp(there.owner, k->caller.who) == 0;
	bool here = mine && (!*there.session || strcmp(there.session, k->caller.session) == 0);

	if (!mine && !force)
		return clerk_fail(k, OP_DENIED, "locked by %s", there.owner);
	if (!mine && !k->caller.is_admin)
		return clerk_fail(k, OP_DENIED, "breaking a lock needs to be one of `admins`");
	err = locks_free(&k->locks, file, &there);
	if (err)
		return err;
	if (!mine)
		snprintf(k->used, sizeof(k->used), "the lock of %s broken", there.owner);
	if (!here)
		tell_taken(k, file, &there);
	tell_locked(k, file, NULL);
	return OP_OK;
}

void
lock_done(struct clerk *k, const char *file)
{
	struct lease there;

	if (locks_read(&k->locks, file, &there) == OP_OK &&
	    lease_admits(&there, k->caller.who, k->caller.session))
		unlock(k, file, false);
}

int
call_unlock(struct clerk *k, const msgpack_object *params)
{
	bool force = false;
	int err = clerk_file(k, params);

	if (err)
		return err;
	mp_get_bool(params, "force", &force);
	err = unlock(k, k->file, force);
	if (err && err != OP_NOT_FOUND) /* free already: as wished */
		return err;
	mp_map(&k->o, 0);
	return OP_OK;
}

/* --- asked for --- */

static void
tell_wanted(struct clerk *k, const char *session, struct mp_text message)
{
	size_t mark;
	struct mp_out o = clerk_tell(k, "sdb.wanted", &mark);

	mp_map(&o, message.len ? 4 : 3);
	mp_kstr(&o, "file", k->file);
	mp_kstr(&o, "session", session);
	mp_kstr(&o, "by", k->caller.who);
	if (message.len) {
		mp_str(&o, "message");
		mp_strn(&o, message.s, message.len);
	}
	clerk_told(k, &o, mark);
}

/* A held lock belongs to no window: nobody can be told. */
int
call_nudge(struct clerk *k, const msgpack_object *params)
{
	struct mp_text message = {"", 0};
	struct lease there;
	int64_t wait_ms;
	int err = find(k, params);

	if (err)
		return err;
	if (locks_read(&k->locks, k->file, &there))
		return clerk_fail(k, OP_NOT_FOUND, "nobody has the lock of %s", k->file);
	if (strcmp(there.session, k->caller.session) == 0)
		return clerk_fail(k, OP_BAD_REQUEST, "the lock of %s is your own", k->file);
	mp_get_text(params, "message", &message);
	if (*there.session) {
		wait_ms = nudges_wait(&k->nudges, k->file, k->caller.who, clock_boot_ms());
		if (wait_ms > 0)
			return clerk_fail(k, OP_UNAVAILABLE,
			    "%s has been asked already; again in %lld s", there.owner,
			    (long long)(wait_ms + 999) / 1000);
		tell_wanted(k, there.session, message);
	}
	mp_map(&k->o, 2);
	mp_kbool(&k->o, "told", *there.session != '\0');
	mp_kstr(&k->o, "owner", there.owner);
	return OP_OK;
}

/* --- sessions that are gone --- */

struct sweep {
	struct clerk *k;
	const msgpack_object_array *keep; /* sessions */
};

static bool
is_kept(const struct sweep *s, const char *session)
{
	for (uint32_t i = 0; i < s->keep->size; i++) {
		const msgpack_object *v = &s->keep->ptr[i];

		if (v->type == MSGPACK_OBJECT_STR && v->via.str.size == strlen(session) &&
		    memcmp(v->via.str.ptr, session, v->via.str.size) == 0)
			return true;
	}
	return false;
}

static void
sweep_one(const char *file, const struct lease *l, void *arg)
{
	struct sweep *s = arg;

	if (!catalog_has(&s->k->catalog, file))
		return;
	if (l->held || !*l->session || is_kept(s, l->session))
		return;
	if (locks_free(&s->k->locks, file, l) == OP_OK) {
		log_notice("%s: unlocked: the session of %s is gone", file, l->owner);
		tell_locked(s->k, file, NULL);
	}
}

/* {keep: sessions that are there}: free the session locks of all others. */
int
call_sweep(struct clerk *k, const msgpack_object *params)
{
	struct sweep s = {.k = k};
	int err = mp_get_array(params, "keep", &s.keep);

	if (err == OP_OK)
		err = locks_walk(&k->locks, sweep_one, &s);
	if (err == OP_OK)
		mp_map(&k->o, 0);
	return err;
}

/* Only whether it is allowed: the publisher does it.  Who may break locks may also let most of the
 * records go.  What somebody has edited by hand a moment ago is to be in it. */
int
call_publish(struct clerk *k, const msgpack_object *params)
{
	bool confirm = false;
	int err;

	mp_get_bool(params, "confirm", &confirm);
	if (confirm && !k->caller.is_admin)
		return clerk_fail(k, OP_DENIED, "confirm: is for those in `admins`");
	if (confirm)
		snprintf(k->used, sizeof(k->used), "the brake released");
	if ((err = change_refresh(k)))
		return err;
	mp_map(&k->o, 0);
	return k->o.err;
}
