/* SPDX-License-Identifier: ISC */
/*
 * What the committer does before its first call: complete what was pending, remember the ids of
 * changes that were made, commit what was edited while it was away.
 */
#include "daemon/ipadmd/change.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/log.h"

/* The pending commit anew, on top of what somebody else has made of the file. */
static int
redo(struct clerk *k, const struct sdb_name *file, const char *unfinished)
{
	struct history_commit commit;
	struct change c = {.file = *file};
	struct buf base, mine;
	char version[COMMIT_TEXT];
	bool had = false;
	int err = history_read(k->history, unfinished, &commit);

	if (err)
		return err;
	buf_init(&base);
	buf_init(&mine);
	k->file = sdb_name_format(k->file_text, file);
	if (*commit.parent)
		had = history_file(k->history, commit.parent, k->file, &base, version) == OP_OK;
	err = history_file(k->history, unfinished, k->file, &mine, version);
	snprintf(k->caller.who, sizeof(k->caller.who), "%s", commit.who);
	snprintf(k->caller.author, sizeof(k->caller.author), "%s", commit.author);
	c.base = had ? &base : NULL;
	c.mine = &mine;
	c.id = commit.change;
	c.message = c.fallback = commit.message;
	mp_out_init(&k->o, &k->result);
	if (err == OP_OK)
		err = change_run(k, &c);
	if (err == OP_OK)
		log_notice("%s: completed: commit %s", k->file, k->commit);
	buf_fini(&base);
	buf_fini(&mine);
	history_commit_fini(&commit);
	return err;
}

static int
recover(struct clerk *k)
{
	char unfinished[COMMIT_TEXT];
	struct sdb_name file;
	int err = commit_recover(&k->committer, unfinished, &file);

	if (err != OP_AGAIN)
		return err ? clerk_fail(k, err, "pending: cannot be completed") : OP_OK;
	err = redo(k, &file, unfinished);
	if (err == OP_CONFLICT || err == OP_BAD_REQUEST) {
		log_warn("%s: edited by others while a change was pending: the change is kept as "
			 "refs/drafts/%s: %s",
		    k->file, unfinished, k->why);
		err = history_keep_draft(k->history, unfinished);
	}
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
	int err = remember_ids(k);

	if (err == OP_OK)
		err = recover(k);
	return err == OP_OK ? change_refresh(k) : err;
}
