/* SPDX-License-Identifier: ISC */
/*
 * The plan: subnets by address, nodes by key, then one imported node after the other.  A line that
 * is changed stays the same object, but not its text, so keys hold copies.
 */
#include "lib/exchange/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/verify.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/header.h"
#include "lib/sdb/host.h"
#include "lib/sdb/node.h"
#include "lib/sdb/range.h"
#include "lib/sdb/table.h"

struct place { /* a subnet with a network */
	struct sdb_range range;
	uint8_t family;
	uint32_t subnet;
};

struct known { /* a node that is there */
	const struct sdb_line *line;
	uint32_t subnet;
};

struct key {
	struct netaddr address; /* family 0: none */
	struct sdb_fqdn name;   /* empty: none */
	uint8_t mac[6];
	bool has_mac;
	uint8_t family; /* by name and by MAC: a host may have one of each family; 0: not known */
};

struct plan {
	struct exchange *x;
	struct plan_subnet *subnets;
	size_t n;
	const struct key_rule *rule;
	struct sdb_header *headers;
	struct place *places; /* sorted by family and first address */
	size_t place_count;
	struct known *nodes;
	struct key *keys; /* of nodes */
	size_t node_count;
	struct sdb_table table;  /* nodes by key */
	struct key *source_keys; /* of x->nodes */
	struct sdb_table sources;
	struct verify_touched *touched;
	size_t touched_count;
	struct plan_totals *totals;
};

/* --- keys --- */

static bool
has_address(const struct key *k)
{
	return k->address.family != 0;
}

static uint32_t
hash_address(const struct key *k)
{
	size_t len = k->address.family == 4 ? 4 : 16;

	return sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, k->address.bytes, len, false));
}

static bool
same_address(const void *key, const void *list, uint32_t id)
{
	return netaddr_equal(
	    &((const struct key *)key)->address, &((const struct key *)list)[id].address);
}

static bool
has_name(const struct key *k)
{
	return k->name.name.len > 0;
}

static uint32_t
hash_name(const struct key *k)
{
	return sdb_hash_finish(sdb_fqdn_hash(&k->name) + k->family);
}

static bool
same_name(const void *key, const void *list, uint32_t id)
{
	const struct key *a = key, *b = (const struct key *)list + id;

	return a->family == b->family && sdb_fqdn_equal(&a->name, &b->name);
}

static bool
has_mac(const struct key *k)
{
	return k->has_mac;
}

static uint32_t
hash_mac(const struct key *k)
{
	return sdb_hash_finish(
	    sdb_hash_bytes(SDB_HASH_START, k->mac, sizeof(k->mac), false) + k->family);
}

static bool
same_mac(const void *key, const void *list, uint32_t id)
{
	const struct key *a = key, *b = (const struct key *)list + id;

	return a->family == b->family && memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

static const struct key_rule {
	bool (*applies)(const struct key *k);
	uint32_t (*hash)(const struct key *k);
	sdb_same *same;
	const char *word;
} rules[] = {
    [PLAN_BY_ADDRESS] = {has_address, hash_address, same_address, "address"},
    [PLAN_BY_NAME] = {has_name, hash_name, same_name, "name"},
    [PLAN_BY_MAC] = {has_mac, hash_mac, same_mac, "Ethernet address"},
};

/* --- the subnets --- */

static int
by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return x->range.low < y->range.low ? -1 : x->range.low > y->range.low;
}

static int
find_places(struct plan *p)
{
	p->headers = calloc(p->n + 1, sizeof(*p->headers));
	p->places = calloc(p->n + 1, sizeof(*p->places));
	if (!p->headers || !p->places)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < p->n; i++) {
		struct sdb_header *h = &p->headers[i];

		sdb_header_read(p->subnets[i].file, h);
		if (h->has_net)
			p->places[p->place_count++] =
			    (struct place){sdb_range_of(&h->net), h->net.base.family, i};
	}
	qsort(p->places, p->place_count, sizeof(*p->places), by_start);
	return OP_OK;
}

