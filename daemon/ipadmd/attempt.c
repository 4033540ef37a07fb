/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/attempt.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/disk.h"
#include "daemon/ipadmd/file_type.h"
#include "lib/err.h"

/* `conflicts`: an array that is packed already, or empty. */
static int
refuse_conflict(
    struct clerk *k, const struct attempt_file *f, const struct buf *conflicts, const char *why)
{
	struct mp_out o;

	mp_out_init(&o, &k->data);
	mp_map(&o, 3);
	mp_kstr(&o, "file", f->wanted->place.name);
	mp_kstr(&o, "version", f->there ? f->there->version : "");
	mp_str(&o, "conflicts");
	if (conflicts)
		mp_raw(&o, buf_bytes(conflicts), buf_len(conflicts));
	else
		mp_array(&o, 0);
	return clerk_fail(k, OP_CONFLICT, "%s: %s", f->wanted->place.name, why);
}

static int
merge(struct clerk *k, struct attempt_file *f)
{
	const struct change_file *w = f->wanted;
	struct buf conflicts;
	struct mp_out o;

	buf_init(&conflicts);
	mp_out_init(&o, &conflicts);
	int err = w->place.type->merge(&w->place, w->base, w->mine, &f->there->bytes, &f->next, &o);

	f->is_merged = true;
	if (err == OP_CONFLICT)
		err = o.err ? o.err
			    : refuse_conflict(
				  k, f, &conflicts, "changed by somebody else in the meantime");
	buf_fini(&conflicts);
	return err;
}

static int
work_out_removal(struct clerk *k, struct attempt_file *f)
{
	f->is_gone = true;
	f->is_same = !f->there;
	if (f->there && !(f->wanted->base && disk_same(&f->there->bytes, f->wanted->base)))
		return refuse_conflict(k, f, NULL, "changed by somebody else in the meantime");
	return OP_OK;
}

static int
work_out(struct clerk *k, struct attempt_file *f)
{
	const struct change_file *w = f->wanted;
	int err;

	if (f->there && f->there->err)
		return clerk_fail(k, f->there->err, "%s: %s", w->place.name, f->there->why);
	if (!w->mine)
		return work_out_removal(k, f);
	if (!f->there && w->base)
		return refuse_conflict(k, f, NULL, "the file was removed in the meantime");
	if (f->there && !w->base && !disk_same(&f->there->bytes, w->mine))
		return refuse_conflict(k, f, NULL, "the file is there already");
	if (f->there && w->base && !disk_same(&f->there->bytes, w->base))
		err = merge(k, f);
	else
		err = buf_append(&f->next, buf_bytes(w->mine), buf_len(w->mine));
	if (err)
		return err;
	if (buf_len(&f->next) > k->settings->max_file)
		return clerk_fail(k, OP_TOO_LARGE, "%s: larger than max_file", w->place.name);
	f->is_same = f->there && disk_same(&f->there->bytes, &f->next);
	return OP_OK;
}

int
attempt_make(struct clerk *k, const struct change *c, struct attempt *a)
{
	int err = OP_OK;

	*a = (struct attempt){.files = calloc(c->count + 1, sizeof(*a->files))};
	if (!a->files)
		return OP_NO_MEMORY;
	for (; a->count < c->count && err == OP_OK; a->count++) {
		struct attempt_file *f = &a->files[a->count];

		f->wanted = &c->files[a->count];
		f->there = tree_find(&k->tree, f->wanted->place.name);
		buf_init(&f->next);
		err = work_out(k, f);
	}
	return err;
}

void
attempt_fini(struct attempt *a)
{
	for (size_t i = 0; i < a->count; i++)
		buf_fini(&a->files[i].next);
	free(a->files);
	*a = (struct attempt){0};
}

bool
attempt_is_empty(const struct attempt *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (!a->files[i].is_same)
			return false;
	return true;
}
