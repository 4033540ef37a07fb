/* SPDX-License-Identifier: ISC */
/*
 * Two multimaps: hashes of what files have, and of what they look for.  Only of the mail exchangers
 * more must be known than who shares a hash with whom: many files name the same few hosts, and it
 * is seldom that one of these comes or goes.
 */
#include "lib/sdb/index.h"

#include <stdlib.h>

#include "lib/err.h"
#include "lib/sdb/multi.h"
#include "lib/sdb/range.h"
#include "lib/sdb/trait.h"

struct member {
	const struct sdb_file *file; /* NULL: the id is free */
	struct sdb_header header;
	struct sdb_range range; /* when header.has_net */
	bool is_stale;
};

struct sdb_index {
	struct member *members;
	size_t count, room;
	struct sdb_multi has, wants;
};

struct sdb_index *
sdb_index_new(void)
{
	return calloc(1, sizeof(struct sdb_index));
}

void
sdb_index_free(struct sdb_index *x)
{
	if (!x)
		return;
	free(x->members);
	sdb_multi_fini(&x->has);
	sdb_multi_fini(&x->wants);
	free(x);
}

size_t
sdb_index_ids(const struct sdb_index *x)
{
	return x->count;
}

static struct member
member_of(const struct sdb_file *f)
{
	struct member m = {.file = f};

	if (!f)
		return m;
	sdb_header_read(f, &m.header);
	if (m.header.has_net)
		m.range = sdb_range_of(&m.header.net);
	return m;
}

static void
each_trait(const struct member *m, void (*fn)(const struct sdb_trait *t, void *arg), void *arg)
{
	if (m->file)
		sdb_each_trait(m->file, &m->header, fn, arg);
}

static bool
is_wish(enum sdb_trait_kind kind)
{
	return kind == SDB_WANTS_HOST || kind == SDB_WANTS_DOMAIN;
}

/* --- who has, and who wants --- */

struct pass {
	const struct sdb_index *x;
	bool *set;
	const bool *skip;
};

static void
add_all(const struct sdb_multi *m, uint32_t hash, bool *set)
{
	size_t at = sdb_multi_start(m, hash);
	uint32_t id;

	while ((id = sdb_multi_next(m, hash, &at)) != SDB_NOBODY)
		set[id] = true;
}

/* One that really has it: that there is one is all that counts. */
static void
add_domain(const struct pass *p, const struct sdb_trait *t)
{
	size_t at = sdb_multi_start(&p->x->has, t->hash);
	uint32_t id;

	while ((id = sdb_multi_next(&p->x->has, t->hash, &at)) != SDB_NOBODY) {
		struct sdb_fqdn domain = sdb_domain_of(&p->x->members[id].header);

		if (!p->skip[id] && sdb_fqdn_equal(&domain, &t->name)) {
			p->set[id] = true;
			return;
		}
	}
}

static void
add_neighbours(const struct pass *p, const struct member *m)
{
	for (size_t i = 0; i < p->x->count && m->file && m->header.has_net; i++) {
		const struct member *other = &p->x->members[i];

		if (other->file && other->header.has_net &&
		    other->header.base.family == m->header.base.family &&
		    other->range.low <= m->range.high && m->range.low <= other->range.high)
			p->set[i] = true;
	}
}

/* --- what depends on a file --- */

static void
add_sharer(const struct sdb_trait *t, void *arg)
{
	const struct pass *p = arg;

	if (!is_wish(t->kind) && t->kind != SDB_HAS_DOMAIN)
		add_all(&p->x->has, t->hash, p->set);
}

/* Hosts and aliases of a file that somebody has as a mail exchanger. */
struct targets {
	const struct sdb_index *x;
	struct sdb_trait *list;
	size_t count, room;
	struct sdb_table table;
	int err;
};

static void
add_target(const struct sdb_trait *t, void *arg)
{
	struct targets *l = arg;
	size_t at = sdb_multi_start(&l->x->wants, t->hash);

	if ((t->kind != SDB_HAS_HOST && t->kind != SDB_HAS_ALIAS) || l->err ||
	    sdb_multi_next(&l->x->wants, t->hash, &at) == SDB_NOBODY)
		return;
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 16;
		struct sdb_trait *list = reallocarray(l->list, room, sizeof(*list));

		if (!list) {
			l->err = OP_NO_MEMORY;
			return;
		}
		l->list = list;
		l->room = room;
	}
	l->list[l->count++] = *t;
}

