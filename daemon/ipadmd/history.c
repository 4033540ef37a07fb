/* SPDX-License-Identifier: ISC */
/* Reading and adding to the history; history_open.c opens it. */
#include "daemon/ipadmd/history_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/log.h"

#define MARK "Change: "
#define FOREIGN "foreign"

void
history_version(const void *bytes, size_t len, char out[COMMIT_TEXT])
{
	git_oid oid;

	git_odb_hash(&oid, len ? bytes : "", len, GIT_OBJECT_BLOB);
	git_oid_tostr(out, COMMIT_TEXT, &oid);
}

static int
error_of(int git_err)
{
	if (git_err >= 0)
		return OP_OK;
	return git_err == GIT_ENOTFOUND || git_err == GIT_EAMBIGUOUS ? OP_NOT_FOUND : OP_SYSTEM;
}

int
history_head(struct history *h, char out[COMMIT_TEXT])
{
	git_oid oid;
	int err = error_of(git_reference_name_to_id(&oid, h->repo, HISTORY_BRANCH));

	if (err == OP_OK)
		git_oid_tostr(out, COMMIT_TEXT, &oid);
	return err;
}

static int
look_up(struct history *h, const char *id, git_commit **out)
{
	git_oid oid;
	size_t len = strlen(id);

	if (len < 7 || len >= COMMIT_TEXT || git_oid_fromstrn(&oid, id, len) < 0)
		return OP_NOT_FOUND;
	return error_of(git_commit_lookup_prefix(out, h->repo, &oid, len));
}

/* --- a commit --- */

/* Take the last line, `Change: …`, off the message. */
static void
split_message(struct history_commit *c)
{
	char *line = strstr(c->message, "\n" MARK), *next;

	while (line && (next = strstr(line + 1, "\n" MARK)) != NULL)
		line = next;
	if (!line)
		return;
	const char *value = line + strlen("\n" MARK);
	size_t len = strcspn(value, "\n");

	c->foreign = len == strlen(FOREIGN) && memcmp(value, FOREIGN, len) == 0;
	if (uuid_valid(value, len))
		memcpy(c->change, value, len);
	while (line > c->message && line[-1] == '\n')
		line--;
	*line = '\0';
}

int
history_read(struct history *h, const char *id, struct history_commit *out)
{
	struct history_commit c = {0};
	git_commit *commit;
	int err = look_up(h, id, &commit);

	if (err)
		return err;
	const git_signature *by = git_commit_author(commit);

	git_oid_tostr(c.id, sizeof(c.id), git_commit_id(commit));
	if (git_commit_parentcount(commit) > 0)
		git_oid_tostr(c.parent, sizeof(c.parent), git_commit_parent_id(commit, 0));
	c.at_ms = (int64_t)by->when.time * 1000;
	snprintf(c.author, sizeof(c.author), "%s", by->name);
	snprintf(c.who, sizeof(c.who), "%s", by->email);
	c.message = strdup(git_commit_message(commit));
	git_commit_free(commit);
	if (!c.message)
		return OP_NO_MEMORY;
	split_message(&c);
	*out = c;
	return OP_OK;
}

void
history_commit_fini(struct history_commit *c)
{
	free(c->message);
	c->message = NULL;
}

/* --- its files --- */

static int
tree_of(struct history *h, const char *id, git_tree **tree, git_tree **parent_tree)
{
	git_commit *commit, *parent = NULL;
	int err = look_up(h, id, &commit);

	if (err)
		return err;
	err = error_of(git_commit_tree(tree, commit));
	if (parent_tree)
		*parent_tree = NULL;
	if (err == OP_OK && parent_tree && git_commit_parentcount(commit) > 0) {
		err = error_of(git_commit_parent(&parent, commit, 0));
		if (err == OP_OK)
			err = error_of(git_commit_tree(parent_tree, parent));
		if (err)
			git_tree_free(*tree);
		git_commit_free(parent);
	}
	git_commit_free(commit);
	return err;
}

