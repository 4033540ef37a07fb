/* SPDX-License-Identifier: ISC */
/*
 * The difference of two versions, from the pairing of their items.
 */
#include "lib/sdb/diff.h"

#include <stdlib.h>

#include "lib/err.h"
#include "lib/sdb/node.h"
#include "lib/sdb/pair.h"

struct comparison {
	struct sdb_items old, new;
	uint32_t *to_new, *to_old;
	struct sdb_diff *out;
};

static unsigned
changed_fields(const struct sdb_line *a, const struct sdb_line *b)
{
	unsigned fields = 0;

	if (!a || !b || a->kind != SDB_NODE || b->kind != SDB_NODE)
		return 0;
	for (enum sdb_field i = SDB_NAME; i < SDB_FIELDS; i++)
		if (!sdb_text_equal(sdb_node_field(a, i), sdb_node_field(b, i)))
			fields |= 1u << i;
	return fields;
}

static void
put(struct comparison *c, enum sdb_change_kind kind, const struct sdb_line *old,
    const struct sdb_line *new)
{
	c->out->list[c->out->count++] = (struct sdb_change){.kind = kind,
	    .old = old,
	    .new = new,
	    .fields = kind == SDB_CHANGED ? changed_fields(old, new) : 0};
}

static void
compare(struct comparison *c)
{
	for (size_t i = 0; i < c->old.count; i++)
		if (c->to_new[i] == SDB_NOBODY)
			put(c, SDB_REMOVED, c->old.list[i].line, NULL);
	for (size_t i = 0; i < c->new.count; i++) {
		const struct sdb_line *line = c->new.list[i].line, *old;

		if (c->to_old[i] == SDB_NOBODY) {
			put(c, SDB_ADDED, NULL, line);
			continue;
		}
		old = c->old.list[c->to_old[i]].line;
		if (!sdb_same_line(old, line))
			put(c, SDB_CHANGED, old, line);
	}
}

int
sdb_diff(const struct sdb_file *old, const struct sdb_file *new, struct sdb_diff *out)
{
	struct comparison c = {.out = out};
	int err;

	*out = (struct sdb_diff){.same_bytes = sdb_same_bytes(old, new)};
	if (out->same_bytes)
		return OP_OK;
	err = sdb_items_make(old, &c.old);
	if (!err)
		err = sdb_items_make(new, &c.new);
	if (!err)
		err = sdb_pair(&c.old, &c.new, &c.to_new, &c.to_old);
	if (!err) {
		out->list = reallocarray(NULL, c.old.count + c.new.count, sizeof(*out->list));
		err = out->list ? OP_OK : OP_NO_MEMORY;
	}
	if (!err) {
		out->reordered = sdb_reordered(c.to_old, c.new.count);
		compare(&c);
	}
	free(c.to_new);
	free(c.to_old);
	sdb_items_fini(&c.old);
	sdb_items_fini(&c.new);
	return err;
}

void
sdb_diff_fini(struct sdb_diff *d)
{
	free(d->list);
	*d = (struct sdb_diff){0};
}
