/* SPDX-License-Identifier: ISC */
/*
 * The peer for changes of subnets: libgit2 alone, its fsync option on, one small file of many
 * changed in each commit, the branch moved: git_commit FOLDER FILES SECONDS.
 */
#include <err.h>
#include <git2.h>
#include <stdio.h>
#include <string.h>

#include "bench/common.h"

static void
must(int code)
{
	if (code < 0)
		errx(1, "%s", git_error_last() ? git_error_last()->message : "libgit2");
}

static void
put_file(git_repository *repo, git_treebuilder *builder, int file, long version)
{
	char name[40], text[2000];
	git_oid oid;

	memset(text, 'x', sizeof(text));
	snprintf(name, sizeof(name), "Subnet_%d.sdb", file);
	snprintf(text, sizeof(text), "%d %ld", file, version);
	must(git_blob_create_from_buffer(&oid, repo, text, sizeof(text)));
	must(git_treebuilder_insert(NULL, builder, name, &oid, GIT_FILEMODE_BLOB));
}

int
main(int argc, char **argv)
{
	git_repository *repo;
	git_treebuilder *builder;
	git_signature *by;
	git_oid parent;
	long commits = 0;

	if (argc != 4)
		errx(64, "usage: git_commit FOLDER FILES SECONDS");
	int files = bench_count(argv[2]), seconds = bench_count(argv[3]);

	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	must(git_repository_init(&repo, argv[1], 1));
	must(git_treebuilder_new(&builder, repo, NULL));
	for (int i = 0; i < files; i++)
		put_file(repo, builder, i, 0);
	must(git_signature_new(&by, "bench", "bench@local", 0, 0));
	double began = bench_now();

	while (bench_now() < began + seconds) {
		const git_commit *parents[1] = {NULL};
		git_commit *last = NULL;
		git_tree *tree;
		git_oid oid;

		put_file(repo, builder, (int)(commits % files), commits + 1);
		must(git_treebuilder_write(&oid, builder));
		must(git_tree_lookup(&tree, repo, &oid));
		if (commits)
			must(git_commit_lookup(&last, repo, &parent));
		parents[0] = last;
		must(git_commit_create(&parent, repo, "refs/heads/main", by, by, "UTF-8",
		    "a change", tree, commits ? 1 : 0, parents));
		git_tree_free(tree);
		git_commit_free(last);
		commits++;
	}
	printf("commits %.1f\n", (double)commits / (bench_now() - began));
	return 0;
}
