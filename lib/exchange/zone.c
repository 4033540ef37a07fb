/* SPDX-License-Identifier: ISC */
/*
 * Zone files (RFC 1035, 5): A and AAAA are nodes, CNAME their aliases, MX their exchangers; PTR are
 * nodes where no A has the address.  All other types are named once and passed over.  What belongs
 * to a node may stand before it: zone_relate.c does that at the end.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/record.h"
#include "lib/exchange/zone_int.h"

/* --- names --- */

static bool
append(struct name *n, const char *s, size_t len)
{
	if (n->len + len > NAME_MAX_BYTES)
		return false;
	if (len)
		memcpy(n->text + n->len, s, len);
	n->len += len;
	n->text[n->len] = '\0';
	return true;
}

/* False: too long, or relative to an origin that is not known. */
static bool
complete(const struct zone *z, struct sdb_text t, struct name *out)
{
	out->len = 0;
	out->text[0] = '\0';
	if (sdb_text_equal(t, SDB_TEXT("@")))
		return z->origin.len && append(out, z->origin.text, z->origin.len);
	if (t.len && t.s[t.len - 1] == '.')
		return append(out, t.s, t.len - 1);
	if (!append(out, t.s, t.len))
		return false;
	return z->origin.len == 0 ||
	       (append(out, ".", 1) && append(out, z->origin.text, z->origin.len));
}

static struct sdb_text
text_of(const struct name *n)
{
	return (struct sdb_text){n->text, n->len};
}

static int
say(const struct zone *z, bool is_error, const struct record_word *w, const char *what)
{
	char quoted[EXCHANGE_QUOTE_BYTES];

	return exchange_say(z->out, is_error, w->line, w->column, "\"%s\" %s",
	    exchange_quote(quoted, w->text), what);
}

static int
say_name(const struct zone *z, const struct record_word *w)
{
	return say(z, true, w,
	    z->origin.len ? "is longer than a name can be" : "is relative, and no origin is known");
}

/* --- address records --- */

static int
read_address(struct zone *z, const struct record_word *w, uint8_t family)
{
	struct netaddr address;

	if (exchange_address(w->text, &address) != OP_OK || address.family != family)
		return say(
		    z, true, w, family == 4 ? "is not an IPv4 address" : "is not an IPv6 address");
	if (z->owner.text[0] == '*')
		return exchange_say(z->out, false, w->line, w->column, "a wildcard is passed over");
	if (z->origin.len && sdb_text_same_letters(text_of(&z->owner), text_of(&z->origin)))
		return exchange_say(z->out, false, w->line, w->column,
		    "the address of the zone itself is passed over");
	struct exchange_node *n = exchange_add(z->out, w->line, w->column);

	if (!n)
		return OP_NO_MEMORY;
	n->address = address;
	int err = exchange_set(z->out, n, SDB_ADDRESS, w->text);

	return err == OP_OK ? exchange_set(z->out, n, SDB_NAME, text_of(&z->owner)) : err;
}

static int
read_a(struct zone *z, const struct record_word *w, size_t count)
{
	(void)count;
	return read_address(z, w, 4);
}

static int
read_aaaa(struct zone *z, const struct record_word *w, size_t count)
{
	(void)count;
	return read_address(z, w, 6);
}

/* --- relations --- */

static int
relate(struct zone *z, struct relations *l, const struct record_word *target, uint32_t preference)
{
	struct name full;

	if (!complete(z, target->text, &full))
		return say_name(z, target);
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct relation *grown = reallocarray(l->list, room, sizeof(*grown));

		if (!grown)
			return OP_NO_MEMORY;
		l->list = grown;
		l->room = room;
	}
	char *owner = exchange_keep(z->out, z->owner.text, z->owner.len);
	char *name = exchange_keep(z->out, full.text, full.len);

	if (!owner || !name)
		return OP_NO_MEMORY;
	l->list[l->count++] = (struct relation){.owner = {owner, z->owner.len},
	    .target = {name, full.len},
	    .line = target->line,
	    .column = target->column,
	    .preference = preference};
	return OP_OK;
}

static int
read_cname(struct zone *z, const struct record_word *w, size_t count)
{
	(void)count;
	return relate(z, &z->aliases, w, 0);
}

static int
read_ptr(struct zone *z, const struct record_word *w, size_t count)
{
	(void)count;
	return relate(z, &z->pointers, w, 0);
}

