/* SPDX-License-Identifier: ISC */
/* Files that are no subnets: lib/flat/ on the wire. */
#include "daemon/ipadmd/type_rows.h"

#include "daemon/ipadmd/pack.h"
#include "daemon/ipadmd/tree.h"
#include "lib/err.h"
#include "lib/flat/merge.h"

static struct sdb_text
text_of(const struct buf *b)
{
	return (struct sdb_text){(const char *)buf_bytes(b), buf_len(b)};
}

static void
pack_part(struct mp_out *o, const char *key, struct sdb_text t)
{
	mp_str(o, key);
	if (t.s)
		pack_text(o, t);
	else
		mp_nil(o);
}

static void
pack_conflicts(const struct flat_merge *m, struct mp_out *o)
{
	mp_array(o, m->count);
	for (size_t i = 0; i < m->count; i++) {
		mp_map(o, 4);
		mp_kstr(o, "kind", "line");
		pack_part(o, "base", m->list[i].base);
		pack_part(o, "mine", m->list[i].mine);
		pack_part(o, "theirs", m->list[i].theirs);
	}
}

int
flat_merge_buf(const struct place *p, const struct buf *base, const struct buf *mine,
    const struct buf *theirs, struct buf *out, struct mp_out *conflicts)
{
	struct flat_merge m;
	int err = flat_merge(&p->format, text_of(base), text_of(mine), text_of(theirs), &m);

	if (err)
		return err;
	if (m.count) {
		pack_conflicts(&m, conflicts);
		err = OP_CONFLICT;
	} else {
		err = buf_append(out, buf_bytes(&m.bytes), buf_len(&m.bytes));
	}
	flat_merge_fini(&m);
	return err;
}

int
flat_pack_diff(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o)
{
	struct flat_diff d;
	int err = flat_diff(&p->format, text_of(old), text_of(new), &d);

	if (err)
		return err;
	mp_map(o, 2);
	mp_kbool(o, "reordered", d.reordered);
	mp_str(o, "changes");
	mp_array(o, d.count);
	for (size_t i = 0; i < d.count; i++) {
		const struct flat_change *c = &d.list[i];

		mp_map(o, 3);
		mp_kstr(o, "what", !c->old.s ? "added" : !c->new.s ? "removed" : "changed");
		pack_part(o, "old", c->old);
		pack_part(o, "new", c->new);
	}
	flat_diff_fini(&d);
	return OP_OK;
}

int
flat_pack_changed(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o)
{
	(void)p;
	(void)old;
	(void)new;
	mp_array(o, 0);
	return OP_OK;
}

int
flat_check_buf(const struct place *p, const struct buf *bytes, struct flat_findings *out)
{
	return flat_check(&p->format, text_of(bytes), out);
}

size_t
flat_row_keys(const struct tree_file *f)
{
	const struct flat_format *format = &f->place.format;

	if (format->kind != FLAT_TABLE)
		return 2;
	return 4u + (format->separator ? 1 : 0) + (format->comment ? 1 : 0);
}

void
flat_pack_row(const struct tree_file *f, struct mp_out *o)
{
	const struct flat_format *format = &f->place.format;
	const char separator[] = {format->separator, '\0'}, comment[] = {format->comment, '\0'};

	mp_kint(o, "lines", (int64_t)f->lines);
	mp_kint(o, "entries", (int64_t)f->entries);
	if (format->kind != FLAT_TABLE)
		return;
	mp_str(o, "columns");
	mp_array(o, format->column_count);
	for (size_t i = 0; i < format->column_count; i++)
		mp_str(o, format->columns[i]);
	mp_kint(o, "key", (int64_t)format->key);
	if (format->separator)
		mp_kstr(o, "separator", separator);
	if (format->comment)
		mp_kstr(o, "comment", comment);
}