/* The subnet that has the address: the last that begins at or before it; SDB_NOBODY. */
static uint32_t
subnet_of(const struct plan *p, const struct netaddr *a)
{
	struct place key = {.family = a->family, .range = {.low = sdb_address_number(a)}};
	size_t low = 0, high = p->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_start(&p->places[middle], &key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return SDB_NOBODY;
	const struct place *found = &p->places[low - 1];

	return found->family == a->family && key.range.low <= found->range.high ? found->subnet
										: SDB_NOBODY;
}

/* --- the nodes that are there --- */

static int
key_of_line(struct plan *p, const struct sdb_line *line, uint32_t subnet, struct key *out)
{
	struct sdb_text name = sdb_node_field(line, SDB_NAME);
	char *copy = exchange_keep(p->x, name.s, name.len);

	if (!copy)
		return OP_NO_MEMORY;
	*out = (struct key){
	    .address = line->address, .has_mac = line->has_mac, .family = line->address.family};
	memcpy(out->mac, line->mac, sizeof(out->mac));
	if (name.len)
		out->name = sdb_fqdn_of(
		    (struct sdb_text){copy, name.len}, p->headers[subnet].value[SDB_KEY_DOMAIN]);
	return OP_OK;
}

static int
enter_line(struct plan *p, const struct sdb_line *line, uint32_t subnet)
{
	struct key *k = &p->keys[p->node_count];
	int err = key_of_line(p, line, subnet, k);

	if (err != OP_OK)
		return err;
	p->nodes[p->node_count] = (struct known){line, subnet};
	if (p->rule->applies(k))
		sdb_table_enter(&p->table, p->rule->hash(k), p->rule->same, k, p->keys,
		    (uint32_t)p->node_count);
	p->node_count++;
	return OP_OK;
}

static int
find_nodes(struct plan *p)
{
	size_t count = 0;
	int err = OP_OK;

	for (size_t i = 0; i < p->n; i++)
		count += sdb_file_nodes(p->subnets[i].file);
	p->nodes = calloc(count + 1, sizeof(*p->nodes));
	p->keys = calloc(count + 1, sizeof(*p->keys));
	if (!p->nodes || !p->keys || sdb_table_init(&p->table, count) != OP_OK)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < p->n; i++)
		for (const struct sdb_line *l = sdb_file_first(p->subnets[i].file);
		     l && err == OP_OK; l = l->next)
			if (l->kind == SDB_NODE)
				err = enter_line(p, l, i);
	return err;
}

/* --- one imported node --- */

static int
refuse(struct plan *p, const struct exchange_node *n, const char *fmt, struct sdb_text what,
    const char *more)
{
	char quoted[EXCHANGE_QUOTE_BYTES];

	return exchange_say(
	    p->x, true, n->line, n->column, fmt, exchange_quote(quoted, what), more);
}

/* What is left of a whole name without the domain; the name itself when it is in another one. */
static struct sdb_text
without_domain(struct sdb_text name, struct sdb_text domain)
{
	if (domain.len && name.len > domain.len + 1 && name.s[name.len - domain.len - 1] == '.' &&
	    sdb_text_same_letters(
		(struct sdb_text){name.s + name.len - domain.len, domain.len}, domain))
		name.len -= domain.len + 1;
	return name;
}

static struct key
key_of_source(const struct plan *p, const struct exchange_node *n)
{
	uint32_t subnet = n->address.family ? subnet_of(p, &n->address) : SDB_NOBODY;
	struct key k = {.address = n->address, .family = n->address.family};
	struct sdb_text domain = {"", 0};

	if (subnet != SDB_NOBODY)
		domain = p->headers[subnet].value[SDB_KEY_DOMAIN];
	if (n->field[SDB_NAME].len)
		k.name = sdb_fqdn_of(n->field[SDB_NAME], domain);
	k.has_mac = sdb_mac_parse_any(n->field[SDB_MAC], k.mac) == OP_OK;
	return k;
}

static uint32_t
find_in(const struct plan *p, const struct key *k)
{
	return sdb_table_find(&p->table, p->rule->hash(k), p->rule->same, k, p->keys);
}

/* A short name without an address: the domain of each subnet is tried. */
static uint32_t
find_short(const struct plan *p, struct key *k)
{
	uint32_t id = SDB_NOBODY;

	for (size_t i = 0; i < p->n && id == SDB_NOBODY; i++) {
		k->name.domain = p->headers[i].value[SDB_KEY_DOMAIN];
		id = find_in(p, k);
	}
	return id;
}

/* Without an address the family is not known either: IPv4 first. */
static uint32_t
find_known(const struct plan *p, struct key k, bool is_short)
{
	static const uint8_t families[] = {4, 6};
	uint32_t id = SDB_NOBODY;

	if (k.family)
		return find_in(p, &k);
	for (size_t i = 0; i < sizeof(families) && id == SDB_NOBODY; i++) {
		k.family = families[i];
		id = is_short ? find_short(p, &k) : find_in(p, &k);
	}
	return id;
}

/* The texts of a line that is being made; aliases are put together anew. */
struct draft {
	struct sdb_node node;
	char address[SDB_ADDRESS_TEXT], mac[SDB_MAC_TEXT];
	char alias[EXCHANGE_ALIAS_BYTES + 1];
};

