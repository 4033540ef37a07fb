/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/commit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipadmd/pending.h"
#include "daemon/ipadmd/switch.h"
#include "lib/err.h"
#include "lib/log.h"

#ifdef OPDESK_TEST_BUILD
static void
reach(enum commit_place place)
{
	static int times[COMMIT_DONE + 1];
	const char *wanted = getenv("OPDESK_COMMIT_DIES");
	const char *file = wanted ? strchr(wanted, ' ') : NULL;
	int at = 0, nth = 1;

	times[place]++;
	if (file && sscanf(wanted, "%d.%d", &at, &nth) > 0 && at == (int)place &&
	    times[place] == nth && unlink(file + 1) == 0)
		raise(SIGKILL);
}
#else
static void
reach(enum commit_place place)
{
	(void)place;
}
#endif

/* --- several files --- */

/* Directories are few: neighbours mostly share theirs. */
static int
sync_directories(const struct pending *p)
{
	int synced = -1;

	for (size_t i = 0; i < p->count; i++) {
		int fd = p->files[i].place.dir_fd;

		if (fd != synced && fsync(fd) == -1)
			return OP_SYSTEM;
		synced = fd;
	}
	return OP_OK;
}

static int
clean_all(const struct pending *p)
{
	int err = OP_OK;

	for (size_t i = 0; i < p->count && err == OP_OK; i++)
		err = switch_clean(&p->files[i]);
	return err;
}

/* The first `count` files are in their places: put them back.  `err` is what became of the next
 * one. */
static int
back_out(const struct pending *p, size_t count, int err)
{
	int saved = errno;

	while (count-- > 0)
		if (switch_back(&p->files[count]))
			return OP_INTERNAL;
	if (clean_all(p))
		return OP_INTERNAL;
	errno = saved;
	return err;
}

static int
exchange_all(const struct pending *p, commit_bases bases)
{
	for (size_t i = 0; i < p->count; i++) {
		int err = switch_in(&p->files[i]);

		if (err)
			return back_out(p, i, err);
		reach(COMMIT_EXCHANGED);
		err = switch_compare(&p->files[i], bases[i]);
		if (err)
			return back_out(p, i + 1, err);
	}
	return sync_directories(p) ? OP_INTERNAL : OP_OK;
}

static int
replace(
    const struct pending *p, const struct history_entry *e, commit_bases bases, const char **failed)
{
	int err = OP_OK;

	*failed = "writing the new file";
	for (size_t i = 0; i < p->count && err == OP_OK; i++)
		err = switch_lay(&p->files[i], bases[i], e->files[i].bytes);
	if (err)
		return back_out(p, 0, err);
	reach(COMMIT_WRITTEN);
	*failed = "exchanging the file";
	return exchange_all(p, bases);
}

/* Steps 4 and 5. */
static int
finish(const struct committer *c, const struct pending *p)
{
	if (history_move(c->history, p->commit))
		return OP_INTERNAL;
	reach(COMMIT_MOVED);
	return clean_all(p) || pending_remove(c->state_fd) ? OP_INTERNAL : OP_OK;
}

static int
describe(
    const struct committer *c, const struct history_entry *e, commit_bases bases, struct pending *p)
{
	p->files = calloc(e->count, sizeof(*p->files));
	if (!p->files)
		return OP_NO_MEMORY;
	for (p->count = 0; p->count < e->count; p->count++) {
		const struct history_blob *from = &e->files[p->count];
		const struct buf *base = bases[p->count];
		struct pending_file *f = &p->files[p->count];

		if (catalog_find(c->catalog, from->file, strlen(from->file), &f->place))
			return OP_NOT_FOUND;
		if (from->bytes)
			history_version(buf_bytes(from->bytes), buf_len(from->bytes), f->new);
		if (base)
			history_version(buf_bytes(base), buf_len(base), f->old);
	}
	return OP_OK;
}

static int
run(const struct committer *c, const struct history_entry *e, commit_bases bases, struct pending *p,
    const char **failed)
{
	int err = describe(c, e, bases, p);

	*failed = "writing the history";
	if (err || (err = history_write(c->history, e, p->commit)))
		return err;
	reach(COMMIT_OBJECTS);
	*failed = "writing the pending file";
	err = pending_write(c->state_fd, p);
	reach(COMMIT_PENDING);
	if (err == OP_OK)
		err = replace(p, e, bases, failed);
	if (err && err != OP_INTERNAL) {
		int saved = errno;
		int forgotten = pending_remove(c->state_fd);

		errno = saved;
		return forgotten ? OP_INTERNAL : err;
	}
	if (err)
		return err;
	reach(COMMIT_SYNCED);
	*failed = "moving the branch";
	return finish(c, p);
}