static bool
same_target(const void *key, const void *list, uint32_t id)
{
	const struct sdb_trait *a = key, *b = &((const struct sdb_trait *)list)[id];

	return a->kind == b->kind && sdb_fqdn_equal(&a->name, &b->name);
}

static int
targets_make(struct targets *l, const struct sdb_index *x, const struct member *m)
{
	*l = (struct targets){.x = x};
	each_trait(m, add_target, l);
	if (!l->err)
		l->err = sdb_table_init(&l->table, l->count);
	for (uint32_t i = 0; i < l->count && !l->err; i++)
		sdb_table_enter(&l->table, l->list[i].hash, same_target, &l->list[i], l->list, i);
	return l->err;
}

static void
targets_fini(struct targets *l)
{
	free(l->list);
	sdb_table_fini(&l->table);
}

/* Who looks for what only the one has. */
static void
add_difference(const struct targets *a, const struct targets *b, bool *set)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct sdb_trait *t = &a->list[i];

		if (sdb_table_find(&b->table, t->hash, same_target, t, b->list) == SDB_NOBODY)
			add_all(&a->x->wants, t->hash, set);
	}
}

static int
add_seekers(const struct pass *p, const struct member *old, const struct member *next)
{
	struct targets a, b = {0};
	int err = targets_make(&a, p->x, old);

	if (!err)
		err = targets_make(&b, p->x, next);
	if (!err) {
		add_difference(&a, &b, p->set);
		add_difference(&b, &a, p->set);
	}
	targets_fini(&a);
	targets_fini(&b);
	return err;
}

static void
add_domain_seeker(const struct sdb_trait *t, void *arg)
{
	const struct pass *p = arg;

	if (t->kind == SDB_HAS_DOMAIN)
		add_all(&p->x->wants, t->hash, p->set);
}

/* A file's domain is its whole part in this: it counts when it is another. */
static void
add_domain_seekers(const struct pass *p, const struct member *old, const struct member *next)
{
	struct sdb_fqdn a = sdb_domain_of(&old->header), b = sdb_domain_of(&next->header);

	if (old->file && next->file && sdb_fqdn_equal(&a, &b))
		return;
	each_trait(old, add_domain_seeker, (void *)(uintptr_t)p);
	each_trait(next, add_domain_seeker, (void *)(uintptr_t)p);
}

/* Of which files the check may say something else when `old` becomes `next`. */
static int
affect(const struct sdb_index *x, const struct member *old, const struct member *next, bool *set)
{
	struct pass p = {.x = x, .set = set};

	each_trait(old, add_sharer, &p);
	each_trait(next, add_sharer, &p);
	add_neighbours(&p, old);
	add_neighbours(&p, next);
	add_domain_seekers(&p, old, next);
	return add_seekers(&p, old, next);
}

int
sdb_index_affected(const struct sdb_index *x, const struct sdb_exchange *e, size_t n, bool *set)
{
	static const struct member none;
	int err = OP_OK;

	for (size_t i = 0; i < n && !err; i++) {
		struct member next = member_of(e[i].next);

		if (e[i].id != SDB_NO_ID)
			set[e[i].id] = true;
		err = affect(x, e[i].id == SDB_NO_ID ? &none : &x->members[e[i].id], &next, set);
	}
	return err;
}

/* --- what a file depends on --- */

static void
add_need(const struct sdb_trait *t, void *arg)
{
	const struct pass *p = arg;

	if (t->kind == SDB_WANTS_DOMAIN)
		add_domain(p, t);
	else if (t->kind != SDB_HAS_DOMAIN)
		add_all(&p->x->has, t->hash, p->set);
}

static void
add_needs(const struct pass *p, const struct member *m)
{
	each_trait(m, add_need, (void *)(uintptr_t)p);
	add_neighbours(p, m);
}

