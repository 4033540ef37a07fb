/* SPDX-License-Identifier: ISC */
/*
 * The header of one file: its lines, then what its keys say together.
 */
#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"

static const struct sdb_checked *
checked(const struct sdb_checker *c, uint32_t file)
{
	return &c->files[file];
}

/* The place of a key's value; the file as a whole when the key is not there. */
static struct sdb_finding
at_value(const struct sdb_checker *c, uint32_t file, enum sdb_key key, enum sdb_code code)
{
	const struct sdb_checked *f = checked(c, file);
	const struct sdb_line *line = f->header.line[key];
	struct sdb_finding at = {.file = file, .code = code, .line = f->number[key]};

	if (line)
		at.column = (uint32_t)(f->header.value[key].s - line->text) + 1;
	return at;
}

static struct sdb_fix
fix_value(struct sdb_checker *c, uint32_t file, enum sdb_key key, struct sdb_text text)
{
	const struct sdb_checked *f = checked(c, file);

	return sdb_fix_part(c, f->header.line[key], f->number[key], f->header.value[key], text);
}

/* --- line by line --- */

static enum sdb_key
meant_key(struct sdb_text key)
{
	enum sdb_key i = 0;

	while (i < SDB_KEY_COUNT && !sdb_text_same_letters(key, sdb_text_of(sdb_key_text(i))))
		i++;
	return i;
}

static void
unknown_key(struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line)
{
	struct sdb_text key = sdb_header_key(line);
	enum sdb_key meant = meant_key(key);
	char quoted[SDB_QUOTE_BYTES];

	at.code = SDB_CODE_KEY_UNKNOWN;
	at.column = (uint32_t)(key.s - line->text) + 1;
	if (meant == SDB_KEY_UNKNOWN) {
		sdb_report(c, &at, "unknown key %s", sdb_quote(quoted, key));
		return;
	}
	at.fix = sdb_fix_part(c, line, at.line, key, sdb_text_of(sdb_key_text(meant)));
	sdb_report(
	    c, &at, "unknown key %s: %s is meant?", sdb_quote(quoted, key), sdb_key_text(meant));
}

static void
known_key(
    struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line, enum sdb_key key)
{
	struct sdb_checked *f = &c->files[at.file];

	if (f->header.line[key] == line) {
		f->number[key] = at.line;
		return;
	}
	at.code = SDB_CODE_KEY_TWICE;
	at.other_file = at.file;
	at.other_line = f->number[key];
	at.fix = (struct sdb_fix){.kind = SDB_FIX_DELETE, .line = at.line};
	sdb_report(c, &at, "%s is said a second time; line %u counts", sdb_key_text(key),
	    (unsigned)at.other_line);
}

static void
check_header_line(struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line)
{
	char quoted[SDB_QUOTE_BYTES];
	enum sdb_key key;

	if (line->kind == SDB_JUNK) {
		at.code = SDB_CODE_HEADER_SYNTAX;
		sdb_report(
		    c, &at, "\"%s\" is not `Key = value`", sdb_quote(quoted, sdb_line_text(line)));
	}
	if (line->kind != SDB_HEADER)
		return;
	key = sdb_key_of(sdb_header_key(line));
	if (key == SDB_KEY_UNKNOWN)
		unknown_key(c, at, line);
	else
		known_key(c, at, line, key);
}

/* Where a marker should be: before the first line that can only be a node. */
static void
no_marker(struct sdb_checker *c, uint32_t file)
{
	struct sdb_finding at = {.file = file, .code = SDB_CODE_MARKER_MISSING};
	const struct sdb_line *line = sdb_file_first(c->in[file].file);
	uint32_t number = 1;

	while (line && !(line->kind == SDB_JUNK && memchr(line->text, ':', line->len))) {
		line = line->next;
		number++;
	}
	at.fix = sdb_fix_insert(c, number, SDB_TEXT(SDB_MARKER));
	sdb_report(c, &at, "no line " SDB_MARKER " ends the header");
}

static void
check_marks(struct sdb_checker *c, uint32_t file)
{
	struct sdb_finding at = {.file = file, .code = SDB_CODE_MARKER_TWICE};
	uint32_t first = 0;

	for (const struct sdb_line *line = sdb_file_first(c->in[file].file); line;
	     line = line->next) {
		at.line++;
		if (line->kind == SDB_MARK && first) {
			at.fix = (struct sdb_fix){.kind = SDB_FIX_DELETE, .line = at.line};
			at.other_file = file;
			at.other_line = first;
			sdb_report(c, &at, "a second " SDB_MARKER);
		} else if (line->kind == SDB_MARK) {
			first = at.line;
		} else if (!first) {
			check_header_line(c, at, line);
		}
	}
	if (!first)
		no_marker(c, file);
}