static int
read_mx(struct zone *z, const struct record_word *w, size_t count)
{
	uint32_t preference = 0;

	for (size_t i = 0; i < w[0].text.len; i++) {
		if (!isdigit((unsigned char)w[0].text.s[i]) || preference > 65535)
			return say(z, true, w, "is not the preference of a mail exchanger");
		preference = preference * 10 + (uint32_t)(w[0].text.s[i] - '0');
	}
	if (count < 2)
		return exchange_say(z->out, true, w->line, w->column, "MX without an exchanger");
	return relate(z, &z->exchangers, &w[1], preference);
}

/* --- records --- */

static const struct {
	const char *type;
	int (*read)(struct zone *z, const struct record_word *w, size_t count);
} types[] = {
    {"A", read_a}, {"AAAA", read_aaaa}, {"CNAME", read_cname}, {"MX", read_mx}, {"PTR", read_ptr}};

static bool
is_word(struct sdb_text t, const char *word)
{
	return sdb_text_same_letters(t, sdb_text_of(word));
}

/* "3600", "1h30m", or a class. */
static bool
is_ttl_or_class(struct sdb_text t)
{
	static const char *const classes[] = {"IN", "CH", "HS", "CS"};

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (is_word(t, classes[i]))
			return true;
	if (t.len == 0 || !isdigit((unsigned char)t.s[0]))
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!isdigit((unsigned char)t.s[i]) && !memchr("smhdwSMHDW", t.s[i], 10))
			return false;
	return true;
}

static int
pass_type(struct zone *z, const struct record_word *w)
{
	char type[sizeof(z->passed[0])];

	snprintf(type, sizeof(type), "%.*s", (int)(w->text.len < 64 ? w->text.len : 64), w->text.s);
	for (size_t i = 0; i < z->passed_count; i++)
		if (strcmp(type, z->passed[i]) == 0)
			return OP_OK;
	if (z->passed_count < sizeof(z->passed) / sizeof(z->passed[0]))
		memcpy(z->passed[z->passed_count++], type, sizeof(type));
	return say(z, false, w, "records are passed over");
}

static int
read_typed(struct zone *z, const struct record_word *w, size_t count)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!is_word(w->text, types[i].type))
			continue;
		if (count < 2)
			return say(z, true, w, "without a value");
		return types[i].read(z, w + 1, count - 1);
	}
	return pass_type(z, w);
}

static int
read_record(struct zone *z, const struct record *r)
{
	const struct record_word *w = r->words;
	size_t i = 0;

	if (!r->is_indented) {
		struct name owner;

		if (!complete(z, w[0].text, &owner))
			return say_name(z, &w[0]);
		z->owner = owner;
		i = 1;
	}
	while (i < r->count && is_ttl_or_class(w[i].text))
		i++;
	if (i == r->count)
		return say(z, true, &w[r->count - 1], "is the end of a record without a type");
	if (z->owner.len == 0)
		return say(z, true, &w[i], "record without an owner");
	return read_typed(z, &w[i], r->count - i);
}

static int
read_directive(struct zone *z, const struct record *r)
{
	const struct record_word *w = r->words;
	struct name origin;

	if (is_word(w[0].text, "$TTL"))
		return OP_OK;
	if (!is_word(w[0].text, "$ORIGIN"))
		return say(z, false, &w[0], "is not followed");
	if (r->count < 2)
		return say(z, true, &w[0], "without a name");
	if (!complete(z, w[1].text, &origin))
		return say_name(z, &w[1]);
	z->origin = origin;
	return OP_OK;
}

int
exchange_read_zone(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out)
{
	struct scan s = scan_of(bytes, len);
	struct zone z = {.out = out};
	struct record r;
	int err = OP_OK;

	if (o && o->origin) {
		struct sdb_text origin = sdb_text_of(o->origin);

		if (origin.len && origin.s[origin.len - 1] == '.')
			origin.len--;
		if (!append(&z.origin, origin.s, origin.len))
			err = exchange_say(
			    out, true, 0, 0, "the origin is longer than a name can be");
	}
	while (err == OP_OK && (err = record_next(&s, out, &r)) == OP_OK)
		err = !r.is_indented && r.words[0].text.len && r.words[0].text.s[0] == '$'
			  ? read_directive(&z, &r)
			  : read_record(&z, &r);
	if (err == OP_NOT_FOUND)
		err = zone_relate(&z);
	free(z.aliases.list);
	free(z.exchangers.list);
	free(z.pointers.list);
	return err;
}
