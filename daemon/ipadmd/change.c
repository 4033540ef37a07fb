/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/change.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/judge.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/sdb/diff.h"
#include "lib/sdb/merge.h"

#define TRIES 5

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return buf_len(a) == buf_len(b) &&
	       (buf_len(a) == 0 || memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)) == 0);
}

int
change_refresh(struct clerk *k)
{
	int err = tree_refresh(&k->tree);

	if (err)
		return clerk_fail(
		    k, OP_UNAVAILABLE, "the directory cannot be read: %s", strerror(errno));
	err = change_notice(k);
	return err == OP_SYSTEM ? OP_UNAVAILABLE : err;
}

/* --- the answer --- */

static void
pack_nodes(
    struct mp_out *o, const char *name, const struct sdb_file *file, const struct sdb_diff *d)
{
	const struct sdb_line *line = sdb_file_first(file);
	uint32_t number = 1, count = 0;

	for (size_t i = 0; i < d->count; i++)
		count += d->list[i].new && d->list[i].new->kind == SDB_NODE;
	mp_array(o, count);
	for (size_t i = 0; i < d->count; i++) {
		const struct sdb_line *at = d->list[i].new;

		if (!at || at->kind != SDB_NODE)
			continue;
		/* They come in the order of the file. */
		for (; line && line != at; line = line->next)
			number++;
		pack_node(o, name, at, number);
	}
}

/* {file, version, commit, merged, nodes} of a change from `old` (may be NULL) to `new`. */
static int
write_done(struct clerk *k, const char *file, const struct buf *old, const struct buf *new,
    const char *commit, bool merged)
{
	struct sdb_file *a = NULL, *b = NULL;
	struct sdb_diff d = {0};
	char version[COMMIT_TEXT];
	int err = sdb_file_parse(old ? buf_bytes(old) : NULL, old ? buf_len(old) : 0, &a);

	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(new), buf_len(new), &b);
	if (err == OP_OK)
		err = sdb_diff(a, b, &d);
	if (err == OP_OK) {
		history_version(buf_bytes(new), buf_len(new), version);
		mp_map(&k->o, commit ? 5 : 4);
		mp_kstr(&k->o, "file", file);
		mp_kstr(&k->o, "version", version);
		if (commit)
			mp_kstr(&k->o, "commit", commit);
		mp_kbool(&k->o, "merged", merged);
		mp_str(&k->o, "nodes");
		pack_nodes(&k->o, file, b, &d);
		sdb_diff_fini(&d);
	}
	sdb_file_free(a);
	sdb_file_free(b);
	return err;
}

/* The answer once more, from the history. */
static int
write_done_again(struct clerk *k, const char *file, const char *commit)
{
	struct history_commit c;
	struct buf old, new;
	char version[COMMIT_TEXT];
	bool had = false;
	int err = history_read(k->history, commit, &c);

	if (err)
		return err;
	buf_init(&old);
	buf_init(&new);
	if (*c.parent)
		had = history_file(k->history, c.parent, file, &old, version) == OP_OK;
	err = history_file(k->history, commit, file, &new, version);
	if (err == OP_NOT_FOUND)
		err = clerk_fail(k, OP_CONFLICT, "id: was used for a change of another file");
	if (err == OP_OK)
		err = write_done(k, file, had ? &old : NULL, &new, c.id, false);
	buf_fini(&old);
	buf_fini(&new);
	history_commit_fini(&c);
	return err;
}

/* --- what stands in the way --- */

int
change_admit(struct clerk *k, const struct sdb_name *file)
{
	struct lease there;
	struct mp_out o;
	int err = locks_read(&k->locks, file, &there);

	if (err == OP_NOT_FOUND)
		return OP_OK;
	if (err)
		return err;
	if (lease_admits(&there, k->caller.who, k->caller.session))
		return OP_OK;
	mp_out_init(&o, &k->data);
	pack_lock(&o, &there, clock_wall_ms(), k->settings->lock_ms);
	return clerk_fail(k, OP_LOCKED, "locked by %s", there.owner);
}

