/* SPDX-License-Identifier: ISC */
/*
 * Edits by other means: what differs from the history is committed as somebody else's, whatever the
 * check says of it, for it is there.
 */
#include "daemon/ipadmd/change.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

void
change_tell(struct clerk *k, const struct history_entry *e, const char *commit)
{
	size_t mark;
	struct mp_out o = clerk_tell(k, "sdb.changed", &mark);
	char version[COMMIT_TEXT];

	mp_map(&o, e->bytes ? 7 : 6);
	mp_kstr(&o, "file", e->file);
	if (e->bytes) {
		history_version(buf_bytes(e->bytes), buf_len(e->bytes), version);
		mp_kstr(&o, "version", version);
	}
	mp_kstr(&o, "commit", commit);
	mp_kstr(&o, "who", e->who);
	mp_kstr(&o, "message", e->message);
	mp_kbool(&o, "foreign", e->change == NULL);
	mp_kbool(&o, "gone", e->bytes == NULL);
	clerk_told(k, &o, mark);
}

static int
commit_foreign(struct clerk *k, const char *file, const struct tree_file *f)
{
	const struct passwd *pw = f ? getpwuid(f->owner) : NULL;
	char who[200], message[100], commit[COMMIT_TEXT];
	struct history_entry e = {
	    .file = file,
	    .bytes = f ? &f->bytes : NULL,
	    .author = pw ? pw->pw_name : "unknown",
	    .who = who,
	    .message = message,
	    .at_ms = clock_wall_ms(),
	};

	snprintf(who, sizeof(who), "%s@local", e.author);
	snprintf(message, sizeof(message), "%s %s by other means", file, f ? "edited" : "removed");
	int err = history_write(k->history, &e, commit);

	if (err == OP_OK)
		err = history_move(k->history, commit);
	if (err)
		return clerk_fail(k, err, "%s: cannot be committed: %s", file, op_strerror(err));
	log_notice("%s: commit %.10s", message, commit);
	change_tell(k, &e, commit);
	return OP_OK;
}

/* The files of the history held against those that are there. */
struct comparison {
	struct clerk *k;
	bool *is_known; /* per file of the tree */
	char (*gone)[SDB_NAME_TEXT];
	size_t gone_count, gone_room;
	bool *differs;
};

static int
add_gone(struct comparison *c, const char *file)
{
	if (c->gone_count == c->gone_room) {
		size_t room = c->gone_room ? c->gone_room * 2 : 16;
		void *list = reallocarray(c->gone, room, sizeof(*c->gone));

		if (!list)
			return OP_NO_MEMORY;
		c->gone = list;
		c->gone_room = room;
	}
	snprintf(c->gone[c->gone_count++], sizeof(*c->gone), "%s", file);
	return OP_OK;
}

static int
compare_one(const char *file, const char *version, void *arg)
{
	struct comparison *c = arg;
	struct sdb_name name;

	if (sdb_name_parse(file, strlen(file), &name))
		return OP_OK; /* not made by us */
	const struct tree_file *f = tree_find(&c->k->tree, &name);

	if (!f)
		return add_gone(c, file);
	size_t i = (size_t)(f - c->k->tree.files);

	c->is_known[i] = true;
	c->differs[i] = strcmp(f->version, version) != 0;
	return OP_OK;
}

static int
commit_differences(struct clerk *k, const struct comparison *c)
{
	int err = OP_OK;

	for (size_t i = 0; err == OP_OK && i < k->tree.count; i++) {
		const struct tree_file *f = &k->tree.files[i];

		/* What cannot be read is as it was, for the history. */
		if (!f->err && (!c->is_known[i] || c->differs[i]))
			err = commit_foreign(k, f->text, f);
	}
	for (size_t i = 0; err == OP_OK && i < c->gone_count; i++)
		err = commit_foreign(k, c->gone[i], NULL);
	return err;
}

int
change_notice(struct clerk *k)
{
	struct comparison c = {.k = k};
	char head[COMMIT_TEXT];
	int err = history_head(k->history, head);

	c.is_known = calloc(k->tree.count + 1, sizeof(*c.is_known));
	c.differs = calloc(k->tree.count + 1, sizeof(*c.differs));
	if (!c.is_known || !c.differs)
		err = OP_NO_MEMORY;
	if (err == OP_OK)
		err = history_files(k->history, head, false, compare_one, &c);
	if (err == OP_OK || err == OP_NOT_FOUND)
		err = commit_differences(k, &c);
	free(c.is_known);
	free(c.differs);
	free(c.gone);
	return err;
}
