/* SPDX-License-Identifier: ISC */
/* What the tree's subnets are checked with. */
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/tree.h"
#include "lib/err.h"

static const struct sdb_input *
find_input(const struct sdb_input *list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}

/* In the same order: which of two equal addresses is found to be the second one must not depend on
 * which file is replaced. */
struct sdb_input *
tree_inputs(const struct tree *t, const bool *only, const struct sdb_input *replace, size_t n,
    size_t *count)
{
	struct sdb_input *in = calloc(t->count + n + 1, sizeof(*in));
	size_t used = 0;

	if (!in)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		const struct tree_file *f = &t->files[i];
		const struct sdb_input *other = n ? find_input(replace, n, f->place.name) : NULL;

		if (other && other->file)
			in[used++] = *other;
		else if (!other && f->file && (!only || only[f->id]))
			in[used++] = (struct sdb_input){f->place.name, f->file};
	}
	for (size_t i = 0; i < n; i++)
		if (replace[i].file && !tree_find(t, replace[i].name))
			in[used++] = replace[i];
	*count = used;
	return in;
}

/* --- the index --- */

static int
follow(struct tree *t, struct tree_file *f)
{
	int err = sdb_index_replace(t->index, &f->id, f->file);

	if (f->indexed != f->file)
		sdb_file_free(f->indexed);
	f->indexed = f->file;
	return err;
}

static int
begin(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++) {
		struct tree_file *f = &t->files[i];

		if (f->indexed != f->file)
			sdb_file_free(f->indexed);
		f->indexed = NULL;
		f->id = SDB_NO_ID;
	}
	t->index = sdb_index_new();
	return t->index ? OP_OK : OP_NO_MEMORY;
}

/* Let it know the files as they are now.  It is of no use to one who only ever asks about the
 * largest file, so that is not done before somebody asks. */
static int
index_files(struct tree *t)
{
	int err = t->index ? OP_OK : begin(t);

	for (size_t i = 0; i < t->count && !err; i++)
		if (t->files[i].indexed != t->files[i].file)
			err = follow(t, &t->files[i]);
	if (err) {
		sdb_index_free(t->index);
		t->index = NULL;
	}
	return err;
}

/* Would so many nodes, looked up, cost about what a check of all does? */
static bool
is_most(const struct tree *t, size_t nodes)
{
	size_t all = 0;

	for (size_t i = 0; i < t->count; i++)
		all += t->files[i].file ? sdb_file_nodes(t->files[i].file) + 1 : 0;
	return nodes * 4 > all;
}

/* --- which are concerned --- */

static uint32_t
id_of(const struct tree *t, const char *name)
{
	const struct tree_file *f = tree_find(t, name);

	return f ? f->id : SDB_NO_ID;
}

static size_t
nodes_in(const struct tree *t, const char *name, const struct sdb_input *replace, size_t n)
{
	const struct tree_file *f = name ? tree_find(t, name) : NULL;
	size_t nodes = f && f->file ? sdb_file_nodes(f->file) : 0;

	for (size_t i = 0; i < n; i++) {
		f = tree_find(t, replace[i].name);
		nodes += f && f->file ? sdb_file_nodes(f->file) : 0;
		nodes += replace[i].file ? sdb_file_nodes(replace[i].file) : 0;
	}
	return nodes;
}

static int
concern(const struct tree *t, bool differs, const struct sdb_input *replace, size_t n, bool *set)
{
	struct sdb_exchange *e = calloc(n + 1, sizeof(*e));
	int err = e ? OP_OK : OP_NO_MEMORY;

	for (size_t i = 0; i < n && !err; i++)
		e[i] = (struct sdb_exchange){id_of(t, replace[i].name), replace[i].file};
	if (!err && differs)
		err = sdb_index_affected(t->index, e, n, set);
	if (!err)
		err = sdb_index_needed(t->index, e, n, set);
	free(e);
	return err;
}

/* name NULL: all that a change concerns. */
static int
find_set(struct tree *t, const char *name, const struct sdb_input *replace, size_t n, bool **only)
{
	*only = NULL;
	if (is_most(t, nodes_in(t, name, replace, n)))
		return OP_OK;
	if (index_files(t))
		return OP_NO_MEMORY;
	bool *set = calloc(sdb_index_ids(t->index) + 1, sizeof(*set));
	uint32_t id = name ? id_of(t, name) : SDB_NO_ID;

	if (set && id != SDB_NO_ID)
		set[id] = true;
	if (!set || concern(t, !name, replace, n, set)) {
		free(set);
		return OP_NO_MEMORY;
	}
	*only = set;
	return OP_OK;
}

int
tree_around(
    struct tree *t, const char *name, const struct sdb_input *replace, size_t n, bool **only)
{
	return find_set(t, name, replace, n, only);
}

int
tree_concerned(struct tree *t, const struct sdb_input *replace, size_t n, bool **only)
{
	return find_set(t, NULL, replace, n, only);
}

/* --- tallies --- */

/* Of those that are stale, among those that are seen; NULL: all. */
static int
tally(struct tree *t, const bool *stale, const bool *seen)
{
	size_t count, at = 0;
	struct sdb_input *in = tree_inputs(t, seen, NULL, 0, &count);
	struct sdb_tally *tallies = in ? calloc(count + 1, sizeof(*tallies)) : NULL;
	struct sdb_findings counted = {.tallies = tallies}; /* and none kept */
	int err = tallies ? sdb_check(in, count, &counted) : OP_NO_MEMORY;

	for (size_t i = 0; i < t->count && !err; i++) {
		struct tree_file *f = &t->files[i];

		if (!f->file || (seen && !seen[f->id]))
			continue;
		if (!stale || stale[f->id])
			f->tally = tallies[at];
		at++;
	}
	sdb_findings_fini(&counted);
	free(tallies);
	free(in);
	return err;
}

static int
tally_stale(struct tree *t)
{
	if (index_files(t))
		return OP_NO_MEMORY;
	const size_t ids = sdb_index_ids(t->index);
	bool *stale = calloc(ids + 1, sizeof(*stale)), *seen = calloc(ids + 1, sizeof(*seen));
	int err = stale && seen ? OP_OK : OP_NO_MEMORY;

	if (!err && sdb_index_stale(t->index, stale)) {
		memcpy(seen, stale, ids * sizeof(*seen));
		err = sdb_index_needed(t->index, NULL, 0, seen);
		if (!err)
			err = tally(t, stale, seen);
		if (!err)
			sdb_index_settle(t->index);
	}
	free(stale);
	free(seen);
	return err;
}

/* What the index does not know it cannot call stale when it goes: it begins anew. */
static int
tally_all(struct tree *t)
{
	sdb_index_free(t->index);
	t->index = NULL;
	return tally(t, NULL, NULL);
}

int
tree_tally(struct tree *t)
{
	if (t->is_tallied)
		return OP_OK;
	int err = is_most(t, t->changed) ? tally_all(t) : tally_stale(t);

	if (!err) {
		t->is_tallied = true;
		t->changed = 0;
	}
	return err;
}
