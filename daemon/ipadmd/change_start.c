/* SPDX-License-Identifier: ISC */
/*
 * What the committer does before its first call: complete what was pending, remember the ids of
 * changes that were made, commit what was edited while it was away.
 */
#include "daemon/ipadmd/change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/drafts.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

/* The files of a commit that was not finished, and the bytes that they borrow. */
struct redo {
	struct clerk *k;
	const struct history_commit *commit;
	struct change_file *files;
	struct buf *bases, *mines;
	size_t count;
};

static int
add_file(const char *file, const char *version, void *arg)
{
	struct redo *r = arg;
	struct change_file *f = &r->files[r->count];
	struct buf *base = &r->bases[r->count], *mine = &r->mines[r->count];
	char unused[COMMIT_TEXT];
	int err = catalog_find(&r->k->catalog, file, strlen(file), &f->place);

	r->count++;
	if (err == OP_OK && *r->commit->parent &&
	    history_file(r->k->history, r->commit->parent, file, base, unused) == OP_OK)
		f->base = base;
	if (err == OP_OK && *version) {
		err = history_file(r->k->history, r->commit->id, file, mine, unused);
		f->mine = mine;
	}
	return err;
}

static int
count_file(const char *file, const char *version, void *arg)
{
	(void)file;
	(void)version;
	++*(size_t *)arg;
	return OP_OK;
}

static int
gather(struct redo *r)
{
	size_t count = 0;
	int err = history_files(r->k->history, r->commit->id, true, count_file, &count);

	if (err)
		return err;
	r->files = calloc(count + 1, sizeof(*r->files));
	r->bases = calloc(count + 1, sizeof(*r->bases));
	r->mines = calloc(count + 1, sizeof(*r->mines));
	if (!r->files || !r->bases || !r->mines)
		return OP_NO_MEMORY;
	return history_files(r->k->history, r->commit->id, true, add_file, r);
}

static void
forget(struct redo *r)
{
	for (size_t i = 0; i < r->count; i++) {
		buf_fini(&r->bases[i]);
		buf_fini(&r->mines[i]);
	}
	free(r->files);
	free(r->bases);
	free(r->mines);
}

/* What could not be merged goes to the drafts of the user whose change it was, file by file. */
static void
keep_drafts(struct clerk *k, const struct redo *r)
{
	const struct draft_limits none = {SIZE_MAX, UINT64_MAX};

	for (size_t i = 0; i < r->count; i++) {
		const struct change_file *f = &r->files[i];
		struct draft d;
		int err = OP_OK;

		if (!f->mine)
			continue;
		draft_init(&d);
		uuid_new(d.id);
		memcpy(d.file, f->place.name, sizeof(d.file));
		if (f->base)
			history_version(buf_bytes(f->base), buf_len(f->base), d.base);
		d.saved_ms = clock_wall_ms();
		err = buf_printf(&d.message, "%s", r->commit->message);
		if (err == OP_OK)
			err = buf_append(&d.text, buf_bytes(f->mine), buf_len(f->mine));
		if (err == OP_OK)
			err = drafts_save(k->drafts_fd, k->caller.who, &d, &none);
		if (err)
			log_warn("%s: no draft could be kept: %s", d.file, op_strerror(err));
		draft_fini(&d);
	}
}

/* The pending commit anew, on top of what somebody else has made of a file. */
static int
redo(struct clerk *k, const struct history_commit *commit)
{
	struct redo r = {.k = k, .commit = commit};
	int err = gather(&r);
	struct change c = {.files = r.files,
	    .count = r.count,
	    .is_set = true,
	    .id = commit->change,
	    .message = commit->message,
	    .fallback = commit->message};

	snprintf(k->caller.who, sizeof(k->caller.who), "%s", commit->who);
	snprintf(k->caller.author, sizeof(k->caller.author), "%s", commit->author);
	mp_out_init(&k->o, &k->result);
	if (err == OP_OK)
		err = change_refresh(k);
	if (err == OP_OK)
		err = change_run(k, &c);
	if (err == OP_OK)
		log_notice("%s: completed: commit %s", r.files[0].place.name, k->commit);
	if (err == OP_CONFLICT || err == OP_BAD_REQUEST)
		keep_drafts(k, &r);
	forget(&r);
	return err;
}

static int
cannot_complete(struct clerk *k, int err)
{
	const char *why = op_strerror(err);

	if (err == OP_PROTOCOL)
		why = "the file is broken, or names what the configuration has not";
	else if (history_error())
		why = history_error();
	else if (err == OP_SYSTEM)
		why = strerror(errno);
	return clerk_fail(k, err, "pending: cannot be completed: %s", why);
}

static int
recover(struct clerk *k)
{
	char unfinished[COMMIT_TEXT];
	struct history_commit commit;
	int err = commit_recover(&k->committer, unfinished);

	if (err != OP_AGAIN)
		return err ? cannot_complete(k, err) : OP_OK;
	err = history_read(k->history, unfinished, &commit);
	if (err)
		return err;
	err = redo(k, &commit);
	if (err == OP_CONFLICT || err == OP_BAD_REQUEST) {
		log_warn("edited by others while a change was pending: the change of %s is "
			 "among the drafts, and kept as refs/drafts/%s: %s",
		    commit.who, unfinished, k->why);
		err = history_keep_draft(k->history, unfinished);
	}
	history_commit_fini(&commit);
	return err ? err : commit_forget(&k->committer);
}

static int
remember_ids(struct clerk *k)
{
	char id[COMMIT_TEXT] = "";
	int err = history_head(k->history, id);

	for (size_t i = 0; err == OP_OK && i < DONE_MAX / 2 && *id; i++) {
		struct history_commit c;

		err = history_read(k->history, id, &c);
		if (err)
			break;
		if (*c.change)
			done_add(&k->done, c.change, c.id);
		memcpy(id, c.parent, sizeof(id));
		history_commit_fini(&c);
	}
	return err == OP_NOT_FOUND ? OP_OK : err;
}

int
change_start(struct clerk *k)
{
	int err = recover(k);

	/* What was completed just now is remembered, too. */
	if (err == OP_OK)
		err = remember_ids(k);
	return err == OP_OK ? change_refresh(k) : err;
}