static int
refuse_conflict(struct clerk *k, const char *version, const struct sdb_merge *m, const char *why)
{
	static const char *const kinds[] = {"line", "address", "name"};
	struct mp_out o;

	mp_out_init(&o, &k->data);
	mp_map(&o, 2);
	mp_kstr(&o, "version", version);
	mp_str(&o, "conflicts");
	mp_array(&o, m ? m->count : 0);
	for (size_t i = 0; m && i < m->count; i++) {
		mp_map(&o, 4);
		mp_kstr(&o, "kind", kinds[m->list[i].kind]);
		pack_line(&o, "base", m->list[i].base);
		pack_line(&o, "mine", m->list[i].mine);
		pack_line(&o, "theirs", m->list[i].theirs);
	}
	return clerk_fail(k, OP_CONFLICT, "%s", why);
}

static int
refuse_findings(struct clerk *k, const struct judged *after, const bool *is_new, size_t count)
{
	const struct sdb_finding *first = NULL;
	struct mp_out o;
	size_t flagged = 0;

	for (size_t i = 0; i < after->findings->count; i++)
		flagged += is_new[i];
	mp_out_init(&o, &k->data);
	mp_map(&o, 1);
	mp_str(&o, "findings");
	mp_array(&o, flagged);
	for (size_t i = 0; i < after->findings->count; i++) {
		if (!is_new[i])
			continue;
		if (!first)
			first = &after->findings->list[i];
		pack_finding(&o, after->in, &after->findings->list[i]);
	}
	if (!first)
		return clerk_fail(k, OP_BAD_REQUEST, "the change brings new errors");
	return clerk_fail(k, OP_BAD_REQUEST, "%s:%u: %s%s", after->in[first->file].name,
	    first->line, first->message, count > 1 ? " (and more)" : "");
}

/* The check of all files with `next` in its place: OP_BAD_REQUEST when it brings an error. */
static int
judge(struct clerk *k, const struct sdb_input *next)
{
	const struct sdb_findings *before = tree_check(&k->tree);
	struct sdb_findings after;
	size_t count_before, count_after, errors = 0;
	struct sdb_input *in_before = tree_inputs(&k->tree, NULL, &count_before);
	struct sdb_input *in_after = tree_inputs(&k->tree, next, &count_after);
	int err = before && in_before && in_after ? OP_OK : OP_NO_MEMORY;

	sdb_findings_init(&after, SDB_MAX_FINDINGS);
	if (err == OP_OK)
		err = sdb_check(in_after, count_after, &after);
	if (err == OP_OK && after.errors > 0) {
		struct judged a = {in_before, before}, b = {in_after, &after};
		bool *is_new = judge_new_errors(&a, &b, &errors);

		if (!is_new)
			err = OP_NO_MEMORY;
		else if (errors > 0)
			err = refuse_findings(k, &b, is_new, errors);
		free(is_new);
	}
	sdb_findings_fini(&after);
	free(in_before);
	free(in_after);
	return err;
}

/* --- doing it --- */

struct attempt {
	const struct tree_file *there; /* NULL: a new file */
	struct buf next;               /* what the file is to hold */
	bool merged;
};

static int
merge(struct clerk *k, const struct change *c, struct attempt *a)
{
	struct sdb_file *base = NULL, *mine = NULL;
	struct sdb_merge m;
	int err = sdb_file_parse(buf_bytes(c->base), buf_len(c->base), &base);

	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(c->mine), buf_len(c->mine), &mine);
	if (err == OP_OK)
		err = sdb_merge(base, mine, a->there->file, &m);
	if (err == OP_OK) {
		a->merged = true;
		err = m.count ? refuse_conflict(k, a->there->version, &m,
				    "changed by somebody else in the meantime")
			      : buf_append(&a->next, buf_bytes(&m.bytes), buf_len(&m.bytes));
		sdb_merge_fini(&m);
	}
	sdb_file_free(base);
	sdb_file_free(mine);
	return err;
}

