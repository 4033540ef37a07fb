/* SPDX-License-Identifier: ISC */
/*
 * Whole files: put, a set of several, and what was, again.  Each works out what the files are to
 * hold and leaves the rest to change_run().  In the committer.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/change.h"
#include "lib/err.h"

/* --- a set --- */

/* The files of a change with the bytes that they borrow. */
struct set {
	struct change_file *files;
	struct buf *bases, *mines;
	size_t count;
};

static int
set_init(struct set *s, size_t room)
{
	*s = (struct set){.files = calloc(room + 1, sizeof(*s->files)),
	    .bases = calloc(room + 1, sizeof(*s->bases)),
	    .mines = calloc(room + 1, sizeof(*s->mines))};
	return s->files && s->bases && s->mines ? OP_OK : OP_NO_MEMORY;
}

static void
set_fini(struct set *s)
{
	for (size_t i = 0; i < s->count; i++) {
		buf_fini(&s->bases[i]);
		buf_fini(&s->mines[i]);
	}
	free(s->files);
	free(s->bases);
	free(s->mines);
}

/* One more, whose buffers are to be filled. */
static struct change_file *
set_add(struct set *s, const struct place *p, struct buf **base, struct buf **mine)
{
	size_t i = s->count++;

	buf_init(&s->bases[i]);
	buf_init(&s->mines[i]);
	*base = &s->bases[i];
	*mine = &s->mines[i];
	s->files[i] = (struct change_file){.place = *p};
	return &s->files[i];
}

/* --- put --- */

/* The version that the client started from: what is there, or what once was. */
static int
find_base(struct clerk *k, const char *file, const char *version, struct buf *out)
{
	char id[COMMIT_TEXT], there[COMMIT_TEXT];
	const struct tree_file *f = tree_find(&k->tree, file);
	int err;

	if (f && !f->err && strcmp(f->version, version) == 0)
		return buf_append(out, buf_bytes(&f->bytes), buf_len(&f->bytes));
	err = history_head(k->history, id);
	while (err == OP_OK && *id) {
		struct history_commit c;

		if (history_file(k->history, id, file, NULL, there) == OP_OK &&
		    strcmp(there, version) == 0)
			return history_file(k->history, id, file, out, there);
		if ((err = history_read(k->history, id, &c)))
			break;
		memcpy(id, c.parent, sizeof(id));
		history_commit_fini(&c);
	}
	return clerk_fail(k, OP_CONFLICT, "base: %s was never a version of %s", version, file);
}

/* What one map says of a file: {base, text} or {base, gone}. */
static int
read_change(struct clerk *k, const msgpack_object *map, struct set *s, const struct place *p)
{
	const msgpack_object *text = mp_get(map, "text");
	struct buf *base, *mine;
	struct change_file *f = set_add(s, p, &base, &mine);
	char *version = mp_dup(map, "base");
	bool gone = false;
	int err = version ? OP_OK : OP_NO_MEMORY;

	mp_get_bool(map, "gone", &gone);
	if (err == OP_OK && gone == (text != NULL))
		err = clerk_fail(k, OP_BAD_REQUEST, "%s: either text or gone", p->name);
	if (err == OP_OK && *version) {
		err = find_base(k, p->name, version, base);
		f->base = base;
	}
	if (err == OP_OK && !gone) {
		err = buf_append(mine, text->via.bin.ptr, text->via.bin.size);
		f->mine = mine;
	}
	free(version);
	return err;
}

int
call_put(struct clerk *k, const msgpack_object *params)
{
	struct change c = {.count = 1, .fallback = "the file put"};
	struct change_file one;
	char id[UUID_SIZE], *message = mp_dup(params, "message");
	struct set s;
	bool keep = false;
	int err = set_init(&s, 1);

	if (err == OP_OK)
		err = change_begin(k, params, &one, id);
	if (err == OP_OK)
		err = change_refresh(k);
	if (err == OP_OK)
		err = read_change(k, params, &s, &one.place);
	c.files = s.files;
	c.message = message;
	c.id = id;
	if (err == OP_OK)
		err = change_run(k, &c);
	if (err == OP_AGAIN) /* done already */
		err = OP_OK;
	mp_get_bool(params, "keep_lock", &keep);
	if (err == OP_OK && !keep)
		lock_done(k, k->file);
	set_fini(&s);
	free(message);
	return err;
}

