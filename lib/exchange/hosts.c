/* SPDX-License-Identifier: ISC */
/*
 * hosts(5): address, name, further names, and what follows a '#' as the comment.  The machine's own
 * addresses and the multicast ones that such files begin with are passed over without a word.
 */
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/scan.h"

struct hosts_line {
	struct sdb_text rest;
	const char *start;
	uint32_t number;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

/* The next word of the line; empty at its end. */
static struct sdb_text
next_word(struct hosts_line *l)
{
	struct sdb_text t;

	while (l->rest.len && is_blank(l->rest.s[0])) {
		l->rest.s++;
		l->rest.len--;
	}
	t = (struct sdb_text){l->rest.s, 0};
	while (t.len < l->rest.len && !is_blank(t.s[t.len]))
		t.len++;
	l->rest.s += t.len;
	l->rest.len -= t.len;
	return t;
}

static uint32_t
column(const struct hosts_line *l, struct sdb_text word)
{
	return (uint32_t)(word.s - l->start) + 1;
}

/* Loopback, unspecified, and IPv6 multicast ("ff02::1 ip6-allnodes"). */
static bool
is_own(const struct netaddr *a)
{
	static const struct netaddr none = {.family = 4}, none6 = {.family = 6};

	return netaddr_is_loopback(a) || netaddr_equal(a, &none) || netaddr_equal(a, &none6) ||
	       (a->family == 6 && a->bytes[0] == 0xff) ||
	       (a->family == 6 && a->bytes[0] == 0xfe && a->bytes[1] == 0);
}

/* "tug1" beside "tug1.example.org" says nothing new. */
static bool
is_short_of(struct sdb_text alias, struct sdb_text name)
{
	struct sdb_text rest;

	return sdb_text_same_letters(alias, name) ||
	       sdb_text_same_letters(alias, sdb_text_until(name, '.', &rest));
}

static int
add_node(struct hosts_line *l, struct exchange *out, struct sdb_text word, struct netaddr address)
{
	struct sdb_text name = next_word(l);

	if (name.len == 0)
		return exchange_say(
		    out, true, l->number, column(l, word), "an address without a name");
	struct exchange_node *n = exchange_add(out, l->number, column(l, word));

	if (!n)
		return OP_NO_MEMORY;
	n->address = address;
	int err = exchange_set(out, n, SDB_ADDRESS, word);

	if (err == OP_OK)
		err = exchange_set(out, n, SDB_NAME, name);
	for (struct sdb_text alias = next_word(l); err == OP_OK && alias.len; alias = next_word(l))
		if (!is_short_of(alias, name))
			err = exchange_add_alias(out, n, alias);
	return err;
}

/* `remark`: what follows the '#'. */
static int
read_line(struct hosts_line *l, struct sdb_text remark, struct exchange *out)
{
	char quoted[EXCHANGE_QUOTE_BYTES];
	struct sdb_text word = next_word(l);
	struct netaddr address;
	size_t before = out->node_count;

	if (word.len == 0)
		return OP_OK;
	if (exchange_address(word, &address) != OP_OK)
		return exchange_say(out, true, l->number, column(l, word),
		    "\"%s\" is not an address", exchange_quote(quoted, word));
	if (is_own(&address))
		return OP_OK;
	int err = add_node(l, out, word, address);

	remark = sdb_text_trim(remark);
	if (err == OP_OK && remark.len && out->node_count > before)
		err = exchange_set(out, &out->nodes[before], SDB_REMARK, remark);
	return err;
}

int
exchange_read_hosts(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out)
{
	struct scan s = scan_of(bytes, len);
	struct sdb_text rest = {s.at, (size_t)(s.end - s.at)};
	uint32_t number = 1;
	int err = OP_OK;

	(void)o;
	for (; rest.s && err == OP_OK; number++) {
		struct sdb_text remark, text = sdb_text_until(rest, '\n', &rest);

		if (text.len && text.s[text.len - 1] == '\r')
			text.len--;
		struct hosts_line l = {sdb_text_until(text, '#', &remark), text.s, number};

		err = read_line(&l, remark.s ? remark : SDB_TEXT(""), out);
	}
	return err;
}
