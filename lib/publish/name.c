/* SPDX-License-Identifier: ISC */
/*
 * Names of the set: which host, which zone, and which aliases and mail exchangers are published.
 * An alias may only be in a domain that one of the files has: nobody takes a foreign name.
 */
#include "lib/publish/set.h"

#include <string.h>

#include "lib/publish/name.h"
#include "lib/sdb/node.h"

/* --- hosts by name --- */

struct host_key {
	struct sdb_fqdn name;
	uint8_t family;
};

static bool
same_host(const void *key, const void *list, uint32_t id)
{
	const struct host_key *k = key;
	const struct publish_host *h = (const struct publish_host *)list + id;

	return h->line->address.family == k->family && sdb_fqdn_equal(&h->name, &k->name);
}

uint32_t
publish_find_host(const struct publish_set *s, struct sdb_fqdn name, uint8_t family)
{
	struct host_key key = {name, family};

	return sdb_table_find(
	    &s->by_name, sdb_hash_finish(sdb_fqdn_hash(&name)), same_host, &key, s->hosts);
}

bool
publish_has_address(const struct publish_set *s, struct sdb_fqdn name)
{
	return publish_find_host(s, name, 4) != SDB_NOBODY ||
	       publish_find_host(s, name, 6) != SDB_NOBODY;
}

/* IPv4 comes first, so the twin of an IPv6 host is there when it is looked for. */
int
publish_names_enter(struct publish_set *s)
{
	if (sdb_table_init(&s->by_name, s->host_count) != OP_OK)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < s->host_count; i++) {
		struct publish_host *h = &s->hosts[i];
		struct host_key key = {h->name, h->line->address.family};

		sdb_table_enter(&s->by_name, sdb_hash_finish(sdb_fqdn_hash(&h->name)), same_host,
		    &key, s->hosts, i);
		h->twin = key.family == 6 ? publish_find_host(s, h->name, 4) : SDB_NOBODY;
		if (h->twin != SDB_NOBODY)
			s->hosts[h->twin].twin = i;
	}
	return OP_OK;
}

/* --- zones by name --- */

static bool
same_zone(const void *key, const void *list, uint32_t id)
{
	struct sdb_fqdn zone = {
	    sdb_text_of(((const struct publish_zone *)list)[id].name), {NULL, 0}};

	return sdb_fqdn_equal(key, &zone);
}

uint32_t
publish_find_zone(const struct publish_set *s, struct sdb_fqdn name)
{
	return sdb_table_find(
	    &s->by_zone, sdb_hash_finish(sdb_fqdn_hash(&name)), same_zone, &name, s->zones);
}

uint32_t
publish_enter_zone(struct publish_set *s, struct sdb_fqdn name, uint32_t id)
{
	return sdb_table_enter(
	    &s->by_zone, sdb_hash_finish(sdb_fqdn_hash(&name)), same_zone, &name, s->zones, id);
}

uint32_t
publish_zone_of(const struct publish_set *s, struct sdb_fqdn name)
{
	for (; name.name.len; name = (struct sdb_fqdn){sdb_fqdn_parent(&name), {NULL, 0}}) {
		uint32_t zone = publish_find_zone(s, name);

		if (zone != SDB_NOBODY)
			return s->zones[zone].kind == PUBLISH_FORWARD ? zone : SDB_NOBODY;
	}
	return SDB_NOBODY;
}

/* --- aliases and mail exchangers --- */

enum publish_code
publish_alias_fault(const struct publish_set *s, const struct publish_host *h,
    struct sdb_text alias, const char **why)
{
	const struct sdb_finding *f = publish_fault_in(s, h, alias);
	struct sdb_fqdn name = sdb_fqdn_of(alias, publish_subnet_of(s, h)->domain);

	*why = f ? f->message : "it is no host name";
	if (f || sdb_host_fault(name.name) || sdb_fqdn_len(&name) > SDB_HOST_MAX)
		return PUBLISH_CODE_ALIAS_LEFT_OUT;
	*why = "no file has its domain";
	if (publish_zone_of(s, name) == SDB_NOBODY)
		return PUBLISH_CODE_ALIAS_FOREIGN;
	*why = "it is a domain, and has other data";
	if (publish_find_zone(s, name) != SDB_NOBODY)
		return PUBLISH_CODE_ALIAS_LEFT_OUT;
	*why = "it is a node's name";
	return publish_has_address(s, name) ? PUBLISH_CODE_ALIAS_LEFT_OUT : 0;
}

bool
publish_next_alias(const struct publish_set *s, const struct publish_host *h, struct sdb_text *rest,
    struct sdb_fqdn *alias)
{
	const struct publish_subnet *n = publish_subnet_of(s, h);
	struct sdb_text one;
	const char *why;

	while (sdb_node_next_alias(rest, n->header.format, &one)) {
		if (one.len == 0 || publish_alias_fault(s, h, one, &why))
			continue;
		*alias = sdb_fqdn_of(one, n->domain);
		return true;
	}
	return false;
}

const char *
publish_exchanger_fault(const struct publish_set *s, const struct publish_host *h)
{
	struct sdb_text mx = sdb_node_field(h->line, SDB_MX);
	struct sdb_fqdn name = sdb_fqdn_of(mx, publish_subnet_of(s, h)->domain);
	const struct sdb_finding *f = publish_fault_in(s, h, mx);

	if (f)
		return f->message;
	if (sdb_host_fault(name.name) || sdb_fqdn_len(&name) > SDB_HOST_MAX ||
	    (name.domain.len == 0 && !publish_is_host_name(name.name)))
		return "it is no host name";
	if (publish_zone_of(s, name) != SDB_NOBODY && !publish_has_address(s, name))
		return "it has no address of its own";
	return NULL;
}

bool
publish_exchanger(
    const struct publish_set *s, const struct publish_host *h, struct sdb_fqdn *exchanger)
{
	struct sdb_text mx = sdb_node_field(h->line, SDB_MX);

	if (mx.len == 0 || publish_exchanger_fault(s, h))
		return false;
	*exchanger = sdb_fqdn_of(mx, publish_subnet_of(s, h)->domain);
	return true;
}
