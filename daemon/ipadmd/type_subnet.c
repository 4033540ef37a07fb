/* SPDX-License-Identifier: ISC */
/* Subnet files: lib/sdb/ on the wire. */
#include "daemon/ipadmd/type_rows.h"

#include <stdio.h>

#include "daemon/ipadmd/pack.h"
#include "daemon/ipadmd/tree.h"
#include "lib/err.h"
#include "lib/sdb/diff.h"
#include "lib/sdb/header.h"
#include "lib/sdb/merge.h"

static int
parse(const struct buf *b, struct sdb_file **out)
{
	return sdb_file_parse(buf_bytes(b), buf_len(b), out);
}

/* --- merge --- */

static void
pack_conflicts(const struct sdb_merge *m, struct mp_out *o)
{
	static const char *const kinds[] = {"line", "address", "name"};

	mp_array(o, m->count);
	for (size_t i = 0; i < m->count; i++) {
		mp_map(o, 4);
		mp_kstr(o, "kind", kinds[m->list[i].kind]);
		pack_line(o, "base", m->list[i].base);
		pack_line(o, "mine", m->list[i].mine);
		pack_line(o, "theirs", m->list[i].theirs);
	}
}

int
subnet_merge(const struct place *p, const struct buf *base, const struct buf *mine,
    const struct buf *theirs, struct buf *out, struct mp_out *conflicts)
{
	struct sdb_file *b = NULL, *m = NULL, *t = NULL;
	struct sdb_merge merged;
	int err = parse(base, &b);

	(void)p;
	if (err == OP_OK)
		err = parse(mine, &m);
	if (err == OP_OK)
		err = parse(theirs, &t);
	if (err == OP_OK)
		err = sdb_merge(b, m, t, &merged);
	if (err == OP_OK) {
		if (merged.count) {
			pack_conflicts(&merged, conflicts);
			err = OP_CONFLICT;
		} else {
			err = buf_append(out, buf_bytes(&merged.bytes), buf_len(&merged.bytes));
		}
		sdb_merge_fini(&merged);
	}
	sdb_file_free(b);
	sdb_file_free(m);
	sdb_file_free(t);
	return err;
}

/* --- difference --- */

static void
pack_changes(const struct sdb_diff *d, struct mp_out *o)
{
	static const char *const words[] = {"added", "removed", "changed"};

	mp_map(o, 2);
	mp_kbool(o, "reordered", d->reordered);
	mp_str(o, "changes");
	mp_array(o, d->count);
	for (size_t i = 0; i < d->count; i++) {
		mp_map(o, 3);
		mp_kstr(o, "what", words[d->list[i].kind]);
		pack_line(o, "old", d->list[i].old);
		pack_line(o, "new", d->list[i].new);
	}
}

static void
pack_nodes(
    const char *name, const struct sdb_file *file, const struct sdb_diff *d, struct mp_out *o)
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

static int
compare(const struct place *p, const struct buf *old, const struct buf *new, bool nodes,
    struct mp_out *o)
{
	struct sdb_file *a = NULL, *b = NULL;
	struct sdb_diff d;
	int err = parse(old, &a);

	if (err == OP_OK)
		err = parse(new, &b);
	if (err == OP_OK)
		err = sdb_diff(a, b, &d);
	if (err == OP_OK) {
		if (nodes)
			pack_nodes(p->name, b, &d, o);
		else
			pack_changes(&d, o);
		sdb_diff_fini(&d);
	}
	sdb_file_free(a);
	sdb_file_free(b);
	return err;
}

int
subnet_pack_diff(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o)
{
	return compare(p, old, new, false, o);
}

int
subnet_pack_changed(
    const struct place *p, const struct buf *old, const struct buf *new, struct mp_out *o)
{
	return compare(p, old, new, true, o);
}

/* --- its row --- */

size_t
subnet_row_keys(const struct tree_file *f)
{
	return f->use.counted ? 7 : 4;
}

void
subnet_pack_row(const struct tree_file *f, struct mp_out *o)
{
	char address[NETADDR_TEXT], network[NETADDR_TEXT + 8] = "";
	struct sdb_header h;

	sdb_header_read(f->file, &h);
	if (h.has_net)
		snprintf(network, sizeof(network), "%s/%d", netaddr_format(address, &h.net.base),
		    h.prefix);
	mp_kstr(o, "network", network);
	mp_kint(o, "format", h.format);
	mp_kint(o, "nodes", (int64_t)sdb_file_nodes(f->file));
	mp_kint(o, "used", (int64_t)f->use.used);
	if (!f->use.counted)
		return;
	mp_kint(o, "usable", (int64_t)f->use.usable);
	mp_kint(o, "free", (int64_t)f->use.free);
	mp_kint(o, "permille", f->use.permille);
}
