/* SPDX-License-Identifier: ISC */
/*
 * Across files: names, aliases and mail exchangers, as the name server will see them.  A name may
 * stand once for IPv4 and once for IPv6, with its aliases.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"
#include "lib/sdb/table.h"

struct entry {
	uint32_t owner;
	struct sdb_text text; /* the name or one alias */
};

struct names {
	struct sdb_checker *c;
	struct entry *names; /* of every node that has one */
	struct entry *aliases;
	size_t name_count;
	size_t alias_count;
	struct sdb_table by_name; /* and family */
	struct sdb_table by_alias;
	struct sdb_table domains; /* ids are files */
};

static struct sdb_text
domain_of(const struct sdb_checker *c, uint32_t file)
{
	return c->files[file].header.value[SDB_KEY_DOMAIN];
}

static const struct sdb_owner *
owner_of(const struct names *n, const struct entry *e)
{
	return &n->c->owners[e->owner];
}

static struct sdb_fqdn
full(const struct names *n, const struct entry *e)
{
	return sdb_fqdn_of(e->text, domain_of(n->c, owner_of(n, e)->file));
}

static uint8_t
family(const struct names *n, const struct entry *e)
{
	return owner_of(n, e)->line->address.family;
}

/* --- tables --- */

struct name_key {
	struct sdb_fqdn name;
	uint8_t family;
};

static bool
same_name(const void *key, const void *list, uint32_t id)
{
	const struct name_key *k = key;
	const struct names *n = list;
	struct sdb_fqdn other = full(n, &n->names[id]);

	return k->family == family(n, &n->names[id]) && sdb_fqdn_equal(&k->name, &other);
}

static bool
same_alias(const void *key, const void *list, uint32_t id)
{
	const struct names *n = list;
	struct sdb_fqdn other = full(n, &n->aliases[id]);

	return sdb_fqdn_equal(key, &other);
}

static bool
same_domain(const void *key, const void *list, uint32_t id)
{
	const struct names *n = list;
	struct sdb_fqdn other = sdb_fqdn_of(domain_of(n->c, id), (struct sdb_text){NULL, 0});

	return sdb_fqdn_equal(key, &other);
}

static uint32_t
hash_name(const struct sdb_fqdn *name)
{
	return sdb_hash_finish(sdb_fqdn_hash(name));
}

/* A node with this name and an address of this family. */
static uint32_t
find_name(const struct names *n, const struct sdb_fqdn *name, uint8_t of_family)
{
	struct name_key key = {*name, of_family};

	return sdb_table_find(&n->by_name, hash_name(name), same_name, &key, n);
}

static uint32_t
find_addressed(const struct names *n, const struct sdb_fqdn *name)
{
	uint32_t id = find_name(n, name, 4);

	return id == SDB_NOBODY ? find_name(n, name, 6) : id;
}

/* --- gathering --- */

static size_t
count_aliases(const struct sdb_checker *c)
{
	size_t count = 0;

	for (size_t i = 0; i < c->owner_count; i++) {
		struct sdb_text rest = sdb_node_field(c->owners[i].line, SDB_ALIAS), one;

		while (sdb_node_next_alias(&rest, c->files[c->owners[i].file].header.format, &one))
			count++;
	}
	return count;
}

static int
make(struct names *n)
{
	size_t aliases = count_aliases(n->c);

	n->names = reallocarray(NULL, n->c->owner_count + 1, sizeof(*n->names));
	n->aliases = reallocarray(NULL, aliases + 1, sizeof(*n->aliases));
	if (!n->names || !n->aliases || sdb_table_init(&n->by_name, n->c->owner_count) != OP_OK ||
	    sdb_table_init(&n->by_alias, aliases) != OP_OK ||
	    sdb_table_init(&n->domains, n->c->n) != OP_OK)
		return OP_NO_MEMORY;
	return OP_OK;
}

static void
fini(struct names *n)
{
	free(n->names);
	free(n->aliases);
	sdb_table_fini(&n->by_name);
	sdb_table_fini(&n->by_alias);
	sdb_table_fini(&n->domains);
}

static void
gather(struct names *n)
{
	for (uint32_t i = 0; i < n->c->owner_count; i++) {
		const struct sdb_owner *o = &n->c->owners[i];
		struct sdb_text name = sdb_node_field(o->line, SDB_NAME);
		struct sdb_text rest = sdb_node_field(o->line, SDB_ALIAS), one;

		if (name.len)
			n->names[n->name_count++] = (struct entry){i, name};
		while (sdb_node_next_alias(&rest, n->c->files[o->file].header.format, &one))
			if (one.len)
				n->aliases[n->alias_count++] = (struct entry){i, one};
	}
	for (uint32_t i = 0; i < n->c->n; i++) {
		struct sdb_fqdn domain =
		    sdb_fqdn_of(domain_of(n->c, i), (struct sdb_text){NULL, 0});

		if (domain.name.len)
			sdb_table_enter(
			    &n->domains, hash_name(&domain), same_domain, &domain, n, i);
	}
}

/* --- the rules --- */

static struct sdb_finding
at_entry(
    const struct names *n, const struct entry *e, enum sdb_code code, const struct sdb_owner *other)
{
	const struct sdb_owner *o = owner_of(n, e);

	return (struct sdb_finding){.code = code,
	    .file = o->file,
	    .line = o->number,
	    .column = (uint32_t)(e->text.s - o->line->text) + 1,
	    .other_file = other ? other->file : 0,
	    .other_line = other ? other->number : 0};
}

