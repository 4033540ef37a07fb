/* SPDX-License-Identifier: ISC */
/*
 * Which zones there are and what is in each.  Forward: one for every Domain.  Reverse: on octet
 * boundaries for IPv4, nibbles for IPv6; an IPv4 subnet smaller than /24 has a zone of its own,
 * delegated from the /24 around it (RFC 2317); IPv6 subnets smaller than /124 share the /124.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/publish/name.h"
#include "lib/publish/put.h"
#include "lib/publish/reverse.h"
#include "lib/publish/set.h"
#include "lib/sdb/node.h"

/* --- the list of zones --- */

static int
add_zone(struct publish_set *s, const char *name, size_t len, enum publish_zone_kind kind)
{
	struct publish_zone zone = {.name = strndup(name, len), .kind = kind};

	if (!zone.name)
		return OP_NO_MEMORY;
	s->zones[s->zone_count++] = zone;
	return OP_OK;
}

static int
add_zones_of(struct publish_set *s, const struct publish_subnet *n)
{
	char text[SDB_HOST_MAX + 1];
	struct sdb_fqdn domain = {n->domain, {NULL, 0}};
	int err = add_zone(s, text, put_lower(text, &domain), PUBLISH_FORWARD);

	for (uint32_t i = 0; i < publish_reverse_count(n) && !err; i++) {
		struct netaddr a = publish_reverse_nth(n, i);

		publish_reverse_name(text, n, &a, s->options->classless_separator);
		err = add_zone(s, text, strlen(text), PUBLISH_REVERSE);
	}
	if (!err && publish_is_classless(n) && s->options->classless_parents)
		err = add_zone(s, publish_reverse_name(text, n, &n->header.net.base, 0),
		    strlen(text), PUBLISH_REVERSE);
	return err;
}

static int
compare_zones(const void *a, const void *b)
{
	const struct publish_zone *x = a, *y = b;

	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind)
				  : strcmp(x->name, y->name);
}

static void
sort_zones(struct publish_set *s)
{
	size_t kept = 0;

	if (s->zone_count)
		qsort(s->zones, s->zone_count, sizeof(*s->zones), compare_zones);
	for (size_t i = 0; i < s->zone_count; i++)
		if (kept && strcmp(s->zones[kept - 1].name, s->zones[i].name) == 0)
			free(s->zones[i].name);
		else
			s->zones[kept++] = s->zones[i];
	s->zone_count = kept;
}

static struct sdb_fqdn
zone_name(const struct publish_set *s, uint32_t zone)
{
	return (struct sdb_fqdn){sdb_text_of(s->zones[zone].name), {NULL, 0}};
}

static int
list_zones(struct publish_set *s)
{
	size_t room = 1;

	for (size_t i = 0; i < s->subnet_count; i++)
		room += publish_reverse_count(&s->subnets[i]) + 2;
	if (room > PUBLISH_MAX_ZONES)
		return OP_BAD_REQUEST;
	s->zones = reallocarray(NULL, room, sizeof(*s->zones));
	if (!s->zones)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < s->subnet_count; i++) {
		int err = add_zones_of(s, &s->subnets[i]);

		if (err)
			return err;
	}
	sort_zones(s);
	if (sdb_table_init(&s->by_zone, s->zone_count) != OP_OK)
		return OP_NO_MEMORY;
	for (uint32_t i = 0; i < s->zone_count; i++)
		publish_enter_zone(s, zone_name(s, i), i);
	return OP_OK;
}

/* --- items --- */

static int
add_item(struct publish_set *s, struct publish_item item)
{
	if ((s->item_count & (s->item_count - 1)) == 0) { /* full at each power of two */
		size_t cap = s->item_count ? s->item_count * 2 : 1;
		struct publish_item *items = reallocarray(s->items, cap, sizeof(*items));

		if (!items)
			return OP_NO_MEMORY;
		s->items = items;
	}
	s->items[s->item_count++] = item;
	return OP_OK;
}

static uint32_t
reverse_zone(const struct publish_set *s, const struct publish_subnet *n, const struct netaddr *a,
    char separator)
{
	char text[PUBLISH_REVERSE_TEXT];
	struct sdb_fqdn name = {
	    sdb_text_of(publish_reverse_name(text, n, a, separator)), {NULL, 0}};

	return publish_find_zone(s, name);
}

