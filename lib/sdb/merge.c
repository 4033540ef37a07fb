/* SPDX-License-Identifier: ISC */
/*
 * Conflicts of a three-way merge: per item of base what each side did with it, then what each side
 * claims anew (a key, an address, a name) against what the other claims.
 */
#include "lib/sdb/merge.h"

#include <stdlib.h>

#include "lib/err.h"
#include "lib/sdb/sides.h"

static int
add_conflict(struct sdb_merge *m, enum sdb_conflict_kind kind, const struct sdb_line *base,
    const struct sdb_line *mine, const struct sdb_line *theirs)
{
	if ((m->count & (m->count - 1)) == 0) { /* full at each power of two */
		size_t cap = m->count ? m->count * 2 : 1;
		struct sdb_conflict *list = reallocarray(m->list, cap, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		m->list = list;
	}
	m->list[m->count++] = (struct sdb_conflict){kind, base, mine, theirs};
	return OP_OK;
}

/* --- what became of base's items --- */

static const struct sdb_line *
line_of(const struct sdb_side *side, size_t base)
{
	uint32_t i = side->from_base[base];

	return i == SDB_NOBODY ? NULL : side->items.list[i].line;
}

/* The end and a removed line are both NULL here; neither ever differs from the other sides' end. */
static int
compare_kept(const struct sdb_sides *s, struct sdb_merge *out)
{
	int err = OP_OK;

	for (size_t i = 0; i < s->base.count && !err; i++) {
		const struct sdb_line *base = s->base.list[i].line;
		const struct sdb_line *mine = line_of(&s->mine, i);
		const struct sdb_line *theirs = line_of(&s->theirs, i);

		if (!sdb_same_line(base, mine) && !sdb_same_line(base, theirs) &&
		    !sdb_same_line(mine, theirs))
			err = add_conflict(out, SDB_CONFLICT_LINE, base, mine, theirs);
	}
	return err;
}

/* --- what is claimed anew --- */

struct rule {
	const struct sdb_key_rule *key;
	enum sdb_conflict_kind conflict;
};

static const struct rule rules[] = {
    {&sdb_by_key, SDB_CONFLICT_LINE}, {&sdb_by_address, SDB_CONFLICT_ADDRESS},
    {&sdb_by_name, SDB_CONFLICT_NAME},
    {&sdb_by_comment, SDB_CONFLICT_LINE}, /* equal ones become one: never a conflict */
};

struct claim {
	const struct sdb_key_rule *rule;
	const struct sdb_item *item;
};

static bool
same_claim(const void *key, const void *list, uint32_t id)
{
	const struct claim *c = key;

	return c->rule->same(c->item, &((const struct sdb_side *)list)->items.list[id]);
}

static uint32_t
hash(const struct claim *c)
{
	return sdb_hash_finish(c->rule->hash(c->item));
}

/* The item has this key now and had it not (or did not exist) in base. */
static bool
is_claim(const struct sdb_sides *s, const struct sdb_side *side, size_t item,
    const struct sdb_key_rule *rule)
{
	const struct sdb_item *now = &side->items.list[item], *before;

	if (!rule->applies(now))
		return false;
	if (side->to_base[item] == SDB_NOBODY)
		return true;
	before = &s->base.list[side->to_base[item]];
	return !rule->applies(before) || !rule->same(before, now);
}

static int
settle(struct sdb_sides *s, struct sdb_merge *out, uint32_t mine, uint32_t theirs,
    enum sdb_conflict_kind kind)
{
	const struct sdb_item *m = &s->mine.items.list[mine], *t = &s->theirs.items.list[theirs];
	bool both_new =
	    s->mine.to_base[mine] == SDB_NOBODY && s->theirs.to_base[theirs] == SDB_NOBODY;

	if (s->mine.met[mine] == theirs ||
	    (!both_new && s->mine.to_base[mine] == s->theirs.to_base[theirs]))
		return OP_OK;
	if (both_new && sdb_same_line(m->line, t->line) && s->theirs.met[theirs] == SDB_NOBODY) {
		s->mine.met[mine] = theirs;
		s->theirs.met[theirs] = mine;
		return OP_OK;
	}
	if (m->minor)
		return OP_OK;
	s->mine.met[mine] = theirs;
	return add_conflict(out, kind, NULL, m->line, t->line);
}

static int
compare_claims(struct sdb_sides *s, struct sdb_merge *out, const struct rule *rule)
{
	struct sdb_table t;
	int err = sdb_table_init(&t, s->theirs.items.count);

	if (err)
		return err;
	for (uint32_t i = 0; i < s->theirs.items.count; i++) {
		struct claim c = {rule->key, &s->theirs.items.list[i]};

		if (is_claim(s, &s->theirs, i, rule->key))
			sdb_table_enter(&t, hash(&c), same_claim, &c, &s->theirs, i);
	}
	for (uint32_t i = 0; i < s->mine.items.count && !err; i++) {
		struct claim c = {rule->key, &s->mine.items.list[i]};
		uint32_t theirs;

		if (!is_claim(s, &s->mine, i, rule->key))
			continue;
		theirs = sdb_table_find(&t, hash(&c), same_claim, &c, &s->theirs);
		if (theirs != SDB_NOBODY)
			err = settle(s, out, i, theirs, rule->conflict);
	}
	sdb_table_fini(&t);
	return err;
}

/* A marker that both added is one. */
static void
join_markers(struct sdb_sides *s)
{
	uint32_t theirs = SDB_NOBODY;

	for (uint32_t i = 0; i < s->theirs.items.count - 1; i++)
		if (!s->theirs.items.list[i].minor &&
		    s->theirs.items.list[i].line->kind == SDB_MARK &&
		    s->theirs.to_base[i] == SDB_NOBODY)
			theirs = i;
	for (size_t i = 0; i < s->mine.items.count - 1; i++)
		if (!s->mine.items.list[i].minor && s->mine.items.list[i].line->kind == SDB_MARK)
			s->mine.met[i] = theirs;
}

/* --- the whole --- */

static int
make_side(struct sdb_items *base, struct sdb_side *side)
{
	int err = sdb_items_make(side->file, &side->items);

	if (!err)
		err = sdb_pair(base, &side->items, &side->from_base, &side->to_base);
	if (!err && !(side->met = sdb_nobodies(side->items.count)))
		err = OP_NO_MEMORY;
	return err;
}

static void
fini_side(struct sdb_side *side)
{
	sdb_items_fini(&side->items);
	free(side->from_base);
	free(side->to_base);
	free(side->met);
}

static int
merge_sides(struct sdb_sides *s, struct sdb_merge *out)
{
	int err = sdb_items_make(s->base_file, &s->base);

	if (!err)
		err = make_side(&s->base, &s->mine);
	if (!err)
		err = make_side(&s->base, &s->theirs);
	if (!err)
		err = compare_kept(s, out);
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !err; i++)
		err = compare_claims(s, out, &rules[i]);
	if (err || out->count)
		return err;
	join_markers(s);
	return sdb_merge_write(s, &out->bytes);
}

int
sdb_merge(const struct sdb_file *base, const struct sdb_file *mine, const struct sdb_file *theirs,
    struct sdb_merge *out)
{
	struct sdb_sides s = {
	    .base_file = base, .mine = {.file = mine}, .theirs = {.file = theirs}};
	int err;

	*out = (struct sdb_merge){0};
	if (sdb_same_bytes(base, theirs)) {
		err = sdb_file_write(mine, &out->bytes);
	} else if (sdb_same_bytes(base, mine) || sdb_same_bytes(mine, theirs)) {
		err = sdb_file_write(theirs, &out->bytes);
	} else {
		err = merge_sides(&s, out);
		sdb_items_fini(&s.base);
		fini_side(&s.mine);
		fini_side(&s.theirs);
	}
	if (err)
		sdb_merge_fini(out);
	return err;
}

void
sdb_merge_fini(struct sdb_merge *m)
{
	buf_fini(&m->bytes);
	free(m->list);
	*m = (struct sdb_merge){0};
}