static struct sdb_text
short_aliases(struct draft *d, struct sdb_text rest, struct sdb_text domain, size_t *count)
{
	size_t len = 0;

	for (*count = 0; rest.s && len + 1 < sizeof(d->alias);) {
		struct sdb_text one = sdb_text_trim(sdb_text_until(rest, ',', &rest));

		one = without_domain(one, domain);
		if (one.len == 0 || len + one.len + 1 >= sizeof(d->alias))
			continue;
		if (len > 0)
			d->alias[len++] = ',';
		memcpy(d->alias + len, one.s, one.len);
		len += one.len;
		++*count;
	}
	return (struct sdb_text){d->alias, len};
}

/* Letters of either case are the same name: what is there stays. */
static void
set_name(struct sdb_text *field, struct sdb_text value)
{
	if (!sdb_text_same_letters(*field, value))
		*field = value;
}

static int
set_mac(struct plan *p, const struct exchange_node *n, struct draft *d)
{
	struct sdb_text *field = &d->node.field[SDB_MAC];
	uint8_t old[6], mac[6];

	if (n->field[SDB_MAC].len == 0) {
		*field = SDB_TEXT("");
		return OP_OK;
	}
	if (sdb_mac_parse_any(n->field[SDB_MAC], mac) != OP_OK)
		return refuse(p, n, "\"%s\" is not an Ethernet address%s", n->field[SDB_MAC], "");
	if (sdb_mac_parse_any(*field, old) == OP_OK && memcmp(old, mac, sizeof(mac)) == 0)
		return OP_OK;
	*field = sdb_text_of(sdb_mac_format(d->mac, mac));
	return OP_OK;
}

static int
set_fields(struct plan *p, const struct exchange_node *n, uint32_t subnet, struct draft *d)
{
	const struct sdb_header *h = &p->headers[subnet];
	struct sdb_text domain = h->value[SDB_KEY_DOMAIN], *field = d->node.field;
	size_t aliases = 0;
	int err = OP_OK;

	if (n->field[SDB_NAME].len)
		set_name(&field[SDB_NAME], without_domain(n->field[SDB_NAME], domain));
	if (memchr(field[SDB_NAME].s ? field[SDB_NAME].s : "", '.', field[SDB_NAME].len))
		return refuse(p, n, "%s is not in the domain of %s", n->field[SDB_NAME],
		    p->subnets[subnet].name);
	if (n->address.family)
		field[SDB_ADDRESS] = sdb_text_of(sdb_address_format(d->address, &n->address));
	if (n->given & (1u << SDB_MAC))
		err = set_mac(p, n, d);
	if (n->given & (1u << SDB_ALIAS))
		set_name(
		    &field[SDB_ALIAS], short_aliases(d, n->field[SDB_ALIAS], domain, &aliases));
	if (n->given & (1u << SDB_MX))
		set_name(&field[SDB_MX], without_domain(n->field[SDB_MX], domain));
	if (n->given & (1u << SDB_REMARK))
		field[SDB_REMARK] = n->field[SDB_REMARK];
	if (err == OP_OK && aliases > 1 && h->format < 2)
		err = refuse(p, n, "several aliases (%s) need the line `Format = 2` in %s",
		    field[SDB_ALIAS], p->subnets[subnet].name);
	return err;
}

static bool
is_same(const struct sdb_line *line, const struct sdb_node *node)
{
	for (enum sdb_field i = 0; i < SDB_FIELDS; i++)
		if (!sdb_text_equal(sdb_node_field(line, i), node->field[i]))
			return false;
	return true;
}

static void
touch(struct plan *p, const struct exchange_node *n, const struct sdb_line *line, uint32_t subnet)
{
	p->subnets[subnet].is_changed = true;
	p->touched[p->touched_count++] = (struct verify_touched){line, n->line, n->column};
}

static int
refuse_field(struct plan *p, const struct exchange_node *n, int err)
{
	return err == OP_BAD_REQUEST
		   ? refuse(p, n, "%s: a field holds what cannot stand in the line of a node%s",
			 n->field[SDB_NAME].len ? n->field[SDB_NAME] : n->field[SDB_ADDRESS], "")
		   : err;
}

static int
add(struct plan *p, const struct exchange_node *n, uint32_t subnet, const struct draft *d,
    size_t *total)
{
	const struct sdb_line *line;
	int err = sdb_edit_add(p->subnets[subnet].file, &d->node, NULL, &line);

	if (err != OP_OK)
		return refuse_field(p, n, err);
	touch(p, n, line, subnet);
	++*total;
	return OP_OK;
}

