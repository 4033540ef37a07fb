/* SPDX-License-Identifier: ISC */
/*
 * One node line against the rules and against its own subnet.
 */
#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"

static struct sdb_finding
at_field(const struct sdb_owner *o, enum sdb_field field, enum sdb_code code)
{
	return (struct sdb_finding){.code = code,
	    .file = o->file,
	    .line = o->number,
	    .column = (uint32_t)sdb_node_column(o->line, field)};
}

/* --- the extension without its mark --- */

static void
unmarked_mac(struct sdb_checker *c, const struct sdb_owner *o, const struct sdb_line *as_marked)
{
	struct sdb_finding at = at_field(o, SDB_MAC, SDB_CODE_EXTENSION_UNMARKED);
	char plain[SDB_MAC_TEXT];

	sdb_mac_format(plain, as_marked->mac);
	at.fix = sdb_fix_part(
	    c, o->line, o->number, sdb_node_field(as_marked, SDB_MAC), sdb_text_of(plain));
	sdb_report(
	    c, &at, "an Ethernet address with colons needs `Format = 2`; here it is %s", plain);
}

/* What the line would be in format 2 tells what it is meant to be. */
enum sdb_field
sdb_node_unmarked(const struct sdb_line *line, unsigned format, struct sdb_line *as_marked)
{
	if (format >= 2 ||
	    (line->address.family && (line->has_mac || sdb_node_field(line, SDB_MAC).len == 0)))
		return SDB_FIELDS;
	*as_marked = *line;
	sdb_node_split(as_marked, 2);
	if (as_marked->address.family == 6)
		return SDB_ADDRESS;
	return as_marked->has_mac && !line->has_mac ? SDB_MAC : SDB_FIELDS;
}

static bool
uses_extension(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_line as_marked;
	enum sdb_field where =
	    sdb_node_unmarked(o->line, c->files[o->file].header.format, &as_marked);

	if (where == SDB_ADDRESS)
		sdb_check_no_address(c, at_field(o, SDB_ADDRESS, SDB_CODE_EXTENSION_UNMARKED),
		    o->line, sdb_node_field(&as_marked, SDB_ADDRESS));
	else if (where == SDB_MAC)
		unmarked_mac(c, o, &as_marked);
	return where != SDB_FIELDS;
}

/* --- fields --- */

static void
check_count(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_finding at = {
	    .code = SDB_CODE_FIELDS_MISSING, .file = o->file, .line = o->number};
	struct sdb_text end = {o->line->text + o->line->len, 0};
	size_t missing = SDB_FIELDS - (size_t)o->line->fields;

	if (missing == 0)
		return;
	at.column = o->line->len + 1;
	at.fix = sdb_fix_part(c, o->line, o->number, end, (struct sdb_text){":::::", missing});
	sdb_report(c, &at, "%u of 6 fields", o->line->fields);
}

/* "tug1.pilots.example.org" where the domain is the file's own: only "tug1" is meant. */
static bool
own_domain_behind(const struct sdb_header *h, struct sdb_text name, struct sdb_text *bare)
{
	struct sdb_text rest, label = sdb_text_until(name, '.', &rest);

	*bare = label;
	return label.len && sdb_text_same_letters(rest, h->value[SDB_KEY_DOMAIN]);
}

static void
qualified_name(struct sdb_checker *c, const struct sdb_owner *o, struct sdb_text name)
{
	struct sdb_finding at = at_field(o, SDB_NAME, SDB_CODE_LABEL_BAD);
	char quoted[SDB_QUOTE_BYTES];
	struct sdb_text bare;

	if (own_domain_behind(&c->files[o->file].header, name, &bare))
		at.fix = sdb_fix_part(c, o->line, o->number, name, bare);
	sdb_report(
	    c, &at, "%s: a node's name is written without its domain", sdb_quote(quoted, name));
}

static void
check_length(
    struct sdb_checker *c, const struct sdb_owner *o, enum sdb_field field, struct sdb_text name)
{
	struct sdb_finding at = at_field(o, field, SDB_CODE_LABEL_BAD);
	struct sdb_fqdn full = sdb_fqdn_of(name, c->files[o->file].header.value[SDB_KEY_DOMAIN]);

	if (sdb_fqdn_len(&full) > SDB_HOST_MAX && name.len <= SDB_LABEL_MAX)
		sdb_report(
		    c, &at, "with its domain the name has more than %d characters", SDB_HOST_MAX);
}

static void
check_name(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_text name = sdb_node_field(o->line, SDB_NAME);
	struct sdb_finding at = at_field(o, SDB_NAME, SDB_CODE_NAME_MISSING);

	if (name.len == 0) {
		sdb_report(c, &at, "a node without a name");
	} else if (memchr(name.s, '.', name.len)) {
		qualified_name(c, o, name);
	} else {
		sdb_check_host(c, at, o->line, name);
		check_length(c, o, SDB_NAME, name);
	}
}