/* --- what the keys say --- */

static void
check_mark_of_bytes(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_line *line = sdb_file_first(c->in[file].file);
	struct sdb_finding at = {
	    .file = file, .line = 1, .column = 1, .code = SDB_CODE_BYTE_ORDER_MARK};

	if (!line || line->len < 3 || memcmp(line->text, SDB_BYTE_ORDER_MARK, 3) != 0)
		return;
	at.fix = sdb_fix_part(c, line, 1, (struct sdb_text){line->text, 3}, SDB_TEXT(""));
	sdb_report(c, &at, "a byte order mark is in the way of the Title");
}

static void
check_title(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_checked *f = checked(c, file);
	struct sdb_finding at = at_value(c, file, SDB_KEY_TITLE, SDB_CODE_TITLE_MISSING);
	struct sdb_text name = sdb_text_of(c->in[file].name);
	char text[SDB_QUOTE_BYTES + 16];

	if (name.len > 4 && memcmp(name.s + name.len - 4, ".sdb", 4) == 0)
		name.len -= 4;
	snprintf(text, sizeof(text), "Title = %.*s", name.len < SDB_QUOTE_BYTES ? (int)name.len : 0,
	    name.s);
	if (!at.line) {
		at.fix = sdb_fix_insert(c, 1, sdb_text_of(text));
		sdb_report(c, &at, "no Title: lists show it");
	} else if (f->header.value[SDB_KEY_TITLE].len == 0) {
		at.fix = fix_value(c, file, SDB_KEY_TITLE, sdb_text_of(text + 8));
		sdb_report(c, &at, "the Title is empty: lists show it");
	}
	if (at.line <= 1)
		return;
	at = (struct sdb_finding){.file = file, .line = at.line};
	at.code = SDB_CODE_TITLE_MISPLACED;
	at.fix = (struct sdb_fix){.kind = SDB_FIX_TO_FRONT, .line = at.line};
	sdb_report(c, &at, "Title must be the first line of the file");
}

static void
check_required(struct sdb_checker *c, uint32_t file)
{
	static const enum sdb_key required[] = {SDB_KEY_DOMAIN, SDB_KEY_BASE, SDB_KEY_MASK};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		struct sdb_finding at = at_value(c, file, required[i], SDB_CODE_KEY_MISSING);

		if (checked(c, file)->header.value[required[i]].len == 0)
			sdb_report(c, &at, "%s is %s", sdb_key_text(required[i]),
			    at.line ? "empty" : "missing");
	}
}

static void
check_format(struct sdb_checker *c, uint32_t file)
{
	struct sdb_finding at = at_value(c, file, SDB_KEY_FORMAT, SDB_CODE_FORMAT_UNKNOWN);
	struct sdb_text value = checked(c, file)->header.value[SDB_KEY_FORMAT];
	char quoted[SDB_QUOTE_BYTES];

	if (!at.line || sdb_text_equal(value, SDB_TEXT("1")) ||
	    sdb_text_equal(value, SDB_TEXT("2")))
		return;
	at.fix = sdb_fix_format(c, file);
	sdb_report(c, &at, "format \"%s\" is not known: 1 and 2 are", sdb_quote(quoted, value));
}

static void
check_domain(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_header *h = &checked(c, file)->header;

	if (h->value[SDB_KEY_DOMAIN].len)
		sdb_check_host(c, at_value(c, file, SDB_KEY_DOMAIN, SDB_CODE_LABEL_BAD),
		    h->line[SDB_KEY_DOMAIN], h->value[SDB_KEY_DOMAIN]);
}

/* --- addresses --- */

static void
check_mask(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_header *h = &checked(c, file)->header;
	struct sdb_finding at = at_value(c, file, SDB_KEY_MASK, SDB_CODE_MASK_BAD);
	struct sdb_text value = h->value[SDB_KEY_MASK];
	char quoted[SDB_QUOTE_BYTES];
	int bits;

	if (value.len == 0 || h->prefix >= 0)
		return;
	sdb_quote(quoted, value);
	if (sdb_mask_parse(value, 2, &h->base, &bits) == OP_OK) {
		at.code = SDB_CODE_EXTENSION_UNMARKED;
		at.fix = sdb_fix_format(c, file);
		sdb_report(c, &at, "a number of bits (%s) as mask needs `Format = 2`", quoted);
		return;
	}
	sdb_report(c, &at, "\"%s\" is not a mask%s", quoted,
	    h->base.family == 6 ? ": IPv6 takes a number of bits" : "");
}

