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

/* --- which are concerned --- */

static uint32_t
id_of(const struct tree *t, const char *name)
{
	const struct tree_file *f = tree_find(t, name);

	return f ? f->id : SDB_NO_ID;
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

static bool *
set_of(const struct tree *t, uint32_t id, bool differs, const struct sdb_input *replace, size_t n)
{
	bool *set = calloc(sdb_index_ids(t->index) + 1, sizeof(*set));

	if (set && id != SDB_NO_ID)
		set[id] = true;
	if (set && concern(t, differs, replace, n, set)) {
		free(set);
		set = NULL;
	}
	return set;
}

bool *
tree_around(const struct tree *t, const char *name, const struct sdb_input *replace, size_t n)
{
	return set_of(t, id_of(t, name), false, replace, n);
}

bool *
tree_concerned(const struct tree *t, const struct sdb_input *replace, size_t n)
{
	return set_of(t, SDB_NO_ID, true, replace, n);
}

/* --- tallies --- */

/* Of those that are stale. */
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

		if (!f->file || !seen[f->id])
			continue;
		if (stale[f->id])
			f->tally = tallies[at];
		at++;
	}
	sdb_findings_fini(&counted);
	free(tallies);
	free(in);
	return err;
}

int
tree_tally(struct tree *t)
{
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
