/* SPDX-License-Identifier: ISC */
/*
 * The two processes that touch files, plain blocking code: the *committer*, the only writer, one
 * change at a time; the *reader*, which answers what only looks, so that a search delays no commit.
 * Both are children of the engine and speak RPC with it on a socketpair: the engine sends a
 * client's call as {caller, params}; notifications from the committer are what the engine tells
 * everybody.  A committer that does not know how a write ended exits; the next one finds out.
 */
#ifndef OPDESK_DAEMON_IPADMD_CLERK_H
#define OPDESK_DAEMON_IPADMD_CLERK_H

#include "daemon/ipadmd/catalog.h"
#include "daemon/ipadmd/commit.h"
#include "daemon/ipadmd/done.h"
#include "daemon/ipadmd/ipadm_settings.h"
#include "daemon/ipadmd/known.h"
#include "daemon/ipadmd/lasts.h"
#include "daemon/ipadmd/locks.h"
#include "daemon/ipadmd/nudge.h"
#include "daemon/ipadmd/offer.h"
#include "daemon/ipadmd/tree.h"
#include "daemon/ipadmd/wire.h"
#include "lib/rpc.h"

struct caller {
	char who[200];    /* "lena@local" */
	char author[160]; /* "lena" */
	char shown[400];  /* "lena (local)": from where, for the audit log */
	char session[UUID_SIZE];
	bool is_admin;
};

struct clerk {
	const struct ipadm_settings *settings;
	const char *state; /* directory */
	bool writes;
	struct wire wire; /* to the engine */
	struct catalog catalog;
	struct tree tree;
	struct locks locks;
	struct history *history;
	int drafts_fd;
	struct lasts lasts; /* the reader's */
	/* the committer's */
	struct committer committer;
	struct known known;
	struct offers offers;
	struct nudges nudges;
	struct done done;
	int notice_fd; /* inotify */
	/* the call in hand */
	struct caller caller;
	struct buf result;        /* one object, when it succeeds */
	struct mp_out o;          /* writes to it */
	struct buf data;          /* one object for the error, or empty */
	char why[300];            /* for people, or empty */
	struct place place;       /* of the call's file */
	const char *file;         /* its name, also for the audit log; "" */
	struct buf files;         /* of a set: their names, parted by blanks, for the audit log */
	char commit[COMMIT_TEXT]; /* likewise */
	bool is_dry;              /* nothing is changed by this call: not for the audit log */
	char used[300]; /* what a right of admins was used for, for the audit log; or "" */
	bool is_broken; /* the outcome of a write is not known: answer and exit */
};

struct clerk_call {
	const char *name;
	bool writes; /* the committer's */
	/* OP_OK: `result` holds one object; else an error, with `why` and `data`. */
	int (*run)(struct clerk *k, const msgpack_object *params);
};

/* NULL: the committer (writes), or the reader, has no such method. */
const struct clerk_call *clerk_find(struct mp_text name, bool writes);

/* The process: runs until the engine or the lifeline ends; its exit status. */
struct clerk_job {
	const struct ipadm_settings *settings;
	const char *state;
	bool writes;
};
int clerk_run(int fd, int lifeline_fd, const struct clerk_job *job);

/* --- for the calls --- */

/* Has whoever asked given the call in hand up?  As wire_is_cancelled().  The call then ends with
 * OP_CANCELLED, which of the reader nobody waits for; the committer does that only while nothing
 * was done: what it has begun to write is finished, and the answer says so. */
bool clerk_is_cancelled(struct clerk *k);

/* An error with a reason for people. */
int clerk_fail(struct clerk *k, int err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The key `file` of params, for k->place and k->file: OP_BAD_REQUEST.  clerk_subnet(): also when it
 * is of another type. */
int clerk_file(struct clerk *k, const msgpack_object *params);
int clerk_subnet(struct clerk *k, const msgpack_object *params);
/* The same of a name that stands elsewhere. */
int clerk_place(struct clerk *k, const msgpack_object *map, struct place *out);
/* Tell everybody: a notification, built by the caller (one map), ended by clerk_told(). */
struct mp_out clerk_tell(struct clerk *k, const char *method, size_t *mark);
void clerk_told(struct clerk *k, struct mp_out *o, size_t mark);

/* sdb.list and the like (list_calls.c, read_calls.c), locks (lock_calls.c), changes (put_calls.c,
 * write_calls.c, allocate_calls.c), history (history_calls.c, blame_calls.c),
 * drafts (draft_calls.c). */
int call_list(struct clerk *k, const msgpack_object *params);
int call_get(struct clerk *k, const msgpack_object *params);
int call_check(struct clerk *k, const msgpack_object *params);
int call_search(struct clerk *k, const msgpack_object *params);
int call_get_locked(struct clerk *k, const msgpack_object *params);
int call_lock(struct clerk *k, const msgpack_object *params);
int call_unlock(struct clerk *k, const msgpack_object *params);
int call_nudge(struct clerk *k, const msgpack_object *params);
int call_sweep(struct clerk *k, const msgpack_object *params);
int call_commit(struct clerk *k, const msgpack_object *params);
int call_put(struct clerk *k, const msgpack_object *params);
int call_add(struct clerk *k, const msgpack_object *params);
int call_change(struct clerk *k, const msgpack_object *params);
int call_remove(struct clerk *k, const msgpack_object *params);
int call_revert(struct clerk *k, const msgpack_object *params);
int call_draft_save(struct clerk *k, const msgpack_object *params);
int call_draft_list(struct clerk *k, const msgpack_object *params);
int call_draft_get(struct clerk *k, const msgpack_object *params);
int call_draft_drop(struct clerk *k, const msgpack_object *params);
int call_free(struct clerk *k, const msgpack_object *params);
int call_offer(struct clerk *k, const msgpack_object *params);
int call_allocate(struct clerk *k, const msgpack_object *params);
int call_log(struct clerk *k, const msgpack_object *params);
int call_show(struct clerk *k, const msgpack_object *params);
int call_diff(struct clerk *k, const msgpack_object *params);
int call_blame(struct clerk *k, const msgpack_object *params);
int call_preview(struct clerk *k, const msgpack_object *params); /* preview_calls.c */
int call_publish(struct clerk *k, const msgpack_object *params); /* lock_calls.c */

#endif