/* The next free address of the subnet, each time another one. */
static struct sdb_fix
free_address(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_checked *f = &c->files[o->file];
	char text[SDB_ADDRESS_TEXT];
	struct netaddr from;

	if (!f->space && sdb_space_new(c->in[o->file].file, &f->space) == OP_NO_MEMORY)
		c->err = OP_NO_MEMORY;
	if (!f->space)
		return (struct sdb_fix){0};
	if (f->suggested.family) {
		sdb_u128 last = sdb_address_number(&f->suggested);

		if (last == f->range.last)
			return (struct sdb_fix){0};
		from = sdb_number_address(last + 1, f->suggested.family);
	}
	if (sdb_space_find(f->space, 1, f->suggested.family ? &from : NULL, &f->suggested) != OP_OK)
		return (struct sdb_fix){0};
	return sdb_fix_part(c, o->line, o->number, sdb_node_field(o->line, SDB_ADDRESS),
	    sdb_text_of(sdb_address_format(text, &f->suggested)));
}

void
sdb_report_unusable(
    struct sdb_checker *c, const struct sdb_owner *o, struct sdb_finding at, const char *why)
{
	char quoted[SDB_QUOTE_BYTES];

	at.column = (uint32_t)sdb_node_column(o->line, SDB_ADDRESS);
	at.fix = free_address(c, o);
	sdb_report(c, &at, "%s %s", sdb_quote(quoted, sdb_node_field(o->line, SDB_ADDRESS)), why);
}

static void
check_in_subnet(struct sdb_checker *c, const struct sdb_owner *o)
{
	const struct sdb_checked *f = &c->files[o->file];
	const struct netaddr *a = &o->line->address;
	struct sdb_finding at = at_field(o, SDB_ADDRESS, SDB_CODE_ADDRESS_OUTSIDE);
	sdb_u128 n;

	if (!f->header.has_net)
		return;
	if (!network_has(&f->header.net, a)) {
		sdb_report_unusable(c, o, at, "is outside the subnet");
		return;
	}
	n = sdb_address_number(a);
	if (n < f->range.first) {
		at.code = SDB_CODE_ADDRESS_NETWORK;
		sdb_report_unusable(c, o, at, "is the subnet's own address");
	} else if (n > f->range.last) {
		at.code = SDB_CODE_ADDRESS_BROADCAST;
		sdb_report_unusable(c, o, at, "is the broadcast address");
	}
}

static void
check_address(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_text text = sdb_node_field(o->line, SDB_ADDRESS);
	struct sdb_finding at = at_field(o, SDB_ADDRESS, SDB_CODE_ADDRESS_MISSING);

	if (text.len == 0)
		sdb_report(c, &at, "a node without an address");
	else if (o->line->address.family == 0)
		sdb_check_no_address(c, at, o->line, text);
	else
		check_in_subnet(c, o);
}

static void
check_mac(struct sdb_checker *c, const struct sdb_owner *o)
{
	static const uint8_t zeros[6];
	struct sdb_text text = sdb_node_field(o->line, SDB_MAC);
	struct sdb_finding at = at_field(o, SDB_MAC, SDB_CODE_MAC_BAD);
	char quoted[SDB_QUOTE_BYTES], plain[SDB_MAC_TEXT];
	uint8_t mac[6];

	if (text.len == 0)
		return;
	sdb_quote(quoted, text);
	if (!o->line->has_mac) {
		if (sdb_mac_parse_any(text, mac) == OP_OK)
			at.fix = sdb_fix_part(
			    c, o->line, o->number, text, sdb_text_of(sdb_mac_format(plain, mac)));
		sdb_report(
		    c, &at, "\"%s\" is not an Ethernet address of 12 hexadecimal digits", quoted);
	} else if (o->line->mac[0] & 1) {
		sdb_report(c, &at, "%s is a group address, not a station's", quoted);
	} else if (memcmp(o->line->mac, zeros, sizeof(zeros)) == 0) {
		at.fix = sdb_fix_part(c, o->line, o->number, text, SDB_TEXT(""));
		sdb_report(c, &at, "%s is nobody's address; leave the field empty", quoted);
	}
}

static bool
several_good_ones(struct sdb_text aliases)
{
	struct sdb_text one;
	int n = 0;

	for (; sdb_node_next_alias(&aliases, 2, &one); n++)
		if (sdb_host_fault(one))
			return false;
	return n > 1;
}

static void
check_aliases(struct sdb_checker *c, const struct sdb_owner *o)
{
	unsigned format = c->files[o->file].header.format;
	struct sdb_text rest = sdb_node_field(o->line, SDB_ALIAS), alias;
	struct sdb_finding at = at_field(o, SDB_ALIAS, SDB_CODE_EXTENSION_UNMARKED);

	if (format < 2 && several_good_ones(rest)) {
		at.fix = sdb_fix_format(c, o->file);
		sdb_report(c, &at, "several aliases need `Format = 2`");
		return;
	}
	while (sdb_node_next_alias(&rest, format, &alias)) {
		at.column = (uint32_t)(alias.s - o->line->text) + 1;
		sdb_check_host(c, at, o->line, alias);
		check_length(c, o, SDB_ALIAS, alias);
	}
}

static void
check_exchanger(struct sdb_checker *c, const struct sdb_owner *o)
{
	struct sdb_text mx = sdb_node_field(o->line, SDB_MX);

	if (mx.len == 0)
		return;
	sdb_check_host(c, at_field(o, SDB_MX, SDB_CODE_LABEL_BAD), o->line, mx);
	check_length(c, o, SDB_MX, mx);
}

bool
sdb_check_node(struct sdb_checker *c, const struct sdb_owner *o)
{
	if (uses_extension(c, o))
		return false;
	check_count(c, o);
	check_name(c, o);
	check_address(c, o);
	check_mac(c, o);
	check_aliases(c, o);
	check_exchanger(c, o);
	return true;
}