static int
read_blob(struct history *h, const git_oid *oid, struct buf *bytes)
{
	git_blob *blob;
	int err = error_of(git_blob_lookup(&blob, h->repo, oid));

	if (err)
		return err;
	err = buf_append(bytes, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	return err;
}

int
history_file(struct history *h, const char *commit, const char *file, struct buf *bytes,
    char version[COMMIT_TEXT])
{
	git_tree *tree;
	int err = tree_of(h, commit, &tree, NULL);

	if (err)
		return err;
	const git_tree_entry *entry = git_tree_entry_byname(tree, file);

	if (!entry)
		err = OP_NOT_FOUND;
	else if (bytes)
		err = read_blob(h, git_tree_entry_id(entry), bytes);
	if (err == OP_OK)
		git_oid_tostr(version, COMMIT_TEXT, git_tree_entry_id(entry));
	git_tree_free(tree);
	return err;
}

static int
walk_all(const git_tree *tree, history_fn *fn, void *arg)
{
	char version[COMMIT_TEXT];
	int err = OP_OK;

	for (size_t i = 0; err == OP_OK && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

		git_oid_tostr(version, sizeof(version), git_tree_entry_id(entry));
		err = fn(git_tree_entry_name(entry), version, arg);
	}
	return err;
}

static int
walk_changed(struct history *h, git_tree *parent, git_tree *tree, history_fn *fn, void *arg)
{
	git_diff *diff;
	int err = error_of(git_diff_tree_to_tree(&diff, h->repo, parent, tree, NULL));

	if (err)
		return err;
	for (size_t i = 0; err == OP_OK && i < git_diff_num_deltas(diff); i++) {
		const git_diff_file *file = &git_diff_get_delta(diff, i)->new_file;
		char version[COMMIT_TEXT] = "";

		if (!git_oid_is_zero(&file->id))
			git_oid_tostr(version, sizeof(version), &file->id);
		err = fn(file->path, version, arg);
	}
	git_diff_free(diff);
	return err;
}

int
history_files(struct history *h, const char *commit, bool changed, history_fn *fn, void *arg)
{
	git_tree *tree, *parent;
	int err = tree_of(h, commit, &tree, &parent);

	if (err)
		return err;
	err = changed ? walk_changed(h, parent, tree, fn, arg) : walk_all(tree, fn, arg);
	git_tree_free(tree);
	git_tree_free(parent);
	return err;
}

static int
walk_blame(git_blame *b, history_blame_fn *fn, void *arg)
{
	int err = OP_OK;

	for (uint32_t i = 0; err == OP_OK && i < git_blame_get_hunk_count(b); i++) {
		const git_blame_hunk *hunk = git_blame_get_hunk_byindex(b, i);
		char commit[COMMIT_TEXT];

		git_oid_tostr(commit, sizeof(commit), &hunk->final_commit_id);
		err = fn(hunk->final_start_line_number, hunk->lines_in_hunk, commit, arg);
	}
	return err;
}

int
history_blame(
    struct history *h, const char *commit, const char *file, history_blame_fn *fn, void *arg)
{
	git_blame_options options;
	git_blame *blame;

	git_blame_options_init(&options, GIT_BLAME_OPTIONS_VERSION);
	if (git_oid_fromstr(&options.newest_commit, commit) < 0)
		return OP_NOT_FOUND;
	int err = error_of(git_blame_file(&blame, h->repo, file, &options));

	if (err)
		return err;
	err = walk_blame(blame, fn, arg);
	git_blame_free(blame);
	return err;
}

/* --- writing --- */

static int
write_blob(struct history *h, git_treebuilder *builder, const struct history_blob *f)
{
	const unsigned char *bytes = f->bytes ? buf_bytes(f->bytes) : NULL;
	git_oid blob;

	if (!f->bytes)
		return git_treebuilder_remove(builder, f->file);
	int err = git_blob_create_from_buffer(
	    &blob, h->repo, bytes ? (const void *)bytes : "", buf_len(f->bytes));

	return err < 0 ? err
		       : git_treebuilder_insert(NULL, builder, f->file, &blob, GIT_FILEMODE_BLOB);
}

static int
write_tree(struct history *h, const git_commit *parent, const struct history_entry *e, git_oid *out)
{
	git_tree *tree = NULL;
	git_treebuilder *builder = NULL;
	int err = parent ? git_commit_tree(&tree, parent) : 0;

	if (err >= 0)
		err = git_treebuilder_new(&builder, h->repo, tree);
	for (size_t i = 0; err >= 0 && i < e->count; i++)
		err = write_blob(h, builder, &e->files[i]);
	if (err >= 0)
		err = git_treebuilder_write(out, builder);
	git_treebuilder_free(builder);
	git_tree_free(tree);
	return err;
}

static int
write_commit(struct history *h, const git_commit *parent, const struct history_entry *e,
    const char *message, git_oid *out)
{
	const git_commit *parents[] = {parent};
	git_signature *by = NULL;
	git_tree *tree = NULL;
	git_oid tree_id;
	int err = write_tree(h, parent, e, &tree_id);

	if (err >= 0)
		err = git_tree_lookup(&tree, h->repo, &tree_id);
	if (err >= 0)
		err = git_signature_new(&by, e->author, e->who, e->at_ms / 1000, 0);
	if (err >= 0)
		err = git_commit_create(
		    out, h->repo, NULL, by, by, "UTF-8", message, tree, parent ? 1 : 0, parents);
	git_signature_free(by);
	git_tree_free(tree);
	return err;
}

int
history_write(struct history *h, const struct history_entry *e, char commit[COMMIT_TEXT])
{
	char head[COMMIT_TEXT];
	git_commit *parent = NULL;
	struct buf message;
	git_oid oid;
	int err = history_head(h, head);

	if (err == OP_OK)
		err = look_up(h, head, &parent);
	else if (err == OP_NOT_FOUND)
		err = OP_OK;
	if (err)
		return err;
	buf_init(&message);
	err = buf_printf(
	    &message, "%s\n\n" MARK "%s\n%c", e->message, e->change ? e->change : FOREIGN, 0);
	if (err == OP_OK)
		err = error_of(write_commit(h, parent, e, (const char *)buf_bytes(&message), &oid));
	if (err == OP_OK)
		git_error_clear();
	else if (err != OP_NO_MEMORY && git_error_last())
		log_warn("history: cannot be written: %s", git_error_last()->message);
	if (err == OP_OK)
		git_oid_tostr(commit, COMMIT_TEXT, &oid);
	buf_fini(&message);
	git_commit_free(parent);
	return err;
}

const char *
history_error(void)
{
	const git_error *e = git_error_last();

	return e && e->message && *e->message ? e->message : NULL;
}

int
history_move(struct history *h, const char *commit)
{
	struct history_commit c;
	char head[COMMIT_TEXT] = "";
	git_reference *ref;
	git_oid oid;
	int err = history_head(h, head);

	if (err && err != OP_NOT_FOUND)
		return err;
	if ((err = history_read(h, commit, &c)))
		return err;
	history_commit_fini(&c);
	if (strcmp(c.parent, head) != 0)
		return OP_CONFLICT;
	git_oid_fromstr(&oid, c.id);
	if (git_reference_create(&ref, h->repo, HISTORY_BRANCH, &oid, 1, NULL) < 0)
		return OP_SYSTEM;
	git_reference_free(ref);
	return OP_OK;
}

int
history_keep_draft(struct history *h, const char *commit)
{
	char name[80];
	git_reference *ref;
	git_oid oid;

	snprintf(name, sizeof(name), "refs/drafts/%s", commit);
	if (git_oid_fromstr(&oid, commit) < 0 ||
	    git_reference_create(&ref, h->repo, name, &oid, 1, NULL) < 0)
		return OP_SYSTEM;
	git_reference_free(ref);
	return OP_OK;
}
