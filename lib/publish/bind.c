/* SPDX-License-Identifier: ISC */
/*
 * BIND: one master file a zone (RFC 1035, 5) and a named.conf to include.  Owners are relative to
 * the zone, targets are complete, with their final dot.  The serial stands between two parts that
 * are hashed, so that it rises if and only if anything else differs.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/publish/put.h"
#include "lib/publish/reverse.h"
#include "lib/publish/serial.h"
#include "lib/publish/set.h"
#include "lib/sdb/node.h"

struct writer {
	const struct publish_set *set;
	const struct publish_zone *zone;
	struct publish_put put;
	size_t records;
};

static const struct publish_host *
host_of(const struct writer *w, const struct publish_item *item)
{
	return &w->set->hosts[item->of];
}

/* --- records --- */

static void
put_owner(struct writer *w, const struct sdb_fqdn *name)
{
	char text[SDB_HOST_MAX + 1];
	size_t len = put_lower(text, name), zone = strlen(w->zone->name);

	if (len <= zone)
		put_str(&w->put, "@");
	else
		put_bytes(&w->put, text, len - zone - 1);
}

static void
put_target(struct writer *w, const char *type, const struct sdb_fqdn *name)
{
	put_str(&w->put, type);
	put_name(&w->put, name);
	put_str(&w->put, ".\n");
}

static void
put_host_address(struct writer *w, const struct sdb_fqdn *owner, const struct publish_host *h)
{
	put_owner(w, owner);
	put_str(&w->put, h->line->address.family == 4 ? " A " : " AAAA ");
	put_address(&w->put, &h->line->address);
}

static void
put_address_record(struct writer *w, const struct publish_item *item)
{
	const struct publish_host *h = host_of(w, item);
	struct sdb_text remark = sdb_text_trim(sdb_node_field(h->line, SDB_REMARK));

	put_host_address(w, &h->name, h);
	if (remark.len) {
		put_str(&w->put, " ; ");
		put_comment(&w->put, remark);
	}
	put_str(&w->put, "\n");
	w->records++;
}

static void
put_mx_record(struct writer *w, const struct publish_item *item)
{
	const struct publish_host *h = host_of(w, item);
	struct sdb_fqdn exchanger;

	if (!publish_exchanger(w->set, h, &exchanger))
		return;
	put_owner(w, &h->name);
	put_target(w, " MX 10 ", &exchanger);
	w->records++;
}

static void
put_cname_record(struct writer *w, const struct publish_item *item)
{
	const struct publish_host *h = host_of(w, item);
	struct sdb_fqdn alias = sdb_fqdn_of(item->text, publish_subnet_of(w->set, h)->domain);

	put_owner(w, &alias);
	put_target(w, " CNAME ", &h->name);
	w->records++;
}

static void
put_ptr_record(struct writer *w, const struct publish_item *item)
{
	const struct publish_host *h = host_of(w, item);

	publish_put_pointer(&w->put, publish_subnet_of(w->set, h), &h->line->address);
	put_target(w, " PTR ", &h->name);
	w->records++;
}

static void
put_source(struct writer *w, const struct publish_item *item)
{
	const struct publish_subnet *n = &w->set->subnets[item->of];

	put_str(&w->put, "; ");
	put_comment(&w->put, sdb_text_of(w->set->in[n->file].name));
	put_str(&w->put, ": ");
	put_comment(&w->put, n->header.value[SDB_KEY_TITLE]);
	put_str(&w->put, "\n");
}

/* A name server inside the zone that is delegated, or below it, needs its address here. */
static void
put_glue(struct writer *w, const struct publish_zone *child, const char *server)
{
	struct sdb_fqdn name = {sdb_text_of(server), {NULL, 0}};
	size_t len = strlen(server), tail = strlen(child->name);

	if (len < tail || (len > tail && server[len - tail - 1] != '.') ||
	    !sdb_text_same_letters(sdb_text_of(server + (len - tail)), sdb_text_of(child->name)))
		return;
	for (uint8_t family = 4; family <= 6; family += 2) {
		uint32_t host = publish_find_host(w->set, name, family);

		if (host == SDB_NOBODY)
			continue;
		put_host_address(w, &name, &w->set->hosts[host]);
		put_str(&w->put, "\n");
	}
}

static void
put_cut(struct writer *w, const struct publish_item *item)
{
	const struct publish_options *o = w->set->options;
	const struct publish_zone *child = &w->set->zones[item->of];
	struct sdb_fqdn owner = {sdb_text_of(child->name), {NULL, 0}};

	for (size_t i = 0; i < o->name_server_count; i++) {
		struct sdb_fqdn server = {sdb_text_of(o->name_servers[i]), {NULL, 0}};

		put_owner(w, &owner);
		put_target(w, " NS ", &server);
	}
	for (size_t i = 0; i < o->name_server_count; i++)
		put_glue(w, child, o->name_servers[i]);
}

/* RFC 2317: every usable address, so that the /24 need not follow each new node. */
static void
put_classless(struct writer *w, const struct publish_item *item)
{
	const struct publish_subnet *n = &w->set->subnets[item->of];
	char zone[PUBLISH_REVERSE_TEXT];

	publish_reverse_name(zone, n, &n->header.net.base, w->set->options->classless_separator);
	for (sdb_u128 i = n->range.first; i <= n->range.last; i++) {
		put_number(&w->put, (uint32_t)i & 0xff);
		put_str(&w->put, " CNAME ");
		put_number(&w->put, (uint32_t)i & 0xff);
		put_str(&w->put, ".");
		put_str(&w->put, zone);
		put_str(&w->put, ".\n");
	}
}

