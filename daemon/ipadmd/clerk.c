/* SPDX-License-Identifier: ISC */
/*
 * The process around the calls: frames in, frames out, and, in the committer, foreign edits when
 * nothing else is to do.
 */
#include "daemon/ipadmd/clerk.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/ipadmd/audit.h"
#include "daemon/ipadmd/change.h"
#include "daemon/ipadmd/disk.h"
#include "daemon/ipadmd/drafts.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define IDLE_MS 20

static const struct clerk_call calls[] = {
    {"sdb.list", false, call_list},
    {"sdb.get", false, call_get},
    {"sdb.check", false, call_check},
    {"sdb.search", false, call_search},
    {"sdb.log", false, call_log},
    {"sdb.show", false, call_show},
    {"sdb.diff", false, call_diff},
    {"sdb.blame", false, call_blame},
    {"draft.list", false, call_draft_list},
    {"draft.get", false, call_draft_get},
    {"sdb.preview", false, call_preview},
    {"sdb.get", true, call_get_locked},
    {"sdb.free", true, call_free},
    {"sdb.publish", true, call_publish},
    {"sdb.lock", true, call_lock},
    {"sdb.unlock", true, call_unlock},
    {"sdb.nudge", true, call_nudge},
    {"sdb.put", true, call_put},
    {"sdb.commit", true, call_commit},
    {"sdb.add", true, call_add},
    {"sdb.change", true, call_change},
    {"sdb.remove", true, call_remove},
    {"sdb.offer", true, call_offer},
    {"sdb.allocate", true, call_allocate},
    {"sdb.revert", true, call_revert},
    {"draft.save", true, call_draft_save},
    {"draft.drop", true, call_draft_drop},
    /* between engine and committer */
    {"sweep", true, call_sweep},
};

const struct clerk_call *
clerk_find(struct mp_text name, bool writes)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].writes == writes && mp_text_is(name, calls[i].name))
			return &calls[i];
	return NULL;
}

/* --- for the calls --- */

int
clerk_fail(struct clerk *k, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(k->why, sizeof(k->why), fmt, ap);
	va_end(ap);
	return err;
}

int
clerk_place(struct clerk *k, const msgpack_object *map, struct place *out)
{
	struct mp_text t;

	if (mp_get_text(map, "file", &t) || catalog_find(&k->catalog, t.s, t.len, out))
		return clerk_fail(k, OP_BAD_REQUEST,
		    "file: neither the name of a subnet file nor one of the configuration");
	return OP_OK;
}

int
clerk_file(struct clerk *k, const msgpack_object *params)
{
	int err = clerk_place(k, params, &k->place);

	if (err == OP_OK)
		k->file = k->place.name;
	return err;
}

int
clerk_subnet(struct clerk *k, const msgpack_object *params)
{
	int err = clerk_file(k, params);

	if (err == OP_OK && k->place.flat)
		return clerk_fail(k, OP_BAD_REQUEST, "%s: not a subnet", k->file);
	return err;
}

struct mp_out
clerk_tell(struct clerk *k, const char *method, size_t *mark)
{
	struct mp_out o = wire_begin(&k->wire, mark);

	rpc_notify(&o, method);
	return o;
}

void
clerk_told(struct clerk *k, struct mp_out *o, size_t mark)
{
	if (wire_end(&k->wire, o, mark))
		log_warn("notification: lost: out of memory");
}

bool
clerk_is_cancelled(struct clerk *k)
{
	return wire_is_cancelled(&k->wire);
}

/* --- one call --- */

static void
read_text(const msgpack_object *map, const char *key, char *dst, size_t size)
{
	struct mp_text t;

	dst[0] = '\0';
	if (mp_get_text(map, key, &t) == OP_OK && t.len < size)
		snprintf(dst, size, "%.*s", (int)t.len, t.s);
}

static void
read_caller(struct clerk *k, const msgpack_object *map)
{
	struct caller *c = &k->caller;

	read_text(map, "who", c->who, sizeof(c->who));
	read_text(map, "author", c->author, sizeof(c->author));
	read_text(map, "shown", c->shown, sizeof(c->shown));
	read_text(map, "session", c->session, sizeof(c->session));
	c->is_admin = false;
	mp_get_bool(map, "admin", &c->is_admin);
}

static void
begin_call(struct clerk *k, const struct rpc_msg *m)
{
	read_caller(k, mp_get(m->params, "caller"));
	buf_clear(&k->result);
	buf_clear(&k->data);
	mp_out_init(&k->o, &k->result);
	k->why[0] = k->commit[0] = k->used[0] = '\0';
	k->file = "";
	k->is_dry = false;
	buf_clear(&k->files);
}

