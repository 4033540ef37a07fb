/* SPDX-License-Identifier: ISC */
/*
 * The walk through a file's nodes.  It must see what the check sees: names are made by the same
 * functions, and the same nodes are passed over.
 */
#include "lib/sdb/trait.h"

#include "lib/sdb/checker.h"
#include "lib/sdb/node.h"
#include "lib/sdb/table.h"

#define OF_MAC UINT64_C(0x6d61) /* so that things of different kinds rarely meet */
#define OF_DOMAIN UINT64_C(0x646f)

struct walk {
	const struct sdb_header *header;
	void (*fn)(const struct sdb_trait *t, void *arg);
	void *arg;
};

static void
give(const struct walk *w, enum sdb_trait_kind kind, uint64_t hash)
{
	const struct sdb_trait t = {.kind = kind, .hash = sdb_hash_finish(hash)};

	w->fn(&t, w->arg);
}

static void
give_name(const struct walk *w, enum sdb_trait_kind kind, const struct sdb_fqdn *name)
{
	bool domain = kind == SDB_HAS_DOMAIN || kind == SDB_WANTS_DOMAIN;
	uint64_t hash = sdb_fqdn_hash(name) ^ (domain ? OF_DOMAIN : 0);
	const struct sdb_trait t = {kind, sdb_hash_finish(hash), *name};

	w->fn(&t, w->arg);
}

static void
give_address(const struct walk *w, const struct netaddr *a)
{
	if (a->family)
		give(w, SDB_HAS_ADDRESS, sdb_hash_bytes(SDB_HASH_START, a, sizeof(*a), false));
}

static void
give_exchanger(const struct walk *w, struct sdb_text mx)
{
	struct sdb_fqdn name = sdb_fqdn_of(mx, w->header->value[SDB_KEY_DOMAIN]);
	struct sdb_fqdn parent = {sdb_fqdn_parent(&name), {NULL, 0}};

	if (mx.len == 0 || parent.name.len == 0)
		return;
	give_name(w, SDB_WANTS_HOST, &name);
	give_name(w, SDB_WANTS_DOMAIN, &parent);
}

static void
walk_node(const struct walk *w, const struct sdb_line *line)
{
	const struct sdb_text domain = w->header->value[SDB_KEY_DOMAIN];
	struct sdb_text name = sdb_node_field(line, SDB_NAME);
	struct sdb_text rest = sdb_node_field(line, SDB_ALIAS), alias;
	struct sdb_fqdn full = sdb_fqdn_of(name, domain);

	give_address(w, &line->address);
	if (line->has_mac)
		give(w, SDB_HAS_MAC,
		    sdb_hash_bytes(SDB_HASH_START ^ OF_MAC, line->mac, sizeof(line->mac), false));
	if (name.len)
		give_name(w, line->address.family ? SDB_HAS_HOST : SDB_HAS_NAME, &full);
	while (sdb_node_next_alias(&rest, w->header->format, &alias)) {
		struct sdb_fqdn other = sdb_fqdn_of(alias, domain);

		if (alias.len)
			give_name(w, SDB_HAS_ALIAS, &other);
	}
	give_exchanger(w, sdb_node_field(line, SDB_MX));
}

void
sdb_each_trait(const struct sdb_file *f, const struct sdb_header *h,
    void (*fn)(const struct sdb_trait *t, void *arg), void *arg)
{
	const struct walk w = {h, fn, arg};
	struct sdb_fqdn domain = sdb_domain_of(h);
	struct sdb_line unused;

	give_address(&w, &h->gateway);
	if (domain.name.len)
		give_name(&w, SDB_HAS_DOMAIN, &domain);
	for (const struct sdb_line *line = sdb_file_first(f); line; line = line->next)
		if (line->kind == SDB_NODE &&
		    sdb_node_unmarked(line, h->format, &unused) == SDB_FIELDS)
			walk_node(&w, line);
}

struct sdb_fqdn
sdb_domain_of(const struct sdb_header *h)
{
	return sdb_fqdn_of(h->value[SDB_KEY_DOMAIN], (struct sdb_text){NULL, 0});
}