/* --- commit --- */

/* For the audit log. */
static int
note_file(struct clerk *k, const char *name)
{
	return buf_printf(&k->files, "%s%s", buf_len(&k->files) ? " " : "", name);
}

static bool
has_file(const struct set *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->files[i].place.name, name) == 0)
			return true;
	return false;
}

static int
read_changes(struct clerk *k, const msgpack_object_array *changes, struct set *s)
{
	int err = OP_OK;

	for (uint32_t i = 0; i < changes->size && err == OP_OK; i++) {
		struct place p;

		err = clerk_place(k, &changes->ptr[i], &p);
		if (err == OP_OK)
			err = note_file(k, p.name);
		if (err == OP_OK && has_file(s, p.name))
			err = clerk_fail(k, OP_BAD_REQUEST, "%s: twice", p.name);
		if (err == OP_OK)
			err = change_admit(k, p.name);
		if (err == OP_OK)
			err = read_change(k, &changes->ptr[i], s, &p);
	}
	return err;
}

static void
free_locks(struct clerk *k, const msgpack_object_array *changes)
{
	struct place p;

	for (uint32_t i = 0; i < changes->size; i++)
		if (clerk_place(k, &changes->ptr[i], &p) == OP_OK)
			lock_done(k, p.name);
}

int
call_commit(struct clerk *k, const msgpack_object *params)
{
	struct change c = {.is_set = true, .fallback = "several files changed"};
	const msgpack_object_array *changes;
	char id[UUID_SIZE], *message = mp_dup(params, "message");
	struct set s = {0};
	bool keep = false;
	int err = mp_get_array(params, "changes", &changes);

	if (err == OP_OK && changes->size == 0)
		err = clerk_fail(k, OP_BAD_REQUEST, "changes: none");
	if (err == OP_OK)
		err = change_once(k, params, true, id);
	if (err == OP_OK)
		err = set_init(&s, changes->size);
	if (err == OP_OK)
		err = change_refresh(k);
	if (err == OP_OK)
		err = read_changes(k, changes, &s);
	c.files = s.files;
	c.count = s.count;
	c.message = message;
	c.id = id;
	if (err == OP_OK)
		err = change_run(k, &c);
	if (err == OP_AGAIN)
		err = OP_OK;
	mp_get_bool(params, "keep_lock", &keep);
	if (err == OP_OK && !keep)
		free_locks(k, changes);
	set_fini(&s);
	free(message);
	return err;
}

/* --- revert --- */

static int
file_at(struct clerk *k, const char *commit, const char *file, struct buf *out)
{
	char version[COMMIT_TEXT];
	int err = history_file(k->history, commit, file, out, version);

	return err == OP_NOT_FOUND ? clerk_fail(k, err, "%s: not in commit %s", file, commit) : err;
}

/* Take back what a commit did to one file: three-way, so that what came since stays. */
static int
undo_one(struct clerk *k, const struct history_commit *c, const struct place *p, struct set *s)
{
	char version[COMMIT_TEXT];
	struct buf *base, *mine;
	struct change_file *f = set_add(s, p, &base, &mine);
	int err = history_file(k->history, c->id, p->name, base, version);

	if (err == OP_OK)
		f->base = base;
	else if (err != OP_NOT_FOUND)
		return err;
	if (*c->parent)
		err = history_file(k->history, c->parent, p->name, mine, version);
	else
		err = OP_NOT_FOUND;
	if (err == OP_OK)
		f->mine = mine;
	return err == OP_NOT_FOUND ? OP_OK : err;
}

struct undoing {
	struct clerk *k;
	const struct history_commit *commit;
	struct set *set;
	size_t count;
};

static int
undo_file(const char *file, const char *version, void *arg)
{
	struct undoing *u = arg;
	struct place p;
	int err;

	(void)version;
	if (catalog_find(&u->k->catalog, file, strlen(file), &p))
		return clerk_fail(
		    u->k, OP_NOT_FOUND, "%s: not in the configuration any more", file);
	err = note_file(u->k, p.name);
	if (err == OP_OK)
		err = change_admit(u->k, p.name);
	return err ? err : undo_one(u->k, u->commit, &p, u->set);
}