/* The comments that say where a zone comes from. */
static int
add_sources(struct publish_set *s)
{
	int err = OP_OK;

	for (uint32_t of = 0; of < s->subnet_count && !err; of++) {
		const struct publish_subnet *n = &s->subnets[of];
		struct sdb_fqdn domain = {n->domain, {NULL, 0}};
		struct publish_item item = {.of = of, .type = PUBLISH_SOURCE};

		item.zone = publish_find_zone(s, domain);
		err = add_item(s, item);
		for (uint32_t i = 0; i < publish_reverse_count(n) && !err; i++) {
			struct netaddr a = publish_reverse_nth(n, i);

			item.zone = reverse_zone(s, n, &a, s->options->classless_separator);
			err = add_item(s, item);
		}
	}
	return err;
}

/* Forward zones below others of ours. */
static int
add_cuts(struct publish_set *s)
{
	int err = OP_OK;

	for (uint32_t of = 0; of < s->zone_count && !err; of++) {
		struct sdb_fqdn name = zone_name(s, of);
		struct publish_item item = {.of = of, .type = PUBLISH_CUT};

		if (s->zones[of].kind != PUBLISH_FORWARD)
			continue;
		name.name = sdb_fqdn_parent(&name);
		item.zone = publish_zone_of(s, name);
		if (item.zone != SDB_NOBODY)
			err = add_item(s, item);
	}
	return err;
}

/* The /24 around a smaller subnet: its source, the delegation, the names (RFC 2317). */
static int
add_parents(struct publish_set *s)
{
	int err = OP_OK;

	for (uint32_t of = 0; of < s->subnet_count && !err; of++) {
		const struct publish_subnet *n = &s->subnets[of];
		const struct netaddr *base = &n->header.net.base;
		struct publish_item item = {.of = of, .type = PUBLISH_SOURCE};

		if (!publish_is_classless(n) || !s->options->classless_parents)
			continue;
		item.zone = reverse_zone(s, n, base, 0);
		err = add_item(s, item);
		item.type = PUBLISH_CLASSLESS;
		if (!err)
			err = add_item(s, item);
		item.type = PUBLISH_CUT;
		item.of = reverse_zone(s, n, base, s->options->classless_separator);
		if (!err)
			err = add_item(s, item);
	}
	return err;
}

/* What the IPv4 half of a host with both families has said is not said again. */
static bool
is_second_half(const struct publish_host *h)
{
	return h->twin != SDB_NOBODY && h->line->address.family == 6;
}

static bool
same_alias(const void *key, const void *list, uint32_t id)
{
	const struct publish_set *s = list;
	const struct publish_item *item = &s->items[id];
	struct sdb_fqdn other =
	    sdb_fqdn_of(item->text, publish_subnet_of(s, &s->hosts[item->of])->domain);

	return sdb_fqdn_equal(key, &other);
}

static int
add_alias(struct publish_set *s, uint32_t of, struct sdb_text alias)
{
	const struct publish_host *h = &s->hosts[of];
	struct sdb_fqdn name = sdb_fqdn_of(alias, publish_subnet_of(s, h)->domain);
	struct publish_item item = {.of = of, .type = PUBLISH_CNAME, .text = alias};
	const char *why;
	enum publish_code code = publish_alias_fault(s, h, alias, &why);

	if (code)
		return publish_report(
		    s, publish_at(s, h, code, alias), "alias not published: %s", why);
	if (sdb_table_enter(&s->by_alias, sdb_hash_finish(sdb_fqdn_hash(&name)), same_alias, &name,
		s, (uint32_t)s->item_count) != s->item_count)
		return OP_OK; /* the other family's half of the host has it too */
	item.zone = publish_zone_of(s, name);
	return add_item(s, item);
}

static int
add_aliases(struct publish_set *s, uint32_t of)
{
	const struct publish_host *h = &s->hosts[of];
	struct sdb_text rest = sdb_node_field(h->line, SDB_ALIAS), alias;
	int err = OP_OK;

	while (!err && sdb_node_next_alias(&rest, publish_subnet_of(s, h)->header.format, &alias))
		if (alias.len)
			err = add_alias(s, of, alias);
	return err;
}

