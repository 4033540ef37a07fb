/* SPDX-License-Identifier: ISC */
/*
 * Opening the history.  One that is damaged is refused and left as it is: libgit2 would make a
 * missing HEAD anew, and a branch that has gone looks like a history that has not begun.  Nothing
 * of a user's git configuration is read: the search paths are emptied.
 */
#include "daemon/ipadmd/history_int.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/log.h"

static void
set_up_library(void)
{
	static const int levels[] = {
	    GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG};

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
}

struct opening {
	const char *path;
	git_repository *repo;
	char *why;
	size_t why_size;
};

/* part: the file in it, or "". */
static int
refuse(const struct opening *o, const char *part, const char *how)
{
	snprintf(o->why, o->why_size,
	    "%s%s: %s: nothing was changed; put back a copy, or see \"A damaged history\" in "
	    "ipadmd(8)",
	    o->path, part, how);
	return OP_SYSTEM;
}

/* What libgit2 says. */
static const char *
last_error(void)
{
	const git_error *e = git_error_last();

	return e ? e->message : "cannot be read";
}

static int
make(struct opening *o)
{
	git_repository_init_options options;

	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
	options.initial_head = "main";
	options.description = "subnet files of ipadmd";
	return git_repository_init_ext(&o->repo, o->path, &options) < 0
		   ? refuse(o, "", last_error())
		   : OP_OK;
}

/* --- is it whole? --- */

static int
check_head(const struct opening *o)
{
	git_reference *head;
	const char *target = NULL;
	int err = OP_OK;

	if (git_reference_lookup(&head, o->repo, "HEAD") < 0)
		return refuse(o, "/HEAD", last_error());
	if (git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
		target = git_reference_symbolic_target(head);
	if (!target || strcmp(target, HISTORY_BRANCH) != 0)
		err = refuse(o, "/HEAD", "it does not say \"ref: " HISTORY_BRANCH "\"");
	git_reference_free(head);
	return err;
}

static int
check_config(const struct opening *o)
{
	git_config *config;

	if (git_repository_config_snapshot(&config, o->repo) < 0)
		return refuse(o, "/config", last_error());
	git_config_free(config);
	return OP_OK;
}

static int
find_child(const git_oid *oid, void *arg)
{
	git_repository *repo = arg;
	git_commit *commit;

	if (git_commit_lookup(&commit, repo, oid) < 0)
		return 0;
	bool has_parent = git_commit_parentcount(commit) > 0;

	git_commit_free(commit);
	return has_parent;
}

/* No branch: not begun, or its first commit was interrupted.  A commit that follows another one
 * says that there was a branch. */
static int
check_unborn(const struct opening *o)
{
	git_odb *odb;

	if (git_repository_odb(&odb, o->repo) < 0)
		return refuse(o, "/objects", last_error());
	int found = git_odb_foreach(odb, find_child, o->repo);

	git_odb_free(odb);
	return found ? refuse(o, "/" HISTORY_BRANCH, "missing, although there are commits") : OP_OK;
}

static int
check_branch(const struct opening *o)
{
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	git_oid oid;
	int err = git_reference_name_to_id(&oid, o->repo, HISTORY_BRANCH);

	if (err == GIT_ENOTFOUND)
		return check_unborn(o);
	if (err == 0)
		err = git_commit_lookup(&commit, o->repo, &oid);
	if (err == 0)
		err = git_commit_tree(&tree, commit);
	err = err < 0 ? refuse(o, "/" HISTORY_BRANCH, last_error()) : OP_OK;
	git_tree_free(tree);
	git_commit_free(commit);
	return err;
}

static int
open_it(struct opening *o, bool is_checked)
{
	int err;

	git_repository_free(o->repo);
	o->repo = NULL;
	if (git_repository_open_bare(&o->repo, o->path) < 0)
		return refuse(o, "", last_error());
	if (!is_checked)
		return OP_OK;
	if ((err = check_config(o)) || (err = check_head(o)))
		return err;
	return check_branch(o);
}

static bool
has_entries(const char *path, const char *folder)
{
	char name[4096 + 20];
	struct dirent *entry;
	bool found = false;

	snprintf(name, sizeof(name), "%.4000s/%s", path, folder);
	DIR *dir = opendir(name);

	while (dir && !found && (entry = readdir(dir)) != NULL)
		found = entry->d_name[0] != '.' && strcmp(entry->d_name, "info") != 0 &&
			strcmp(entry->d_name, "pack") != 0;
	if (dir)
		closedir(dir);
	return found;
}

/* Nothing was ever committed where there are none: it is made, or made to its end. */
static bool
has_objects(const char *path)
{
	return has_entries(path, "objects") || has_entries(path, "objects/pack");
}

/* --- opening --- */

/* A writer that was killed has left them, and there is no other: nobody else may change it. */
static void
drop_stale_locks(const char *path)
{
	static const char *const folders[] = {"refs/heads", "refs/drafts"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char name[4096 + 300];
		struct dirent *entry;

		snprintf(name, sizeof(name), "%.4000s/%s", path, folders[i]);
		DIR *dir = opendir(name);

		while (dir && (entry = readdir(dir)) != NULL) {
			size_t len = strlen(entry->d_name);

			if (len < 5 || strcmp(entry->d_name + len - 5, ".lock") != 0)
				continue;
			if (unlinkat(dirfd(dir), entry->d_name, 0) == 0)
				log_notice("history: a stale lock removed: %s/%s", folders[i],
				    entry->d_name);
		}
		if (dir)
			closedir(dir);
	}
}

int
history_open(const char *path, bool create, struct history **out, char *why, size_t why_size)
{
	struct opening o = {.path = path, .why = why, .why_size = why_size};
	struct history *h = calloc(1, sizeof(*h));
	int err = OP_OK;

	if (!h)
		return OP_NO_MEMORY;
	set_up_library();
	if (create && !has_objects(path))
		err = make(&o);
	if (err == OP_OK)
		err = open_it(&o, create);
	if (err) {
		git_repository_free(o.repo);
		git_libgit2_shutdown();
		free(h);
		return err;
	}
	h->repo = o.repo;
	if (create)
		drop_stale_locks(path);
	*out = h;
	return OP_OK;
}

void
history_close(struct history *h)
{
	if (!h)
		return;
	git_repository_free(h->repo);
	free(h);
	git_libgit2_shutdown();
}
