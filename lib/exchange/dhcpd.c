/* SPDX-License-Identifier: ISC */
/*
 * dhcpd.conf(5): `host` declarations, wherever they stand, with their hardware and fixed-address.
 * Everything else is passed over by its semicolons and braces, so that no option has to be known.
 * Depth is counted, not recursed into.
 */
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/scan.h"

enum kind { TOKEN_END, TOKEN_WORD, TOKEN_STRING, TOKEN_SIGN };

struct token {
	enum kind kind;
	struct sdb_text text; /* of a string without its quotes; of a sign one of {};, */
	uint32_t line, column;
};

struct dhcpd {
	struct scan s;
	struct exchange *out;
	struct token t;
	size_t depth;
	struct token opened; /* the last outermost '{', for messages */
};

/* --- tokens --- */

static bool
is_sign(char c)
{
	return c == '{' || c == '}' || c == ';' || c == ',';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static void
skip_blanks(struct scan *s)
{
	while (!scan_is_end(s)) {
		if (*s->at == '#')
			scan_skip_line(s);
		else if (is_blank(*s->at))
			scan_take(s);
		else
			return;
	}
}

static int
take_string(struct dhcpd *d)
{
	struct scan *s = &d->s;
	const char *start = ++s->at;

	while (!scan_is_end(s) && *s->at != '"') {
		bool is_escape = scan_take(s) == '\\';

		if (is_escape && !scan_is_end(s))
			scan_take(s);
	}
	d->t.kind = TOKEN_STRING;
	d->t.text = (struct sdb_text){start, (size_t)(s->at - start)};
	if (scan_is_end(s))
		return exchange_say(
		    d->out, true, d->t.line, d->t.column, "the quote is never closed");
	s->at++;
	return OP_OK;
}

static void
take_word(struct dhcpd *d)
{
	struct scan *s = &d->s;
	const char *start = s->at;

	d->t.kind = is_sign(*s->at) ? TOKEN_SIGN : TOKEN_WORD;
	do
		s->at++;
	while (d->t.kind == TOKEN_WORD && !scan_is_end(s) && !is_blank(*s->at) &&
	       !is_sign(*s->at) && *s->at != '"' && *s->at != '#');
	d->t.text = (struct sdb_text){start, (size_t)(s->at - start)};
}

static int
next(struct dhcpd *d)
{
	skip_blanks(&d->s);
	d->t = (struct token){.line = d->s.line, .column = scan_column(&d->s)};
	if (scan_is_end(&d->s))
		return OP_OK;
	if (*d->s.at == '"')
		return take_string(d);
	take_word(d);
	return OP_OK;
}

static bool
is(const struct dhcpd *d, const char *word)
{
	return d->t.kind != TOKEN_STRING && d->t.kind != TOKEN_END &&
	       sdb_text_same_letters(d->t.text, sdb_text_of(word));
}

/* To the first token behind the statement: its ';', or its block, braces matched; the '}' of the
 * block that it stands in is left. */
static int
skip_statement(struct dhcpd *d)
{
	size_t depth = 0;
	int err = OP_OK;

	while (err == OP_OK && d->t.kind != TOKEN_END) {
		bool is_end = depth == 0 && is(d, "}");
		bool is_last = (depth == 0 && is(d, ";")) || (depth == 1 && is(d, "}"));

		if (is_end)
			return OP_OK;
		depth += is(d, "{");
		depth -= depth > 0 && is(d, "}");
		err = next(d);
		if (is_last)
			return err;
	}
	return err;
}

/* --- a host --- */

static int
take_addresses(struct dhcpd *d, struct exchange_node *n)
{
	char quoted[EXCHANGE_QUOTE_BYTES];
	struct netaddr address;
	int err = next(d);

	if (err != OP_OK || d->t.kind != TOKEN_WORD)
		return err;
	if (exchange_address(d->t.text, &address) != OP_OK)
		return exchange_say(d->out, true, d->t.line, d->t.column,
		    "\"%s\" is not an address", exchange_quote(quoted, d->t.text));
	n->address = address;
	err = exchange_set(d->out, n, SDB_ADDRESS, d->t.text);
	if (err == OP_OK)
		err = next(d);
	if (err == OP_OK && is(d, ","))
		err = exchange_say(d->out, false, d->t.line, d->t.column,
		    "only the first of several addresses is taken");
	return err;
}

/* dhcpd takes pairs of one digit too: "2:0:c0:ff:ee:1". */
static int
set_mac(struct dhcpd *d, struct exchange_node *n)
{
	struct sdb_text rest = d->t.text;
	char padded[18];
	size_t len = 0;

	while (rest.s) {
		struct sdb_text pair = sdb_text_until(rest, ':', &rest);

		if (pair.len < 1 || pair.len > 2 || len + 3 > sizeof(padded))
			return exchange_set(d->out, n, SDB_MAC, d->t.text);
		if (len > 0)
			padded[len++] = ':';
		if (pair.len == 1)
			padded[len++] = '0';
		memcpy(padded + len, pair.s, pair.len);
		len += pair.len;
	}
	return exchange_set(d->out, n, SDB_MAC, (struct sdb_text){padded, len});
}

static int
take_hardware(struct dhcpd *d, struct exchange_node *n)
{
	char quoted[EXCHANGE_QUOTE_BYTES];
	int err = next(d);

	if (err != OP_OK)
		return err;
	if (!is(d, "ethernet"))
		return exchange_say(d->out, false, d->t.line, d->t.column,
		    "hardware \"%s\" is passed over", exchange_quote(quoted, d->t.text));
	err = next(d);
	return err == OP_OK && d->t.kind == TOKEN_WORD ? set_mac(d, n) : err;
}

/* `option host-name "tug1"` says better than the declaration how the host is called. */
static int
take_option(struct dhcpd *d, struct exchange_node *n)
{
	int err = next(d);

	if (err == OP_OK && is(d, "host-name")) {
		err = next(d);
		if (err == OP_OK && d->t.kind == TOKEN_STRING && d->t.text.len)
			err = exchange_set(d->out, n, SDB_NAME, d->t.text);
	}
	return err;
}

static const struct {
	const char *word;
	int (*take)(struct dhcpd *d, struct exchange_node *n);
} statements[] = {{"hardware", take_hardware}, {"fixed-address", take_addresses},
    {"fixed-address6", take_addresses}, {"option", take_option}};

static int
read_statement(struct dhcpd *d, struct exchange_node *n)
{
	int err = OP_OK;

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		if (is(d, statements[i].word)) {
			err = statements[i].take(d, n);
			break;
		}
	return err == OP_OK ? skip_statement(d) : err;
}

static int
read_block(struct dhcpd *d, struct exchange_node *n)
{
	struct token opened = d->t;
	int err = next(d);

	while (err == OP_OK && d->t.kind != TOKEN_END && !is(d, "}"))
		err = read_statement(d, n);
	if (err != OP_OK)
		return err;
	if (d->t.kind == TOKEN_END)
		return exchange_say(
		    d->out, true, opened.line, opened.column, "the brace is never closed");
	return next(d);
}

static int
read_host(struct dhcpd *d)
{
	struct token at = d->t;
	char quoted[EXCHANGE_QUOTE_BYTES];
	size_t before = d->out->node_count;
	int err = next(d);

	if (err != OP_OK)
		return err;
	if (d->t.kind != TOKEN_WORD && d->t.kind != TOKEN_STRING)
		return exchange_say(d->out, true, at.line, at.column, "a host without a name");
	struct exchange_node *n = exchange_add(d->out, at.line, at.column);
	struct sdb_text name = d->t.text;

	if (!n)
		return OP_NO_MEMORY;
	err = exchange_set(d->out, n, SDB_NAME, name);
	if (err == OP_OK)
		err = next(d);
	if (err == OP_OK && !is(d, "{")) {
		d->out->node_count = before;
		return exchange_say(d->out, true, d->t.line, d->t.column,
		    "expected { behind host %s", exchange_quote(quoted, name));
	}
	if (err == OP_OK)
		err = read_block(d, n);
	if (err != OP_OK || n->address.family)
		return err;
	d->out->node_count = before;
	return exchange_say(d->out, false, at.line, at.column,
	    "host %s has no fixed address and is passed over", exchange_quote(quoted, name));
}

/* --- the rest --- */

static int
read_include(struct dhcpd *d)
{
	struct token at = d->t;
	char quoted[EXCHANGE_QUOTE_BYTES];
	int err = next(d);

	if (err == OP_OK)
		err = exchange_say(d->out, false, at.line, at.column,
		    "the included file %s is not followed", exchange_quote(quoted, d->t.text));
	return err == OP_OK ? skip_statement(d) : err;
}

/* Words up to a sign: whatever it is, `host` may stand behind that. */
static int
pass_words(struct dhcpd *d)
{
	int err = OP_OK;

	while (err == OP_OK && d->t.kind != TOKEN_END && (d->t.kind != TOKEN_SIGN || is(d, ",")))
		err = next(d);
	return err;
}

static int
pass_sign(struct dhcpd *d)
{
	if (is(d, "{") && d->depth++ == 0)
		d->opened = d->t;
	if (is(d, "}") && d->depth == 0) {
		int err = exchange_say(
		    d->out, true, d->t.line, d->t.column, "a closing brace without an opening one");

		return err == OP_OK ? next(d) : err;
	}
	d->depth -= is(d, "}");
	return next(d);
}

static int
read_any(struct dhcpd *d)
{
	if (d->t.kind == TOKEN_SIGN)
		return pass_sign(d);
	if (is(d, "host"))
		return read_host(d);
	if (is(d, "include"))
		return read_include(d);
	return pass_words(d);
}

int
exchange_read_dhcpd(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out)
{
	struct dhcpd d = {.s = scan_of(bytes, len), .out = out};
	int err = next(&d);

	(void)o;
	while (err == OP_OK && d.t.kind != TOKEN_END)
		err = read_any(&d);
	if (err == OP_OK && d.depth > 0)
		err = exchange_say(
		    out, true, d.opened.line, d.opened.column, "the brace is never closed");
	return err;
}
