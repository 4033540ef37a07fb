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

static void
tell_file(struct clerk *k, const struct history_entry *e, const struct history_blob *f,
    const char *commit)
{
	size_t mark;
	struct mp_out o = clerk_tell(k, "sdb.changed", &mark);
	char version[COMMIT_TEXT];

	mp_map(&o, f->bytes ? 7 : 6);
	mp_kstr(&o, "file", f->file);
	if (f->bytes) {
		history_version(buf_bytes(f->bytes), buf_len(f->bytes), version);
		mp_kstr(&o, "version", version);
	}
	mp_kstr(&o, "commit", commit);
	mp_kstr(&o, "who", e->who);
	mp_kstr(&o, "message", e->message);
	mp_kbool(&o, "foreign", e->change == NULL);
	mp_kbool(&o, "gone", f->bytes == NULL);
	clerk_told(k, &o, mark);
}

void
change_tell(struct clerk *k, const struct history_entry *e, const char *commit)
{
	for (size_t i = 0; i < e->count; i++)
		tell_file(k, e, &e->files[i], commit);
}

/* Files that one user has edited, or that are gone (author "unknown"). */
static int
commit_foreign(struct clerk *k, const char *author, const struct history_blob *files, size_t count)
{
	const char *what = files[0].bytes ? "edited" : "removed";
	char who[200], message[100], commit[COMMIT_TEXT];
	struct history_entry e = {
	    .files = files,
	    .count = count,
	    .author = author,
	    .who = who,
	    .message = message,
	    .at_ms = clock_wall_ms(),
	};

	snprintf(who, sizeof(who), "%s@local", author);
	if (count == 1)
		snprintf(message, sizeof(message), "%s %s by other means", files[0].file, what);
	else
		snprintf(message, sizeof(message), "%zu files %s by other means", count, what);
	int err = history_write(k->history, &e, commit);

	if (err == OP_OK)
		err = history_move(k->history, commit);
	if (err)
		return clerk_fail(k, err, "%s: cannot be committed: %s", message, op_strerror(err));
	log_notice("%s: commit %.10s", message, commit);
	change_tell(k, &e, commit);
	return OP_OK;
}

/* The files of the history held against those that are there. */
struct comparison {
	struct clerk *k;
	bool *is_known; /* per file of the tree */
	char (*gone)[FILE_TEXT];
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

	if (!catalog_has(&c->k->catalog, file))
		return OP_OK; /* not made by us, or not in the configuration any more */
	const struct tree_file *f = tree_find(&c->k->tree, file);

	if (!f)
		return add_gone(c, file);
	size_t i = (size_t)(f - c->k->tree.files);

	c->is_known[i] = true;
	c->differs[i] = strcmp(f->version, version) != 0;
	return OP_OK;
}

/* What cannot be read is as it was, for the history. */
static bool
is_edited(const struct comparison *c, size_t i)
{
	return !c->k->tree.files[i].err && (!c->is_known[i] || c->differs[i]);
}

/* From file `i` on, those edited ones that have its owner: a first start finds all at once. */
static int
commit_of_owner(struct clerk *k, const struct comparison *c, size_t *i, struct history_blob *list)
{
	uid_t owner = k->tree.files[*i].owner;
	const struct passwd *pw = getpwuid(owner);
	size_t count = 0;

	for (; *i < k->tree.count; ++*i) {
		const struct tree_file *f = &k->tree.files[*i];

		if (!is_edited(c, *i))
			continue;
		if (f->owner != owner)
			break;
		list[count++] = (struct history_blob){f->place.name, &f->bytes};
	}
	return commit_foreign(k, pw ? pw->pw_name : "unknown", list, count);
}

static int
commit_differences(struct clerk *k, const struct comparison *c)
{
	size_t room = k->tree.count + c->gone_count + 1, i = 0;
	struct history_blob *list = calloc(room, sizeof(*list));
	int err = list ? OP_OK : OP_NO_MEMORY;

	while (err == OP_OK && i < k->tree.count) {
		if (is_edited(c, i))
			err = commit_of_owner(k, c, &i, list);
		else
			i++;
	}
	for (i = 0; i < c->gone_count && list; i++)
		list[i] = (struct history_blob){c->gone[i], NULL};
	if (err == OP_OK && c->gone_count > 0)
		err = commit_foreign(k, "unknown", list, c->gone_count);
	free(list);
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