static int
count_file(const char *file, const char *version, void *arg)
{
	(void)file;
	(void)version;
	++*(size_t *)arg;
	return OP_OK;
}

static int
undo_all(struct clerk *k, const struct history_commit *c, struct set *s)
{
	struct undoing u = {.k = k, .commit = c, .set = s};
	size_t count = 0;
	int err = *c->parent ? history_files(k->history, c->id, true, count_file, &count)
			     : clerk_fail(k, OP_NOT_FOUND, "the first commit stays");

	if (err == OP_OK)
		err = set_init(s, count);
	return err ? err : history_files(k->history, c->id, true, undo_file, &u);
}

static int
read_commit(struct clerk *k, const char *id, struct history_commit *out)
{
	int err = history_read(k->history, id, out);

	return err == OP_NOT_FOUND ? clerk_fail(k, err, "no such commit: %s", id) : err;
}

static int
undo(struct clerk *k, const char *id, bool is_set, struct set *s)
{
	struct history_commit c;
	int err = read_commit(k, id, &c);

	if (err)
		return err;
	if (is_set) {
		err = undo_all(k, &c, s);
	} else {
		err = set_init(s, 1);
		/* It must have had the file, before or behind. */
		if (err == OP_OK && !*c.parent)
			err = clerk_fail(k, OP_NOT_FOUND, "the first commit stays");
		if (err == OP_OK)
			err = undo_one(k, &c, &k->place, s);
		if (err == OP_OK && !s->files[0].base && !s->files[0].mine)
			err = clerk_fail(k, OP_NOT_FOUND, "%s: not in commit %s", k->file, id);
	}
	history_commit_fini(&c);
	return err;
}

static int
go_to(struct clerk *k, const char *commit, struct set *s)
{
	const struct tree_file *there = tree_find(&k->tree, k->file);
	struct buf *base, *mine;
	int err = set_init(s, 1);

	if (err)
		return err;
	struct change_file *f = set_add(s, &k->place, &base, &mine);

	err = file_at(k, commit, k->file, mine);
	f->mine = mine;
	if (err == OP_OK && there && !there->err) {
		err = buf_append(base, buf_bytes(&there->bytes), buf_len(&there->bytes));
		f->base = base;
	}
	return err;
}

static int
revert(struct clerk *k, struct change *c, const char *one, const char *to)
{
	struct set s = {0};
	int err = change_refresh(k);

	if (err == OP_OK)
		err = one ? undo(k, one, c->is_set, &s) : go_to(k, to, &s);
	c->files = s.files;
	c->count = s.count;
	if (err == OP_OK)
		err = change_run(k, c);
	set_fini(&s);
	return err;
}

int
call_revert(struct clerk *k, const msgpack_object *params)
{
	char fallback[40] = "";
	struct change c = {.fallback = fallback, .is_set = !mp_get(params, "file")};
	struct change_file one;
	char id[UUID_SIZE], *message = mp_dup(params, "message");
	char *undo_id = mp_dup(params, "undo"), *to = mp_dup(params, "to");
	int err = OP_OK;

	mp_get_bool(params, "dry", &c.is_dry);
	k->is_dry = c.is_dry;
	if (!undo_id == !to)
		err = clerk_fail(k, OP_BAD_REQUEST, "either undo or to");
	else if (to && c.is_set)
		err = clerk_fail(k, OP_BAD_REQUEST, "to: needs file");
	else if (c.is_set)
		err = change_once(k, params, true, id);
	else
		err = change_begin(k, params, &one, id);
	c.message = message;
	c.id = id;
	if (undo_id || to)
		snprintf(fallback, sizeof(fallback),
		    undo_id ? "%.10s taken back" : "as %.10s left it", undo_id ? undo_id : to);
	if (err == OP_OK)
		err = revert(k, &c, undo_id, to);
	free(message);
	free(undo_id);
	free(to);
	return err == OP_AGAIN ? OP_OK : err;
}