static int
reply(struct clerk *k, const struct rpc_msg *m, int err)
{
	size_t mark;
	struct mp_out o = wire_begin(&k->wire, &mark);

	if (err && buf_len(&k->data) > 0) {
		rpc_error_data(&o, m->msgid, err, *k->why ? k->why : NULL, &k->data);
	} else if (err) {
		rpc_error(&o, m->msgid, err, *k->why ? k->why : NULL);
	} else {
		rpc_result(&o, m->msgid);
		mp_raw(&o, buf_bytes(&k->result), buf_len(&k->result));
	}
	return wire_end(&k->wire, &o, mark);
}

static int
reply_too_large(struct clerk *k, const struct rpc_msg *m)
{
	buf_clear(&k->data);
	clerk_fail(k, OP_TOO_LARGE, "the answer does not fit in one message");
	return reply(k, m, OP_TOO_LARGE);
}

static int
run_call(struct clerk *k, const struct rpc_msg *m)
{
	const struct clerk_call *call = clerk_find(m->method, k->writes);

	if (m->type != RPC_REQUEST || !call)
		return OP_PROTOCOL;
	begin_call(k, m);
	int err = clerk_is_cancelled(k) ? OP_CANCELLED : call->run(k, mp_get(m->params, "params"));

	if (err == OP_OK && k->o.err)
		err = k->o.err;
	if (err == OP_SYSTEM && !*k->why)
		clerk_fail(k, err, "%s", strerror(errno));
	if (call->writes && call->run != call_sweep && call->run != call_free && !k->is_dry)
		audit_write(k, m->method, err);
	err = reply(k, m, err);
	return err == OP_TOO_LARGE ? reply_too_large(k, m) : err;
}

static int
serve_call(const struct rpc_msg *m, void *arg)
{
	struct clerk *k = arg;
	int err = run_call(k, m);

	if (err == OP_OK)
		err = wire_flush(&k->wire);
	return err == OP_OK && k->is_broken ? OP_SYSTEM : err;
}

/* --- the loop --- */

/* Is the file other than the history has it?  What we have written ourselves is not. */
static bool
is_edited(const struct clerk *k, const struct place *p)
{
	char there[COMMIT_TEXT], known[COMMIT_TEXT] = "", head[COMMIT_TEXT];
	struct stat st;

	if (fstatat(p->dir_fd, p->base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (uint64_t)st.st_size > k->settings->max_file)
		return true;
	if (disk_version(p->dir_fd, p->base, there))
		return true;
	if (history_head(k->history, head) == OP_OK &&
	    history_file(k->history, head, p->name, NULL, known))
		known[0] = '\0';
	return strcmp(there, known) != 0;
}

/* Directories of other files may hold much that is none of ours. */
static bool
is_ours(const struct clerk *k, const struct inotify_event *e)
{
	struct sdb_name name;
	struct place p;

	if (e->len == 0)
		return true;
	if (sdb_name_parse(e->name, strlen(e->name), &name) == OP_OK &&
	    catalog_find(&k->catalog, e->name, strlen(e->name), &p) == OP_OK)
		return is_edited(k, &p);
	for (size_t i = 0; i < k->catalog.count; i++)
		if (strcmp(k->catalog.others[i].base, e->name) == 0)
			return is_edited(k, &k->catalog.others[i]);
	return false;
}

/* Was one of them about a file of ours? */
static bool
drain_notices(const struct clerk *k)
{
	_Alignas(struct inotify_event) char events[4096];
	bool ours = false;
	ssize_t n;

	while ((n = read(k->notice_fd, events, sizeof(events))) > 0) {
		for (char *p = events; p < events + n;) {
			const struct inotify_event *e = (const void *)p;

			ours = ours || is_ours(k, e);
			p += sizeof(*e) + e->len;
		}
	}
	return ours;
}

/* Foreign edits, those too that no stamp shows; what cannot be done now is tried again the next
 * time. */
static int
notice(struct clerk *k)
{
	k->why[0] = '\0';
	tree_distrust(&k->tree);
	if (change_refresh(k))
		log_warn("foreign edits: %s", k->why);
	return wire_flush(&k->wire);
}

/* A piece of the history that the next list may want. */
static void
look_back(struct clerk *k)
{
	int err = lasts_update(&k->lasts, k->history, IDLE_MS);

	if (err && err != OP_AGAIN) {
		log_warn("history: cannot be read: %s", op_strerror(err));
		k->lasts.next[0] = '\0';
	}
}

static int
patience_ms(const struct clerk *k)
{
	if (k->writes)
		return (int)k->settings->notice_ms;
	return *k->lasts.next ? 0 : -1;
}

static int
serve(struct clerk *k, int lifeline_fd)
{
	struct pollfd fds[] = {{.fd = k->wire.fd, .events = POLLIN},
	    {.fd = lifeline_fd, .events = POLLIN}, {.fd = k->notice_fd, .events = POLLIN}};
	int err = OP_OK;

	if (!k->writes)
		look_back(k);
	while (err == OP_OK) {
		int n = poll(fds, 3, patience_ms(k));

		if (n == -1 && errno != EINTR)
			return OP_SYSTEM;
		if (n > 0 && fds[1].revents)
			return OP_CLOSED; /* what is on disk is complete or pending */
		if (n > 0 && fds[0].revents && (err = wire_take(&k->wire)) == OP_OK)
			err = wire_each(&k->wire, serve_call, k);
		bool edited = n > 0 && fds[2].revents && drain_notices(k);

		if (err == OP_OK && k->writes && (n == 0 || edited))
			err = notice(k);
		if (err == OP_OK && !k->writes && n == 0)
			look_back(k);
	}
	return err;
}

/* --- begin and end --- */

static void
watch(struct clerk *k, int dir_fd)
{
	char path[80];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir_fd);
	if (k->notice_fd != -1 &&
	    inotify_add_watch(
		k->notice_fd, path, IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE) == -1)
		log_notice("foreign edits: looked for every %lld ms only: %s",
		    (long long)k->settings->notice_ms, strerror(errno));
}