static int
work_out(struct clerk *k, const struct change *c, struct attempt *a)
{
	if (a->there && a->there->err)
		return clerk_fail(k, OP_UNAVAILABLE, "%s: %s", a->there->text, a->there->why);
	if (!a->there && c->base)
		return refuse_conflict(k, "", NULL, "the file was removed in the meantime");
	if (a->there && !c->base && !same_bytes(&a->there->bytes, c->mine))
		return refuse_conflict(k, a->there->version, NULL, "the file is there already");
	if (a->there && c->base && !same_bytes(&a->there->bytes, c->base))
		return merge(k, c, a);
	return buf_append(&a->next, buf_bytes(c->mine), buf_len(c->mine));
}

/* Before the exchange: nothing has changed. */
static int
refuse_failed(struct clerk *k, const char *failed, int err)
{
	const char *why = err == OP_SYSTEM ? strerror(errno) : op_strerror(err);

	log_warn("%s: not changed: %s failed: %s", k->file, failed, why);
	return clerk_fail(k, OP_UNAVAILABLE, "%s failed: %s", failed, why);
}

static int
commit(struct clerk *k, const struct change *c, const struct attempt *a)
{
	const char *failed = "";
	struct history_blob file = {k->file, &a->next};
	struct history_entry e = {
	    .files = &file,
	    .count = 1,
	    .author = k->caller.author,
	    .who = k->caller.who,
	    .message = c->message && *c->message ? c->message : c->fallback,
	    .change = c->id,
	    .at_ms = clock_wall_ms(),
	};
	int err =
	    commit_run(&k->committer, &e, a->there ? &a->there->bytes : NULL, k->commit, &failed);

	if (err == OP_CONFLICT)
		return OP_AGAIN;
	if (err == OP_INTERNAL) {
		k->is_broken = true;
		return clerk_fail(k, OP_UNAVAILABLE, "%s failed: the outcome is looked up", failed);
	}
	if (err)
		return refuse_failed(k, failed, err);
	done_add(&k->done, c->id, k->commit);
	change_tell(k, &e, k->commit);
	return write_done(
	    k, k->file, a->there ? &a->there->bytes : NULL, &a->next, k->commit, a->merged);
}

static int
check_and_commit(struct clerk *k, const struct change *c, const struct attempt *a)
{
	struct sdb_input next = {.name = k->file};
	struct sdb_file *file;

	if (a->there && same_bytes(&a->there->bytes, &a->next))
		return write_done(k, k->file, &a->next, &a->next, NULL, false);
	int err = sdb_file_parse(buf_bytes(&a->next), buf_len(&a->next), &file);

	if (err)
		return err;
	next.file = file;
	err = judge(k, &next);
	sdb_file_free(file);
	return err ? err : commit(k, c, a);
}

static int
attempt(struct clerk *k, const struct change *c)
{
	struct attempt a = {.there = tree_find(&k->tree, &c->file)};

	buf_init(&a.next);
	int err = work_out(k, c, &a);

	if (err == OP_OK && buf_len(&a.next) > k->settings->max_file)
		err = clerk_fail(k, OP_TOO_LARGE, "%s: larger than max_file", k->file);
	if (err == OP_OK)
		err = check_and_commit(k, c, &a);
	buf_fini(&a.next);
	return err;
}

int
change_run(struct clerk *k, const struct change *c)
{
	int err = OP_AGAIN;

	for (int i = 0; i < TRIES && err == OP_AGAIN; i++) {
		err = change_refresh(k);
		if (err == OP_OK)
			err = attempt(k, c);
	}
	if (err == OP_AGAIN)
		return clerk_fail(k, OP_UNAVAILABLE, "%s is being edited by other means", k->file);
	return err;
}

int
change_begin(struct clerk *k, const msgpack_object *params, struct change *c, char id[UUID_SIZE])
{
	struct mp_text t;
	int err = clerk_file(k, params, &c->file);

	if (err)
		return err;
	if (mp_get_text(params, "id", &t) || t.len != UUID_SIZE - 1)
		return OP_PROTOCOL;
	snprintf(id, UUID_SIZE, "%.*s", (int)t.len, t.s);
	const char *commit = done_find(&k->done, id);

	if (commit) {
		err = write_done_again(k, k->file, commit);
		return err ? err : OP_AGAIN;
	}
	return change_admit(k, &c->file);
}