static int
add_exchanger(struct publish_set *s, uint32_t of, uint32_t zone)
{
	const struct publish_host *h = &s->hosts[of];
	struct publish_item item = {.zone = zone, .of = of, .type = PUBLISH_MX};
	struct sdb_text mx = sdb_node_field(h->line, SDB_MX);
	struct sdb_fqdn mine, other;
	const char *why = mx.len ? publish_exchanger_fault(s, h) : NULL;

	if (why)
		return publish_report(s, publish_at(s, h, PUBLISH_CODE_MX_LEFT_OUT, mx),
		    "mail exchanger not published: %s", why);
	if (!publish_exchanger(s, h, &mine) ||
	    (is_second_half(h) && publish_exchanger(s, &s->hosts[h->twin], &other) &&
		sdb_fqdn_equal(&mine, &other)))
		return OP_OK;
	return add_item(s, item);
}

/* Neighbours are mostly in one reverse zone: the last one found is tried first. */
static uint32_t
pointer_zone(const struct publish_set *s, uint32_t of, uint32_t last)
{
	const struct publish_host *h = &s->hosts[of];
	const struct publish_subnet *n = publish_subnet_of(s, h);
	struct network net = {h->line->address, publish_reverse_bits(n)};

	if (of > n->first && network_has(&net, &s->hosts[of - 1].line->address))
		return last;
	return reverse_zone(s, n, &h->line->address, s->options->classless_separator);
}

static size_t
count_aliases(const struct publish_set *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->host_count; i++) {
		const struct publish_host *h = &s->hosts[i];
		struct sdb_text rest = sdb_node_field(h->line, SDB_ALIAS), alias;

		while (sdb_node_next_alias(&rest, publish_subnet_of(s, h)->header.format, &alias))
			count++;
	}
	return count;
}

static int
add_host_items(struct publish_set *s)
{
	uint32_t pointer = SDB_NOBODY;
	int err = sdb_table_init(&s->by_alias, count_aliases(s));

	for (uint32_t of = 0; of < s->host_count && !err; of++) {
		const struct publish_host *h = &s->hosts[of];
		struct publish_item item = {.of = of, .type = PUBLISH_ADDRESS};

		item.zone = publish_zone_of(s, h->name);
		err = add_item(s, item);
		if (!err)
			err = add_exchanger(s, of, item.zone);
		if (!err)
			err = add_aliases(s, of);
		pointer = pointer_zone(s, of, pointer);
		item.zone = pointer;
		item.type = PUBLISH_PTR;
		if (!err && h->owns_address)
			err = add_item(s, item);
	}
	return err;
}

/* By zone; within one the order stays. */
static int
sort_items(struct publish_set *s)
{
	struct publish_item *sorted = reallocarray(NULL, s->item_count + 1, sizeof(*sorted));
	size_t at = 0;

	if (!sorted)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < s->item_count; i++)
		s->zones[s->items[i].zone].count++;
	for (size_t i = 0; i < s->zone_count; i++) {
		s->zones[i].first = at;
		at += s->zones[i].count;
		s->zones[i].count = 0;
	}
	for (size_t i = 0; i < s->item_count; i++) {
		struct publish_zone *zone = &s->zones[s->items[i].zone];

		sorted[zone->first + zone->count++] = s->items[i];
	}
	free(s->items);
	s->items = sorted;
	return OP_OK;
}

/* A zone whose name server it holds itself, and which has no address, is loaded by nobody. */
static int
check_name_servers(struct publish_set *s)
{
	for (size_t i = 0; i < s->options->name_server_count; i++) {
		struct sdb_text name = sdb_text_of(s->options->name_servers[i]);
		struct sdb_fqdn full = {name, {NULL, 0}};
		struct publish_finding at = {
		    .code = PUBLISH_CODE_NAME_SERVER_NO_ADDRESS, .file = UINT32_MAX};
		int err = OP_OK;

		if (publish_zone_of(s, full) != SDB_NOBODY && !publish_has_address(s, full))
			err = publish_report(
			    s, at, "the name server %.*s has no address", (int)name.len, name.s);
		if (err)
			return err;
	}
	return OP_OK;
}

int
publish_zones_find(struct publish_set *s)
{
	static int (*const steps[])(struct publish_set *) = {list_zones, add_sources, add_parents,
	    add_cuts, add_host_items, sort_items, check_name_servers};
	int err = OP_OK;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !err; i++)
		err = steps[i](s);
	return err;
}

void
publish_zones_fini(struct publish_set *s)
{
	for (size_t i = 0; i < s->zone_count; i++)
		free(s->zones[i].name);
	free(s->zones);
	free(s->items);
	sdb_table_fini(&s->by_zone);
	sdb_table_fini(&s->by_alias);
}