static int
change(struct plan *p, const struct exchange_node *n, struct known *k, uint32_t subnet,
    const struct draft *d)
{
	int err;

	if (subnet != k->subnet) {
		size_t before = p->touched_count;

		err = add(p, n, subnet, d, &p->totals->moved);
		if (p->touched_count == before)
			return err;
		sdb_edit_remove(p->subnets[k->subnet].file, k->line);
		p->subnets[k->subnet].is_changed = true;
		k->line = NULL;
		return err;
	}
	if (is_same(k->line, &d->node)) {
		p->totals->same++;
		return OP_OK;
	}
	err = sdb_edit_change(p->subnets[subnet].file, k->line, &d->node);
	if (err != OP_OK)
		return refuse_field(p, n, err);
	touch(p, n, k->line, subnet);
	p->totals->changed++;
	return OP_OK;
}

/* Where it goes: by its address, else where the node is. */
static int
import_one(struct plan *p, const struct exchange_node *n, struct known *k)
{
	uint32_t subnet = k ? k->subnet : SDB_NOBODY;
	struct draft d = {0};

	for (size_t i = 0; i < SDB_FIELDS; i++)
		d.node.field[i] = SDB_TEXT("");
	if (k && !k->line)
		return refuse(p, n, "%s has been moved by a line before%s", n->field[SDB_NAME], "");
	if (n->address.family)
		subnet = subnet_of(p, &n->address);
	if (subnet == SDB_NOBODY && n->address.family)
		return refuse(p, n, "no subnet has %s%s", n->field[SDB_ADDRESS], "");
	if (subnet == SDB_NOBODY)
		return refuse(p, n, "%s is not there, and has no address to be added with%s",
		    n->field[SDB_NAME].len ? n->field[SDB_NAME] : n->field[SDB_MAC], "");
	if (k)
		sdb_node_read(k->line, &d.node);
	else if (n->field[SDB_NAME].len == 0)
		return refuse(p, n, "%s has no name to be added with%s", n->field[SDB_ADDRESS], "");
	size_t errors = p->x->errors;
	int err = set_fields(p, n, subnet, &d);

	if (err != OP_OK || p->x->errors > errors)
		return err;
	return k ? change(p, n, k, subnet, &d) : add(p, n, subnet, &d, &p->totals->added);
}

/* Its key must be there, and stand only once in the source. */
static int
import_at(struct plan *p, uint32_t i)
{
	/* A copy: findings and texts of the list grow, the nodes do not. */
	struct exchange_node n = p->x->nodes[i];
	struct key *k = &p->source_keys[i];

	*k = key_of_source(p, &n);
	if (!p->rule->applies(k))
		return refuse(p, &n, "%s has no %s, by which nodes are looked for",
		    n.field[SDB_NAME].len ? n.field[SDB_NAME] : n.field[SDB_ADDRESS],
		    p->rule->word);
	uint32_t first =
	    sdb_table_enter(&p->sources, p->rule->hash(k), p->rule->same, k, p->source_keys, i);

	if (first != i)
		return exchange_say(p->x, true, n.line, n.column,
		    "the same %s stands in line %u already", p->rule->word,
		    p->x->nodes[first].line);
	bool is_short = k->name.domain.len == 0 && k->name.name.len &&
			!memchr(k->name.name.s, '.', k->name.name.len);
	uint32_t id = find_known(p, *k, is_short);

	return import_one(p, &n, id == SDB_NOBODY ? NULL : &p->nodes[id]);
}

static int
import_all(struct plan *p)
{
	size_t count = p->x->node_count;
	int err = OP_OK;

	p->source_keys = calloc(count + 1, sizeof(*p->source_keys));
	p->touched = calloc(count + 1, sizeof(*p->touched));
	if (!p->source_keys || !p->touched || sdb_table_init(&p->sources, count) != OP_OK)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < count && err == OP_OK; i++)
		err = import_at(p, i);
	return err;
}

int
plan_import(struct exchange *x, struct plan_subnet *subnets, size_t n, enum plan_key by,
    struct plan_totals *totals)
{
	struct plan p = {.x = x, .subnets = subnets, .n = n, .rule = &rules[by], .totals = totals};
	struct verify v = {0};

	*totals = (struct plan_totals){0};
	int err = verify_before(subnets, n, &v);

	if (err == OP_OK)
		err = find_places(&p);
	if (err == OP_OK)
		err = find_nodes(&p);
	if (err == OP_OK)
		err = import_all(&p);
	if (err == OP_OK)
		err = verify_after(subnets, n, &v, p.touched, p.touched_count, x);
	verify_fini(&v);
	sdb_table_fini(&p.table);
	sdb_table_fini(&p.sources);
	free(p.headers);
	free(p.places);
	free(p.nodes);
	free(p.keys);
	free(p.source_keys);
	free(p.touched);
	return err;
}