int
commit_run(const struct committer *c, const struct history_entry *e, commit_bases bases,
    char commit[COMMIT_TEXT], const char **failed)
{
	struct pending p = {0};
	int err = run(c, e, bases, &p, failed);

	if (err == OP_OK) {
		reach(COMMIT_DONE);
		memcpy(commit, p.commit, COMMIT_TEXT);
	}
	int saved = errno;

	pending_fini(&p);
	errno = saved;
	return err;
}

/* --- at start --- */

int
commit_forget(const struct committer *c)
{
	return pending_remove(c->state_fd);
}

/* One that is still out, from the history. */
static int
bring_in(const struct committer *c, const struct pending *p, const char *parent,
    const struct pending_file *f)
{
	char version[COMMIT_TEXT];
	struct buf old, new;
	int err = OP_OK;

	buf_init(&old);
	buf_init(&new);
	if (*f->old)
		err = history_file(c->history, parent, f->place.name, &old, version);
	if (err == OP_OK && *f->new)
		err = history_file(c->history, p->commit, f->place.name, &new, version);
	if (err == OP_OK)
		err = switch_lay(f, *f->old ? &old : NULL, *f->new ? &new : NULL);
	if (err == OP_OK)
		err = switch_in(f);
	if (err == OP_OK && *f->old) {
		err = switch_compare(f, &old);
		if (err == OP_CONFLICT && switch_back(f))
			err = OP_SYSTEM;
	}
	buf_fini(&old);
	buf_fini(&new);
	return err;
}

static int
find_state(const struct pending_file *f, enum switch_state wanted, bool *found)
{
	enum switch_state state;
	int err = switch_look(f, &state);

	if (err == OP_OK && state == wanted)
		*found = true;
	return err;
}

/* Forwards; OP_CONFLICT: somebody's edit is in the way. */
static int
complete(const struct committer *c, const struct pending *p)
{
	struct history_commit commit;
	bool found = false;
	int err = history_read(c->history, p->commit, &commit);

	if (err)
		return err;
	history_commit_fini(&commit);
	for (size_t i = 0; i < p->count && err == OP_OK; i++)
		err = find_state(&p->files[i], SWITCH_ODD, &found);
	if (err == OP_OK && found)
		err = OP_CONFLICT;
	for (size_t i = 0; i < p->count && err == OP_OK; i++) {
		found = false;
		err = find_state(&p->files[i], SWITCH_OUT, &found);
		if (err == OP_OK && found)
			err = bring_in(c, p, commit.parent, &p->files[i]);
	}
	if (err == OP_OK)
		err = sync_directories(p);
	if (err == OP_OK)
		err = finish(c, p);
	if (err == OP_OK)
		log_notice("%s%s: completed: commit %s", p->files[0].place.name,
		    p->count > 1 ? " and others" : "", p->commit);
	return err;
}

static int
recover(const struct committer *c, const struct pending *p)
{
	char head[COMMIT_TEXT] = "";
	int err = history_head(c->history, head);

	if (err && err != OP_NOT_FOUND)
		return err;
	if (strcmp(head, p->commit) == 0) {
		err = clean_all(p);
		return err ? err : commit_forget(c);
	}
	err = complete(c, p);
	if (err != OP_CONFLICT)
		return err;
	err = OP_OK;
	for (size_t i = 0; i < p->count && err == OP_OK; i++)
		err = switch_undo(&p->files[i]);
	return err ? err : OP_AGAIN;
}

int
commit_recover(const struct committer *c, char unfinished[COMMIT_TEXT])
{
	struct pending p;
	int err = pending_read(c->state_fd, c->catalog, &p);

	if (err)
		return err == OP_NOT_FOUND ? OP_OK : err;
	err = recover(c, &p);
	if (err == OP_AGAIN)
		memcpy(unfinished, p.commit, COMMIT_TEXT);
	pending_fini(&p);
	return err;
}