static void
report_two(const struct names *n, const struct entry *e, enum sdb_code code, const char *what,
    const struct sdb_owner *other)
{
	struct sdb_finding at = at_entry(n, e, code, other);
	char quoted[SDB_QUOTE_BYTES], file[SDB_QUOTE_BYTES];

	sdb_report(n->c, &at, "%s is also %s (%s, line %u)", sdb_quote(quoted, e->text), what,
	    sdb_quote(file, sdb_text_of(n->c->in[other->file].name)), (unsigned)other->number);
}

static void
enter_names(struct names *n)
{
	for (uint32_t i = 0; i < n->name_count; i++) {
		const struct entry *e = &n->names[i];
		struct name_key key = {full(n, e), family(n, e)};
		uint32_t first =
		    sdb_table_enter(&n->by_name, hash_name(&key.name), same_name, &key, n, i);

		if (first != i)
			report_two(n, e, SDB_CODE_NAME_TWICE, "another node's name",
			    owner_of(n, &n->names[first]));
	}
}

/* The two entries are of one host that has an IPv4 and an IPv6 address. */
static bool
one_host(const struct names *n, const struct entry *a, const struct entry *b)
{
	const struct sdb_owner *x = owner_of(n, a), *y = owner_of(n, b);
	struct sdb_fqdn p =
	    sdb_fqdn_of(sdb_node_field(x->line, SDB_NAME), domain_of(n->c, x->file));
	struct sdb_fqdn q =
	    sdb_fqdn_of(sdb_node_field(y->line, SDB_NAME), domain_of(n->c, y->file));

	return family(n, a) != family(n, b) && sdb_fqdn_equal(&p, &q);
}

static void
check_dangling(const struct names *n, const struct entry *e)
{
	const struct sdb_owner *o = owner_of(n, e);
	struct sdb_text name = sdb_node_field(o->line, SDB_NAME);
	struct sdb_fqdn target = sdb_fqdn_of(name, domain_of(n->c, o->file));
	struct sdb_finding at = at_entry(n, e, SDB_CODE_ALIAS_DANGLING, NULL);
	char quoted[SDB_QUOTE_BYTES], to[SDB_QUOTE_BYTES];

	if (name.len && (o->line->address.family || find_addressed(n, &target) != SDB_NOBODY))
		return;
	sdb_quote(quoted, e->text);
	if (name.len)
		sdb_report(n->c, &at, "alias %s points to %s, which has no address", quoted,
		    sdb_quote(to, name));
	else
		sdb_report(n->c, &at, "alias %s points to nothing: its node has no name", quoted);
}

static void
enter_aliases(struct names *n)
{
	for (uint32_t i = 0; i < n->alias_count; i++) {
		const struct entry *e = &n->aliases[i];
		struct sdb_fqdn name = full(n, e);
		uint32_t first =
		    sdb_table_enter(&n->by_alias, hash_name(&name), same_alias, &name, n, i);
		uint32_t node = find_addressed(n, &name);

		if (first != i && !one_host(n, e, &n->aliases[first]))
			report_two(n, e, SDB_CODE_ALIAS_TWICE, "the alias of another node",
			    owner_of(n, &n->aliases[first]));
		if (node == SDB_NOBODY)
			node = find_name(n, &name, 0);
		if (node != SDB_NOBODY)
			report_two(n, e, SDB_CODE_ALIAS_COLLIDES, "a node's name",
			    owner_of(n, &n->names[node]));
		check_dangling(n, e);
	}
}

/* Nothing can be said about an exchanger in somebody else's domain. */
static bool
is_ours(const struct names *n, const struct sdb_fqdn *name)
{
	struct sdb_fqdn parent = {sdb_fqdn_parent(name), {NULL, 0}};

	return parent.name.len && sdb_table_find(&n->domains, hash_name(&parent), same_domain,
				      &parent, n) != SDB_NOBODY;
}

static void
check_exchanger(const struct names *n, uint32_t owner)
{
	struct entry e = {owner, sdb_node_field(n->c->owners[owner].line, SDB_MX)};
	struct sdb_fqdn name = full(n, &e);
	struct sdb_finding at = at_entry(n, &e, SDB_CODE_MX_NO_ADDRESS, NULL);
	char quoted[SDB_QUOTE_BYTES];

	if (e.text.len == 0 || !is_ours(n, &name) || find_addressed(n, &name) != SDB_NOBODY)
		return;
	sdb_quote(quoted, e.text);
	if (sdb_table_find(&n->by_alias, hash_name(&name), same_alias, &name, n) == SDB_NOBODY) {
		sdb_report(n->c, &at, "mail exchanger %s has no address", quoted);
		return;
	}
	at.code = SDB_CODE_MX_ALIAS;
	sdb_report(
	    n->c, &at, "mail exchanger %s is an alias; it must be a host's own name", quoted);
}

void
sdb_check_names(struct sdb_checker *c)
{
	struct names n = {.c = c};

	if (make(&n) == OP_OK) {
		gather(&n);
		enter_names(&n);
		enter_aliases(&n);
		for (uint32_t i = 0; i < c->owner_count; i++)
			check_exchanger(&n, i);
	} else {
		c->err = OP_NO_MEMORY;
	}
	fini(&n);
}