/* The exchanged ones are seen in any case, but may not have their domain any more. */
int
sdb_index_needed(const struct sdb_index *x, const struct sdb_exchange *e, size_t n, bool *set)
{
	bool *more = calloc(x->count + 1, sizeof(*more)),
	     *skip = calloc(x->count + 1, sizeof(*skip));
	const struct pass p = {x, more, skip};

	for (size_t i = 0; i < n && skip; i++)
		if (e[i].id != SDB_NO_ID)
			skip[e[i].id] = true;
	for (size_t i = 0; i < x->count && more && skip; i++)
		if (set[i])
			add_needs(&p, &x->members[i]);
	for (size_t i = 0; i < n && more && skip; i++) {
		const struct member next = member_of(e[i].next);

		add_needs(&p, &next);
	}
	for (size_t i = 0; i < x->count && more && skip; i++)
		set[i] = set[i] || more[i] || skip[i];
	int err = more && skip ? OP_OK : OP_NO_MEMORY;

	free(more);
	free(skip);
	return err;
}

/* --- files come and go --- */

struct entry {
	struct sdb_index *x;
	uint32_t id;
	uint64_t last[SDB_TRAIT_KINDS]; /* all nodes may have one mail exchanger */
};

static struct entry
entry_of(struct sdb_index *x, uint32_t id)
{
	struct entry e = {.x = x, .id = id};

	for (size_t i = 0; i < SDB_TRAIT_KINDS; i++)
		e.last[i] = UINT64_MAX;
	return e;
}

static bool
is_repeated(struct entry *e, const struct sdb_trait *t)
{
	bool same = e->last[t->kind] == t->hash;

	e->last[t->kind] = t->hash;
	return same;
}

static void
count_trait(const struct sdb_trait *t, void *arg)
{
	size_t *counts = arg;

	counts[is_wish(t->kind)]++;
}

static void
enter_trait(const struct sdb_trait *t, void *arg)
{
	struct entry *e = arg;

	if (!is_repeated(e, t))
		sdb_multi_add(is_wish(t->kind) ? &e->x->wants : &e->x->has, t->hash, e->id);
}

static void
remove_trait(const struct sdb_trait *t, void *arg)
{
	struct entry *e = arg;

	if (!is_repeated(e, t))
		sdb_multi_remove(is_wish(t->kind) ? &e->x->wants : &e->x->has, t->hash, e->id);
}

static int
find_free(struct sdb_index *x, uint32_t *id)
{
	for (size_t i = 0; i < x->count; i++)
		if (!x->members[i].file) {
			*id = (uint32_t)i;
			return OP_OK;
		}
	if (x->count == x->room) {
		size_t room = x->room ? x->room * 2 : 64;
		struct member *list = reallocarray(x->members, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		x->members = list;
		x->room = room;
	}
	x->members[x->count] = (struct member){0};
	*id = (uint32_t)x->count++;
	return OP_OK;
}

static void
leave(struct sdb_index *x, uint32_t id)
{
	struct entry e = entry_of(x, id);

	each_trait(&x->members[id], remove_trait, &e);
	x->members[id] = (struct member){0};
}

static int
enter(struct sdb_index *x, const struct member *m, uint32_t *id)
{
	size_t counts[2] = {0};
	int err = find_free(x, id);

	each_trait(m, count_trait, counts);
	if (!err)
		err = sdb_multi_reserve(&x->has, counts[false]);
	if (!err)
		err = sdb_multi_reserve(&x->wants, counts[true]);
	if (err)
		return err;
	struct entry e = entry_of(x, *id);

	x->members[*id] = *m;
	x->members[*id].is_stale = true;
	each_trait(m, enter_trait, &e);
	return OP_OK;
}

int
sdb_index_replace(struct sdb_index *x, uint32_t *id, const struct sdb_file *next)
{
	const struct sdb_exchange exchange = {*id, next};
	const struct member m = member_of(next);
	bool *set = calloc(x->count + 1, sizeof(*set));
	int err = set ? sdb_index_affected(x, &exchange, 1, set) : OP_NO_MEMORY;

	for (size_t i = 0; i < x->count && !err; i++)
		x->members[i].is_stale = x->members[i].is_stale || (set[i] && x->members[i].file);
	free(set);
	if (!err && *id != SDB_NO_ID)
		leave(x, *id);
	*id = SDB_NO_ID;
	return !err && next ? enter(x, &m, id) : err;
}

bool
sdb_index_stale(const struct sdb_index *x, bool *set)
{
	bool found = false;

	for (size_t i = 0; i < x->count; i++)
		if (x->members[i].is_stale)
			set[i] = found = true;
	return found;
}

void
sdb_index_settle(struct sdb_index *x)
{
	for (size_t i = 0; i < x->count; i++)
		x->members[i].is_stale = false;
}
