/* SPDX-License-Identifier: ISC */
/*
 * The plan: one imported node after the other is looked up, made or changed, and what that does is
 * checked at the end.
 */
#include "lib/exchange/plan.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/plan_int.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/node.h"

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
	uint32_t subnet = n->address.family ? plan_subnet_of(p, &n->address) : SDB_NOBODY;
	struct key k = {.address = n->address, .family = n->address.family};
	struct sdb_text domain = {"", 0};

	if (subnet != SDB_NOBODY)
		domain = p->headers[subnet].value[SDB_KEY_DOMAIN];
	if (n->field[SDB_NAME].len)
		k.name = sdb_fqdn_of(n->field[SDB_NAME], domain);
	k.has_mac = sdb_mac_parse_any(n->field[SDB_MAC], k.mac) == OP_OK;
	return k;
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
		subnet = plan_subnet_of(p, &n->address);
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
	uint32_t id = plan_find_known(p, *k, is_short);

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
	struct plan p = {
	    .x = x, .subnets = subnets, .n = n, .rule = &plan_rules[by], .totals = totals};
	struct verify v = {0};

	*totals = (struct plan_totals){0};
	int err = verify_before(subnets, n, &v);

	if (err == OP_OK)
		err = plan_find_places(&p);
	if (err == OP_OK)
		err = plan_find_nodes(&p);
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
