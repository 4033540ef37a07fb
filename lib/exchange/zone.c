/* SPDX-License-Identifier: ISC */
/*
 * Zone files (RFC 1035, 5): A and AAAA are nodes, CNAME their aliases, MX their exchangers; PTR are
 * nodes where no A has the address.  All other types are named once and passed over.  What belongs
 * to a node may stand before it, so that is done at the end.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/record.h"
#include "lib/sdb/host.h"
#include "lib/sdb/table.h"

#define NAME_MAX_BYTES 254u

struct name {
	char text[NAME_MAX_BYTES + 1]; /* complete where an origin is known; no final dot */
	size_t len;
};

/* A CNAME, MX or PTR: `owner` and `target` in the arena. */
struct relation {
	struct sdb_text owner, target;
	uint32_t line, column, preference;
};

struct relations {
	struct relation *list;
	size_t count, room;
};

struct zone {
	struct exchange *out;
	struct name origin; /* empty: none */
	struct name owner;  /* of the last record; empty: none yet */
	struct relations aliases, exchangers, pointers;
	char passed[32][12]; /* types that were named as passed over */
	size_t passed_count;
};

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

/* --- nodes by name and by address --- */

struct index {
	struct sdb_table by_name, by_address;
	uint32_t *next; /* per node: another one of that name, or SDB_NOBODY */
};

static bool
same_name(const void *key, const void *list, uint32_t id)
{
	const struct exchange_node *n = (const struct exchange_node *)list + id;

	return sdb_text_same_letters(*(const struct sdb_text *)key, n->field[SDB_NAME]);
}

static bool
same_address(const void *key, const void *list, uint32_t id)
{
	return netaddr_equal(key, &((const struct exchange_node *)list)[id].address);
}

static uint32_t
hash_name(struct sdb_text t)
{
	return sdb_hash_finish(sdb_hash_bytes(SDB_HASH_START, t.s, t.len, true));
}

static uint32_t
hash_address(const struct netaddr *a)
{
	return sdb_hash_finish(
	    sdb_hash_bytes(SDB_HASH_START, a->bytes, a->family == 4 ? 4 : 16, false));
}

static void
index_fini(struct index *x)
{
	sdb_table_fini(&x->by_name);
	sdb_table_fini(&x->by_address);
	free(x->next);
}

static int
index_make(const struct exchange *out, struct index *x)
{
	size_t n = out->node_count;

	*x = (struct index){.next = calloc(n + 1, sizeof(*x->next))};
	if (!x->next || sdb_table_init(&x->by_name, n) != OP_OK ||
	    sdb_table_init(&x->by_address, n) != OP_OK) {
		index_fini(x);
		return OP_NO_MEMORY;
	}
	for (uint32_t i = 0; i < n; i++) {
		const struct exchange_node *node = &out->nodes[i];
		uint32_t first = sdb_table_enter(&x->by_name, hash_name(node->field[SDB_NAME]),
		    same_name, &node->field[SDB_NAME], out->nodes, i);

		x->next[i] = SDB_NOBODY;
		if (first != i) { /* behind the first: order among them means nothing */
			x->next[i] = x->next[first];
			x->next[first] = i;
		}
		sdb_table_enter(&x->by_address, hash_address(&node->address), same_address,
		    &node->address, out->nodes, i);
	}
	return OP_OK;
}

static uint32_t
find_name(const struct zone *z, const struct index *x, struct sdb_text name)
{
	return sdb_table_find(&x->by_name, hash_name(name), same_name, &name, z->out->nodes);
}

/* --- the end --- */

static int
say_relation(const struct zone *z, const struct relation *r, struct sdb_text name, const char *what)
{
	char quoted[EXCHANGE_QUOTE_BYTES];

	return exchange_say(
	    z->out, false, r->line, r->column, "%s %s", exchange_quote(quoted, name), what);
}

static int
set_aliases(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	for (size_t i = 0; i < z->aliases.count && err == OP_OK; i++) {
		const struct relation *r = &z->aliases.list[i];
		uint32_t id = find_name(z, x, r->target);

		if (id == SDB_NOBODY)
			err = say_relation(z, r, r->owner,
			    "is an alias of what has no address here, and is passed over");
		for (; id != SDB_NOBODY && err == OP_OK; id = x->next[id])
			err = exchange_add_alias(z->out, &z->out->nodes[id], r->owner);
	}
	return err;
}

