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
	known_note(&k->known, e, commit);
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

/* The files that are there held against those of the history. */
struct comparison {
	struct clerk *k;
	bool *differs; /* per file of the tree: also from none */
	size_t known;  /* files of the history that are there */
};

static void
compare(struct comparison *c)
{
	const struct tree *t = &c->k->tree;

	for (size_t i = 0; i < t->count; i++) {
		const struct known_file *n = known_find(&c->k->known, t->files[i].place.name);

		c->differs[i] = !n || strcmp(t->files[i].version, n->version) != 0;
		c->known += n != NULL;
	}
}

/* What cannot be read is as it was, for the history. */
static bool
is_edited(const struct comparison *c, size_t i)
{
	return !c->k->tree.files[i].err && c->differs[i];
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
commit_edited(struct clerk *k, const struct comparison *c)
{
	struct history_blob *list = calloc(k->tree.count + 1, sizeof(*list));
	int err = list ? OP_OK : OP_NO_MEMORY;
	size_t i = 0;

	while (err == OP_OK && i < k->tree.count) {
		if (is_edited(c, i))
			err = commit_of_owner(k, c, &i, list);
		else
			i++;
	}
	free(list);
	return err;
}

/* The names are copied: what is known changes with the commit. */
static int
commit_gone(struct clerk *k)
{
	size_t room = k->known.count + 1, count = 0;
	struct history_blob *list = calloc(room, sizeof(*list));
	struct known_file *gone = calloc(room, sizeof(*gone));
	int err = list && gone ? OP_OK : OP_NO_MEMORY;

	for (size_t i = 0; i < k->known.count && err == OP_OK; i++) {
		if (tree_find(&k->tree, k->known.list[i].file))
			continue;
		gone[count] = k->known.list[i];
		list[count] = (struct history_blob){gone[count].file, NULL};
		count++;
	}
	if (err == OP_OK && count > 0)
		err = commit_foreign(k, "unknown", list, count);
	free(list);
	free(gone);
	return err;
}

int
change_notice(struct clerk *k)
{
	struct comparison c = {.k = k, .differs = calloc(k->tree.count + 1, sizeof(bool))};
	int err = c.differs ? known_update(&k->known, k->history) : OP_NO_MEMORY;

	if (err == OP_OK) {
		bool any_gone;

		compare(&c);
		any_gone = c.known < k->known.count;
		err = commit_edited(k, &c);
		if (err == OP_OK && any_gone)
			err = commit_gone(k);
	}
	free(c.differs);
	return err;
}
