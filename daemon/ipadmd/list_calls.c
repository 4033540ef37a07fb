/* SPDX-License-Identifier: ISC */
/* The list of all files: what is shown of each without opening it.  In the reader. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/drafts.h"
#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/sdb/header.h"

#define HISTORY_MS 20 /* for old changes, in one call; the rest when nothing is to do */

/* What is beside a file. */
struct around {
	size_t drafts; /* the caller's */
	bool is_locked;
};

struct list {
	struct clerk *k;
	struct mp_text file, type; /* s NULL: all */
	struct buf rows;
	struct mp_out o;
	size_t count;
	struct around *around; /* one per file of the tree */
};

static void
pack_title(struct mp_out *o, const struct tree_file *f)
{
	struct sdb_header h;

	mp_str(o, "title");
	if (f->place.flat) {
		mp_str(o, f->place.flat->title ? f->place.flat->title : f->place.name);
		return;
	}
	sdb_header_read(f->file, &h);
	pack_text(o, h.value[SDB_KEY_TITLE]);
}

/* What its bytes decide: made once. */
static int
make_row(struct tree_file *f)
{
	struct mp_out o;

	if (buf_len(&f->row))
		return OP_OK;
	mp_out_init(&o, &f->row);
	mp_kstr(&o, "file", f->place.name);
	mp_kstr(&o, "type", f->place.type->name);
	pack_title(&o, f);
	mp_kstr(&o, "version", f->version);
	f->place.type->pack_row(f, &o);
	if (o.err)
		buf_clear(&f->row);
	return o.err;
}

static void
pack_row(struct list *l, struct tree_file *f)
{
	struct clerk *k = l->k;
	struct mp_out *o = &l->o;
	const struct around *around = &l->around[f - k->tree.files];
	struct lease lock;
	bool locked = around->is_locked && locks_read(&k->locks, f->place.name, &lock) == OP_OK;
	const struct last *last = lasts_find(&k->lasts, f->place.name);
	const struct sdb_tally own = {f->findings.errors, f->findings.warnings};
	const struct sdb_tally *tally = f->file ? &f->tally : &own;

	if (make_row(f)) {
		o->err = OP_NO_MEMORY;
		return;
	}
	mp_map(o, 6u + f->place.type->row_keys(f) + (locked ? 1 : 0) + (around->drafts ? 1 : 0) +
		      (last ? 3 : 0));
	mp_raw(o, buf_bytes(&f->row), buf_len(&f->row));
	mp_kint(o, "errors", (int64_t)tally->errors);
	mp_kint(o, "warnings", (int64_t)tally->warnings);
	if (locked) {
		mp_str(o, "lock");
		pack_lock(o, &lock, clock_wall_ms(), k->settings->lock_ms);
	}
	if (around->drafts)
		mp_kint(o, "drafts", (int64_t)around->drafts);
	if (last) {
		mp_kint(o, "changed_at", last->at_ms);
		mp_kstr(o, "changed_by", last->who);
		mp_kstr(o, "commit", last->commit);
	}
}

static void
pack_broken(struct list *l, const struct place *p, const char *why)
{
	mp_map(&l->o, 3);
	mp_kstr(&l->o, "file", p->name);
	mp_kstr(&l->o, "type", p->type->name);
	mp_kstr(&l->o, "error", why);
}

static bool
is_wanted(const struct list *l, const struct place *p)
{
	return (!l->file.s || mp_text_is(l->file, p->name)) &&
	       (!l->type.s || mp_text_is(l->type, p->type->name));
}

static void
add_file(struct list *l, struct tree_file *f)
{
	if (!is_wanted(l, &f->place))
		return;
	l->count++;
	if (f->err)
		pack_broken(l, &f->place, f->why);
	else
		pack_row(l, f);
}

/* Those of the configuration that nobody has made yet. */
static void
add_missing(struct list *l)
{
	const struct catalog *c = &l->k->catalog;

	for (size_t i = 0; i < c->count; i++) {
		if (tree_find(&l->k->tree, c->others[i].name) || !is_wanted(l, &c->others[i]))
			continue;
		l->count++;
		pack_broken(l, &c->others[i], "not there yet");
	}
}

static struct around *
around_of(const struct list *l, const char *file)
{
	const struct tree *t = &l->k->tree;
	const struct tree_file *f = tree_find(t, file);

	return f ? &l->around[f - t->files] : NULL;
}

static int
count_draft(const char *file, const char *id, void *arg)
{
	struct around *a = around_of(arg, file);

	(void)id;
	if (a)
		a->drafts++;
	return OP_OK;
}

static void
note_lock(const char *file, const struct lease *lease, void *arg)
{
	struct around *a = around_of(arg, file);

	(void)lease;
	if (a)
		a->is_locked = true;
}

/* What is known beside the files themselves; a list without it is better than none. */
static void
look_around(struct list *l)
{
	struct clerk *k = l->k;

	if (drafts_walk(k->drafts_fd, k->caller.who, count_draft, l))
		log_warn("drafts: cannot be counted: %s", strerror(errno));
	if (locks_walk(&k->locks, note_lock, l))
		log_warn("locks: cannot be read: %s", strerror(errno));
	int err = lasts_update(&k->lasts, k->history, HISTORY_MS);

	if (err && err != OP_AGAIN)
		log_warn("history: cannot be read: %s", op_strerror(err));
}

static int
make_list(struct list *l)
{
	const struct tree *t = &l->k->tree;

	l->around = calloc(t->count + 1, sizeof(*l->around));
	if (!l->around || tree_tally(&l->k->tree))
		return OP_NO_MEMORY;
	look_around(l);
	for (size_t i = 0; i < t->count; i++)
		add_file(l, &t->files[i]);
	add_missing(l);
	return l->o.err;
}

int
call_list(struct clerk *k, const msgpack_object *params)
{
	struct list l = {.k = k};
	int err = OP_OK;

	mp_get_text(params, "type", &l.type);
	if (mp_get(params, "file")) {
		err = clerk_file(k, params);
		l.file = (struct mp_text){k->file, strlen(k->file)};
	}
	if (err == OP_OK && (err = tree_refresh(&k->tree)))
		clerk_fail(k, err, "the directory cannot be read: %s", strerror(errno));
	if (err)
		return err;
	buf_init(&l.rows);
	mp_out_init(&l.o, &l.rows);
	err = make_list(&l);
	if (err == OP_OK && l.file.s && l.count == 0)
		err = clerk_fail(k, OP_NOT_FOUND, "%s: no such file", k->file);
	if (err == OP_OK) {
		mp_map(&k->o, 1);
		mp_str(&k->o, "files");
		mp_array(&k->o, l.count);
		mp_raw(&k->o, buf_bytes(&l.rows), buf_len(&l.rows));
	}
	buf_fini(&l.rows);
	free(l.around);
	return err;
}