static int
by_preference(const void *a, const void *b)
{
	const struct relation *x = a, *y = b;

	if (x->preference != y->preference)
		return x->preference < y->preference ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static int
set_exchangers(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	if (z->exchangers.count)
		qsort(z->exchangers.list, z->exchangers.count, sizeof(struct relation),
		    by_preference);
	for (size_t i = 0; i < z->exchangers.count && err == OP_OK; i++) {
		const struct relation *r = &z->exchangers.list[i];
		uint32_t id = find_name(z, x, r->owner);
		bool is_taken = id != SDB_NOBODY && (z->out->nodes[id].given & (1u << SDB_MX)) != 0;

		if (id == SDB_NOBODY || is_taken)
			err = say_relation(z, r, r->target,
			    is_taken ? "is one more exchanger, and is passed over"
				     : "is the exchanger of what has no address here, and is "
				       "passed over");
		for (; id != SDB_NOBODY && !is_taken && err == OP_OK; id = x->next[id])
			err = exchange_set(z->out, &z->out->nodes[id], SDB_MX, r->target);
	}
	return err;
}

/* "33.2.0.192.in-addr.arpa", also by way of RFC 2317 ("33.32-27.2.0.192.in-addr.arpa"). */
static bool
reverse4(struct sdb_text name, struct netaddr *out)
{
	static const char tail[] = ".in-addr.arpa";
	char copy[NAME_MAX_BYTES + 1], *labels[8], *save = NULL;
	size_t n = 0, len = name.len - (sizeof(tail) - 1);

	memcpy(copy, name.s, len);
	copy[len] = '\0';
	for (char *l = strtok_r(copy, ".", &save); l && n < 8; l = strtok_r(NULL, ".", &save))
		labels[n++] = l;
	if (n < 4 || n > 5)
		return false;
	char text[NETADDR_TEXT];
	int used = snprintf(text, sizeof(text), "%s.%s.%s.%s", labels[n - 1], labels[n - 2],
	    labels[n - 3], labels[0]);

	return used > 0 && (size_t)used < sizeof(text) && netaddr_parse(text, out) == OP_OK;
}

static bool
reverse6(struct sdb_text name, struct netaddr *out)
{
	*out = (struct netaddr){.family = 6};
	for (size_t i = 0; i < 32; i++) {
		char c = sdb_lower(name.s[2 * i]);
		const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c) : NULL;

		if (!at || name.s[2 * i + 1] != '.')
			return false;
		out->bytes[15 - i / 2] |= (uint8_t)((at - digits) << (i % 2 ? 4 : 0));
	}
	return true;
}

static bool
reverse_address(struct sdb_text name, struct netaddr *out)
{
	const struct sdb_text tail4 = SDB_TEXT(".in-addr.arpa"), tail6 = SDB_TEXT("ip6.arpa");

	if (name.len > tail4.len &&
	    sdb_text_same_letters(
		(struct sdb_text){name.s + name.len - tail4.len, tail4.len}, tail4))
		return reverse4(name, out);
	return name.len == 64 + tail6.len &&
	       sdb_text_same_letters((struct sdb_text){name.s + 64, tail6.len}, tail6) &&
	       reverse6(name, out);
}

static int
add_pointer(struct zone *z, const struct relation *r, const struct netaddr *address)
{
	char text[NETADDR_TEXT];
	struct exchange_node *n = exchange_add(z->out, r->line, r->column);

	if (!n)
		return OP_NO_MEMORY;
	n->address = *address;
	n->given = 1u << SDB_NAME;
	n->field[SDB_NAME] = r->target;
	return exchange_set(z->out, n, SDB_ADDRESS, sdb_text_of(netaddr_format(text, address)));
}

/* Nodes added here are in no table: a second PTR of an address is the plan's to refuse. */
static int
set_pointers(struct zone *z, const struct index *x)
{
	int err = OP_OK;

	for (size_t i = 0; i < z->pointers.count && err == OP_OK; i++) {
		const struct relation *r = &z->pointers.list[i];
		struct netaddr address;

		if (!reverse_address(r->owner, &address)) {
			err = say_relation(z, r, r->owner, "is no address, its PTR is passed over");
			continue;
		}
		uint32_t id = sdb_table_find(
		    &x->by_address, hash_address(&address), same_address, &address, z->out->nodes);

		if (id == SDB_NOBODY)
			err = add_pointer(z, r, &address);
		else if (!sdb_text_same_letters(z->out->nodes[id].field[SDB_NAME], r->target))
			err = say_relation(z, r, r->target,
			    "is not the name that an A or AAAA record has for this address");
	}
	return err;
}

static int
set_relations(struct zone *z)
{
	struct index x;
	int err = index_make(z->out, &x);

	if (err != OP_OK)
		return err;
	err = set_aliases(z, &x);
	if (err == OP_OK)
		err = set_exchangers(z, &x);
	if (err == OP_OK)
		err = set_pointers(z, &x);
	index_fini(&x);
	return err;
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
		err = set_relations(&z);
	free(z.aliases.list);
	free(z.exchangers.list);
	free(z.pointers.list);
	return err;
}