static void (*const put_item[])(struct writer *, const struct publish_item *) = {
    [PUBLISH_SOURCE] = put_source,
    [PUBLISH_CUT] = put_cut,
    [PUBLISH_CLASSLESS] = put_classless,
    [PUBLISH_ADDRESS] = put_address_record,
    [PUBLISH_MX] = put_mx_record,
    [PUBLISH_CNAME] = put_cname_record,
    [PUBLISH_PTR] = put_ptr_record,
};

/* Sources are comments and go before everything. */
static void
put_items(struct writer *w, bool sources)
{
	for (size_t i = w->zone->first; i < w->zone->first + w->zone->count; i++) {
		const struct publish_item *item = &w->set->items[i];

		publish_step(w->set, &w->put, i);
		if ((item->type == PUBLISH_SOURCE) == sources)
			put_item[item->type](w, item);
	}
}

/* --- the zone --- */

/* A mail address as a name: dots before the @ are part of the first label (RFC 1035, 8). */
static void
put_hostmaster(struct publish_put *p, const struct publish_options *o)
{
	const char *s = o->hostmaster;
	const char *at = s ? strchr(s, '@') : NULL;

	if (!at) {
		put_str(p, "hostmaster");
		put_text(p, sdb_text_of(strchr(o->name_servers[0], '.')));
		return;
	}
	for (; s < at; s++)
		put_str(p, (char[]){*s == '.' ? '\\' : *s, *s == '.' ? '.' : '\0', '\0'});
	put_str(p, ".");
	put_text(p, sdb_text_of(at + 1));
}

/* Up to the serial. */
static void
put_head(struct writer *w)
{
	const struct publish_options *o = w->set->options;

	put_str(&w->put, "; Generated by opdesk from subnet files; changes made here are lost.\n");
	put_items(w, true);
	put_str(&w->put, "$ORIGIN ");
	put_str(&w->put, w->zone->name);
	put_str(&w->put, ".\n$TTL ");
	put_number(&w->put, o->ttl_s);
	put_str(&w->put, "\n@ SOA ");
	put_text(&w->put, sdb_text_of(o->name_servers[0]));
	put_str(&w->put, ". ");
	put_hostmaster(&w->put, o);
	put_str(&w->put, ". ");
}

static void
put_tail(struct writer *w)
{
	const struct publish_options *o = w->set->options;
	const uint32_t times[] = {o->refresh_s, o->retry_s, o->expire_s, o->negative_ttl_s};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		put_str(&w->put, " ");
		put_number(&w->put, times[i]);
	}
	for (size_t i = 0; i < o->name_server_count; i++) {
		struct sdb_fqdn server = {sdb_text_of(o->name_servers[i]), {NULL, 0}};

		put_target(w, i ? "@ NS " : "\n@ NS ", &server);
	}
	put_items(w, false);
}

static int
finish_zone(const struct publish_set *s, struct publish_file *f, const struct buf *tail)
{
	uint64_t hash =
	    sdb_hash_bytes(SDB_HASH_START, buf_bytes(&f->bytes), buf_len(&f->bytes), false);
	const struct publish_previous *old = publish_before(s, f->path);
	struct publish_put put = {&f->bytes, OP_OK};

	f->hash = sdb_hash_bytes(hash, buf_bytes(tail), buf_len(tail), false);
	f->changed = !old || old->hash != f->hash;
	f->serial = f->changed ? publish_serial_next(old ? old->serial : 0, s->options->serial_hint)
			       : old->serial;
	put_number(&put, f->serial);
	put_bytes(&put, buf_bytes(tail), buf_len(tail));
	return put.err;
}

/* "32/27.2.0.192.in-addr.arpa" is no file name. */
static void
file_name(char dst[SDB_HOST_MAX + 1], const char *zone)
{
	size_t i = 0;

	for (; zone[i] && i < SDB_HOST_MAX; i++)
		dst[i] = zone[i] == '/' ? '-' : zone[i];
	dst[i] = '\0';
}

static int
make_zone(const struct publish_set *s, const struct publish_zone *zone, struct publish_result *out)
{
	char name[SDB_HOST_MAX + 1];
	struct writer w = {.set = s, .zone = zone};
	struct publish_file *f;
	struct buf tail;
	int err;

	file_name(name, zone->name);
	f = publish_add_file(out, PUBLISH_ZONE, "bind/zones/", name);
	if (!f || !(f->zone = strdup(zone->name)))
		return OP_NO_MEMORY;
	buf_init(&tail);
	w.put.buf = &f->bytes;
	put_head(&w);
	w.put.buf = &tail;
	put_tail(&w);
	f->records = w.records;
	err = w.put.err ? w.put.err : finish_zone(s, f, &tail);
	buf_fini(&tail);
	return err;
}

static int
make_conf(const struct publish_set *s, struct publish_result *out)
{
	struct publish_file *f = publish_add_file(out, PUBLISH_NAMED_CONF, "bind/", "named.conf");
	struct publish_put p = {.err = OP_OK};
	char name[SDB_HOST_MAX + 1];

	if (!f)
		return OP_NO_MEMORY;
	p.buf = &f->bytes;
	put_str(&p, "# Generated by opdesk from subnet files; changes made here are lost.\n");
	for (size_t i = 0; i < s->zone_count; i++) {
		file_name(name, s->zones[i].name);
		put_str(&p, "zone \"");
		put_str(&p, s->zones[i].name);
		put_str(&p, "\" { type master; file \"");
		put_str(&p, s->options->directory);
		put_str(&p, "/bind/zones/");
		put_str(&p, name);
		put_str(&p, "\"; };\n");
	}
	return p.err;
}

int
publish_bind(const struct publish_set *s, struct publish_result *out)
{
	int err = make_conf(s, out);

	for (size_t i = 0; i < s->zone_count && !err; i++)
		err = publish_go_on(s) ?: make_zone(s, &s->zones[i], out);
	return err;
}
