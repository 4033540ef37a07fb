/* SPDX-License-Identifier: ISC */
/*
 * What belongs to nodes: aliases and exchangers by name, PTR by address.  Nodes are looked up in
 * tables made once, when all of them are there.
 */
#include "lib/exchange/zone_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/table.h"

/* --- nodes by name and by address --- */

struct index {
	struct sdb_table by_name, by_address;
	uint32_t *next; /* per node: another one of that name, or SDB_NOBODY */
};

static bool
same_name(const void *key, const void *list, uint32_t id)
{
	const struct exchange_node *n = (const struct exchange_node *)list + id;

	return sdb_text_same_letters(*(const struct sdb_text *)key, n->field[SDB_NAME]);
}

static bool
same_address(const void *key, const void *list, uint32_t id)
{
	return netaddr_equal(key, &((const struct exchange_node *)list)[id].address);
}

static uint32_t
hash_name(struct sdb_text t)
{
	return sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, t.s, t.len, true));
}

static uint32_t
hash_address(const struct netaddr *a)
{
	return sdb_hash_finish(
	    sdb_hash_bytes(SDB_HASH_START, a->bytes, a->family == 4 ? 4 : 16, false));
}

static void
index_fini(struct index *x)
{
	sdb_table_fini(&x->by_name);
	sdb_table_fini(&x->by_address);
	free(x->next);
}

static int
index_make(const struct exchange *out, struct index *x)
{
	size_t n = out->node_count;

	*x = (struct index){.next = calloc(n + 1, sizeof(*x->next))};
	if (!x->next || sdb_table_init(&x->by_name, n) != OP_OK ||
	    sdb_table_init(&x->by_address, n) != OP_OK) {
		index_fini(x);
		return OP_NO_MEMORY;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct exchange_node *node = &out->nodes[i];
		uint32_t first = sdb_table_enter(&x->by_name, hash_name(node->field[SDB_NAME]),
		    same_name, &node->field[SDB_NAME], out->nodes, i);

		x->next[i] = SDB_NOBODY;
		if (first != i) { /* behind the first: order among them means nothing */
			x->next[i] = x->next[first];
			x->next[first] = i;
		}
		sdb_table_enter(&x->by_address, hash_address(&node->address), same_address,
		    &node->address, out->nodes, i);
	}
	return OP_OK;
}

static uint32_t
find_name(const struct zone *z, const struct index *x, struct sdb_text name)
{
	return sdb_table_find(&x->by_name, hash_name(name), same_name, &name, z->out->nodes);
}

/* --- the end --- */

static int
say_relation(const struct zone *z, const struct relation *r, struct sdb_text name, const char *what)
{
	char quoted[EXCHANGE_QUOTE_BYTES];

	return exchange_say(
	    z->out, false, r->line, r->column, "%s %s", exchange_quote(quoted, name), what);
}

static int
set_aliases(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	for (size_t i = 0; i < z->aliases.count && err == OP_OK; i++) {
		const struct relation *r = &z->aliases.list[i];
		uint32_t id = find_name(z, x, r->target);

		if (id == SDB_NOBODY)
			err = say_relation(z, r, r->owner,
			    "is an alias of what has no address here, and is passed over");
		for (; id != SDB_NOBODY && err == OP_OK; id = x->next[id])
			err = exchange_add_alias(z->out, &z->out->nodes[id], r->owner);
	}
	return err;
}

