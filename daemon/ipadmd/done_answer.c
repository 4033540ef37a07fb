/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/done_answer.h"

#include <string.h>

#include "daemon/ipadmd/file_type.h"
#include "lib/err.h"

/* One file: what it held and holds; NULL: it was not, or is not there. */
struct done_file {
	const struct place *place;
	const struct buf *old, *new;
	bool merged;
};

static int
pack_done(struct clerk *k, const struct done_file *d, const char *commit)
{
	static const struct buf nothing;
	char version[COMMIT_TEXT];

	mp_map(&k->o, 3u + (commit ? 1 : 0) + (d->new ? 1 : 0));
	mp_kstr(&k->o, "file", d->place->name);
	if (d->new) {
		history_version(buf_bytes(d->new), buf_len(d->new), version);
		mp_kstr(&k->o, "version", version);
	}
	if (commit)
		mp_kstr(&k->o, "commit", commit);
	mp_kbool(&k->o, "merged", d->merged);
	mp_str(&k->o, "nodes");
	return d->place->type->pack_changed(
	    d->place, d->old ? d->old : &nothing, d->new ? d->new : &nothing, &k->o);
}

static void
begin_set(struct clerk *k, const char *commit, size_t count)
{
	mp_map(&k->o, commit ? 2 : 1);
	if (commit)
		mp_kstr(&k->o, "commit", commit);
	mp_str(&k->o, "files");
	mp_array(&k->o, count);
}

int
done_answer(struct clerk *k, const struct change *c, const struct attempt *a, const char *commit)
{
	int err = OP_OK;

	if (c->is_set)
		begin_set(k, commit, a->count);
	for (size_t i = 0; i < a->count && err == OP_OK; i++) {
		const struct attempt_file *f = &a->files[i];
		struct done_file d = {&f->wanted->place, f->there ? &f->there->bytes : NULL,
		    f->is_gone ? NULL : &f->next, f->is_merged};

		err = pack_done(k, &d, f->is_same ? NULL : commit);
	}
	return err;
}

int
done_preview(struct clerk *k, const struct attempt *a)
{
	static const struct buf nothing;
	int err = OP_OK;

	begin_set(k, NULL, a->count);
	for (size_t i = 0; i < a->count && err == OP_OK; i++) {
		const struct attempt_file *f = &a->files[i];
		const struct place *place = &f->wanted->place;

		mp_map(&k->o, 4);
		mp_kstr(&k->o, "file", place->name);
		mp_kbool(&k->o, "gone", f->is_gone);
		mp_kbool(&k->o, "merged", f->is_merged);
		mp_str(&k->o, "diff");
		err = place->type->pack_diff(place, f->there ? &f->there->bytes : &nothing,
		    f->is_gone ? &nothing : &f->next, &k->o);
	}
	return err;
}

/* --- once more --- */

struct again {
	struct clerk *k;
	const struct history_commit *commit;
	size_t count;
};

static int
pack_again(const char *file, const char *version, void *arg)
{
	struct again *again = arg;
	struct clerk *k = again->k;
	const struct history_commit *c = again->commit;
	char unused[COMMIT_TEXT];
	struct buf old, new;
	struct place place;
	bool had = false;
	int err = OP_OK;

	if (catalog_find(&k->catalog, file, strlen(file), &place))
		return OP_OK; /* the configuration has it no more; `count` knows */
	buf_init(&old);
	buf_init(&new);
	if (*c->parent)
		had = history_file(k->history, c->parent, file, &old, unused) == OP_OK;
	if (*version)
		err = history_file(k->history, c->id, file, &new, unused);
	if (err == OP_OK) {
		struct done_file d = {&place, had ? &old : NULL, *version ? &new : NULL, false};

		err = pack_done(k, &d, c->id);
	}
	buf_fini(&old);
	buf_fini(&new);
	return err;
}

static int
count_known(const char *file, const char *version, void *arg)
{
	struct again *again = arg;

	(void)version;
	again->count += catalog_has(&again->k->catalog, file);
	return OP_OK;
}

static int
again_one(struct clerk *k, struct again *again)
{
	char version[COMMIT_TEXT];
	int err = history_file(k->history, again->commit->id, k->file, NULL, version);

	if (err == OP_NOT_FOUND)
		return clerk_fail(k, OP_CONFLICT, "id: was used for a change of another file");
	return err ? err : pack_again(k->file, version, again);
}

int
done_again(struct clerk *k, bool is_set, const char *commit)
{
	struct history_commit c;
	struct again again = {.k = k, .commit = &c};
	int err = history_read(k->history, commit, &c);

	if (err)
		return err;
	if (is_set) {
		err = history_files(k->history, c.id, true, count_known, &again);
		begin_set(k, c.id, again.count);
		if (err == OP_OK)
			err = history_files(k->history, c.id, true, pack_again, &again);
	} else {
		err = again_one(k, &again);
	}
	history_commit_fini(&c);
	return err;
}
