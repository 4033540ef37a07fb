/* SPDX-License-Identifier: ISC */
/*
 * Items and their pairing.  Lines with equal keys are kept in chains behind one entry of the table
 * and paired in their order, so that many equal lines cost no more than as many different ones.
 */
#include "lib/sdb/pair.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"

/* --- items --- */

int
sdb_items_make(const struct sdb_file *f, struct sdb_items *out)
{
	struct sdb_item *list = calloc(sdb_file_lines(f) + 1, sizeof(*list));
	bool marked = false;
	size_t n = 0;

	if (!list)
		return OP_NO_MEMORY;
	for (const struct sdb_line *line = sdb_file_first(f); line; line = line->next) {
		bool first_mark = line->kind == SDB_MARK && !marked;

		marked = marked || first_mark;
		list[n++] = (struct sdb_item){.line = line,
		    .minor = !first_mark && line->kind != SDB_HEADER && line->kind != SDB_NODE};
	}
	*out = (struct sdb_items){list, n + 1};
	return OP_OK;
}

void
sdb_items_fini(struct sdb_items *items)
{
	free(items->list);
	items->list = NULL;
}

bool
sdb_same_line(const struct sdb_line *a, const struct sdb_line *b)
{
	if (!a || !b)
		return a == b;
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

bool
sdb_same_bytes(const struct sdb_file *a, const struct sdb_file *b)
{
	const struct sdb_line *x = sdb_file_first(a), *y = sdb_file_first(b);

	for (; x && y; x = x->next, y = y->next)
		if (x->eol != y->eol || !sdb_same_line(x, y))
			return false;
	return !x && !y;
}

bool
sdb_reordered(const uint32_t *partner, size_t count)
{
	uint32_t last = 0;

	for (size_t i = 0; i < count; i++) {
		if (partner[i] == SDB_NOBODY)
			continue;
		if (partner[i] < last)
			return true;
		last = partner[i];
	}
	return false;
}

/* --- keys --- */

static bool
is_header(const struct sdb_item *item)
{
	return item->line && item->line->kind == SDB_HEADER;
}

static uint64_t
hash_key(const struct sdb_item *item)
{
	struct sdb_text key = sdb_header_key(item->line);

	return sdb_hash_bytes(SDB_HASH_START, key.s, key.len, false);
}

static bool
same_key(const struct sdb_item *a, const struct sdb_item *b)
{
	return sdb_text_equal(sdb_header_key(a->line), sdb_header_key(b->line));
}

static bool
is_node(const struct sdb_item *item)
{
	return item->line && item->line->kind == SDB_NODE;
}

static bool
has_address(const struct sdb_item *item)
{
	return is_node(item) && item->line->address.family;
}

static uint64_t
hash_address(const struct sdb_item *item)
{
	return sdb_hash_bytes(
	    SDB_HASH_START, &item->line->address, sizeof(item->line->address), false);
}

static bool
same_address(const struct sdb_item *a, const struct sdb_item *b)
{
	return netaddr_equal(&a->line->address, &b->line->address);
}

static bool
has_name(const struct sdb_item *item)
{
	return is_node(item) && sdb_node_field(item->line, SDB_NAME).len;
}

static uint64_t
hash_name(const struct sdb_item *item)
{
	struct sdb_text name = sdb_node_field(item->line, SDB_NAME);

	return sdb_hash_bytes(SDB_HASH_START, name.s, name.len, true);
}

static bool
same_name(const struct sdb_item *a, const struct sdb_item *b)
{
	return sdb_text_same_letters(
	    sdb_node_field(a->line, SDB_NAME), sdb_node_field(b->line, SDB_NAME));
}

static bool
has_both(const struct sdb_item *item)
{
	return has_address(item) && has_name(item);
}

static uint64_t
hash_both(const struct sdb_item *item)
{
	return hash_address(item) ^ hash_name(item) * 3;
}

static bool
same_both(const struct sdb_item *a, const struct sdb_item *b)
{
	return same_address(a, b) && same_name(a, b);
}

static uint64_t
hash_text(const struct sdb_item *item)
{
	return sdb_hash_words(SDB_HASH_START, item->line->text, item->line->len);
}

static bool
same_text(const struct sdb_item *a, const struct sdb_item *b)
{
	return sdb_same_line(a->line, b->line);
}

static bool
is_minor(const struct sdb_item *item)
{
	return item->minor;
}

static bool
has_context(const struct sdb_item *item)
{
	return item->minor && item->context != SDB_NOBODY;
}

static uint64_t
hash_in_context(const struct sdb_item *item)
{
	return sdb_hash_bytes(hash_text(item), &item->context, sizeof(item->context), false);
}

static bool
same_in_context(const struct sdb_item *a, const struct sdb_item *b)
{
	return a->context == b->context && same_text(a, b);
}

static bool
is_comment(const struct sdb_item *item)
{
	return item->minor && item->line->kind != SDB_BLANK;
}

const struct sdb_key_rule sdb_by_key = {is_header, hash_key, same_key};
const struct sdb_key_rule sdb_by_address = {has_address, hash_address, same_address};
const struct sdb_key_rule sdb_by_name = {has_name, hash_name, same_name};
const struct sdb_key_rule sdb_by_comment = {is_comment, hash_text, same_text};
static const struct sdb_key_rule node_text = {is_node, hash_text, same_text};
static const struct sdb_key_rule node_both = {has_both, hash_both, same_both};
static const struct sdb_key_rule minor_in_context = {has_context, hash_in_context, same_in_context};
static const struct sdb_key_rule minor_text = {is_minor, hash_text, same_text};

/* From the surest to the least sure; each looks only at what is still alone. */
static const struct sdb_key_rule *const major_rules[] = {
    &sdb_by_key, &node_text, &node_both, &sdb_by_address, &sdb_by_name};
static const struct sdb_key_rule *const minor_rules[] = {&minor_in_context, &minor_text};

/* --- pairing --- */

struct pairing {
	struct sdb_items *a, *b;
	uint32_t *to_b, *to_a;
	uint32_t *head; /* of b's items: the next one of the chain that this one stands for */
	uint32_t *next;
};

struct probe {
	const struct sdb_key_rule *rule;
	const struct sdb_item *item;
};

static bool
same(const void *key, const void *list, uint32_t id)
{
	const struct probe *p = key;

	return p->rule->same(p->item, &((const struct sdb_items *)list)->list[id]);
}

static uint32_t
hash(const struct probe *p)
{
	return sdb_hash_finish(p->rule->hash(p->item));
}

/* Backwards, so that a chain begins with its first line. */
static void
enter_alone(struct pairing *p, struct sdb_table *t, const struct sdb_key_rule *rule)
{
	for (uint32_t i = (uint32_t)p->b->count; i-- > 0;) {
		struct probe key = {rule, &p->b->list[i]};
		uint32_t entry;

		if (p->to_a[i] != SDB_NOBODY || !rule->applies(key.item))
			continue;
		entry = sdb_table_enter(t, hash(&key), same, &key, p->b, i);
		p->next[i] = entry == i ? SDB_NOBODY : p->head[entry];
		p->head[entry] = i;
	}
}

static void
match(struct pairing *p, const struct sdb_table *t, const struct sdb_key_rule *rule)
{
	for (uint32_t i = 0; i < p->a->count; i++) {
		struct probe key = {rule, &p->a->list[i]};
		uint32_t entry, partner;

		if (p->to_b[i] != SDB_NOBODY || !rule->applies(key.item))
			continue;
		entry = sdb_table_find(t, hash(&key), same, &key, p->b);
		if (entry == SDB_NOBODY || p->head[entry] == SDB_NOBODY)
			continue;
		partner = p->head[entry];
		p->head[entry] = p->next[partner];
		p->to_b[i] = partner;
		p->to_a[partner] = i;
	}
}

static bool
anyone_alone(const uint32_t *partner, size_t count)
{
	size_t i = 0;

	while (i < count && partner[i] != SDB_NOBODY)
		i++;
	return i < count;
}

static int
pair_by(struct pairing *p, const struct sdb_key_rule *rule)
{
	struct sdb_table t;

	if (!anyone_alone(p->to_b, p->a->count) || !anyone_alone(p->to_a, p->b->count))
		return OP_OK;
	if (sdb_table_init(&t, p->b->count) != OP_OK)
		return OP_NO_MEMORY;
	enter_alone(p, &t, rule);
	match(p, &t, rule);
	sdb_table_fini(&t);
	return OP_OK;
}

static uint32_t
marker(const struct sdb_items *items)
{
	uint32_t i = 0;

	while (
	    items->list[i].line && (items->list[i].minor || items->list[i].line->kind != SDB_MARK))
		i++;
	return items->list[i].line ? i : SDB_NOBODY;
}

/* Ends and markers are each other's by their nature. */
static void
pair_fixed(struct pairing *p)
{
	uint32_t a = marker(p->a), b = marker(p->b);

	p->to_b[p->a->count - 1] = (uint32_t)p->b->count - 1;
	p->to_a[p->b->count - 1] = (uint32_t)p->a->count - 1;
	if (a == SDB_NOBODY || b == SDB_NOBODY)
		return;
	p->to_b[a] = b;
	p->to_a[b] = a;
}

/* What each minor line stands before: the same number in both files when it is the same line. */
static void
set_contexts(const struct sdb_items *items, const uint32_t *to_b)
{
	uint32_t context = SDB_NOBODY;

	for (uint32_t i = (uint32_t)items->count; i-- > 0;) {
		if (!items->list[i].minor)
			context = to_b ? to_b[i] : i;
		items->list[i].context = context;
	}
}

static int
pair_all(struct pairing *p)
{
	int err = OP_OK;

	pair_fixed(p);
	for (size_t i = 0; i < sizeof(major_rules) / sizeof(major_rules[0]) && !err; i++)
		err = pair_by(p, major_rules[i]);
	set_contexts(p->a, p->to_b);
	set_contexts(p->b, NULL);
	for (size_t i = 0; i < sizeof(minor_rules) / sizeof(minor_rules[0]) && !err; i++)
		err = pair_by(p, minor_rules[i]);
	return err;
}

uint32_t *
sdb_nobodies(size_t count)
{
	uint32_t *list = reallocarray(NULL, count, sizeof(*list));

	if (list)
		memset(list, 0xff, count * sizeof(*list));
	return list;
}

int
sdb_pair(struct sdb_items *a, struct sdb_items *b, uint32_t **a_to_b, uint32_t **b_to_a)
{
	struct pairing p = {a, b, sdb_nobodies(a->count), sdb_nobodies(b->count),
	    sdb_nobodies(b->count), sdb_nobodies(b->count)};
	int err = p.to_b && p.to_a && p.head && p.next ? pair_all(&p) : OP_NO_MEMORY;

	free(p.head);
	free(p.next);
	if (err) {
		free(p.to_b);
		free(p.to_a);
		return err;
	}
	*a_to_b = p.to_b;
	*b_to_a = p.to_a;
	return OP_OK;
}