static int
by_preference(const void *a, const void *b)
{
	const struct relation *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static int
set_exchangers(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	if (z->exchangers.count)
		qsort(z->exchangers.list, z->exchangers.count, sizeof(struct relation),
		    by_preference);
	for (size_t i = 0; i < z->exchangers.count && err == OP_OK; i++) {
		const struct relation *r = &z->exchangers.list[i];
		uint32_t id = find_name(z, x, r->owner);
		bool is_taken = id != SDB_NOBODY && (z->out->nodes[id].given & (1u << SDB_MX)) != 0;

		if (id == SDB_NOBODY || is_taken)
			err = say_relation(z, r, r->target,
			    is_taken ? "is one more exchanger, and is passed over"
				     : "is the exchanger of what has no address here, and is "
				       "passed over");
		for (; id != SDB_NOBODY && !is_taken && err == OP_OK; id = x->next[id])
			err = exchange_set(z->out, &z->out->nodes[id], SDB_MX, r->target);
	}
	return err;
}

/* "33.2.0.192.in-addr.arpa", also by way of RFC 2317 ("33.32-27.2.0.192.in-addr.arpa"). */
static bool
reverse4(struct sdb_text name, struct netaddr *out)
{
	static const char tail[] = ".in-addr.arpa";
	char copy[NAME_MAX_BYTES + 1], *labels[8], *save = NULL;
	size_t n = 0, len = name.len - (sizeof(tail) - 1);

	memcpy(copy, name.s, len);
	copy[len] = '\0';
	for (char *l = strtok_r(copy, ".", &save); l && n < 8; l = strtok_r(NULL, ".", &save))
		labels[n++] = l;
	if (n < 4 || n > 5)
		return false;
	char text[NETADDR_TEXT];
	int used = snprintf(text, sizeof(text), "%s.%s.%s.%s", labels[n - 1], labels[n - 2],
	    labels[n - 3], labels[0]);

	return used > 0 && (size_t)used < sizeof(text) && netaddr_parse(text, out) == OP_OK;
}

static bool
reverse6(struct sdb_text name, struct netaddr *out)
{
	*out = (struct netaddr){.family = 6};
	for (size_t i = 0; i < 32; i++) {
		char c = sdb_lower(name.s[2 * i]);
		const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

		if (!at || name.s[2 * i + 1] != '.')
			return false;
		out->bytes[15 - i / 2] |= (uint8_t)((at - digits) << (i % 2 ? 4 : 0));
	}
	return true;
}

static bool
reverse_address(struct sdb_text name, struct netaddr *out)
{
	const struct sdb_text tail4 = SDB_TEXT(".in-addr.arpa"), tail6 = SDB_TEXT("ip6.arpa");

	if (name.len > tail4.len &&
	    sdb_text_same_letters(
		(struct sdb_text){name.s + name.len - tail4.len, tail4.len}, tail4))
		return reverse4(name, out);
	return name.len == 64 + tail6.len &&
	       sdb_text_same_letters((struct sdb_text){name.s + 64, tail6.len}, tail6) &&
	       reverse6(name, out);
}

static int
add_pointer(struct zone *z, const struct relation *r, const struct netaddr *address)
{
	char text[NETADDR_TEXT];
	struct exchange_node *n = exchange_add(z->out, r->line, r->column);

	if (!n)
		return OP_NO_MEMORY;
	n->address = *address;
	n->given = 1u << SDB_NAME;
	n->field[SDB_NAME] = r->target;
	return exchange_set(z->out, n, SDB_ADDRESS, sdb_text_of(netaddr_format(text, address)));
}

/* Nodes added here are in no table: a second PTR of an address is the plan's to refuse. */
static int
set_pointers(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	for (size_t i = 0; i < z->pointers.count && err == OP_OK; i++) {
		const struct relation *r = &z->pointers.list[i];
		struct netaddr address;

		if (!reverse_address(r->owner, &address)) {
			err = say_relation(z, r, r->owner, "is no address, its PTR is passed over");
			continue;
		}
		uint32_t id = sdb_table_find(
		    &x->by_address, hash_address(&address), same_address, &address, z->out->nodes);

		if (id == SDB_NOBODY)
			err = add_pointer(z, r, &address);
		else if (!sdb_text_same_letters(z->out->nodes[id].field[SDB_NAME], r->target))
			err = say_relation(z, r, r->target,
			    "is not the name that an A or AAAA record has for this address");
	}
	return err;
}

int
zone_relate(struct zone *z)
{
	struct index x;
	int err = index_make(z->out, &x);

	if (err != OP_OK)
		return err;
	err = set_aliases(z, &x);
	if (err == OP_OK)
		err = set_exchangers(z, &x);
	if (err == OP_OK)
		err = set_pointers(z, &x);
	index_fini(&x);
	return err;
}