static int
open_writer(struct clerk *k, int state_fd)
{
	k->committer = (struct committer){&k->catalog, state_fd, k->history};
	k->known.catalog = &k->catalog;
	if (audit_check(state_fd))
		return clerk_fail(k, OP_SYSTEM, "audit.log: %s", strerror(errno));
	k->notice_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	watch(k, k->catalog.subnets_fd);
	for (size_t i = 0; i < k->catalog.count; i++)
		watch(k, k->catalog.others[i].dir_fd);
	if (done_init(&k->done))
		return OP_NO_MEMORY;
	return change_start(k);
}

static int
path_of(struct clerk *k, const char *configured, const char *name, char *dst, size_t size)
{
	int n = configured && *configured ? snprintf(dst, size, "%s", configured)
					  : snprintf(dst, size, "%s/%s", k->state, name);

	return n >= 0 && (size_t)n < size ? OP_OK : OP_TOO_LARGE;
}

static int
open_all(struct clerk *k)
{
	const struct ipadm_settings *s = k->settings;
	int state_fd = open(k->state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[4096];

	if (state_fd == -1)
		return clerk_fail(k, OP_SYSTEM, "%s: %s", k->state, strerror(errno));
	k->drafts_fd = drafts_open(state_fd);
	if (k->drafts_fd == -1)
		return clerk_fail(k, OP_SYSTEM, "%s/drafts: %s", k->state, strerror(errno));

	if (path_of(k, s->directory, "subnets", path, sizeof(path)) ||
	    catalog_open(&k->catalog, path, s, k->why, sizeof(k->why)))
		return OP_SYSTEM;
	tree_init(&k->tree, &k->catalog, s->max_file, s->notice_ms);
	if (path_of(k, s->locks, "locks", path, sizeof(path)) ||
	    locks_open(&k->locks, path, k->writes))
		return clerk_fail(k, OP_SYSTEM, "%s: %s", path, strerror(errno));
	snprintf(path, sizeof(path), "%s/history.git", k->state);
	int err = history_open(path, k->writes, &k->history, k->why, sizeof(k->why));

	if (err == OP_OK && k->writes)
		err = open_writer(k, state_fd);
	return err;
}

/* The first thing that the engine hears: {} or {why}. */
static void
say_open(struct clerk *k, int err)
{
	size_t mark;
	struct mp_out o = clerk_tell(k, "open", &mark);

	mp_map(&o, err ? 1 : 0);
	if (err)
		mp_kstr(&o, "why", *k->why ? k->why : op_strerror(err));
	clerk_told(k, &o, mark);
	wire_flush(&k->wire);
}

int
clerk_run(int fd, int lifeline_fd, const struct clerk_job *job)
{
	struct clerk k = {.settings = job->settings,
	    .state = job->state,
	    .writes = job->writes,
	    .wire = {.fd = fd},
	    .notice_fd = -1,
	    .file = ""};
	int err = open_all(&k);

	say_open(&k, err);
	if (err)
		return EX_CANTCREAT;
	err = serve(&k, lifeline_fd);
	if (err == OP_CLOSED)
		return EX_OK;
	log_error("%s: given up: %s", job->writes ? "committer" : "reader",
	    *k.why ? k.why : op_strerror(err));
	return EX_IOERR;
}