static void
check_base(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_header *h = &checked(c, file)->header;
	struct sdb_finding at = at_value(c, file, SDB_KEY_BASE, SDB_CODE_BASE_UNALIGNED);
	char right[SDB_ADDRESS_TEXT];

	if (h->value[SDB_KEY_BASE].len && h->base.family == 0)
		sdb_check_no_address(c, at, h->line[SDB_KEY_BASE], h->value[SDB_KEY_BASE]);
	if (!h->has_net || netaddr_equal(&h->base, &h->net.base))
		return;
	sdb_address_format(right, &h->net.base);
	at.fix = fix_value(c, file, SDB_KEY_BASE, sdb_text_of(right));
	sdb_report(c, &at, "the base is not on the boundary of a /%d; %s is", h->prefix, right);
}

static void
check_gateway(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_checked *f = checked(c, file);
	const struct sdb_header *h = &f->header;
	struct sdb_finding at = at_value(c, file, SDB_KEY_GATEWAY, SDB_CODE_GATEWAY_OUTSIDE);
	sdb_u128 n = sdb_address_number(&h->gateway);

	if (h->value[SDB_KEY_GATEWAY].len && h->gateway.family == 0)
		sdb_check_no_address(c, at, h->line[SDB_KEY_GATEWAY], h->value[SDB_KEY_GATEWAY]);
	if (!h->has_net || h->gateway.family == 0)
		return;
	if (!network_has(&h->net, &h->gateway)) {
		sdb_report(c, &at, "the gateway is outside the subnet");
	} else if (n < f->range.first) {
		at.code = SDB_CODE_ADDRESS_NETWORK;
		sdb_report(c, &at, "the gateway has the subnet's own address");
	} else if (n > f->range.last) {
		at.code = SDB_CODE_ADDRESS_BROADCAST;
		sdb_report(c, &at, "the gateway has the broadcast address");
	}
}

static void
check_shared_one(struct sdb_checker *c, struct sdb_finding at, struct sdb_text one)
{
	const struct sdb_header *h = &checked(c, at.file)->header;
	const struct sdb_line *line = h->line[SDB_KEY_SHARED];
	struct netaddr a;

	at.column = (uint32_t)(one.s - line->text) + 1;
	if (sdb_address_parse(one, h->format, &a) != OP_OK) {
		sdb_check_no_address(c, at, line, one);
	} else if (h->has_net && !network_has(&h->net, &a)) {
		at.code = SDB_CODE_ADDRESS_OUTSIDE;
		sdb_report(c, &at, "a shared address outside the subnet");
	}
}

static void
check_shared(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_header *h = &checked(c, file)->header;
	struct sdb_finding at = at_value(c, file, SDB_KEY_SHARED, SDB_CODE_EXTENSION_UNMARKED);
	struct sdb_text rest = h->value[SDB_KEY_SHARED], one;

	if (!at.line)
		return;
	if (h->format < 2) {
		at.fix = sdb_fix_format(c, file);
		sdb_report(c, &at, "the key Shared needs `Format = 2`");
		return;
	}
	for (int i = 0; sdb_shared_next(&rest, &one); i++) {
		if (i == SDB_MAX_SHARED) {
			at.code = SDB_CODE_ADDRESS_BAD;
			at.column = (uint32_t)(one.s - h->line[SDB_KEY_SHARED]->text) + 1;
			sdb_report(c, &at, "more than %d shared addresses", SDB_MAX_SHARED);
			return;
		}
		check_shared_one(c, at, one);
	}
}

void
sdb_check_header(struct sdb_checker *c, uint32_t file)
{
	static void (*const parts[])(struct sdb_checker * c, uint32_t file) = {check_marks,
	    check_mark_of_bytes, check_title, check_required, check_format, check_domain,
	    check_mask, check_base, check_gateway, check_shared};
	struct sdb_checked *f = &c->files[file];

	sdb_header_read(c->in[file].file, &f->header);
	if (f->header.has_net)
		f->range = sdb_range_of(&f->header.net);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		parts[i](c, file);
}
